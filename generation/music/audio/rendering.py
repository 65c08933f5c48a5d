"""All the way from music to files, for one clip or for many side by side."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from generation.music.audio import encoders, levels
from generation.music.audio.opus import NO_OPUS, find_libopus
from generation.music.audio.policy import RATE, STANDARD, RenderingError, RenderingPolicy, check_density
from generation.music.audio.recordings import read_recording
from generation.music.audio.renderer import find_renderer, renderer_version, soundfont_sha256
from generation.music.audio.synthesis import synthesise
from generation.music.score.instrumentation import apply_instruments
from generation.music.score.notes import MidiError, read_midi, write_midi

# Bytes of sound put aside between measuring a set and writing it: 300 clips of 20 s. Those beyond are made a second
# time, which takes as long again, and no disk.
MOST_ASIDE = 2 * 2**30


@dataclass(frozen=True)
class Job:
    """One clip to be made, of MIDI or of an audio file."""

    name: str  # of its files
    music: bytes | Path
    called: str = ""  # in messages, where the name of its files says nothing

    @property
    def title(self) -> str:
        return self.called or self.name

    @property
    def is_midi(self) -> bool:
        if isinstance(self.music, bytes):
            return self.music[:4] == b"MThd"
        with self.music.open("rb") as file:
            return file.read(4) == b"MThd"


@dataclass(frozen=True)
class Rendering:
    """The files of a clip, and what is known about its sound."""

    name: str
    master: Path
    mp3: Path
    opus: Path
    samples: int  # per channel, at 44.1 kHz
    loudness: float  # LUFS
    true_peak: float  # dBTP
    sounding: float  # seconds until the last sound; silence follows
    provenance: dict[str, Any]  # policy, renderer, soundfont and the SHA-256 of every file


@dataclass(frozen=True)
class RenderedSet:
    """Renderings of equal loudness, and the names of what could not be rendered, with the reason."""

    renderings: list[Rendering]
    refused: list[tuple[str, str]]
    loudness: float  # the level they share, in LUFS

    def loudness_deficit(self, policy: RenderingPolicy) -> float:
        """How much quieter than the policy asks the set had to become, in LU, for no clip to be clipped."""
        return max(policy.loudness - self.loudness, 0.0)


def render(
    music: bytes | Path,
    folder: Path,
    *,
    name: str,
    policy: RenderingPolicy = STANDARD,
    soundfont: str | Path = "",
) -> Rendering:
    """One clip by itself: `name`.flac, .mp3 and .opus in the folder."""
    rendered = render_many([Job(name, music)], folder, policy=policy, soundfont=soundfont, cores=1)
    for _, reason in rendered.refused:
        raise RenderingError(reason)
    return rendered.renderings[0]


def render_many(
    jobs: Iterable[Job],
    folder: Path,
    *,
    policy: RenderingPolicy = STANDARD,
    soundfont: str | Path = "",
    cores: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> RenderedSet:
    """Every clip of a set at one loudness, side by side on all cores; what fails is listed and the rest goes on.

    Each clip is made by itself and then multiplied by one number, so that it sounds the same whatever is made with
    it. Only the loudness is shared: where a clip would clip at the policy's, the whole set becomes softer.

    `progress` is called with the steps done and their number (two for a clip: measured, written).
    """
    jobs = list(jobs)
    font = find_renderer(soundfont) if any(job.is_midi for job in jobs) else None
    if not find_libopus():
        raise RenderingError(NO_OPUS)
    steps = _Steps(2 * len(jobs), progress)
    folder.mkdir(parents=True, exist_ok=True)
    # Threads are enough: FluidSynth is a process of its own, and the encoders and filters let other threads run.
    with (
        tempfile.TemporaryDirectory(prefix=".rendering-", dir=folder) as between,
        ThreadPoolExecutor(cores or _cores()) as pool,
    ):
        kept = set(jobs[: MOST_ASIDE // (8 * policy.samples)])
        measured, refused = _measure_all(
            pool, jobs, steps, lambda job: _measure(job, Path(between), policy, font, keep=job in kept)
        )
        loudness = levels.common_loudness(list(measured.values()), policy)

        def written(job: Job) -> Rendering:
            return _write(job, measured[job], Path(between), folder, loudness, policy, font)

        renderings = []
        for _, rendering in _run_parallel(pool, written, measured):
            if isinstance(rendering, RenderingError):
                raise rendering  # nothing about the music: the disk is full, an encoder is missing
            renderings.append(rendering)
            steps.done(1)
    order = {job.name: index for index, job in enumerate(jobs)}
    return RenderedSet(
        sorted(renderings, key=lambda rendering: order[rendering.name]),
        sorted(refused, key=lambda name_and_reason: order[name_and_reason[0]]),
        loudness,
    )


def _measure_all(
    pool: ThreadPoolExecutor, jobs: list[Job], steps: "_Steps", measure: Callable[[Job], levels.Level]
) -> tuple[dict[Job, levels.Level], list[tuple[str, str]]]:
    """The levels of what could be rendered; name and reason of what could not."""
    measured, refused = {}, []
    for job, level in _run_parallel(pool, measure, jobs):
        if isinstance(level, RenderingError):
            refused.append((job.name, str(level)))
        else:
            measured[job] = level
        steps.done(1 if job in measured else 2)
    return measured, refused


class _Steps:
    def __init__(self, total: int, report: Callable[[int, int], None] | None):
        self.count, self.total, self.report = 0, total, report

    def done(self, steps: int) -> None:
        self.count += steps
        if self.report:
            self.report(self.count, self.total)


def _cores() -> int:
    """Those that this process may use, which in a container are fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _run_parallel(
    pool: ThreadPoolExecutor, function: Callable[[Job], Any], jobs: Iterable[Job]
) -> Iterator[tuple[Job, Any]]:
    """(job, what the function gave or the `RenderingError` it raised), as they become ready."""
    waiting = {pool.submit(function, job): job for job in jobs}
    try:
        for future in as_completed(waiting):
            error = future.exception()
            if error and not isinstance(error, RenderingError):
                raise error
            yield waiting[future], error or future.result()
    finally:
        for future in waiting:
            future.cancel()


