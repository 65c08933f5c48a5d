"""README.txt: what each file of the package is, what to beware of, and how its numbers can be had again."""

from collections.abc import Collection

from evaluation.charts.chart import Chart
from evaluation.charts.theme import REHEARSAL
from evaluation.statistics import privacy
from evaluation.statistics.analysis import Analysis
from evaluation.statistics.rating_results import RatingResults

FILES = {
    "answers.csv": "one row for each participant and clip",
    "ratings_long.csv": "one row for each participant, clip and aspect",
    "repeats.csv": "second answers to clips that a participant had heard before",
    "participants.csv": "one row for each participant, with what was noticed about how they answered (1: yes)",
    "clips.csv": "one row for each clip",
    "measures.csv": "what was measured on each clip's notes",
    "sources.csv": "one row for each source (pages call it model), with the key that names its figures",
    "answers.sav": "answers.csv for SPSS, PSPP and jamovi, with labels",
    "codebook.csv": "what each column of these tables means",
    "datapackage.json": "the same for programs (Frictionless Data Package v2), with checksums",
    "results.json": "every number unrounded, the seed, the versions, each fit under its formula",
    "results.schema.json": "what results.json contains (JSON Schema)",
    "methods.md": "methods and results in APA style, with these numbers",
    "preregistration.md": "what was planned: design, exclusion rules, models",
    "analysis.R": "repeats the numbers in R and compares them with results.json",
    "analysis.py": "repeats them in Python, with code of its own",
    "CITATION.cff": "how to cite this",
    "tables/": "tables for a paper, as LaTeX (booktabs) and Markdown",
    "figures/": "each chart as SVG, PNG and PDF, and its numbers as CSV",
}
WIDTH = 21  # of the column of names


def readme(
    results: RatingResults, charts: list[Chart], missing: str, analysis: Analysis | None, files: Collection[str]
) -> str:
    answer_table = results.table
    people = answer_table.answers["participant"].nunique()
    folders = {name.split("/")[0] + "/" for name in files if "/" in name}
    there = {name: text for name, text in FILES.items() if name in files or name in folders}
    return "\n".join(
        [
            answer_table.title,
            *([f"{REHEARSAL.upper()}. NOT DATA."] if answer_table.rehearsal else []),
            "",
            f"{len(answer_table):,} answers of {people:,} listeners to "
            f"{answer_table.answers['clip'].nunique():,} clips of {answer_table.answers['source'].nunique()} models.",
            *([f"{results.left_out} flagged listeners were left out."] if results.left_out else []),
            f"Snapshot {answer_table.fingerprint()} (SHA-256 of the answers), seed {results.seed}.",
            "",
            "Files",
            *(f"  {name:<{WIDTH}}{text}" for name, text in there.items()),
            *([f"  {missing}"] if missing else []),
            "",
            *_reproduction(results, analysis),
            "",
            *_privacy(results),
            "",
            "Figures",
            *(f"  {chart.key:<48} {chart.title}" for chart in charts),
            *(["", "Beware", *(f"  {caution}" for caution in results.cautions)] if results.cautions else []),
            "",
        ]
    )


def _reproduction(results: RatingResults, analysis: Analysis | None) -> list[str]:
    answer_table = results.table
    again = f"manage.py analyse answers.csv --out DIR --aspects {','.join(answer_table.keys)}"
    if answer_table.aspects:
        again += f" --scale {answer_table.aspects[0].lowest:g}-{answer_table.aspects[0].highest:g}"
    return [
        "The same numbers again",
        "  Rscript analysis.R      with R alone; ends with an error if a number differs in its first three digits",
        "  python analysis.py      with numpy, scipy and pandas alone; the same",
        f"  {again}{' --rehearsal' if answer_table.rehearsal else ''}",
        "                          with Earwitness: everything computed from answers.csv, to the last digit",
        *([] if analysis else ["  No models were fitted: the scripts repeat counts and means only."]),
        "",
        "Tables are UTF-8 with commas; NA is a missing value; 1 is yes, 0 is no.",
        "Intervals in the charts are 95 %, from a two-way bootstrap of listeners and clips within their source.",
    ]


def _privacy(results: RatingResults) -> list[str]:
    answer_table = results.table
    warned = privacy.warnings(answer_table.answers, answer_table.background)
    asked = f"Participants were asked about: {', '.join(answer_table.background)}." if answer_table.background else ""
    return [
        "Who the participants are",
        "  Pseudonyms are made from this snapshot alone: those of another snapshot of the same survey cannot be "
        "joined to them.",
        *([f"  {asked}"] if asked else ["  Nothing was asked about the participants themselves."]),
        *(f"  WARNING: {sentence}" for sentence in warned),
        *(
            [f"  No combination of these answers is shared by fewer than {privacy.FEWEST_ALIKE} participants."]
            if answer_table.background and not warned
            else []
        ),
    ]
