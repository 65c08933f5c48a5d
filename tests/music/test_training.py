"""Training one can trust: it learns, it repeats itself, and nothing that happens to it loses more than an epoch."""

import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from generation.music.inference.stepper import Stepper
from generation.music.training.checkpoints import open_checkpoint, save_checkpoint
from generation.music.training.configuration import PresetError, TrainingConfig
from generation.music.training.loop import train
from generation.music.training.runs import RunError, StopTraining, open_run, read_history
from generation.music.training.training_data import prepare
from tests.music.songs import small, songs

ROOT = Path(__file__).parents[2]


def losses(run) -> list[tuple[float, float]]:
    return [(row["loss"], row["validation_loss"]) for row in run.history]


def same(one, other) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("name", ["paper", "skuli", "expressive", "house"])
def test_every_preset_learns(name, tmp_path):
    epochs = {"paper": 6, "skuli": 6, "expressive": 3, "house": 6}[name]
    run = train(songs(), small(name, epochs=epochs, dropout=0, learning_rate=0.02), tmp_path / "run", seed=1)
    first, *_, last = run.history
    assert last["loss"] < 0.9 * first["loss"]
    assert run.config["progress"]["state"] == "finished"
    assert open_run(tmp_path / "run").preset == run.preset


def test_the_losses_of_held_out_songs_are_what_the_stepper_finds(tmp_path):
    """All of them, those of words that training has seen, and those for each note that a word names."""
    wanted = small("paper", epochs=1)
    run = train(songs(), wanted, tmp_path / "run")
    [held_out] = prepare(songs(), wanted).held_out().sequences()
    *windows, targets = sliding_window_view(held_out, wanted.training.window + 1).T
    probabilities = Stepper(run.layers, run.weights).read_windows(np.transpose(windows))
    nats = -np.log(probabilities[np.arange(len(targets)), targets])
    known = targets != run.vocabulary.unknown
    notes = sum(len(run.vocabulary.words[token].split(".")) for token in targets[known])
    [row] = run.history
    assert 0 < known.sum() < len(known)
    assert row["validation_loss"] == pytest.approx(nats.mean(), rel=1e-3)
    assert row["known_loss"] == pytest.approx(nats[known].mean(), rel=1e-3)
    assert row["nats_per_note"] == pytest.approx(nats[known].sum() / notes, rel=1e-3)


def test_the_best_weights_by_validation_loss_are_kept(tmp_path):
    wild = small("house", epochs=8, learning_rate=0.3, decay="constant", clipnorm=0, warmup=0)
    run = train(songs(), wild, tmp_path / "run")
    best = min(run.history, key=lambda row: row["validation_loss"])
    assert best != run.history[-1]
    assert run.config["progress"]["best_step"] == best["step"]
    assert run.config["progress"]["best_validation_loss"] == best["validation_loss"]


def test_patience_ends_a_training_that_gets_no_better(tmp_path):
    wild = small("house", epochs=30, learning_rate=1.0, decay="constant", clipnorm=0, warmup=0, patience=2)
    run = train(songs(), wild, tmp_path / "run")
    assert len(run.history) < 30
    assert run.config["progress"]["state"] == "finished"


def test_what_ended_a_training_is_said_and_more_of_that_lets_it_go_on(tmp_path):
    wild = {"epochs": 30, "learning_rate": 5.0, "decay": "constant", "clipnorm": 0, "warmup": 0, "patience": 1}
    evaluations = len(train(songs(), small("house", **wild), tmp_path / "run").history)
    longer = train(songs(), small("house", **wild | {"epochs": 40}), tmp_path / "run", resume=True)
    assert len(longer.history) == evaluations
    assert "did not improve the loss. To continue, set patience" in longer.config["progress"]["ended_by"]
    patient = wild | {"patience": 0, "epochs": evaluations + 1}
    longer = train(songs(), small("house", **patient), tmp_path / "run", resume=True)
    assert len(longer.history) == evaluations + 1
    assert longer.config["progress"]["ended_by"].endswith("To continue, set more epochs")


