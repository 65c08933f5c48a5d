"""Piano rolls, curves and counts as SVG: what is drawn stands where it should, and names cannot break out."""

from xml.etree import ElementTree

import numpy as np
import pytest

from generation.music.analysis.overview import histogram, overview
from generation.music.pictures.line_chart import Line, bar_chart, line_chart, ticks
from generation.music.pictures.piano_roll import piano_roll
from generation.music.score.notes import Note, Piece


def parts(svg: str, kind: str) -> list[dict]:
    found = ElementTree.fromstring(svg)
    return [element.attrib for element in found.iter(kind)]


def test_a_note_lies_where_and_as_long_as_it_sounds():
    piece = Piece.of([Note(60, 4, 2, velocity=100)], tempo=120)  # from second 2 to second 3
    svg = piano_roll(piece, seconds=10, width=100, height=25)
    [bar, note] = parts(svg, "path")
    assert bar["class"] == "bar"
    assert note["class"] == "v0 l2"
    assert note["d"].startswith("M20 ")
    assert "h9.5" in note["d"]  # half a unit short, so that a repeated note is seen as two


def test_what_comes_later_is_not_drawn():
    piece = Piece.of([Note(60, 0, 1), Note(61, 100, 1)])
    [*_, note] = parts(piano_roll(piece, seconds=10, width=100, height=25), "path")
    assert note["d"].count("M") == 1


def test_tracks_and_loudness_have_classes_of_their_own():
    piece = Piece.of([Note(60, 0, 1, velocity=30), Note(64, 0, 1, velocity=60, track=1), Note(67, 1, 1, velocity=110)])
    classes = [part["class"] for part in parts(piano_roll(piece, seconds=4, width=100, height=25), "path")]
    assert [name for name in classes if name != "bar"] == ["v0 l0", "v0 l2", "v1 l1"]


def test_an_empty_piece_is_an_empty_roll():
    assert "<path" not in piano_roll(Piece.of([]), seconds=1, width=10, height=10)


def test_a_name_is_a_name_and_no_markup():
    label = '"><script>'
    assert parts(piano_roll(Piece.of([]), seconds=1, width=9, height=9, label=label), "svg")[0]["aria-label"] == label
    svg = line_chart([Line(label, [(0, 1), (1, 2)])], across=label, upwards="nats", label=label)
    assert parts(svg, "svg")[0]["aria-label"] == label
    assert "<script>" not in svg


def test_a_falling_loss_falls_on_the_page():
    svg = line_chart(
        [Line("loss", [(1, 4.0), (2, 3.0), (3, float("nan")), (4, 2.0)])], across="x", upwards="y", label=""
    )
    [line] = [part for part in parts(svg, "path") if "line" in part["class"]]
    heights = [float(pair.split()[1]) for pair in line["d"][1:].split("L")]
    assert heights == sorted(heights)
    assert len(heights) == 3


def test_without_numbers_there_is_no_picture():
    assert line_chart([Line("loss", [(1, float("nan"))])], across="", upwards="", label="") == ""
    assert bar_chart((), (), across="", label="") == ""


@pytest.mark.parametrize("low, high", [(0, 10), (0.31, 5.2), (2, 2), (5.01, 5.09), (-3, 1e6), (0, 0)])
def test_scales_are_round_and_hold_everything(low, high):
    found = ticks(low, high, most=6)
    assert found[0] <= low and found[-1] >= high
    assert 2 <= len(found) <= 7
    assert np.allclose(np.diff(found), found[1] - found[0])


def test_every_value_is_counted_once():
    values = [0, 1, 1, 2, 9.99, 10]
    counts = histogram(values)
    assert sum(counts.counts) == len(values)
    assert len(counts.edges) == len(counts.counts) + 1
    assert histogram([]).counts == ()


def test_an_overview_tells_keys_lengths_and_tempos():
    scale = [Note(60 + step, beat, 1) for beat, step in enumerate((0, 2, 4, 5, 7, 9, 11, 12))]
    seen = overview([Piece.of(scale, tempo=60), Piece.of(scale, tempo=120)])
    assert seen.keys == (("C major", 2),)
    assert seen.median_seconds == 6
    assert sum(seen.tempos.counts) == 2
    assert overview([]).keys == ()
