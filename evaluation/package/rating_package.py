"""What is in the package of a survey with ratings and verdicts: all its files by their names."""

from collections.abc import Sequence

from evaluation.charts.chart import Chart
from evaluation.package.citation import citation_cff
from evaluation.package.codebook import codebook, descriptor
from evaluation.package.figures import Progress, figure_files
from evaluation.package.methods import methods_text
from evaluation.package.numbers import SCHEMA, json_bytes, rating_record, software
from evaluation.package.paper_tables import paper_tables
from evaluation.package.readme import readme
from evaluation.package.scripts import analysis_scripts
from evaluation.package.spss import answers_sav
from evaluation.package.supplement import NO_SUPPLEMENT, Supplement
from evaluation.package.tidy import csv, tidy_tables
from evaluation.statistics.analysis import Analysis
from evaluation.statistics.rating_results import RatingResults


def rating_files(
    results: RatingResults,
    charts: Sequence[Chart],
    *,
    analysis: Analysis | None = None,
    supplement: Supplement = NO_SUPPLEMENT,
    pictures: bool = True,
    progress: Progress | None = None,
) -> dict[str, bytes]:
    """All files of a package by their names; where no picture can be drawn, README.txt says why."""
    tables = tidy_tables(results)
    files = {f"{name}.csv": csv(table) for name, table in tables.items()}
    files["datapackage.json"] = json_bytes(descriptor(results, files))
    files["codebook.csv"] = csv(codebook(results, tables))
    files["answers.sav"] = answers_sav(results, tables["answers"])
    for table in paper_tables(results, analysis):
        files[f"tables/{table.key}.tex"] = table.latex().encode()
        files[f"tables/{table.key}.md"] = table.markdown().encode()
    files["results.json"] = json_bytes(rating_record(results, analysis))
    files["results.schema.json"] = SCHEMA.read_bytes()
    files["methods.md"] = methods_text(results, analysis, software()).encode()
    files |= analysis_scripts(analysis)
    files["CITATION.cff"] = citation_cff(results, supplement.authors).encode()
    if supplement.preregistration:
        files["preregistration.md"] = supplement.preregistration.encode()
    figures, missing = figure_files(charts, pictures=pictures, progress=progress)
    files |= figures
    files["README.txt"] = readme(results, charts, missing, analysis, set(files)).encode()
    return dict(sorted(files.items()))
