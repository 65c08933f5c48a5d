"""Places of a corpus that composing can start from, kept with the run, so that it needs no corpus.

A network that re-reads its window starts from a whole one, from anywhere in a piece; one that carries its state reads
some bars, from a bar line.
"""

from dataclasses import dataclass

import numpy as np

from generation.music.score.notes import Piece
from generation.music.training.configuration import Preset
from generation.music.training.training_data import TrainingData

MOST = 256  # of each side, training and held out
MOST_OF_A_PIECE = 32

Places = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Place:
    tokens: np.ndarray
    begin: float
    beats: float
    semitones: int  # by which it was moved to become tokens


def find(data: TrainingData, preset: Preset, seed: int) -> Places:
    """Places drawn evenly from all there are.

    Returns
    -------
    tokens : those of all places, one after the other
    lengths : of each place, in tokens
    piece, held_out : the number of its piece on its side of the split, and which side that is
    begin, beats : where in the piece it lies: in tokens for a window, in beats for bars; and how many beats it has
    semitones : by how many the encoding moved it
    """
    rng = np.random.default_rng([seed, 2])
    cut = _windows if preset.sampling.reread else _bars
    found: list[tuple[Place, int, int]] = []
    for held_out, pieces in enumerate((data.pieces, data.held_out_pieces)):
        # Pieces in turn, each at a place of its own: a long piece is no likelier than a short one.
        many = min(MOST, MOST_OF_A_PIECE * len(pieces))
        for number in rng.permutation(np.resize(np.arange(len(pieces)), many)):
            place = cut(data, pieces[number], rng)
            if place is not None:
                found.append((place, int(number), held_out))
    return {
        "tokens": np.concatenate([*(place.tokens for place, _, _ in found), np.zeros(0, np.int32)]).astype(np.int32),
        "lengths": np.array([len(place.tokens) for place, _, _ in found], np.int32),
        "begin": np.array([place.begin for place, _, _ in found], float),
        "beats": np.array([place.beats for place, _, _ in found], float),
        "semitones": np.array([place.semitones for place, _, _ in found], np.int32),
        "piece": np.array([piece for _, piece, _ in found], np.int32),
        "held_out": np.array([held_out for _, _, held_out in found], bool),
    }


def _windows(data: TrainingData, piece: Piece, rng: np.random.Generator) -> Place | None:
    tokens, window = data.encode(piece), data.preset.training.window
    if len(tokens) < window:
        return None
    begin = int(rng.integers(len(tokens) - window + 1))
    return Place(tokens[begin : begin + window], begin, 0.0, _moved(data, piece))


def _bars(data: TrainingData, piece: Piece, rng: np.random.Generator) -> Place | None:
    lines = piece.bar_lines()
    whole = lines[lines + data.preset.sampling.primer_beats <= lines[-1]]
    if not len(whole):
        return None
    begin = float(rng.choice(whole))
    end = float(lines[lines >= begin + data.preset.sampling.primer_beats - 1e-6][0])
    excerpt = piece.excerpt(begin, end)
    if not len(excerpt):
        return None
    tokens = data.encode(excerpt)
    if "end" in data.vocabulary and tokens[-1] == data.vocabulary["end"]:
        tokens = tokens[:-1]  # the music goes on
    return Place(tokens, begin, end - begin, _moved(data, excerpt)) if len(tokens) else None


def _moved(data: TrainingData, piece: Piece) -> int:
    encoding = data.preset.encoding
    return encoding.semitones(piece) if hasattr(encoding, "semitones") else 0
