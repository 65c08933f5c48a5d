"""Clips that are ordered on a page: uploaded files and excerpts of a corpus, made and rendered by a worker.

The row of the errand gets one line for each file, so that the page can be left and read later. A worker that is killed
is followed by another that begins again: what is there already is not made twice.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from generation import upload_staging
from generation.models import Errand
from generation.music.score.arrangement import Arrangement
from studies.models import Study

NAMES = 8  # of lines that are told in sentences; the rest stands in the list

Progress = Callable[[int, int, str], None]


def order_files(study: Study, folder: Path, *, source: str, arrangement: Arrangement, **values) -> Errand:
    """Clips of the files in the folder; `values` as `clip_import.import_midi` has them."""
    from generation.errands import send

    return send(
        study,
        "import_midi",
        about=source,
        folder=folder.name,
        source_name=source,
        arrangement=arrangement.as_dict(),
        **values,
    )


def order_excerpts(study: Study, corpus, *, source: str, arrangement: Arrangement, **values) -> Errand:
    from generation.errands import send

    return send(
        study,
        "excerpt",
        about=source,
        corpus=corpus.pk,
        source_name=source,
        arrangement=arrangement.as_dict(),
        **values,
    )


def import_files(errand: Errand, progress: Progress) -> list[str]:
    from generation.catalogue.clip_import import NothingTaken, import_midi
    from generation.catalogue.errors import CatalogueError
    from studies.errors import EarwitnessError

    values = dict(errand.values)
    folder, name = upload_staging.folder_named(values.pop("folder")), values.pop("source_name")
    arrangement, played = Arrangement(**values.pop("arrangement")), _played(values)
    try:
        files = upload_staging.files_in(folder)
        if not files:
            raise CatalogueError("The files are gone: they were read already. Send them again.")
        added = import_midi(errand.study, files, source=name, arrangement=arrangement, progress=progress, **values)
        _keep(errand, added, taken_before=_taken(errand))
        said = _render(errand, added, played, progress)
    except NothingTaken as error:
        _keep(errand, error.added, taken_before=set())
        upload_staging.forget(folder)
        raise
    except EarwitnessError:
        upload_staging.forget(folder)
        raise
    upload_staging.forget(folder)
    return said


def excerpt(errand: Errand, progress: Progress) -> list[str]:
    from generation.catalogue.excerpts import excerpt

    values = dict(errand.values)
    corpus, name = errand.study.corpora.get(pk=values.pop("corpus")), values.pop("source_name")
    arrangement, played = Arrangement(**values.pop("arrangement")), _played(values)
    added = excerpt(errand.study, corpus, source=name, arrangement=arrangement, progress=progress, **values)
    _keep(errand, added, taken_before=_taken(errand))
    return _render(errand, added, played, progress)


def _played(values: dict) -> dict[str, str]:
    """Taken out of what was ordered: how clips are to be played, which is not how they are made."""
    return {key: values.pop(key, "") for key in ("instrument", "soundfont")}


def _render(errand: Errand, added, played: dict[str, str], progress: Progress) -> list[str]:
    from generation.catalogue.rendering import render_clips

    rendered = render_clips(errand.study, source=added.source, progress=progress, **played)
    measure(added.source, progress)
    reasons = {clip.number: reason for clip, reason in rendered.refused}
    for line in errand.lines:
        if line["clip"] in reasons:
            line.update(outcome="silent", why=reasons[line["clip"]])
    errand.save(update_fields=["lines"])
    said = added.sentences()
    return said[:NAMES] + rendered.sentences()


def measure(source, progress: Progress) -> None:
    """What pages show of each clip, so that they need not measure it themselves."""
    from generation.catalogue.clip_measures import measures_of_clip
    from studies.errors import EarwitnessError

    clips = list(source.clips.usable())
    for number, clip in enumerate(clips, 1):
        try:
            measures_of_clip(clip)
        except EarwitnessError:
            continue  # the clip's own page says what is wrong with it
        progress(number, len(clips), "clips measured")


def _taken(errand: Errand) -> set[str]:
    """What was taken by a worker that was killed afterwards is no news but no repetition either."""
    return {line["name"] for line in errand.lines if line["outcome"] == "taken"}


def _keep(errand: Errand, added, *, taken_before: Iterable[str]) -> None:
    taken_before = set(taken_before)
    clips = {clip.content_sha256: clip.number for clip in added.clips}
    errand.lines = [
        {
            "name": line.name,
            "outcome": "taken" if line.outcome == "already" and line.name in taken_before else line.outcome,
            "why": line.why,
            "clip": clips[line.clip.content_sha256] if line.clip else None,
        }
        for line in added.lines
    ]
    errand.source = added.source if added.source.pk else None
    errand.save(update_fields=["lines", "source"])


def render(errand: Errand, progress: Progress) -> list[str]:
    from generation.catalogue.rendering import render_clips

    errand.source = errand.study.sources.get(pk=errand.values["source_id"])
    errand.save(update_fields=["source"])
    said = render_clips(errand.study, source=errand.source, progress=progress).sentences()
    measure(errand.source, progress)
    return said
