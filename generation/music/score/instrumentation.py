"""A piece as it is played in a clip: which instruments, and how much of it."""

from dataclasses import replace

from generation.music.score.notes import Piece, Track


def apply_instruments(piece: Piece, *, instrument: str, seconds: float) -> Piece:
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
