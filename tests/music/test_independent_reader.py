"""Real songs, read by us and by mido, which shares no line with our reader."""

import io
import zipfile
from collections import defaultdict

import mido
import numpy as np
import pytest

from generation.music.corpora.pop909 import songs
from generation.music.score.notes import read_midi, write_midi


def with_mido(data: bytes) -> list[tuple[float, int, float, int]]:
    """Start and duration in beats, pitch and velocity of every note; what is struck first is released first."""
    file = mido.MidiFile(file=io.BytesIO(data))
    rows = []
    for track in file.tracks:
        now, sounding = 0, defaultdict(list)
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                sounding[message.channel, message.note].append((now, message.velocity))
            elif message.type in ("note_on", "note_off") and sounding[message.channel, message.note]:
                start, velocity = sounding[message.channel, message.note].pop(0)
                beats = file.ticks_per_beat
                rows.append((start / beats, message.note, (now - start) / beats, velocity))
    return sorted(rows)


@pytest.mark.parametrize("number", range(0, 909, 150))
def test_a_song_has_the_notes_that_mido_reads(pop909, number):
    with zipfile.ZipFile(pop909) as archive:
        data = archive.read(sorted(songs(archive.namelist()))[number])
    piece = read_midi(data)
    for source in (data, write_midi(piece)):
        expected = np.array(with_mido(source))
        notes = np.sort(piece.notes, order=["start", "pitch", "duration", "velocity"])
        assert len(notes) == len(expected)
        assert np.allclose(notes["start"], expected[:, 0])
        assert notes["pitch"].tolist() == expected[:, 1].tolist()
        assert np.allclose(notes["duration"], expected[:, 2])
        assert notes["velocity"].tolist() == expected[:, 3].tolist()


def test_time_passes_as_mido_says(pop909):
    with zipfile.ZipFile(pop909) as archive:
        data = archive.read(next(name for name in archive.namelist() if name.endswith("002/002.mid")))
    file = mido.MidiFile(file=io.BytesIO(data))
    piece = read_midi(data)
    assert len(piece) == 1408
    assert piece.seconds == pytest.approx(max(_ends(file)), abs=1e-3)


def _ends(file: mido.MidiFile):
    now = 0.0
    for message in file:
        now += message.time
        if message.type == "note_off" or (message.type == "note_on" and not message.velocity):
            yield now
