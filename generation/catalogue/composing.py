"""A run composes, and what it composes becomes clips."""

from typing import Any

from generation.catalogue.clips import MELODY_ONLY, Added, NewClip, add_clips, source_named
from generation.catalogue.errors import CatalogueError, Progress, in_silence
from generation.catalogue.primers import primers_of
from generation.models import Origin, Run
from generation.music.composing import compose
from generation.music.configuration import Preset
from generation.music.notes import write_midi
from generation.music.runs import open_run
from studies.models import Study


def compose_clips(
    study: Study,
    run: Run,
    *,
    source: str,
    clips: int = 6,
    seconds: float = 20.0,
    seed: int = 1,
    origin: str = "",
    sampling: dict[str, Any] | None = None,
    primer: str = "",
    melody_only: bool = False,
    progress: Progress = in_silence,
) -> Added:
    """Clips of `seconds` by a trained network: same seed, same clips.

    `sampling` overrides the preset's values (temperature, top_k, top_p ...), `primer` is what the clips continue
    (`primers.primers_of`), and `melody_only` leaves one voice.
    """
    if clips < 1:
        raise CatalogueError(f"{clips} clips are none; ask for at least one.")
    if not 1 <= seconds <= 600:
        raise CatalogueError(f"{seconds:g} seconds are no clip; ask for 1 to 600.")
    trained = open_run(run.folder)
    found = source_named(study, source, origin=origin or _origin(trained.preset), run=run)
    composed = compose(
        trained,
        clips=clips,
        seconds=seconds,
        seed=seed,
        sampling=trained.preset.with_values(sampling or {}).sampling,
        primer=primers_of(study, primer, clips=clips, seed=seed) if primer else None,
        report=lambda done, total: progress(done, total, "clips"),
    )
    return add_clips(
        found,
        [
            NewClip(
                title=f"{run.name}, seed {seed}, {number}",
                data=write_midi(one.piece.melody() if melody_only else one.piece),
                suffix=".mid",
                provenance={"made_by": "compose", "seconds": seconds} | MELODY_ONLY[melody_only] | one.provenance,
            )
            for number, one in enumerate(composed, 1)
        ],
    )


def _origin(preset: Preset) -> str:
    """What only counts notes is no composer but an anchor, which shows whether listeners listen."""
    return Origin.ANCHOR if preset.network.kind in ("markov", "shuffled") else Origin.AI
