"""Magenta's networks trained by our trainer: its own values, and from a corpus to clips."""

import numpy as np
import pytest

from generation.music.inference.composing import compose
from generation.music.inference.stepper import Stepper
from generation.music.magenta.bundle_reader import read_bundle
from generation.music.magenta.exchange import save_bundle, write_magenta_js
from generation.music.score.notes import Note, Piece, Track
from generation.music.training.configuration import PresetError
from generation.music.training.presets import PRESETS, preset
from generation.music.training.runs import RunError, open_run
from generation.music.training.training_data import prepare

MAGENTA = [name for name in PRESETS if name.startswith("magenta-")]
# Parameters that Magenta's own networks have, printed from the package.
PARAMETERS = {
    "magenta-basic": 221_990,
    "magenta-mono": 280_962,
    "magenta-lookback": 264_744,
    "magenta-attention": 338_006,
    "magenta-performance": 6_242_692,
    "magenta-polyphony": 1_645_571,
}
TINY = {"units": 8, "window": 64, "stride": 64, "batch": 4, "micro_batch": 2, "epochs": 1}


@pytest.fixture(scope="module")
def songs() -> list[Piece]:
    """A tune of ten bars over a bass, in several keys."""
    rng = np.random.default_rng(3)
    made = []
    for number in range(5):
        tune = [Note(60 + number + int(rng.choice([0, 2, 4, 5, 7, 9, 11])), beat, 1) for beat in range(40)]
        bass = [Note(36 + number, beat, 2, track=1) for beat in range(0, 40, 2)]
        made.append(Piece.of([*tune, *bass], tracks=(Track("MELODY"), Track("PIANO")), name=f"song {number}"))
    return made


def run_of(songs, folder, name: str, **values):
    from generation.music.training.loop import train

    return train(songs, preset(name).with_values(TINY | {"validation": 0.2} | values), folder)


@pytest.mark.parametrize("name", MAGENTA)
def test_a_network_has_as_many_parameters_as_magentas(name):
    from generation.music.training.layers import build_network

    recipe = preset(name)
    network = build_network(recipe, len(recipe.encoding.fit([])))
    assert sum(array.size for array in network.arrays().values()) == PARAMETERS[name]


@pytest.fixture(scope="module")
def attention(songs, tmp_path_factory):
    """A run of the attention preset, with a tempo of its own."""
    return run_of(songs, tmp_path_factory.mktemp("runs") / "attention", "magenta-attention", tempo=90)


def test_a_trained_network_composes_at_its_tempo(attention):
    composed = compose(open_run(attention.folder), clips=2, seconds=3, seed=5)
    assert all(len(one.piece) for one in composed)
    assert {one.piece.tempos[0, 1] for one in composed} == {90}


def test_a_trained_network_is_exchanged_with_magenta_js(attention, tmp_path):
    write_magenta_js(attention, tmp_path / "js")
    again = save_bundle(read_bundle(tmp_path / "js"), tmp_path / "again")
    places = {"layer1": "layer1", "layer2": "layer3", "layer3": "layer5"}  # between them training drops out
    assert len(again.weights) == len(attention.weights)
    for name, array in again.weights.items():
        layer, part = name.split("/")
        before = attention.weights[f"{places[layer]}/{part}"]
        np.testing.assert_allclose(array, before, rtol=0, atol=1e-7, err_msg=name)


def test_what_keras_learned_the_stepper_knows(songs, attention):
    """The held-out loss that training wrote down, measured again step by step."""
    held_out = prepare(songs, attention.preset).held_out()
    losses = []
    for tokens, begin in zip(held_out.sequences(), held_out.begins, strict=True):
        stepper = Stepper(attention.layers, attention.weights)  # the state is carried, as in composing
        for place in range(len(tokens) - 1):
            probabilities = stepper.step(held_out.fed[begin + place][None].astype(np.float32))
            losses.append(-np.log(probabilities[0, tokens[place + 1]]))
    assert np.mean(losses) == pytest.approx(attention.config["progress"]["best_validation_loss"], abs=1e-4)


@pytest.mark.parametrize("name", ["magenta-lookback", "magenta-performance", "magenta-polyphony"])
def test_the_others_are_trained_and_compose(name, songs, tmp_path):
    run = run_of(songs, tmp_path / "run", name)
    assert np.isfinite(run.config["progress"]["best_validation_loss"])
    assert all(len(one.piece) for one in compose(run, clips=2, seconds=3, seed=5))


@pytest.mark.slow
def test_a_batch_in_parts_teaches_what_the_whole_teaches(songs, tmp_path):
    steady = {"dropout": 0, "between_dropout": 0, "window": 16, "stride": 64}
    parts = run_of(songs, tmp_path / "parts", "magenta-attention", **steady)
    whole = run_of(songs, tmp_path / "whole", "magenta-attention", micro_batch=0, **steady)
    for name, array in parts.weights.items():
        np.testing.assert_allclose(array, whole.weights[name], atol=1e-4, err_msg=name)


def test_a_corpus_without_a_melody_worth_learning_is_refused(tmp_path):
    short = [Piece.of([Note(60, beat, 1) for beat in range(8)]) for _ in range(3)]
    with pytest.raises(RunError, match="no music that melody-key tokens can express"):
        prepare(short, preset("magenta-attention"))


def test_what_counts_cannot_be_had_from_words_that_do_not():
    with pytest.raises(PresetError, match="The encoding remi has no history to feed"):
        preset("magenta-attention").with_values({"encoding": "remi"}).layers(100)
