"""A piece as all clips are to be played, whatever its file asks for: which instruments, how much of it."""

from dataclasses import replace

from generation.music.audio.policy import RenderingError
from generation.music.score.notes import Piece, Track

MOST_NOTES = 1_000  # a second, on average: more takes minutes to be played, and nobody hears notes in it


def arranged(piece: Piece, *, instrument: str, seconds: float) -> Piece:
    """`seconds` of the piece from its first note on.

    With `instrument` "piano" every track is a grand piano, and drums, which have no pitch, are left out; with "file"
    each track keeps the instrument that the file asks for.
    """
    if instrument == "piano":
        piece = replace(piece.without_drums(), tracks=tuple(Track(track.name) for track in piece.tracks))
    if not len(piece):
        return piece
    first = float(piece.notes["start"].min())
    return piece.excerpt(first, float(piece.beats_at(piece.seconds_at(first) + seconds)))


def check_density(piece: Piece, *, seconds: float, name: str) -> None:
    """Of a piece that is arranged already: is it to be played in a reasonable time?"""
    if len(piece) > MOST_NOTES * seconds:
        raise RenderingError(
            f"{name} has {len(piece):,} notes in {seconds:g} seconds; up to {MOST_NOTES:,} a second are played."
        )
