"""What is in a package: all its files by their names."""

from collections.abc import Callable
from dataclasses import dataclass, field

from evaluation.charts.gallery import rating_charts
from evaluation.package import image_export
from evaluation.package.citation import citation_cff
from evaluation.package.codebook import codebook, descriptor
from evaluation.package.methods import methods_text
from evaluation.package.numbers import SCHEMA, as_text, records_of, software
from evaluation.package.paper_tables import printed_tables
from evaluation.package.readme import readme
from evaluation.package.scripts import scripts_of
from evaluation.package.spss import answers_sav
from evaluation.package.tidy import csv, tables_of
from evaluation.statistics.analysis import Analysis
from evaluation.statistics.rating_results import RatingResults

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Beside:
    """What goes into a package beside results.

    preregistration : text that was fixed before the first answer, or that the settings give now; empty for ratings
        collected elsewhere
    authors : who did the study, for CITATION.cff
    """

    preregistration: str = ""
    authors: tuple[str, ...] = field(default=())


def files_of(
    results: RatingResults,
    *,
    pictures: bool = True,
    analysis: Analysis | None = None,
    beside: Beside = Beside(),
    progress: Progress | None = None,
) -> dict[str, bytes]:
    """All files of a package by their names; where no picture can be drawn, README.txt says why."""
    charts = rating_charts(results, analysis)
    tables = tables_of(results)
    files = {f"{name}.csv": csv(table) for name, table in tables.items()}
    files["datapackage.json"] = as_text(descriptor(results, files))
    files["codebook.csv"] = csv(codebook(results, tables))
    files["answers.sav"] = answers_sav(results, tables["answers"])
    files |= {f"figures/{chart.key}.csv": chart.csv().encode() for chart in charts}
    for table in printed_tables(results, analysis):
        files[f"tables/{table.key}.tex"] = table.latex().encode()
        files[f"tables/{table.key}.md"] = table.markdown().encode()
    files["results.json"] = as_text(records_of(results, analysis))
    files["results.schema.json"] = SCHEMA.read_bytes()
    files["methods.md"] = methods_text(results, analysis, software()).encode()
    files |= scripts_of(analysis)
    files["CITATION.cff"] = citation_cff(results, beside.authors).encode()
    if beside.preregistration:
        files["preregistration.md"] = beside.preregistration.encode()
    missing = "They were left out." if not pictures else ""
    if pictures:
        try:
            files |= {
                f"figures/{name}": content for name, content in image_export.draw(charts, progress=progress).items()
            }
        except image_export.DrawingError as error:
            missing = f"The figures could not be drawn: {error} Their numbers are in figures/*.csv."
    files["README.txt"] = readme(results, charts, missing, analysis, set(files)).encode()
    return dict(sorted(files.items()))
