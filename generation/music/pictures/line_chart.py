"""Lines in a frame with two scales: numbers in, SVG out. For losses that one watches while they fall.

Colours are those of the page, through the classes `s1` to `s5`; a dashed line is `dashed`.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

LEFT, RIGHT, TOP, BOTTOM = 48, 12, 8, 40  # room for the scales
COLOURS = 5


@dataclass(frozen=True)
class Line:
    name: str
    points: Sequence[tuple[float, float]]
    colour: int = 1
    dashed: bool = False


def line_chart(
    lines: Iterable[Line], *, across: str, upwards: str, label: str, width: int = 640, height: int = 260
) -> str:
    """All lines on one pair of scales; points that are no numbers are left out; nothing to draw is an empty text."""
    lines = [Line(line.name, _finite(line.points), line.colour, line.dashed) for line in lines]
    lines = [line for line in lines if line.points]
    if not lines:
        return ""
    xs = ticks(*_span(x for line in lines for x, _ in line.points), most=7)
    ys = ticks(*_span(y for line in lines for _, y in line.points), most=6)

    def right(x: float) -> float:
        return LEFT + (x - xs[0]) / (xs[-1] - xs[0]) * (width - LEFT - RIGHT)

    def down(y: float) -> float:
        return TOP + (ys[-1] - y) / (ys[-1] - ys[0]) * (height - TOP - BOTTOM)

    grid = "".join(f'<path class="grid" d="M{LEFT} {down(y):.1f}H{width - RIGHT}"/>' for y in ys)
    scale = "".join(f'<text x="{LEFT - 8}" y="{down(y) + 4:.1f}" text-anchor="end">{y:g}</text>' for y in ys)
    scale += "".join(
        f'<text x="{right(x):.1f}" y="{height - BOTTOM + 18}" text-anchor="middle">{x:g}</text>' for x in xs
    )
    scale += f'<text x="{(LEFT + width - RIGHT) / 2:.0f}" y="{height - 4}" text-anchor="middle">{escape(across)}</text>'
    scale += f'<text x="{LEFT + 6}" y="{TOP + 12}">{escape(upwards)}</text>'
    drawn = "".join(_line(line, right, down) for line in lines)
    return (
        f'<svg class="curves lines" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'
        f"{grid}{scale}{drawn}</svg>"
    )


def _line(line: Line, right: Callable[[float], float], down: Callable[[float], float]) -> str:
    points = [(right(x), down(y)) for x, y in line.points]
    kind = f"s{(line.colour - 1) % COLOURS + 1}{' dashed' if line.dashed else ''}"
    title = f"<title>{escape(line.name)}</title>"
    last = f'<circle class="{kind}" cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" r="3">{title}</circle>'
    if len(points) == 1:
        return last
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return f'<path class="line {kind}" d="{path}">{title}</path>{last}'


def bar_chart(counts: Sequence[int], edges: Sequence[float], *, across: str, label: str, width: int = 320) -> str:
    """How often each range of values occurs; `edges` has one more than `counts`."""
    height, most = 140, max(counts, default=0)
    if not most:
        return ""
    wide = (width - 2 * RIGHT) / len(counts)
    columns = "".join(
        f'<rect class="s1" x="{RIGHT + place * wide + 1:.1f}" y="{TOP + 14 + (1 - count / most) * 72:.1f}" '
        f'width="{wide - 2:.1f}" height="{count / most * 72:.1f}"><title>{low:g} to {high:g}: {count}</title></rect>'
        f'<text x="{RIGHT + (place + 0.5) * wide:.1f}" y="{TOP + 10 + (1 - count / most) * 72:.1f}" '
        f'text-anchor="middle">{count or ""}</text>'
        for place, (count, low, high) in enumerate(zip(counts, edges[:-1], edges[1:], strict=True))
    )
    scale = "".join(
        f'<text x="{RIGHT + place * wide:.1f}" y="{TOP + 102}" text-anchor="middle">{edge:g}</text>'
        for place, edge in enumerate(edges)
    )
    scale += f'<text x="{width / 2:.0f}" y="{height - 6}" text-anchor="middle">{escape(across)}</text>'
    return (
        f'<svg class="curves" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'
        f"{columns}{scale}</svg>"
    )


def ticks(low: float, high: float, *, most: int) -> list[float]:
    """Round numbers around everything from `low` to `high`, at most so many where that is possible."""
    if high <= low:
        low, high = low - 0.5, high + 0.5
    step = 10.0 ** math.floor(math.log10((high - low) / most))
    for factor in (1, 2, 2.5, 5, 10, 20):
        if math.ceil(high / (step * factor)) - math.floor(low / (step * factor)) < most:
            step *= factor
            break
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def _span(values: Iterable[float]) -> tuple[float, float]:
    values = list(values)
    return min(values), max(values)


def _finite(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(x, y) for x, y in points if math.isfinite(x) and math.isfinite(y)]
