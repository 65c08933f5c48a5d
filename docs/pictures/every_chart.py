"""`make pictures`, second part: every chart by day and by night, and the page that shows them.

Made of a made-up study (robots with known tastes) in which everything was asked and measured that can be.
"""

import asyncio
import json
from pathlib import Path

FOLDER = Path(__file__).parent / "charts"
PAGE = Path(__file__).parent.parent / "charts.md"
ANY = {"format": "png", "scale": 1}
INTRODUCTION = """\
# Every chart

*Reference.* This page shows every chart that can appear on a results page or in `figures/` of a package. The data are
simulated: 30 listeners, and four models with six clips each. One of the models is a low anchor.

Each chart has a description generated from its numbers, a table, and a name for screen readers. You can download it as
SVG, PNG, PDF and CSV. Downloaded files have a white background; pages follow the reader's light or dark mode.
[Statistics](statistics.md) explains the numbers. `make pictures` writes this page.
"""
GROUPS = {
    "paper": "Main figures",
    "precision": "Precision",
    "conclusions": "Conclusions",
    "detail": "Details",
    "objective": "Clip measures",
    "listener": "One participant",
}


def all_charts() -> list:
    from evaluation.instruments.registry import RATINGS
    from evaluation.pipeline import Evaluation
    from evaluation.statistics.rating_results import describe_ratings
    from tests.evaluation.conftest import collect_everything

    results = describe_ratings(collect_everything(listeners=30, clips=6), replicates=500)
    evaluation = Evaluation(RATINGS, results).fit()
    return evaluation.charts + evaluation.listener_charts("P03")


def photograph_charts() -> None:
    charts = all_charts()
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    for name, picture in asyncio.run(_drawn(charts)).items():
        (FOLDER / name).write_bytes(picture)
        print(f"docs/pictures/charts/{name}")
    PAGE.write_text(page(charts), encoding="utf-8")


async def _drawn(charts: list) -> dict[str, bytes]:
    from kaleido import Kaleido

    from evaluation.charts.theme import DARK, PAPER, darken
    from evaluation.package.image_export import _browser

    pictures = {}
    async with Kaleido(n=1, mathjax=False, timeout=60, path=_browser()) as browser:
        for chart in charts:
            printed = chart.export_drawing()
            pictures[f"{chart.key}.png"] = await browser.calc_fig(printed, opts=ANY)
            dark = json.loads(darken(json.dumps(printed)))
            dark["layout"] |= {"paper_bgcolor": DARK[PAPER], "plot_bgcolor": DARK[PAPER]}
            pictures[f"{chart.key}-dark.png"] = await browser.calc_fig(dark, opts=ANY)
    return pictures


def page(charts: list) -> str:
    parts = [INTRODUCTION]
    for group, title in GROUPS.items():
        parts.append(f"## {title}\n")
        parts += [_shown(chart) for chart in charts if chart.group == group]
    return "\n".join(parts)


def _shown(chart) -> str:
    return (
        f"### {chart.title}\n\n`{chart.key}`. {chart.summary}\n\n"
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="pictures/charts/{chart.key}-dark.png">'
        f'<img src="pictures/charts/{chart.key}.png" alt="{chart.title.replace(chr(34), "")}" width="{chart.width}">'
        "</picture>\n"
    )
