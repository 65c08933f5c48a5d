from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.utils import timezone

from generation.catalogue.composing import compose_clips
from generation.catalogue.errors import CatalogueError
from generation.models import Clip, Run, Source
from generation.music.inference.composing import Composition
from generation.music.score.arrangement import Arrangement
from generation.music.score.notes import Note, Piece, read_midi
from generation.music.training import presets
from generation.music.training.configuration import PresetError

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(study) -> Run:
    return Run.objects.create(study=study, name="LSTM", preset="house", finished=timezone.now())


@pytest.fixture
def network(monkeypatch):
    """Stands in for a trained network: the seed decides the notes."""
    network = SimpleNamespace(preset=presets.preset("house"), sampling=None)

    def compose(trained, *, clips, seed, sampling, primer, report, seconds=None, bars=None):
        network.sampling, network.bars = sampling, bars
        seconds = seconds or 2 * bars
        report(clips, clips)
        return [
            Composition(Piece.of([Note(40 + (seed + number) % 50, 0, seconds * 2)]), {"run": "lstm", "seed": seed})
            for number in range(clips)
        ]

    monkeypatch.setattr("generation.catalogue.composing.open_run", lambda folder: network)
    monkeypatch.setattr("generation.catalogue.composing.compose", compose)
    return network


def test_what_a_network_composes_becomes_clips_of_an_ai_source(study, run, network):
    added = compose_clips(study, run, source="House LSTM", clips=3, arrangement=Arrangement(seconds=5, seed=4))
    source = Source.objects.get()
    assert (source.origin, source.run) == ("ai", run)
    assert [clip.title for clip in added.clips] == ["LSTM, seed 4, 1", "LSTM, seed 4, 2", "LSTM, seed 4, 3"]
    asked = Arrangement(seconds=5, seed=4).as_dict()
    assert added.clips[0].provenance == {
        "made_by": "compose",
        "seconds": 5,
        "run": "lstm",
        "seed": 4,
        "arrangement": asked,
    }


def test_the_same_seed_adds_nothing_the_second_time(study, run, network):
    compose_clips(study, run, source="House LSTM", clips=3)
    assert "already" in compose_clips(study, run, source="House LSTM", clips=3).sentences()[0]
    assert Clip.objects.count() == 3


def test_sampling_overrides_what_the_preset_says(study, run, network):
    compose_clips(study, run, source="House LSTM", clips=1, sampling={"temperature": 0.8})
    assert network.sampling == replace(network.preset.sampling, temperature=0.8)
    with pytest.raises(PresetError, match="warmth"):
        compose_clips(study, run, source="House LSTM", clips=1, sampling={"warmth": 1})


def test_shuffled_notes_are_an_anchor_unless_told_otherwise(study, run, network):
    network.preset = presets.preset("shuffled")
    compose_clips(study, run, source="Shuffled", clips=1)
    compose_clips(study, run, source="Shuffled, as AI", clips=1, origin="ai")
    assert [source.origin for source in Source.objects.all()] == ["anchor", "ai"]


def test_two_networks_do_not_share_a_source(study, run, network):
    compose_clips(study, run, source="House LSTM", clips=1)
    other = Run.objects.create(study=study, name="Other", preset="house")
    with pytest.raises(CatalogueError, match='"House LSTM" has clips from another training run or corpus'):
        compose_clips(study, other, source="House LSTM", clips=1)


def test_one_tempo_and_flat_dynamics_are_made_of_what_was_composed(study, run, network):
    compose_clips(study, run, source="A", clips=1, arrangement=Arrangement(seconds=5, tempo=90, dynamics="flat"))
    clip = Clip.objects.get()
    piece = notes_of(clip.midi)
    assert (piece.tempos[:, 1].tolist(), set(piece.notes["velocity"])) == ([90], {80})
    assert network.bars == 3  # five seconds at 90 are seven and a half quarters: three bars, if they have three each
    arrangement = clip.provenance["arrangement"]
    assert (arrangement["tempo"], arrangement["dynamics"], arrangement["seconds"]) == (90, "flat", 5)
    assert notes_of(clip.original).tempos[0, 1] == 120


def test_a_length_in_bars_is_composed_in_bars(study, run, network):
    compose_clips(study, run, source="A", clips=1, arrangement=Arrangement(bars=4))
    assert network.bars == 4
    assert Clip.objects.get().provenance["arrangement"]["bars"] == 4
    assert "seconds" not in Clip.objects.get().provenance


def notes_of(file) -> Piece:
    with file.open("rb") as midi:
        return read_midi(midi.read())
