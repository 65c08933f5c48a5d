"""Tables for a paper: rounded as APA style rounds, safe in LaTeX, and the codebook beside the data."""

import json

import pandas as pd
import pytest

from evaluation.package.codebook import codebook, descriptor
from evaluation.package.paper_tables import apa_decimal, escape_latex, interval, number, p_value, paper_tables
from evaluation.package.tidy import csv, tidy_tables
from evaluation.statistics.rating_results import describe_ratings, fit_models
from tests.evaluation.conftest import collect_made_up


@pytest.fixture(scope="module")
def results():
    return describe_ratings(collect_made_up(), replicates=100)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (number(3.416), "3.42"),
        (number(-0.5), "−0.50"),
        (number(-0.001), "0.00"),
        (number(float("nan")), "–"),
        (apa_decimal(0.419), ".42"),
        (apa_decimal(-0.25), "−.25"),
        (apa_decimal(1.0), "1.00"),
        (p_value(0.0004), "< .001"),
        (p_value(0.0124), ".012"),
        (p_value(1.0), "1.000"),
        (interval(0.5, 1.31), "[0.50, 1.31]"),
        (interval(float("nan"), float("nan")), "–"),
    ],
)
def test_numbers_are_written_as_in_a_paper(written, expected):
    assert written == expected


def test_names_are_safe_in_latex():
    assert escape_latex("50 % & more_{x}~^\\ <3") == (
        r"50 \% \& more\_\{x\}\textasciitilde{}\textasciicircum{}\textbackslash{} $<$3"
    )


def test_description_alone_fills_two_tables(results):
    assert [table.key for table in paper_tables(results)] == ["ratings", "verdicts"]
    ratings = paper_tables(results)[0]
    assert ratings.rows[0][:4] == ("Complexity", "Originals", "6", "180")


def test_mixed_models_add_comparisons_and_discrimination(results):
    tables = {table.key: table for table in paper_tables(results, fit_models(results))}
    assert list(tables) == ["ratings", "verdicts", "comparisons", "discrimination"]
    first = tables["comparisons"].rows[0]
    assert first[:2] == ("Complexity", "Magenta − Originals")
    assert [row[0] for row in tables["discrimination"].rows] == ["Magenta", "Our LSTM"]


def test_a_table_in_latex_and_markdown_has_a_row_for_each_row(results):
    table = paper_tables(results)[1]
    assert table.latex().count(r" \\") == 1 + len(table.rows)
    assert table.latex().startswith("\\begin{table}") and r"\toprule" in table.latex()
    assert len(table.markdown().strip().split("\n")) == 2 + 2 + len(table.rows)


def test_a_rehearsal_is_marked_in_every_caption():
    results = describe_ratings(collect_made_up(listeners=12, rehearsal=True), replicates=50)
    assert all("robot listeners, not people" in table.caption for table in paper_tables(results))


def test_small_collections_fill_what_they_can():
    results = describe_ratings(collect_made_up(clips=1, listeners=2), replicates=50)
    tables = paper_tables(results, fit_models(results))
    assert [table.key for table in tables] == ["ratings", "verdicts"]
    assert tables[0].rows[0][5] == "–"


def test_the_codebook_explains_every_column_of_every_table(results):
    tables = tidy_tables(results)
    book = codebook(results, tables)
    for name, table in tables.items():
        assert book.loc[book["table"] == f"{name}.csv", "column"].tolist() == list(table.columns)
    assert book["meaning"].ne("").all()
    assert book.set_index(["table", "column"]).loc[("answers.csv", "enjoyment"), "values"] == "1 to 5"


def test_the_descriptor_knows_types_categories_keys_and_checksums(results):
    files = {f"{name}.csv": csv(table) for name, table in tidy_tables(results).items()}
    package = json.loads(json.dumps(descriptor(results, files)))
    answers = package["resources"][0]
    fields = {field["name"]: field for field in answers["schema"]["fields"]}
    assert answers["bytes"] == len(files["answers.csv"])
    assert fields["enjoyment"]["constraints"] == {"minimum": 1, "maximum": 5}
    assert fields["origin"]["categories"] == ["human", "ai", "anchor"]
    assert answers["schema"]["primaryKey"] == ["participant", "clip"]


def test_the_package_is_valid_to_frictionless(results, tmp_path):
    frictionless = pytest.importorskip("frictionless")
    files = {f"{name}.csv": csv(table) for name, table in tidy_tables(results).items()}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "datapackage.json").write_text(json.dumps(descriptor(results, files)))
    report = frictionless.Package(str(tmp_path / "datapackage.json")).validate()
    assert report.flatten(["type", "note"]) == []


def test_rows_in_the_files_are_those_of_the_tables(results):
    for table in tidy_tables(results).values():
        assert len(pd.read_csv(pd.io.common.BytesIO(csv(table)))) == len(table)
