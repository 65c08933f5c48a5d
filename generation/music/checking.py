"""Whether a run from elsewhere is what it says, as far as that can be told without letting it compose."""

import numpy as np

from generation.music.composing import network_of
from generation.music.configuration import PresetError
from generation.music.runs import Run, RunError


def check_weights(run: Run) -> None:
    """Of a run from elsewhere: checksums tell that it came whole, not that its weights are those of its layers."""
    try:
        fits = run.preset.network.kind == "shuffled" or bool(network_of(run))
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, PresetError):
        fits = False
    if not fits or not all(np.isfinite(array).all() for array in run.weights.values() if array.dtype.kind == "f"):
        raise RunError(f"The weights of {run.folder.name} are not those of the network that its config.json describes.")
