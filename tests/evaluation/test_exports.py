"""Results as files: whole or not at all, explained, and the same numbers again."""

import io
import json
import threading
import zipfile

import pandas as pd
import pytest
from django.core.management import CommandError, call_command

from evaluation.charts.gallery import rating_charts
from evaluation.package import archive, image_export
from evaluation.package.archive import ExportError, write, zip_bytes
from evaluation.statistics.rating_results import describe_ratings
from surveys.models import Answer


@pytest.fixture
def survey(make_survey, listen):
    survey = make_survey("Spring survey", clips=3)
    listen(survey, listeners=12)
    return survey


@pytest.fixture
def no_browser(monkeypatch):
    monkeypatch.setattr(image_export, "why_not", lambda: "There is no browser here: apt-get install chromium.")


@pytest.fixture
def fake_browser(monkeypatch):
    """Draws every picture as its name."""

    def draw(charts, formats=tuple(image_export.FORMATS), progress=None):
        return {f"{chart.key}.{kind}": f"{chart.title}.{kind}".encode() for chart in charts for kind in formats}

    monkeypatch.setattr(image_export, "draw", draw)


def export(survey, out, **more):
    """Without mixed models, which take seconds and are tested elsewhere, unless asked for."""
    text = io.StringIO()
    call_command("export_results", survey.slug, out=out, stdout=text, **{"without_models": True, **more})
    return text.getvalue()


def test_an_export_holds_tables_numbers_figures_and_a_page_that_explains_them(survey, tmp_path, fake_browser):
    said = export(survey, tmp_path / "out")
    names = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    tables = {"answers.csv", "ratings_long.csv", "participants.csv", "clips.csv", "sources.csv"}
    assert tables | {"results.json", "README.txt", "codebook.csv", "datapackage.json", "tables/ratings.tex"} <= names
    assert {f"figures/verdicts-by-clip.{kind}" for kind in ("csv", "svg", "png", "pdf")} <= names
    assert "It contains 144 answers." in said


def test_tables_hold_each_answer_once(survey, tmp_path):
    export(survey, tmp_path / "out", without_figures=True)
    answers = pd.read_csv(tmp_path / "out" / "answers.csv")
    assert len(answers) == 12 * 12
    assert len(pd.read_csv(tmp_path / "out" / "ratings_long.csv")) == 12 * 12 * 4
    assert len(pd.read_csv(tmp_path / "out" / "participants.csv")) == 12
    assert pd.read_csv(tmp_path / "out" / "sources.csv")["origin"].tolist() == ["human", "ai", "ai", "anchor"]


def test_whole_numbers_have_no_point_and_yes_is_one(survey, tmp_path):
    export(survey, tmp_path / "out", without_figures=True)
    first = (tmp_path / "out" / "answers.csv").read_text().splitlines()[1].split(",")
    assert set("".join(first[5:9])) <= set("12345")
    assert first[9] == "0"
    assert b"\r" not in (tmp_path / "out" / "answers.csv").read_bytes()


def test_results_json_is_unrounded_and_says_how_to_have_it_again(survey, tmp_path):
    export(survey, tmp_path / "out", without_figures=True)
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    answers = pd.read_csv(tmp_path / "out" / "answers.csv")
    mean = answers.query("source == 'Originals'")["complexity"].mean()
    assert results["description"]["ratings"][0]["mean"] == mean
    assert {"seed", "replicates", "fingerprint", "software"} <= set(results)


def test_each_fit_stands_under_its_formula(survey, tmp_path):
    export(survey, tmp_path / "out", without_figures=True, without_models=False)
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    fit = results["fits"]["enjoyment ~ source + (1 | participant) + (1 | clip)"]
    assert {"linear", "ordinal"} <= set(fit)
    assert results["reference"] == "Originals"
    assert (tmp_path / "out" / "tables" / "comparisons.md").exists()


def test_flagged_listeners_can_be_left_out(survey, tmp_path):
    Answer.objects.filter(trial__participant__number=1).update(seconds_taken=1)
    export(survey, tmp_path / "all", without_figures=True)
    export(survey, tmp_path / "fewer", without_figures=True, without_flagged=True)
    assert pd.read_csv(tmp_path / "all" / "participants.csv")["flagged"].sum() == 1
    assert len(pd.read_csv(tmp_path / "fewer" / "participants.csv")) == 11
    assert "1 flagged listeners were left out" in (tmp_path / "fewer" / "README.txt").read_text()


def test_the_exported_table_analysed_again_gives_the_same_numbers(survey, tmp_path):
    export(survey, tmp_path / "out", without_figures=True)
    keys = "complexity,creativity,emotional_impact,enjoyment"
    again = tmp_path / "again"
    table = tmp_path / "out" / "answers.csv"
    call_command(
        "analyse", table, out=again, aspects=keys, without_figures=True, without_models=True, stdout=io.StringIO()
    )
    first, second = (json.loads((folder / "results.json").read_text()) for folder in (tmp_path / "out", again))
    for name in ("seed", "fingerprint"):
        assert first[name] == second[name]
    for name in ("ratings", "clip_ratings", "verdicts", "clip_verdicts", "categories"):
        tables = first["description"][name], second["description"][name]
        assert sorted(map(str, tables[0])) == sorted(map(str, tables[1]))


