"""What was measured on clips' notes, for the statistics: the bridge from `generation.catalogue`."""

import logging

import pandas as pd

from generation.catalogue.clip_measures import measures_of_clip
from generation.catalogue.originality import check_originality
from generation.models import Clip
from generation.music.analysis.measures import MEASURES
from studies.errors import EarwitnessError
from surveys.models import Survey

OWED = {  # to the corpus that a source's network was trained on, or that it was compared with
    "shared_run": ("Longest shared run", "steps", "run"),
    "shared_runs": ("Shared runs of 8 steps", "share", "grams"),
}
WORDS = {measure.key: (measure.title, measure.unit) for measure in MEASURES} | {
    key: (title, unit) for key, (title, unit, _) in OWED.items()
}

log = logging.getLogger(__name__)


def measures_of(clips: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, tuple[str, str]]]:
    """What is known about these clips (``pk``, ``clip``), and the title and unit of each measure.

    Returns
    -------
    One row for each clip with notes, a column for each measure that any of them has; nothing is measured here.
    """
    names = dict(zip(clips["pk"], clips["clip"], strict=True))
    rows = []
    for pk, measures, owed in Clip.objects.filter(pk__in=[int(pk) for pk in names]).values_list(
        "pk", "measured", "originality"
    ):
        if notes := measures.get("notes"):
            rows.append({"clip": names[pk], **{key: notes.get(key) for key in WORDS}, **_shared_runs(owed)})
    table = pd.DataFrame(rows, columns=["clip", *WORDS]).set_index("clip").astype(float).dropna(axis=1, how="all")
    order = [clip for clip in clips["clip"] if clip in table.index]
    table = table.loc[order].reset_index()
    return table, {key: WORDS[key] for key in table.columns if key != "clip"}


def _shared_runs(originality: dict) -> dict[str, float | None]:
    """The most that a clip shares with any corpus it was compared with, by its melody."""
    melodies = [comparison["melody"] for comparison in originality.values()]
    return {
        key: max((melody[name] for melody in melodies if melody[name] is not None), default=None)
        for key, (_, _, name) in OWED.items()
    }


def measure_clips(survey: Survey) -> None:
    """Measure what has not been measured yet: work for a worker, or a terminal. A clip without notes has no measures,
    and one whose files are gone goes without."""
    sources = {}
    for clip in survey.clips.select_related("source__run__corpus"):
        sources[clip.source_id] = clip.source
        try:
            measures_of_clip(clip)
        except EarwitnessError as error:
            log.warning("%s", error)
    for source in sources.values():
        if source.run_id and source.run.corpus_id:
            try:
                check_originality(source)
            except EarwitnessError as error:
                log.warning("%s", error)
