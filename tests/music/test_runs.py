"""The run folder: it explains itself, and what was altered is refused."""

import json
import os

import numpy as np
import pytest

from generation.music.tokens.vocabulary import Vocabulary
from generation.music.training.presets import preset
from generation.music.training.runs import RunError, open_run, save_run


@pytest.fixture
def folder(tmp_path):
    wanted = preset("house").with_values({"units": 4, "embedding": 3})
    config = {"preset": wanted.to_dict(), "layers": wanted.layers(2), "seed": 1}
    save_run(
        tmp_path / "run", config=config, vocabulary=Vocabulary(("a", "b")), weights={"layer0/embeddings": np.eye(2)}
    )
    return tmp_path / "run"


def test_a_run_is_read_as_it_was_written(folder):
    run = open_run(folder)
    assert run.vocabulary.words == ("a", "b")
    assert run.weights["layer0/embeddings"].tolist() == [[1, 0], [0, 1]]
    assert (run.preset.name, run.preset.network.units) == ("house", 4)
    assert sorted(path.name for path in folder.iterdir()) == [
        "config.json",
        "places.npz",
        "vocabulary.json",
        "weights.npz",
    ]


@pytest.mark.parametrize("name", ["weights.npz", "vocabulary.json", "places.npz"])
def test_an_altered_file_is_refused(name, folder):
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(RunError, match=f"^{name} of the run .* was changed after training. Copy the folder again.$"):
        open_run(folder)


def test_a_missing_file_is_named(folder):
    (folder / "weights.npz").unlink()
    with pytest.raises(RunError, match=r"has no readable weights\.npz\. Copy the whole folder again"):
        open_run(folder)


def test_a_run_of_another_version_is_refused(folder):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"format": 99}))
    with pytest.raises(RunError, match=r"has format 99, but this version reads format 1"):
        open_run(folder)


def test_a_preset_of_another_version_is_refused(folder):
    config = json.loads((folder / "config.json").read_text())
    config["preset"]["network"]["wings"] = 2
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(RunError, match=r"was written by another version of Earwitness: .*wings"):
        open_run(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"format": 1}'])
def test_a_damaged_config_is_a_sentence(text, folder):
    (folder / "config.json").write_text(text)
    with pytest.raises(RunError, match=r"config.json|format None"):
        open_run(folder)


def test_what_is_no_run_is_a_sentence(tmp_path):
    with pytest.raises(RunError, match=r"^There is no run folder"):
        open_run(tmp_path / "nowhere")
    with pytest.raises(RunError, match=r"has no config.json: it is not a run folder"):
        open_run(tmp_path)
    (tmp_path / "checkpoint").mkdir()
    with pytest.raises(RunError, match=r"its first epoch is not finished"):
        open_run(tmp_path)


def test_pickled_arrays_are_not_loaded(folder):
    np.savez(folder / "weights.npz", evil=np.array([{"a": 1}], dtype=object))
    with pytest.raises(RunError):
        open_run(folder)


def test_a_disk_that_fills_up_between_two_files_leaves_the_run_as_it_was(folder, monkeypatch):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    config = open_run(folder).config
    calls = []

    def fills_up(descriptor):
        calls.append(descriptor)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fills_up)
    with pytest.raises(RunError, match="could not be written"):
        save_run(folder, config=config, vocabulary=Vocabulary(("c",)), weights={"layer0/embeddings": np.ones(1)})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
