"""A run composes, and what it composes becomes clips."""

from math import ceil
from typing import Any

from django.utils.translation import gettext as _

from generation.catalogue.clips import (
    AddedClips,
    NewClip,
    add_clips,
    arrangement_provenance,
    require_length,
    source_named,
)
from generation.catalogue.errors import CatalogueError, Progress, no_progress
from generation.catalogue.primers import primers_of
from generation.models import Origin, Run
from generation.music.inference.composing import Composition, compose
from generation.music.score.arrangement import Arrangement, arrange
from generation.music.score.notes import write_midi
from generation.music.training.configuration import Preset
from generation.music.training.runs import open_run
from studies.models import Study

DEFAULT = Arrangement(seconds=20.0)


def compose_clips(
    study: Study,
    run: Run,
    *,
    source: str,
    clips: int = 6,
    arrangement: Arrangement = DEFAULT,
    origin: str = "",
    sampling: dict[str, Any] | None = None,
    primer: str = "",
    progress: Progress = no_progress,
) -> AddedClips:
    """Clips by a trained network, as long as `arrangement` says: the same `arrangement.seed`, the same clips.

    `sampling` overrides the preset's values (temperature, top_k, top_p ...), `primer` is what the clips continue
    (`primers.primers_of`).
    """
    if clips < 1:
        raise CatalogueError(_("%(count)d clips cannot be composed. Ask for at least 1.") % {"count": clips})
    require_length(arrangement)
    trained = open_run(run.folder)
    model = source_named(study, source, origin=origin or _origin(trained.preset), run=run)
    composed = compose(
        trained,
        clips=clips,
        **_length_to_compose(arrangement),
        seed=arrangement.seed,
        sampling=trained.preset.with_values(sampling or {}).sampling,
        primer=primers_of(study, primer, clips=clips, seed=arrangement.seed) if primer else None,
        report=lambda done, total: progress(done, total, "clips"),
    )
    return add_clips(model, [_clip(run, music, number, arrangement) for number, music in enumerate(composed, 1)])


def _length_to_compose(arrangement: Arrangement) -> dict:
    """How much: at another tempo than it will be composed at, seconds are counted in bars, of three beats at least."""
    if arrangement.bars:
        return {"bars": arrangement.bars}
    if arrangement.tempo:
        return {"bars": ceil(arrangement.seconds * arrangement.tempo / 60 / 3)}
    return {"seconds": arrangement.seconds}


def _clip(run: Run, composed: Composition, number: int, arrangement: Arrangement) -> NewClip:
    treatment = arrangement.without_length()
    piece = arrange(composed.piece, treatment)
    provenance = {key: value for key, value in composed.provenance.items() if key not in ("seconds", "bars")}
    return NewClip(
        title=f"{run.name}, seed {arrangement.seed}, {number}",
        data=write_midi(piece),
        suffix=".mid",
        provenance={"made_by": "compose"} | provenance | arrangement_provenance(piece, arrangement),
        original=b"" if treatment.changes_nothing else write_midi(composed.piece),
    )


def _origin(preset: Preset) -> str:
    """What only counts notes is no composer but an anchor, which shows whether listeners listen."""
    return Origin.ANCHOR if preset.network.kind in ("markov", "shuffled") else Origin.AI
