"""Whether a run from elsewhere is what it says, as far as that can be told without letting it compose."""

import numpy as np

from generation.music.inference.composing import Feed, build_stepper
from generation.music.inference.shuffled_notes import shuffle_notes
from generation.music.score.clip_length import Length
from generation.music.training.configuration import PresetError
from generation.music.training.runs import Run, RunError

LONGEST_NAME = 40  # letters of a preset's name
MOST_SEED = 2**63 - 1


def check_run(run: Run) -> None:
    """Of a run from elsewhere: checksums tell that it came whole, not that its weights are those of its layers, nor
    that its config.json says what it should. `RunError` names what is wrong."""
    config, name = run.config, run.folder.name
    if len(run.preset.name) > LONGEST_NAME:
        raise RunError(f"The preset of {name} has a name longer than {LONGEST_NAME} characters.")
    corpus, seed = config.get("corpus", {}), config.get("seed", 1)
    if not isinstance(corpus, dict) or not isinstance(corpus.get("fingerprint", ""), str):
        raise RunError(f"config.json of {name} does not name the corpus it was trained on.")
    if type(seed) is not int or not 0 <= seed <= MOST_SEED:
        raise RunError(f"The seed in config.json of {name} is not a whole number of 0 or more.")
    try:
        fits = all(map(_is_finite, run.weights.values())) and _takes_a_step(run)
    except (ArithmeticError, LookupError, AttributeError, TypeError, ValueError, MemoryError, PresetError):
        fits = False
    if not fits:
        raise RunError(f"The weights of {name} do not fit the network described in its config.json.")


def _is_finite(weights: np.ndarray) -> bool:
    return weights.dtype.kind in "iu" or (weights.dtype.kind == "f" and bool(np.isfinite(weights).all()))


def _takes_a_step(run: Run) -> bool:
    """Whether it gives a probability for each word."""
    words = run.vocabulary.words
    if not words or not all(isinstance(word, str) for word in words):
        return False
    if run.preset.network.kind == "shuffled":
        return bool(shuffle_notes(run.weights, Length(seconds=1.0), np.random.default_rng(1)))
    sizes = {layer["vocabulary"] for layer in run.layers if "vocabulary" in layer}
    if sizes - {len(words)}:
        return False
    run.preset.encoding.grammar(run.vocabulary)
    network = build_stepper(run)
    network.start(2)
    probabilities = network.step(Feed(run.preset, 2).read(np.array([0, len(words) - 1])))
    return probabilities.shape == (2, len(words)) and bool(np.allclose(probabilities.sum(axis=1), 1, atol=1e-3))