@pytest.mark.parametrize("name", ["paper", "house"])
def test_the_same_seed_repeats_the_losses(name, tmp_path):
    runs = [train(songs(), small(name), tmp_path / str(number), seed=seed) for number, seed in enumerate((3, 3, 4))]
    assert losses(runs[0]) == losses(runs[1]) != losses(runs[2])
    assert same(runs[0].weights, runs[1].weights)


def test_a_batch_in_parts_gives_the_same_result(tmp_path):
    """With recurrent dropout, dropout and batch normalisation, which all look at the whole batch."""
    whole, parts = (
        train(songs(), small("paper", micro_batch=part, epochs=1), tmp_path / str(part)) for part in (0, 10)
    )
    assert losses(parts) == [pytest.approx(row, rel=1e-4) for row in losses(whole)]
    assert max(np.abs(parts.weights[name] - whole.weights[name]).max() for name in whole.weights) < 2e-3


@pytest.mark.slow
def test_several_devices_share_a_batch_to_the_same_result(tmp_path):
    """Two processors of one machine stand in for two GPUs."""
    script = f"""
import tensorflow as tf
[cpu] = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from tests.music.songs import small, songs
from generation.music.training.loop import train
train(songs(), small("paper", devices=2, epochs=1), {str(tmp_path / "two")!r})
"""
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, stderr=subprocess.DEVNULL, check=True)
    one = train(songs(), small("paper", epochs=1), tmp_path / "one")
    two = open_run(tmp_path / "two")
    assert losses(two) == [pytest.approx(row, rel=1e-4) for row in losses(one)]
    assert max(np.abs(two.weights[name] - one.weights[name]).max() for name in one.weights) < 2e-3


def test_more_devices_than_there_are_is_refused(tmp_path):
    with pytest.raises(RunError, match="64 devices were requested, but this machine has"):
        train(songs(), small("house", devices=64), tmp_path / "run")


@pytest.mark.parametrize(("key", "near"), [("mixed_precision", 0.02), ("compiled", 1e-3)])
def test_products_in_sixteen_bits_and_xla_come_near(key, near, tmp_path):
    """Without dropout, which XLA draws otherwise."""
    plain, other = (
        train(songs(), small("house", epochs=1, dropout=0, between_dropout=0, **{key: on}), tmp_path / on)
        for on in ("no", "yes")
    )
    assert losses(plain) != losses(other)
    assert losses(other) == [pytest.approx(row, rel=near) for row in losses(plain)]


@pytest.mark.slow
def test_a_killed_training_goes_on_to_the_result_of_an_undisturbed_one(tmp_path):
    values = {"epochs": "4", "evaluations": "2"}
    undisturbed = train(songs(), small("house", **values), tmp_path / "undisturbed", fingerprint="f")
    script = f"""
import time
from tests.music.songs import small, songs
from generation.music.training.loop import train
train(songs(), small("house", **{values}), {str(tmp_path / "killed")!r}, fingerprint="f",
    report=lambda _: time.sleep(0.3))
"""
    child = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while len(read_history(tmp_path / "killed")) < 5 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert 5 <= len(read_history(tmp_path / "killed")) < 8  # in the third epoch of four, or the fourth

    resumed = train(songs(), small("house", **values), tmp_path / "killed", fingerprint="f", resume=True)
    assert losses(resumed) == losses(undisturbed)
    assert same(resumed.weights, undisturbed.weights)


@pytest.fixture
def every_update_is_reported(monkeypatch):
    monkeypatch.setattr("generation.music.training.progress.REPORT_EVERY", -1)


@pytest.mark.usefixtures("every_update_is_reported")
def test_a_stopped_training_keeps_what_it_learned_and_goes_on_in_the_middle_of_an_epoch(tmp_path):
    def stop(progress):
        if progress.step == 5:
            raise StopTraining

    wanted = small("house", epochs=3)
    undisturbed = train(songs(), wanted, tmp_path / "undisturbed")
    stopped = train(songs(), wanted, tmp_path / "stopped", report=stop)
    assert stopped.config["progress"]["state"] == "stopped"
    assert stopped.config["progress"]["step"] == 5
    assert open_run(tmp_path / "stopped").weights  # it can compose already
    resumed = train(songs(), wanted, tmp_path / "stopped", resume=True)
    assert losses(resumed) == losses(undisturbed)
    assert same(resumed.weights, undisturbed.weights)