def _measure(job: Job, between: Path, policy: RenderingPolicy, soundfont: Path | None, *, keep: bool) -> levels.Level:
    """The level of a clip, its sound put aside at that level where it is kept."""
    clip, sounding = _read_sound(job, policy, soundfont)
    level = levels.measure_level(clip, sounding)
    levels.check_level(level, policy, job.title)
    if keep:
        np.save(between / f"{job.name}.npy", clip)
    return level


def _read_sound(job: Job, policy: RenderingPolicy, soundfont: Path | None) -> tuple[np.ndarray, float]:
    """The sound of a clip with its peak at 1, and the seconds until its last sound."""
    if job.is_midi:
        sound = _synthesise_job(job, policy, soundfont)
    else:
        sound = read_recording(job.music, name=job.title, seconds=policy.seconds)
    clip, sounding = levels.fit_to_length(sound, policy)
    # The gates of the measure are absolute: a soft file must not fall through them before it is levelled.
    clip /= np.abs(clip).max()
    return clip, sounding


def _synthesise_job(job: Job, policy: RenderingPolicy, soundfont: Path | None) -> np.ndarray:
    try:
        piece = read_midi(job.music, name=job.title)
    except MidiError as error:
        raise RenderingError(str(error)) from error
    piece = apply_instruments(piece, instrument=policy.instrument, seconds=policy.seconds)
    if not len(piece):
        raise RenderingError(f"{job.title} contains only drums, which these clip settings leave out.")
    check_density(piece, seconds=policy.seconds, name=job.title)
    return synthesise(write_midi(piece), name=job.title, soundfont=soundfont or "")


def _write(
    job: Job,
    level: levels.Level,
    between: Path,
    folder: Path,
    loudness: float,
    policy: RenderingPolicy,
    soundfont: Path | None,
) -> Rendering:
    aside = between / f"{job.name}.npy"
    clip = np.load(aside) if aside.exists() else _read_sound(job, policy, soundfont)[0]
    aside.unlink(missing_ok=True)
    sound = levels.quantise(clip * levels.gain_to(loudness, level))
    files = {
        "flac": encoders.flac(sound),
        "mp3": encoders.mp3(sound, policy.mp3_kilobits),
        "opus": encoders.ogg_opus(sound, policy.opus_kilobits),
    }
    for suffix, data in files.items():
        # Under another name until it is whole: a file that has its name can be trusted.
        (between / f"{job.name}.{suffix}").write_bytes(data)
        (between / f"{job.name}.{suffix}").replace(folder / f"{job.name}.{suffix}")
    return Rendering(
        name=job.name,
        master=folder / f"{job.name}.flac",
        mp3=folder / f"{job.name}.mp3",
        opus=folder / f"{job.name}.opus",
        samples=len(sound),
        loudness=loudness,
        true_peak=level.true_peak + loudness - level.loudness,
        sounding=level.sounding,
        provenance={
            "policy": asdict(policy),
            "loudness": loudness,
            "rate": RATE,
            "sha256": {suffix: hashlib.sha256(data).hexdigest() for suffix, data in files.items()},
            **_renderer(soundfont if job.is_midi else None),
        },
    )


def _renderer(soundfont: Path | None) -> dict[str, str]:
    if soundfont is None:
        return {"renderer": "a recording, not rendered here"}
    return {
        "renderer": renderer_version(),
        "soundfont": soundfont.name,
        "soundfont_sha256": soundfont_sha256(soundfont),
    }
