"""The sustain pedal, where a corpus is read with it."""

import numpy as np
import pytest
import symusic
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.music.corpora.corpora import read_corpus
from generation.music.score.notes import read_midi
from generation.music.score.pedal import sounding_ends


def ends(notes, pedal) -> list[int]:
    """Of (start, end, pitch), with the pedal at (time, value)."""
    starts, until, pitches = np.array(notes).T
    times, values = np.array(pedal, int).reshape(-1, 2).T
    return sounding_ends(starts, until, pitches, times, values).tolist()


@pytest.mark.parametrize(
    ("notes", "pedal", "expected"),
    [
        ([(0, 10, 60)], [], [10]),
        ([(0, 10, 60)], [(5, 127), (30, 0)], [30]),  # held until the pedal comes up
        ([(0, 10, 60)], [(10, 127), (30, 0)], [30]),  # pressed as the key is let go
        ([(0, 10, 60)], [(5, 127), (10, 0)], [10]),
        ([(0, 10, 60)], [(5, 63), (30, 0)], [10]),  # half pressed is not pressed
        ([(0, 10, 60), (20, 25, 60)], [(5, 127), (30, 0)], [20, 30]),  # struck again
        ([(0, 10, 60), (20, 25, 61)], [(5, 127), (30, 0)], [30, 30]),  # another key
        ([(0, 10, 60), (40, 50, 62)], [(5, 127)], [50, 50]),  # never comes up
        ([(0, 10, 60), (12, 20, 60)], [(5, 127), (11, 0)], [11, 20]),
    ],
)
def test_a_note_sounds_while_the_pedal_holds_it(notes, pedal, expected):
    assert ends(notes, pedal) == expected


def as_it_happens(notes, pedal) -> list[int]:
    """The same, event by event: pedal down, pedal up, key struck, key let go."""
    events = [(time, 0 if value >= 64 else 1, -1) for time, value in pedal]
    for number, (start, end, _) in enumerate(notes):
        events += [(start, 2, number), (end, 3, number)]
    until = [end for _, end, _ in notes]
    sounding, down = [], False
    for time, kind, number in sorted(events):
        if kind == 0:
            down = True
        elif kind == 1:
            down = False
            for other in [other for other in sounding if until[other] < time]:
                until[other] = time
                sounding.remove(other)
        elif kind == 2:
            if down:
                for other in [other for other in sounding if notes[other][2] == notes[number][2]]:
                    until[other] = time
                    sounding.remove(other)
            sounding.append(number)
        elif not down and number in sounding:
            sounding.remove(number)
    last = max([*(end for _, end, _ in notes), *(time for time, _ in pedal)])
    for other in sounding:
        until[other] = last
    return until


@given(
    notes=st.lists(
        st.tuples(st.integers(0, 60), st.integers(1, 30), st.integers(60, 62)),
        min_size=1,
        max_size=12,
        unique_by=lambda note: note[::2],
    ),
    pedal=st.lists(st.tuples(st.integers(0, 100), st.sampled_from([0, 20, 64, 127])), max_size=8),
)
@settings(max_examples=150, deadline=None)
def test_all_at_once_is_as_event_by_event(notes, pedal):
    notes = [(start, start + length, pitch) for start, length, pitch in notes]
    assert ends(notes, pedal) == as_it_happens(notes, pedal)


@pytest.fixture
def performance(tmp_path):
    score = symusic.Score(480)
    track = symusic.Track(name="Piano")
    track.notes.append(symusic.Note(0, 240, 60, 80))
    track.notes.append(symusic.Note(1920, 240, 64, 80))
    track.controls.append(symusic.ControlChange(120, 64, 127))
    track.controls.append(symusic.ControlChange(960, 64, 0))
    score.tracks.append(track)
    path = tmp_path / "performance.mid"
    path.write_bytes(score.dumps_midi())
    return path


def test_lengths_are_those_of_the_keys_unless_the_pedal_is_asked_for(performance):
    assert read_midi(performance).notes["duration"].tolist() == [0.5, 0.5]
    assert read_midi(performance, pedal=True).notes["duration"].tolist() == [2.0, 0.5]


def test_a_corpus_is_read_with_the_pedal_or_without(performance):
    with_it, without = (read_corpus(performance, pedal=pedal) for pedal in (True, False))
    assert [corpus.pieces[0].notes["duration"].tolist() for corpus in (with_it, without)] == [[2.0, 0.5], [0.5, 0.5]]
    assert with_it.fingerprint != without.fingerprint
