"""Run folders from elsewhere: taken whole, or refused in one sentence and nothing left behind.

Checksums do not help here: whoever makes such a folder can make those too.
"""

import json

import numpy as np
import pytest
from django.conf import settings

from generation.catalogue.composing import compose_clips
from generation.catalogue.runs import import_run
from generation.models import Clip, Run
from generation.music.score.arrangement import Arrangement
from generation.music.tokens.vocabulary import Vocabulary
from generation.music.training.loop import train
from generation.music.training.runs import RunError, open_run, save_run
from tests.music.songs import small, songs

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def a_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("elsewhere") / "run"
    return train(songs(), small("house", epochs=1), folder, fingerprint="f")


@pytest.fixture
def folder(a_run, tmp_path):
    """A copy that a test may spoil."""
    import shutil

    return shutil.copytree(a_run.folder, tmp_path / "brought")


def spoiled(folder, **changes) -> None:
    """Written anew with other contents, checksums and all."""
    run = open_run(folder)
    whole = {
        "config": run.config,
        "vocabulary": run.vocabulary,
        "weights": run.weights,
        "starting_points": run.starting_points,
    }
    save_run(folder, **whole | changes)


def refused(study, folder) -> str:
    with pytest.raises(RunError) as raised:
        import_run(study, folder, name="Brought")
    assert not Run.objects.exists()
    assert not [path for path in settings.RUNS_ROOT.rglob("*") if path.is_file()]
    return str(raised.value)


def test_a_run_from_elsewhere_composes(study, folder):
    run = import_run(study, folder, name="Brought").run
    assert run.best()["epoch"] == 1
    compose_clips(study, run, source="Theirs", clips=2, arrangement=Arrangement(seconds=5))
    assert Clip.objects.count() == 2


def test_what_a_link_points_to_is_copied(study, folder, tmp_path):
    (folder / "weights.npz").rename(tmp_path / "elsewhere.npz")
    (folder / "weights.npz").symlink_to(tmp_path / "elsewhere.npz")
    run = import_run(study, folder, name="Brought").run
    (tmp_path / "elsewhere.npz").unlink()
    assert open_run(run.folder).weights


def test_only_what_belongs_to_a_run_is_copied(study, folder):
    (folder / "diary.txt").write_text("Dear diary")
    assert not (import_run(study, folder, name="Brought").run.folder / "diary.txt").exists()


@pytest.mark.parametrize("history", [b"\xff\xfe\x00", b"epoch,step\n1,foo\n", b""], ids=["binary", "words", "empty"])
def test_a_history_that_cannot_be_read_is_none(history, study, folder):
    (folder / "history.csv").write_bytes(history)
    assert import_run(study, folder, name="Brought").run.history() == []


def other(weights: dict, name: str, array: np.ndarray) -> dict:
    assert name in weights
    return weights | {name: array}


@pytest.mark.parametrize(
    "change",
    [
        lambda run: {"weights": other(run.weights, "layer4/bias", np.zeros(3, np.float32))},
        lambda run: {"weights": other(run.weights, "layer4/kernel", np.zeros((3, 3), np.float32))},
        lambda run: {"weights": other(run.weights, "layer0/embeddings", run.weights["layer0/embeddings"][:5])},
        lambda run: {"weights": run.weights | {"layer2/bias": run.weights["layer2/bias"] * np.nan}},
        lambda run: {"weights": run.weights | {"layer2/bias": run.weights["layer2/bias"].astype(complex)}},
        lambda run: {"weights": run.weights | {"layer2/bias": np.array(["a", "b"])}},
        lambda run: {"vocabulary": Vocabulary(run.vocabulary.words[:-1])},
        lambda run: {"vocabulary": Vocabulary(())},
        lambda run: {"config": run.config | {"layers": [{"kind": "lstm", "units": 8}]}},
        lambda run: {"config": run.config | {"layers": [{"kind": "onehot", "vocabulary": 10**9}, *run.layers[1:]]}},
        lambda run: {"weights": {}},
    ],
    ids=lambda change: None,
)
def test_weights_that_are_not_those_of_the_network_are_refused(change, study, folder):
    spoiled(folder, **change(open_run(folder)))
    assert "do not fit the network described in its config.json" in refused(study, folder)


@pytest.mark.parametrize(
    ("part", "key", "value", "said"),
    [
        ("network", "kind", "wat", "kind must be lstm or markov or shuffled, not 'wat'"),
        ("network", "units", 10**9, "units must be from 1 to 8192"),
        ("training", "window", "x", "window must be a whole number"),
        ("sampling", "temperature", "hot", "temperature must be a number"),
        ("sampling", "top_k", -5, "top_k must be 0 or more"),
    ],
)
def test_a_preset_with_impossible_values_is_refused(part, key, value, said, study, folder):
    config = json.loads(json.dumps(open_run(folder).config))
    config["preset"][part][key] = value
    spoiled(folder, config=config)
    assert said in refused(study, folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": "abc"}, "is not a whole number of 0 or more"),
        ({"seed": -(10**30)}, "is not a whole number of 0 or more"),
        ({"corpus": None}, "does not name the corpus"),
        ({"corpus": "POP909"}, "does not name the corpus"),
    ],
    ids=str,
)
def test_a_config_that_does_not_say_what_it_should_is_refused(change, said, study, folder):
    spoiled(folder, config=open_run(folder).config | change)
    assert said in refused(study, folder)


def test_a_preset_of_another_name_composes_but_is_not_trained_further(study, folder, client, owner):
    config = open_run(folder).config
    spoiled(folder, config=config | {"preset": config["preset"] | {"name": "theirs"}})
    run = import_run(study, folder, name="Brought").run
    client.force_login(owner)
    page = client.get(run.get_absolute_url()).content.decode()
    assert "Compose clips" in page
    assert "Train further" not in page


def test_a_preset_with_an_endless_name_is_refused(study, folder):
    config = open_run(folder).config
    spoiled(folder, config=config | {"preset": config["preset"] | {"name": "x" * 5000}})
    assert "a name longer than 40 characters" in refused(study, folder)
