"""How much of a clip was heard: what the page reports, and what is possible.

A stretch is (from, to) in seconds of the clip. The page reports one for each time that the sound played without a jump,
in the order of playing. Knows nothing of rows.
"""

import json
import math
from collections.abc import Iterable

Stretch = tuple[float, float]

# The page measures a few times a second, and the network adds delays: a clip played to its end may seem a little too
# short, and the page may report a little more than the server's clock has counted.
TOLERANCE = 0.5
MOST_STRETCHES = 500


def read_stretches(text: str) -> list[Stretch] | None:
    """The report of the page, JSON [[from, to], ...]; None if it is empty (no JavaScript) or makes no sense."""
    if not text:
        return None
    try:
        stretches = [(float(start), float(end)) for start, end in json.loads(text)[:MOST_STRETCHES]]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    if not all(math.isfinite(start) and math.isfinite(end) for start, end in stretches):
        return None
    return [(round(start, 2), round(end, 2)) for start, end in stretches if end > start]


def seconds_heard(stretches: Iterable[Stretch], *, length: float, elapsed: float) -> float:
    """Seconds of the clip that were heard at least once.

    Parameters
    ----------
    stretches : what was played, in any order, overlapping where something was heard again
    length : of the clip, in seconds
    elapsed : seconds on the server's clock since the sound could first be heard

    Returns
    -------
    Between 0 and `length`, and never more than `elapsed`, whatever the page reports.
    """
    inside = sorted((max(0.0, start), min(length, end)) for start, end in stretches)
    heard = reached = 0.0
    for start, end in inside:
        heard += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return max(0.0, min(heard, elapsed + TOLERANCE, length))


def is_enough(seconds: float, *, length: float, share: float) -> bool:
    """Whether these seconds are the share of the clip that must be heard before it can be rated."""
    return share == 0 or seconds + TOLERANCE >= length * share
