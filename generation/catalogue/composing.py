"""A run composes, and what it composes becomes clips."""

from math import ceil
from typing import Any

from generation.catalogue.clips import Added, NewClip, add_clips, lasting, source_named, wishes_of
from generation.catalogue.errors import CatalogueError, Progress, in_silence
from generation.catalogue.primers import primers_of
from generation.models import Origin, Run
from generation.music.inference.composing import Composition, compose
from generation.music.score.arrangement import Making, made
from generation.music.score.notes import write_midi
from generation.music.training.configuration import Preset
from generation.music.training.runs import open_run
from studies.models import Study


def compose_clips(
    study: Study,
    run: Run,
    *,
    source: str,
    clips: int = 6,
    seconds: float = 20.0,
    bars: int = 0,
    seed: int = 1,
    origin: str = "",
    sampling: dict[str, Any] | None = None,
    primer: str = "",
    melody_only: bool = False,
    tempo: float = 0.0,
    dynamics: str = "file",
    progress: Progress = in_silence,
) -> Added:
    """Clips of `seconds`, or of `bars`, by a trained network: same seed, same clips.

    `sampling` overrides the preset's values (temperature, top_k, top_p ...), `primer` is what the clips continue
    (`primers.primers_of`), `melody_only` leaves one voice; `tempo` (quarter notes a minute) and `dynamics` ("flat") are
    as `Making` has them.
    """
    if clips < 1:
        raise CatalogueError(f"{clips} clips are none; ask for at least one.")
    if not bars and not 1 <= seconds <= 600:
        raise CatalogueError(f"{seconds:g} seconds are no clip; ask for 1 to 600.")
    length = Making(seconds=0.0 if bars else seconds, bars=bars)
    making = Making(texture="melody" if melody_only else "file", tempo=tempo, dynamics=dynamics)
    trained = open_run(run.folder)
    found = source_named(study, source, origin=origin or _origin(trained.preset), run=run)
    composed = compose(
        trained,
        clips=clips,
        **_to_compose(length, tempo),
        seed=seed,
        sampling=trained.preset.with_values(sampling or {}).sampling,
        primer=primers_of(study, primer, clips=clips, seed=seed) if primer else None,
        report=lambda done, total: progress(done, total, "clips"),
    )
    return add_clips(found, [_clip(run, one, number, length, making, seed) for number, one in enumerate(composed, 1)])


def _to_compose(length: Making, tempo: float) -> dict:
    """How much: at another tempo than it will be composed at, seconds are counted in bars, of three beats at least."""
    if length.bars:
        return {"bars": length.bars}
    return {"bars": ceil(length.seconds * tempo / 60 / 3)} if tempo else {"seconds": length.seconds}


def _clip(run: Run, composed: Composition, number: int, length: Making, making: Making, seed: int) -> NewClip:
    piece = made(composed.piece, making)
    told = {key: value for key, value in composed.provenance.items() if key not in ("seconds", "bars")}
    return NewClip(
        title=f"{run.name}, seed {seed}, {number}",
        data=write_midi(piece),
        suffix=".mid",
        provenance={"made_by": "compose"} | told | lasting(piece, length) | wishes_of(making),
        original=b"" if making.leaves_all_as_it_is else write_midi(composed.piece),
    )


def _origin(preset: Preset) -> str:
    """What only counts notes is no composer but an anchor, which shows whether listeners listen."""
    return Origin.ANCHOR if preset.network.kind in ("markov", "shuffled") else Origin.AI
