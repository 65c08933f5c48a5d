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

from evaluation.package.citation import citation_cff
from evaluation.package.contents import Beside, files_of
from evaluation.package.numbers import SCHEMA, as_text, records_of
from evaluation.package.scripts import formulas, scripts_of
from evaluation.package.spss import answers_sav
from evaluation.package.tidy import tables_of
from evaluation.package.writing import as_zip, write
from evaluation.results import conclude, work_out
from evaluation.statistics import privacy
from evaluation.statistics.collected import Collected
from tests.evaluation.conftest import collect_made_up

ENJOYMENT = {"enjoyment": "Overall enjoyment"}


def with_more_columns(collected: Collected) -> Collected:
    """Known pieces, places in the sequence and musical training beside the answers."""
    rng = np.random.default_rng(5)
    answers = collected.answers
    people = answers["participant"].cat.codes
    told = answers.assign(
        familiar=(rng.random(len(answers)) < 0.1).astype(float),
        position=answers.groupby("participant", observed=True).cumcount() + 1.0,
        training=np.where(people % 2, "yes", "no"),
    )
    return replace(collected, answers=told, background=("training",))


@pytest.fixture(scope="module")
def results():
    return work_out(with_more_columns(collect_made_up(listeners=14, clips=4, aspects=ENJOYMENT)), replicates=100)


@pytest.fixture(scope="module")
def analysis(results):
    return conclude(results)


@pytest.fixture(scope="module")
def files(results, analysis):
    return files_of(results, pictures=False, analysis=analysis, beside=Beside("The plan.\n", ("Olga Ohr",)))


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
    small = work_out(collect_made_up(clips=1, listeners=2, sources={"Bach": "human"}), replicates=20)
    for found in (records_of(small), records_of(small, conclude(small))):
        jsonschema.validate(json.loads(as_text(found)), json.loads(SCHEMA.read_text()))


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
    assert "linear <- character()" in scripts_of(None)["analysis.R"].decode()
    assert "linear = []" in scripts_of(None)["analysis.py"].decode()


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
    (tmp_path / "answers.sav").write_bytes(answers_sav(results, tables_of(results)["answers"]))
    table, meta = pyreadstat.read_sav(str(tmp_path / "answers.sav"))
    answers = results.collected.answers
    assert table["enjoyment"].tolist() == answers["enjoyment"].tolist()
    assert meta.variable_value_labels["verdict"] == {1.0: "human", 2.0: "ai"}
    assert meta.variable_value_labels["source"][1.0] == "Originals"
    assert meta.variable_measure["enjoyment"] == "ordinal"
    assert meta.column_names_to_labels["verdict"].startswith("what the listener took the clip for")
    assert (table["verdict"].map({1.0: "human", 2.0: "ai"}) == answers["verdict"].astype(str)).all()


def test_names_that_spss_does_not_know_are_made_plain(results):
    odd = results.collected.answers.rename(columns={"training": "Musical training (years)"}).assign(Enjoyment=1, _1st=2)
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
    said = text(files_of(results, pictures=False), "methods.md")
    assert "no models were fitted" in said and "## Results" not in said


def test_a_rehearsal_is_no_data_in_any_text():
    made = work_out(collect_made_up(listeners=12, rehearsal=True, aspects=ENJOYMENT), replicates=20)
    files = files_of(made, pictures=False)
    for name in ("methods.md", "README.txt", "CITATION.cff", "results.json"):
        assert "robot listeners, not people" in text(files, name).lower(), name


def test_the_citation_names_who_and_which_answers(files, results):
    said = text(files, "CITATION.cff")
    assert '  - name: "Olga Ohr"' in said and f"SHA-256 of the answers: {results.collected.fingerprint()}" in said
    assert "Fill in" in citation_cff(results)


def test_what_was_planned_is_in_the_package(files, results):
    assert text(files, "preregistration.md") == "The plan.\n"
    assert "preregistration.md" not in files_of(results, pictures=False)


def test_the_same_answers_give_the_same_bytes(files, results, analysis):
    again = files_of(results, pictures=False, analysis=analysis, beside=Beside("The plan.\n", ("Olga Ohr",)))
    assert again == files
    assert as_zip(again, "package") == as_zip(files, "package")


def test_who_stands_out_by_their_background_is_warned_of(results):
    crowd = pd.DataFrame({"participant": range(12), "age": ["20s"] * 11 + ["90s"], "training": ["yes", "no"] * 6})
    assert privacy.warnings(crowd, ["training"]) == []
    said = privacy.warnings(crowd, ["age", "training"])
    assert said[0].startswith("By age 1 listener stands in a group of fewer than 5 (the smallest: 1).")
    assert any(sentence.startswith("By age and training 1 listener") for sentence in said)
    odd = results.collected.answers.assign(
        age=(results.collected.answers["participant"] == "P03").map({True: 90, False: 30})
    )
    warned = replace(results, collected=replace(results.collected, answers=odd, background=("training", "age")))
    assert "WARNING: By age 1 listener stands" in text(files_of(warned, pictures=False), "README.txt")


def test_where_nothing_was_asked_about_people_the_readme_says_so():
    made = work_out(collect_made_up(listeners=12, clips=3, aspects=ENJOYMENT), replicates=20)
    assert "Nothing was asked about the participants themselves." in text(files_of(made, pictures=False), "README.txt")
