"""The research package: a stranger has each number again, with R or with Python, and knows what each file is."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace

import jsonschema
import numpy as np
import pandas as pd
import pytest

from evaluation.instruments.registry import RATINGS
from evaluation.package.archive import write, zip_bytes
from evaluation.package.citation import citation_cff
from evaluation.package.numbers import SCHEMA, json_bytes, rating_record
from evaluation.package.scripts import analysis_scripts, formulas
from evaluation.package.spss import answers_sav
from evaluation.package.supplement import Supplement
from evaluation.package.tidy import tidy_tables
from evaluation.pipeline import Evaluation
from evaluation.statistics import privacy
from evaluation.statistics.answer_table import AnswerTable
from evaluation.statistics.rating_results import describe_ratings, fit_models
from tests.evaluation.conftest import collect_made_up

ENJOYMENT = {"enjoyment": "Overall enjoyment"}


def with_more_columns(answer_table: AnswerTable) -> AnswerTable:
    """Known pieces, places in the sequence and musical training beside the answers."""
    rng = np.random.default_rng(5)
    answers = answer_table.answers
    people = answers["participant"].cat.codes
    told = answers.assign(
        familiar=(rng.random(len(answers)) < 0.1).astype(float),
        position=answers.groupby("participant", observed=True).cumcount() + 1.0,
        training=np.where(people % 2, "yes", "no"),
    )
    return replace(answer_table, answers=told, background=("training",))


@pytest.fixture(scope="module")
def results():
    return describe_ratings(
        with_more_columns(collect_made_up(listeners=14, clips=4, aspects=ENJOYMENT)), replicates=100
    )


@pytest.fixture(scope="module")
def analysis(results):
    return fit_models(results)


def package_of(results, analysis=None, **options) -> dict[str, bytes]:
    return Evaluation(RATINGS, results, analysis).files(pictures=False, **options)


@pytest.fixture(scope="module")
def files(results, analysis):
    return package_of(results, analysis, supplement=Supplement("The plan.\n", ("Olga Ohr",)))


@pytest.fixture
def folder(files, tmp_path):
    write(files, tmp_path / "package")
    return tmp_path / "package"


def text(files, name) -> str:
    return files[name].decode()


def test_the_readme_names_every_file(files):
    for name in set(files) - {"README.txt"}:
        assert re.search(rf"^  {re.escape(name.split('/')[0])}", text(files, "README.txt"), re.MULTILINE), name


def test_results_json_keeps_to_its_schema(files):
    jsonschema.Draft202012Validator.check_schema(json.loads(files["results.schema.json"]))
    jsonschema.validate(json.loads(files["results.json"]), json.loads(files["results.schema.json"]))


def test_small_collections_keep_to_the_schema_too():
    small = describe_ratings(collect_made_up(clips=1, listeners=2, sources={"Bach": "human"}), replicates=20)
    for found in (rating_record(small), rating_record(small, fit_models(small))):
        jsonschema.validate(json.loads(json_bytes(found)), json.loads(SCHEMA.read_text()))


def test_the_scripts_hold_the_formulas_of_results_json(files, analysis):
    fits = json.loads(files["results.json"])["fits"]
    wanted = formulas(analysis)
    for kind in ("linear", "ordinal", "verdict"):
        assert wanted[kind] == [f for f, kinds in fits.items() if kind in kinds and "reason" not in kinds[kind]]
    assert set(wanted["linear"]) >= {
        "enjoyment ~ source + (1 | participant) + (1 | clip)",
        "enjoyment ~ source + (1 | participant) + (1 | clip) + (1 | participant:source)",
        "enjoyment ~ source + position + (1 | participant) + (1 | clip)",
    }
    assert wanted["unfamiliar"] == {"enjoyment": "enjoyment ~ source + (1 | participant) + (1 | clip)"}
    for script in ("analysis.R", "analysis.py"):
        for formula in fits:
            assert formula in text(files, script)


def test_a_script_without_models_has_nothing_to_fit():
    assert "linear <- character()" in analysis_scripts(None)["analysis.R"].decode()
    assert "linear = []" in analysis_scripts(None)["analysis.py"].decode()


def test_python_repeats_the_numbers_with_code_of_its_own(folder):
    said = subprocess.run([sys.executable, "analysis.py"], cwd=folder, capture_output=True, text=True)
    assert "All agree." in said.stdout, said.stdout + said.stderr
    assert said.returncode == 0


@pytest.mark.slow
def test_r_repeats_the_numbers(folder):
    if not shutil.which("Rscript"):
        pytest.skip("R is not installed: apt-get install r-base-core r-cran-lmertest r-cran-ordinal r-cran-emmeans")
    said = subprocess.run(["Rscript", "analysis.R"], cwd=folder, capture_output=True, text=True)
    if "there is no package called" in said.stderr:
        pytest.skip(said.stderr.strip().splitlines()[-2])
    assert "All agree." in said.stdout, said.stdout[-2000:] + said.stderr
    assert said.returncode == 0


def test_a_script_says_which_number_differs(folder):
    told = json.loads((folder / "results.json").read_text())
    told["description"]["ratings"][0]["mean"] += 0.01
    (folder / "results.json").write_text(json.dumps(told))
    script, nothing = (folder / "analysis.py").read_text(), "linear = ordinal = verdict = []\nunfamiliar = {}\n"
    bare = re.sub(r"(?ms)^linear = .*?^(?=MOST_LEVELS)", nothing, script)
    (folder / "analysis.py").write_text(bare)
    said = subprocess.run([sys.executable, "analysis.py"], cwd=folder, capture_output=True, text=True)
    assert said.returncode == 1
    assert "These differ:\n  enjoyment, Originals:" in said.stdout


def test_the_table_for_spss_has_labels_and_the_same_numbers(results, tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    (tmp_path / "answers.sav").write_bytes(answers_sav(results, tidy_tables(results)["answers"]))
    table, meta = pyreadstat.read_sav(str(tmp_path / "answers.sav"))
    answers = results.table.answers
    assert table["enjoyment"].tolist() == answers["enjoyment"].tolist()
    assert meta.variable_value_labels["verdict"] == {1.0: "human", 2.0: "ai"}
    assert meta.variable_value_labels["source"][1.0] == "Originals"
    assert meta.variable_measure["enjoyment"] == "ordinal"
    assert meta.column_names_to_labels["verdict"].startswith("what the listener took the clip for")
    assert (table["verdict"].map({1.0: "human", 2.0: "ai"}) == answers["verdict"].astype(str)).all()


def test_names_that_spss_does_not_know_are_made_plain(results):
    odd = results.table.answers.rename(columns={"training": "Musical training (years)"}).assign(Enjoyment=1, _1st=2)
    assert answers_sav(results, odd).startswith(b"$FL2")


def test_methods_are_written_with_these_numbers(files, analysis):
    said = text(files, "methods.md")
    pair = analysis.aspects["enjoyment"].comparisons[0].difference
    assert "14 listeners answered at least one clip." in said
    assert "Originals (human music; 4 clips)" in said and "Shuffled notes (low anchor" in said
    assert f"Δ = {pair.estimate:.2f}".replace("-", "−") in said
    assert f"d′ = {analysis.verdicts.detections[0].d_prime.estimate:.2f}" in said
    assert analysis.aspects["enjoyment"].linear.formula in text(files, "analysis.R")


def test_methods_without_models_conclude_nothing(results):
    said = text(package_of(results), "methods.md")
    assert "no models were fitted" in said and "## Results" not in said


def test_a_rehearsal_is_no_data_in_any_text():
    made = describe_ratings(collect_made_up(listeners=12, rehearsal=True, aspects=ENJOYMENT), replicates=20)
    files = package_of(made)
    for name in ("methods.md", "README.txt", "CITATION.cff", "results.json"):
        assert "robot listeners, not people" in text(files, name).lower(), name


def test_the_citation_names_who_and_which_answers(files, results):
    said = text(files, "CITATION.cff")
    assert '  - name: "Olga Ohr"' in said and f"SHA-256 of the answers: {results.table.fingerprint()}" in said
    assert "Fill in" in citation_cff(results)


def test_what_was_planned_is_in_the_package(files, results):
    assert text(files, "preregistration.md") == "The plan.\n"
    assert "preregistration.md" not in package_of(results)


def test_the_same_answers_give_the_same_bytes(files, results, analysis):
    again = package_of(results, analysis, supplement=Supplement("The plan.\n", ("Olga Ohr",)))
    assert again == files
    assert zip_bytes(again, "package") == zip_bytes(files, "package")


def test_who_stands_out_by_their_background_is_warned_of(results):
    crowd = pd.DataFrame({"participant": range(12), "age": ["20s"] * 11 + ["90s"], "training": ["yes", "no"] * 6})
    assert privacy.warnings(crowd, ["training"]) == []
    said = privacy.warnings(crowd, ["age", "training"])
    assert said[0].startswith("By age 1 listener is in a group of fewer than 5 (the smallest: 1).")
    assert any(sentence.startswith("By age and training 1 listener") for sentence in said)
    odd = results.table.answers.assign(age=(results.table.answers["participant"] == "P03").map({True: 90, False: 30}))
    warned = replace(results, table=replace(results.table, answers=odd, background=("training", "age")))
    assert "WARNING: By age 1 listener is" in text(package_of(warned), "README.txt")


def test_where_nothing_was_asked_about_people_the_readme_says_so():
    made = describe_ratings(collect_made_up(listeners=12, clips=3, aspects=ENJOYMENT), replicates=20)
    assert "Nothing was asked about the participants themselves." in text(package_of(made), "README.txt")
