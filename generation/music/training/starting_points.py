"""Stretches of a corpus that composing can start from, kept with the run, so that it needs no corpus.

A network that re-reads its window starts from a whole window, from anywhere in a piece; one that carries its state
reads some bars, from a bar line.
"""

from dataclasses import dataclass

import numpy as np

from generation.music.score.notes import Piece
from generation.music.training.training_data import TrainingData

MOST = 256  # of each side, training and held out
MOST_OF_A_PIECE = 32

StartingPoints = dict[str, np.ndarray]  # columns, as `draw_starting_points` explains them


@dataclass(frozen=True, eq=False)
class StartingPoint:
    tokens: np.ndarray
    begin: float
    beats: float
    semitones: int  # by which the stretch was transposed to become tokens


def draw_starting_points(data: TrainingData, seed: int) -> StartingPoints:
    """Stretches drawn evenly from all pieces.

    Returns
    -------
    tokens : those of all stretches, one after the other
    lengths : of each stretch, in tokens
    piece, held_out : the number of its piece on its side of the split, and which side that is
    begin, beats : where in the piece it begins: in tokens for a window, in beats for bars; and how many beats it has
    semitones : by how many the encoding transposed it
    """
    rng = np.random.default_rng([seed, 2])
    draw = _draw_window if data.preset.sampling.reread else _draw_bars
    points, numbers, sides = [], [], []
    for held_out, pieces in enumerate((data.pieces, data.held_out_pieces)):
        # The same number from each piece: a long piece is no likelier than a short one.
        count = min(MOST, MOST_OF_A_PIECE * len(pieces))
        for number in rng.permutation(np.resize(np.arange(len(pieces)), count)):
            point = draw(data, pieces[number], rng)
            if point is not None:
                points.append(point)
                numbers.append(number)
                sides.append(held_out)
    return {
        "tokens": np.concatenate([*(point.tokens for point in points), np.zeros(0, np.int32)]).astype(np.int32),
        "lengths": np.array([len(point.tokens) for point in points], np.int32),
        "begin": np.array([point.begin for point in points], float),
        "beats": np.array([point.beats for point in points], float),
        "semitones": np.array([point.semitones for point in points], np.int32),
        "piece": np.array(numbers, np.int32),
        "held_out": np.array(sides, bool),
    }


def _draw_window(data: TrainingData, piece: Piece, rng: np.random.Generator) -> StartingPoint | None:
    tokens, window = data.encode(piece), data.preset.training.window
    if len(tokens) < window:
        return None
    begin = int(rng.integers(len(tokens) - window + 1))
    return StartingPoint(tokens[begin : begin + window], begin, 0.0, _semitones(data, piece))


def _draw_bars(data: TrainingData, piece: Piece, rng: np.random.Generator) -> StartingPoint | None:
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
    return StartingPoint(tokens, begin, end - begin, _semitones(data, excerpt)) if len(tokens) else None


def _semitones(data: TrainingData, piece: Piece) -> int:
    encoding = data.preset.encoding
    return encoding.semitones(piece) if hasattr(encoding, "semitones") else 0