def test_the_same_answers_give_the_same_bytes(survey, tmp_path):
    export(survey, tmp_path / "one.zip", without_figures=True)
    export(survey, tmp_path / "two.zip", without_figures=True)
    one, two = (zipfile.ZipFile(tmp_path / f"{name}.zip") for name in ("one", "two"))
    assert [one.read(name) for name in one.namelist()] == [two.read(name) for name in two.namelist()]
    assert zip_bytes({"a": b"b"}, "folder") == zip_bytes({"a": b"b"}, "folder")


def test_a_rehearsal_says_so_in_every_place(survey, listen, tmp_path, fake_browser):
    listen(survey, listeners=10, robot=True)
    export(survey, tmp_path / "out", rehearsal=True)
    assert "REHEARSAL: ROBOT LISTENERS, NOT PEOPLE" in (tmp_path / "out" / "README.txt").read_text()
    assert json.loads((tmp_path / "out" / "results.json").read_text())["rehearsal"] is True
    assert len(pd.read_csv(tmp_path / "out" / "participants.csv")) == 10


def test_without_a_browser_the_rest_is_there_and_the_reason_stands_in_the_readme(survey, tmp_path, no_browser):
    said = export(survey, tmp_path / "out")
    assert "The figures could not be drawn." in said
    assert "There is no browser here: apt-get install chromium." in (tmp_path / "out" / "README.txt").read_text()
    assert (tmp_path / "out" / "figures" / "means.csv").exists()


def test_a_survey_without_answers_is_refused_with_the_next_step(survey, make_survey, listen, tmp_path):
    empty = make_survey("Empty survey")
    with pytest.raises(CommandError, match='Nobody has answered "Empty survey" yet'):
        export(empty, tmp_path / "out")
    with pytest.raises(CommandError, match=r"manage\.py rehearse empty-survey"):
        export(empty, tmp_path / "out", rehearsal=True)
    listen(empty, listeners=1, robot=True)
    with pytest.raises(CommandError, match="To export its rehearsal, add --rehearsal"):
        export(empty, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_unknown_survey_is_one_sentence(survey, tmp_path):
    with pytest.raises(CommandError, match='no survey "nothing"'):
        call_command("export_results", "nothing", out=tmp_path / "out")


def test_what_is_there_already_is_never_overwritten(survey, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("years of work")
    (tmp_path / "old.zip").write_bytes(b"old")
    with pytest.raises(CommandError, match="already exists and is not an empty folder"):
        export(survey, tmp_path / "full")
    with pytest.raises(CommandError, match="already exists"):
        export(survey, tmp_path / "old.zip")
    assert (tmp_path / "old.zip").read_bytes() == b"old"
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.tex"]


def test_an_empty_folder_may_be_filled_and_parents_are_made(survey, tmp_path):
    (tmp_path / "empty").mkdir()
    export(survey, tmp_path / "empty", without_figures=True)
    export(survey, tmp_path / "a" / "b" / "out.zip", without_figures=True)
    assert (tmp_path / "empty" / "answers.csv").exists()
    assert zipfile.ZipFile(tmp_path / "a" / "b" / "out.zip").namelist()[0].startswith("out/")


def test_an_export_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    def full_disk(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive.shutil, "move", full_disk)
    with pytest.raises(ExportError, match="No space left on device"):
        write({"answers.csv": b"1"}, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == []


def test_a_file_in_the_way_of_the_folder_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="file is not a folder"):
        write({"answers.csv": b"1"}, tmp_path / "file" / "out")


def test_analyse_turns_what_is_wrong_into_one_sentence(tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        call_command("analyse", tmp_path / "none.csv", out=tmp_path / "out", aspects="enjoyment")
    with pytest.raises(CommandError, match="Name at least one aspect"):
        (tmp_path / "some.csv").write_text("participant\nA\n")
        call_command("analyse", tmp_path / "some.csv", out=tmp_path / "out", aspects=" , ")
    assert not (tmp_path / "out").exists()


@pytest.mark.browser
def test_one_browser_draws_svg_png_and_pdf(made_up):
    if reason := image_export.why_not():
        pytest.skip(reason)
    results = describe_ratings(made_up(sources={"Bach": "human", "LSTM": "ai"}, clips=3, rehearsal=True), replicates=50)
    told = []
    here = threading.get_ident()
    drawn = image_export.draw(
        [chart for chart in rating_charts(results) if chart.key == "means"],
        progress=lambda done, total, unit: told.append((total, unit, threading.get_ident() == here)),
    )
    assert set(told) == {(3, "pictures drawn", True)}
    assert image_export.draw([chart for chart in rating_charts(results) if chart.key == "means"]) == drawn
    assert drawn["means.svg"].startswith(b"<svg")
    assert b"robot listeners, not people" in drawn["means.svg"]
    assert drawn["means.png"].startswith(b"\x89PNG")
    assert drawn["means.pdf"].startswith(b"%PDF")
    assert b"http" not in drawn["means.svg"].replace(b"http://www.w3.org", b"")