@pytest.mark.usefixtures("every_update_is_reported")
def test_ctrl_c_stops_after_the_update_at_hand(tmp_path):
    def press(progress):
        if progress.step == 3:
            os.kill(os.getpid(), signal.SIGINT)

    run = train(songs(), small("house"), tmp_path / "run", report=press)
    assert (run.config["progress"]["state"], run.config["progress"]["step"]) == ("stopped", 4)


def test_time_that_is_up_ends_the_training_with_an_evaluation(tmp_path):
    run = train(songs(), small("house", epochs=1000, minutes=0.03), tmp_path / "run")
    assert run.config["progress"]["state"] == "finished"
    assert run.history[-1]["step"] == run.config["progress"]["step"]
    again = train(songs(), small("house", epochs=1000, minutes=0.03), tmp_path / "run", resume=True)
    assert again.config["progress"] == run.config["progress"]


def test_a_finished_training_can_be_given_more_epochs_and_otherwise_stays_as_it_is(tmp_path):
    first = train(songs(), small("house", epochs=1, decay="constant"), tmp_path / "run")
    again = train(songs(), small("house", epochs=1, decay="constant"), tmp_path / "run", resume=True)
    assert same(first.weights, again.weights)
    longer = train(songs(), small("house", epochs=2, decay="constant"), tmp_path / "run", resume=True)
    assert losses(longer)[0] == losses(first)[0]
    assert len(losses(longer)) == 2


def test_it_tells_how_it_goes(tmp_path):
    told = []
    train(songs(), small("house", epochs=2), tmp_path / "run", report=told.append)
    last = told[-1]
    assert (last.epoch, last.epochs, last.state, last.seconds_left) == (2, 2, "finished", 0)
    assert last.best == min(row["validation_loss"] for row in read_history(tmp_path / "run"))
    assert last.tokens_per_second > 0


def test_a_loss_that_is_no_number_stops_with_advice(tmp_path):
    wild = small("house", optimizer="sgd", learning_rate=1e38, clipnorm=0, decay="constant", warmup=0)
    with pytest.raises(RunError, match="lower learning_rate or with clipnorm"):
        train(songs(), wild, tmp_path / "run")


