import pytest

from generation.music.corpora.musicxml import NotationError, piece_from_score, read_score


def score(music: str):
    from music21 import converter

    return converter.parse(f"tinynotation: {music}")


def test_tied_notes_sound_once():
    piece = piece_from_score(score("4/4 c2 d2~ d4 e2."))
    assert piece.notes[["start", "duration", "pitch"]].tolist() == [(0, 2, 60), (2, 3, 62), (5, 3, 64)]


def test_a_chord_of_which_some_notes_are_held_gives_them_once():
    # stripTies leaves such chords alone, and the held notes come a second time.
    from music21 import chord, stream, tie

    first, second = chord.Chord(["C4", "E4", "G4"], quarterLength=2), chord.Chord(["C4", "F4", "G4"], quarterLength=2)
    for held, kind in ((first, "start"), (second, "stop")):
        held.notes[0].tie = tie.Tie(kind)
        held.notes[2].tie = tie.Tie(kind)
    part = stream.Part([first, second])
    assert len(part.stripTies().flatten().notes) == 2
    piece = piece_from_score(stream.Score([part]))
    assert piece.notes[["start", "duration", "pitch"]].tolist() == [(0, 4, 60), (0, 2, 64), (0, 4, 67), (2, 2, 65)]


def test_meter_and_tempo_come_along_and_the_tempo_is_moderate_where_none_is_written():
    from music21 import tempo

    written = score("3/4 c4 d e f g a")
    assert piece_from_score(written).tempos.tolist() == [[0, 90]]
    assert piece_from_score(written).bar_lines().tolist() == [0, 3, 6]
    written.insert(0, tempo.MetronomeMark(number=60, referent=0.5))
    assert piece_from_score(written).tempos.tolist() == [[0, 30]]


def test_an_upbeat_is_a_short_bar():
    from music21 import meter, note, stream

    upbeat = stream.Measure([meter.TimeSignature("4/4"), note.Note("C4", quarterLength=1)])
    bars = [stream.Measure([note.Note("D4", quarterLength=4)]) for _ in range(2)]
    part = stream.Part()
    part.append([upbeat, *bars])
    piece = piece_from_score(stream.Score([part]))
    assert piece.meters.tolist() == [[0, 1, 4], [1, 4, 4]]
    assert piece.bar_lines().tolist() == [0, 1, 5, 9]


def test_grace_notes_are_left_out():
    from music21 import note, stream

    part = stream.Part([note.Note("D4").getGrace(), note.Note("C4", quarterLength=1)])
    assert len(piece_from_score(stream.Score([part]))) == 1


def test_a_file_of_tunes_is_many_pieces(tmp_path):
    path = tmp_path / "tunes.abc"
    path.write_text("X:1\nT:One\nM:2/4\nL:1/4\nK:C\nC D|E F|\n\nX:2\nT:Two\nM:2/4\nL:1/4\nK:C\nG A|\n")
    assert [(piece.name, len(piece)) for piece in read_score(path)] == [("tunes 1", 4), ("tunes 2", 2)]


def test_what_is_no_score_is_said_to_be_none(tmp_path):
    path = tmp_path / "page.xml"
    path.write_text("<html><body>No music.</body></html>")
    with pytest.raises(NotationError):
        read_score(path)
