"""How much of a clip was heard: what the page reports, and what can be true.

A stretch is (from, to) in seconds of the clip, in the order of playing; the page reports one for each time that the
sound ran without a jump. Knows nothing of rows.
"""

import json
import math
from collections.abc import Iterable

Stretch = tuple[float, float]

# The page looks at the clock a few times a second, the network and the machine take their time: a clip played to
# its end may come out a little short, and a little more may be reported than the server's clock has counted.
TOLERANCE = 0.5
MOST_STRETCHES = 500


def read_stretches(text: str) -> list[Stretch] | None:
    """What the page reported, as JSON [[from, to], ...]; None where nothing was, or nonsense: no JavaScript."""
    if not text:
        return None
    try:
        stretches = [(float(start), float(end)) for start, end in json.loads(text)[:MOST_STRETCHES]]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    if not all(math.isfinite(start) and math.isfinite(end) for start, end in stretches):
        return None
    return [(round(start, 2), round(end, 2)) for start, end in stretches if end > start]


def seconds_heard(stretches: Iterable[Stretch], *, length: float, passed: float) -> float:
    """Seconds of the clip that were heard at least once.

    Parameters
    ----------
    stretches : what was played, in any order, overlapping where something was heard again
    length : of the clip, in seconds
    passed : seconds on the server's clock since the sound could first be heard

    Returns
    -------
    Between 0 and `length`, and never more than `passed`: a page that claims more is believed that far and no further.
    """
    inside = sorted((max(0.0, start), min(length, end)) for start, end in stretches)
    heard = reached = 0.0
    for start, end in inside:
        heard += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return max(0.0, min(heard, passed + TOLERANCE, length))


def is_enough(seconds: float, *, length: float, share: float) -> bool:
    """Whether that many seconds are the share of the clip that must be heard before it can be rated."""
    return share == 0 or seconds + TOLERANCE >= length * share
