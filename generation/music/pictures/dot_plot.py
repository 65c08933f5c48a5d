"""Values of a few groups as dots on one line each, with a stroke at the median. Numbers in, SVG out.

Colours are those of the page, through the classes `s1` to `s5`, in the order of the groups; names stand beside the
lines, so that no colour is needed to tell them apart.
"""

from collections.abc import Callable, Sequence
from html import escape

import numpy as np

from generation.music.pictures.line_chart import ticks

ROW, LEFT, RIGHT, BOTTOM = 24, 134, 24, 22
LONGEST_NAME = 20
COLOURS = 5


def dot_plot(groups: Sequence[tuple[str, Sequence[float]]], *, label: str, span: float = 0.0, width: int = 440) -> str:
    """One row for each group; a group without values has an empty row; nothing at all is an empty text.

    The scale covers `span` at least: differences that nobody hears must not look large.
    """
    values = [value for _, group in groups for value in group]
    if not values:
        return ""
    wider = max(span - (max(values) - min(values)), 0) / 2
    lowest = min(values) - wider if min(values) < 0 else max(min(values) - wider, 0)  # nothing is less than none
    scale = ticks(lowest, max(lowest + span, *values), most=5)
    height = ROW * len(groups) + BOTTOM

    def right(value: float) -> float:
        return LEFT + (value - scale[0]) / (scale[-1] - scale[0]) * (width - LEFT - RIGHT)

    lines = "".join(f'<path class="grid" d="M{right(tick):.1f} 0V{height - BOTTOM + 4}"/>' for tick in scale)
    numbers = "".join(
        f'<text x="{right(tick):.1f}" y="{height - 4}" text-anchor="middle">{tick:g}</text>' for tick in scale
    )
    rows = "".join(_row(number, name, group, right) for number, (name, group) in enumerate(groups))
    return (
        f'<svg class="strips" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'
        f"{lines}{numbers}{rows}</svg>"
    )


def _row(number: int, name: str, group: Sequence[float], right: Callable[[float], float]) -> str:
    middle = ROW * number + ROW / 2
    short = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
    drawn = f'<text class="name" x="{LEFT - 12}" y="{middle + 4:.1f}" text-anchor="end">{escape(short)}</text>'
    if not len(group):
        return drawn
    colour = f"s{number % COLOURS + 1}"
    # Equal values would hide each other: they step aside, up and down in turn.
    seen: dict[int, int] = {}
    for value in sorted(group):
        place = round(right(value))
        turn = seen[place] = seen.get(place, -1) + 1
        aside = min((turn + 1) // 2 * 3, ROW / 2 - 4) * (-1 if turn % 2 else 1)
        drawn += f'<circle class="{colour}" cx="{right(value):.1f}" cy="{middle + aside:.1f}" r="3.5"/>'
    median = right(float(np.median(group)))
    return drawn + f'<path class="{colour} median" d="M{median:.1f} {middle - 10:.1f}v20"/>'
