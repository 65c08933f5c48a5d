"""How alike two sets of pieces are in one measure: the overlapping area of Yang and Lerch (2018).

Not the values themselves are compared but the distances between pieces: those within a set, which say how varied it is,
and those from one set to the other. Where both are distributed alike, a piece of the one set stands to the other set as
a piece of that set does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_GRID = 512  # places at which the densities are compared


@dataclass(frozen=True)
class Overlap:
    area: float  # 0: nothing in common, 1: the same distribution
    low: float
    high: float  # 95 % interval, pieces drawn anew
    first: int
    second: int  # pieces in each set with a value


def overlap(first: Sequence[float], second: Sequence[float], rng: np.random.Generator, *, draws: int = 500) -> Overlap:
    """The overlapping area of the distances within the first set and the distances between the sets.

    Parameters
    ----------
    first : a measure of each piece of the set that is the standard (originals, say)
    second : the same of the set that is compared with it
    rng : for the interval
    draws : how often pieces are drawn anew, with replacement, from both sets

    Returns
    -------
    The area, 0 to 1, and its 95 % interval by the bootstrap over pieces: percentiles, moved by what the areas of pieces
    drawn anew lie too low, since fewer of them are different. A piece drawn twice has no distance to itself. Values
    that are not finite are left out; with fewer than three pieces in a set all is NaN. The area of small sets is itself
    uncertain and leans to low values: compare only sets of like size.
    """
    sample, other_sample = (np.asarray(values, float)[np.isfinite(values)] for values in (first, second))
    if min(len(sample), len(other_sample)) < 3:
        return Overlap(np.nan, np.nan, np.nan, len(sample), len(other_sample))
    within = np.abs(sample[:, None] - sample[None, :])
    between = np.abs(sample[:, None] - other_sample[None, :])
    area = overlapping_area(within[np.triu_indices(len(sample), 1)], between.ravel())
    areas = []
    for _ in range(draws):
        ours = rng.integers(len(sample), size=len(sample))
        theirs = rng.integers(len(other_sample), size=len(other_sample))
        first_of_pair, second_of_pair = np.triu_indices(len(sample), 1)
        apart = ours[first_of_pair] != ours[second_of_pair]
        if apart.any():
            inside = within[ours[first_of_pair[apart]], ours[second_of_pair[apart]]]
            areas.append(overlapping_area(inside, between[np.ix_(ours, theirs)].ravel()))
    low, high = np.clip(np.percentile(areas, [2.5, 97.5]) + area - np.median(areas), 0, 1)
    return Overlap(area, float(low), float(high), len(sample), len(other_sample))


def overlapping_area(first: np.ndarray, second: np.ndarray) -> float:
    """The area below both of two densities, each a sum of Gaussians over the sample with Scott's bandwidth.

    Integrated over the whole line, so that equal samples give 1 (the authors' code stops at the outermost values and
    stays below). Samples without spread are points: 1 if both are the same point, else 0.
    """
    widths = [_bandwidth(sample) for sample in (first, second)]
    if min(widths) <= 0:
        return float(max(widths) <= 0 and np.isclose(first[0], second[0]))
    low = min(sample.min() - 4 * width for sample, width in zip((first, second), widths, strict=True))
    high = max(sample.max() + 4 * width for sample, width in zip((first, second), widths, strict=True))
    grid = np.linspace(low, high, _GRID)
    densities = [_density(sample, width, grid) for sample, width in zip((first, second), widths, strict=True)]
    return float(min(np.minimum(*densities).sum() * (grid[1] - grid[0]), 1.0))


def _bandwidth(sample: np.ndarray) -> float:
    spread = sample.std(ddof=1) if len(sample) > 1 else 0.0
    return float(spread * len(sample) ** -0.2) if spread > 1e-12 * max(abs(sample).max(), 1e-300) else 0.0


def _density(sample: np.ndarray, width: float, grid: np.ndarray) -> np.ndarray:
    # The sample is first shared out among the places of the grid, each value between the two next to it: a thousand
    # distances then cost no more than the grid.
    step = grid[1] - grid[0]
    place = (sample - grid[0]) / step
    below = np.floor(place).astype(int)
    share = place - below
    counts = np.bincount(below, 1 - share, minlength=len(grid)) + np.bincount(below + 1, share, minlength=len(grid))
    reach = min(int(np.ceil(5 * width / step)), (len(grid) - 1) // 2)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / width) ** 2)
    density = np.convolve(counts, kernel, mode="same")
    return density / (density.sum() * step)
