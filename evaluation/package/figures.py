"""The charts of a package: the numbers of each, and its picture in every format."""

from collections.abc import Callable, Sequence

from evaluation.charts.chart import Chart
from evaluation.package import image_export

Progress = Callable[[int, int, str], None]


def figure_files(
    charts: Sequence[Chart], *, pictures: bool, progress: Progress | None = None
) -> tuple[dict[str, bytes], str]:
    """Files in ``figures/`` by their names, and why there are no pictures; empty where there are."""
    files = {f"figures/{chart.key}.csv": chart.csv().encode() for chart in charts}
    if not pictures:
        return files, "The figures were left out."
    try:
        images = image_export.draw(charts, progress=progress)
    except image_export.DrawingError as error:
        return files, f"The figures could not be drawn: {error} Their numbers are in figures/*.csv."
    return files | {f"figures/{name}": content for name, content in images.items()}, ""