def test_a_full_disk_is_one_sentence_and_harms_nothing(tmp_path, monkeypatch):
    before = train(songs(), small("house", epochs=1, decay="constant"), tmp_path / "run")

    def no_space(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(RunError, match=r"could not be written .No space left on device.\. Free some disk space"):
        train(songs(), small("house", epochs=3, decay="constant"), tmp_path / "run", resume=True)
    assert same(open_run(tmp_path / "run").weights, before.weights)
    assert not list(tmp_path.rglob("*.part"))


def test_too_little_memory_is_one_sentence(tmp_path, monkeypatch):
    def no_memory(*_, **__):
        raise MemoryError

    monkeypatch.setattr("generation.music.training.loop.build_network", no_memory)
    with pytest.raises(RunError, match=r"not enough memory for this training\. Set lower units, .* or set micro_batch"):
        train(songs(), small("house"), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_checkpoint_of_another_network_is_one_sentence(tmp_path):
    """Read whole, and saying what it should: only its arrays are others."""
    train(songs(), small("house", epochs=1), tmp_path / "run")
    checkpoint = open_checkpoint(tmp_path / "run")
    checkpoint.arrays["optimizer"].clear()
    save_checkpoint(tmp_path / "run", checkpoint)
    with pytest.raises(RunError, match=r"belongs to another network\. Train the run again from the beginning"):
        train(songs(), small("house", epochs=2), tmp_path / "run", resume=True)


@pytest.mark.parametrize(
    ("pieces", "sentence"),
    [
        ([], "The corpus has no notes to learn from."),
        (songs(4, bars=1), r"A window of 100 tokens is longer than every piece \(the longest has 8\)"),
    ],
    ids=["no pieces", "short pieces"],
)
def test_a_corpus_that_is_too_small_is_refused(pieces, sentence, tmp_path):
    with pytest.raises(RunError, match=sentence):
        train(pieces, small("paper", window=100), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_one_piece_is_learned_without_being_tested(tmp_path):
    run = train(songs(1), small("house"), tmp_path / "run")
    assert run.config["corpus"]["held_out"] == []
    assert run.config["progress"]["best_validation_loss"] is None


def test_a_run_is_not_overwritten_and_goes_on_only_as_it_began(tmp_path):
    train(songs(), small("house", epochs=1), tmp_path / "run", seed=1)
    with pytest.raises(RunError, match=r"There is already a run in"):
        train(songs(), small("house"), tmp_path / "run")
    with pytest.raises(RunError, match=r"started with other values \(window is 8, was 16\)"):
        train(songs(), small("house", window=8), tmp_path / "run", resume=True)
    with pytest.raises(RunError, match="another corpus or seed"):
        train(songs(), small("house"), tmp_path / "run", seed=2, resume=True)
    with pytest.raises(RunError, match="has no checkpoint to resume from"):
        train(songs(), small("house"), tmp_path / "elsewhere", resume=True)


def test_a_network_can_begin_with_how_often_words_occur(tmp_path):
    """Its first loss is then about that of the words' own frequencies, far below that of all words alike."""
    steady = {"epochs": 1, "learning_rate": 0, "dropout": 0, "between_dropout": 0}
    known, nothing = (
        train(songs(), small("house", prior=prior, **steady), tmp_path / prior).history[0] for prior in ("yes", "no")
    )
    assert known["validation_loss"] < nothing["validation_loss"] - 1
    assert nothing["validation_loss"] == pytest.approx(np.log(len(open_run(tmp_path / "no").vocabulary)), abs=0.5)


def test_what_occurs_once_can_stand_for_what_never_occurs():
    """So that a network knows how often a chord is new; each epoch draws anew."""
    data = prepare(songs(), small("paper", unknown=0.5, prior="yes"))
    unknown = data.vocabulary.unknown
    counts = np.bincount(data.training(np.random.default_rng(1)).all, minlength=len(data.vocabulary))
    plain = prepare(songs(), small("paper")).training(np.random.default_rng(1))
    once = np.bincount(plain.all, minlength=len(counts)) == 1
    assert 0 < counts[unknown] < once.sum()
    assert counts.sum() == len(plain)
    epochs = [data.training(np.random.default_rng(seed)).all.tolist() for seed in (1, 1, 2)]
    assert epochs[0] == epochs[1] != epochs[2]
    assert data.occurrences()[unknown] == once.sum()


def test_one_key_and_all_keys_are_not_asked_for_at_once(tmp_path):
    with pytest.raises(PresetError, match="Set one_key=no or transpose=0"):
        train(songs(), small("house", transpose=3), tmp_path / "run")


@pytest.mark.parametrize(
    ("decay", "rates"),
    [
        ("constant", [1e-3, 1e-3, 1e-3]),
        ("cosine", [1e-3, 1e-3 * (0.1 + 0.9 * 0.5), 1e-4]),  # Loshchilov & Hutter 2017, (5)
        ("exponential", [1e-3, 1e-3 * math.sqrt(0.1), 1e-4]),
    ],
)
def test_the_learning_rate_falls_to_its_last_share(decay, rates):
    from generation.music.training.updates import learning_rate  # loads TensorFlow

    config = TrainingConfig(learning_rate=1e-3, decay=decay, last_learning_rate=0.1, warmup=3)
    assert [learning_rate(config, 1000, progress) for progress in (0.0, 0.5, 1.0)] == pytest.approx(rates)
    assert [learning_rate(config, step, 0.0) for step in range(5)] == pytest.approx([2.5e-4, 5e-4, 7.5e-4, 1e-3, 1e-3])
