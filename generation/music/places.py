"""Places of a corpus that composing can start from, kept with the run, so that it needs no corpus.

A network that re-reads its window starts from a whole one, from anywhere in a piece; one that carries its state reads
some bars, from a bar line.
"""

import numpy as np

from generation.music.configuration import Preset
from generation.music.material import Material
from generation.music.notes import Piece

MOST = 256  # of each side, training and held out

Places = dict[str, np.ndarray]
Place = tuple[np.ndarray, float, float]  # its tokens, where it begins, how many beats it has


def find(material: Material, preset: Preset, seed: int) -> Places:
    """Places drawn evenly from all there are.

    Returns
    -------
    tokens : those of all places, one after the other
    lengths : of each place, in tokens
    piece, held_out : the number of its piece on its side of the split, and which side that is
    begin, beats : where in the piece it lies: in tokens for a window, in beats for bars; and how many beats it has
    """
    rng = np.random.default_rng([seed, 2])
    cut = _windows if preset.sampling.reread else _bars
    found: list[tuple[Place, int, int]] = []
    for held_out, pieces in enumerate((material.pieces, material.held_out_pieces)):
        # Pieces in turn, each at a place of its own: a long piece is no likelier than a short one.
        for number in rng.permutation(np.resize(np.arange(len(pieces)), MOST if pieces else 0)):
            place = cut(material, pieces[number], rng)
            if place is not None:
                found.append((place, int(number), held_out))
    return {
        "tokens": np.concatenate([*(tokens for (tokens, _, _), _, _ in found), np.zeros(0, np.int32)]).astype(np.int32),
        "lengths": np.array([len(tokens) for (tokens, _, _), _, _ in found], np.int32),
        "begin": np.array([begin for (_, begin, _), _, _ in found], float),
        "beats": np.array([beats for (_, _, beats), _, _ in found], float),
        "piece": np.array([piece for _, piece, _ in found], np.int32),
        "held_out": np.array([held_out for _, _, held_out in found], bool),
    }


def _windows(material: Material, piece: Piece, rng: np.random.Generator) -> Place | None:
    tokens, window = material.encode(piece), material.preset.training.window
    if len(tokens) < window:
        return None
    begin = int(rng.integers(len(tokens) - window + 1))
    return tokens[begin : begin + window], begin, 0.0


def _bars(material: Material, piece: Piece, rng: np.random.Generator) -> Place | None:
    lines = piece.bar_lines()
    whole = lines[lines + material.preset.sampling.primer_beats <= lines[-1]]
    if not len(whole):
        return None
    begin = float(rng.choice(whole))
    end = float(lines[lines >= begin + material.preset.sampling.primer_beats - 1e-6][0])
    excerpt = piece.excerpt(begin, end)
    if not len(excerpt):
        return None
    tokens = material.encode(excerpt)
    if "end" in material.vocabulary and tokens[-1] == material.vocabulary["end"]:
        tokens = tokens[:-1]  # the music goes on
    return (tokens, begin, end - begin) if len(tokens) else None
