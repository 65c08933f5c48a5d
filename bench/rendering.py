"""Rendering: 24 clips of 20 seconds, levelled and in three encodings, beside FluidSynth alone on the same clips."""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from statistics import median

import numpy as np

from generation.music.audio.loudness import true_peak_of
from generation.music.audio.policy import RATE, STANDARD
from generation.music.audio.renderer import check_renderer, find_soundfont
from generation.music.audio.rendering import Job, RenderedSet, render_many
from generation.music.corpora.corpora import read_corpus
from generation.music.score.excerpts import draw_stretches
from generation.music.score.instrumentation import apply_instruments
from generation.music.score.notes import Note, Piece, write_midi

CLIPS = 24
TARGET = 10.0  # seconds on two cores
TIMES_FLUIDSYNTH = 2.5  # at most so many times as long as FluidSynth alone


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    options = parser.parse_args()
    if missing := check_renderer():
        print("\n".join(missing), file=sys.stderr)
        return 1
    archive = os.environ.get("EARWITNESS_POP909", "")
    music = songs(Path(archive)) if Path(archive).is_file() else inventions()
    measured = {"music": "POP909" if Path(archive).is_file() else "made up"} | measure(music)
    show(measured)
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1))
    return 0


def songs(archive: Path) -> list[Piece]:
    pieces = read_corpus(archive, songs=CLIPS).pieces
    stretches = islice(draw_stretches(pieces, seconds=STANDARD.seconds, seed=1), CLIPS)
    return [pieces[stretch.place].excerpt(stretch.start, stretch.end) for stretch in stretches]


def inventions() -> list[Piece]:
    """As dense as a song of POP909: eight notes a second, up to six at once."""
    rng = random.Random(1)
    return [
        Piece.of(
            [Note(rng.randint(36, 84), beat / 4, rng.choice([0.5, 1, 2]), rng.randint(50, 110)) for beat in range(176)]
        )
        for _ in range(CLIPS)
    ]


def measure(music: list[Piece], *, runs: int = 3) -> dict:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    with tempfile.TemporaryDirectory() as folder:
        midi = []
        for number, piece in enumerate(music):
            midi.append(Path(folder, f"{number:02}.mid"))
            midi[-1].write_bytes(write_midi(apply_instruments(piece, instrument="piano", seconds=STANDARD.seconds)))
        jobs = [Job(path.stem, path) for path in midi]
        clips = Path(folder, "clips")
        render_many(jobs[:2], clips)  # everything is imported, the soundfont is in memory
        times: dict[str, list[float]] = {"ours": [], "computing": [], "for_each": [], "side_by_side": [], "at_once": []}
        for _ in range(runs):  # in turns, so that whatever else the machine does falls on all
            before = _computed()
            times["ours"].append(_seconds(lambda: render_many(jobs, clips)))
            times["computing"].append(_computed() - before)
            times["for_each"].append(_seconds(lambda: [_fluidsynth(folder, path) for path in midi]))
            times["side_by_side"].append(_seconds(lambda: _side_by_side(folder, [[path] for path in midi], cores)))
            times["at_once"].append(
                _seconds(lambda: _side_by_side(folder, [midi[i::cores] for i in range(cores)], cores))
            )
        described = _described(render_many(jobs, clips))
    seconds = {name: median(values) for name, values in times.items()}
    return {
        "clips": len(midi),
        "cores": cores,
        "seconds": seconds["ours"],
        "seconds_of_computing": seconds["computing"],
        "target_seconds": TARGET,
        "fluidsynth": {
            "one after the other": seconds["for_each"],
            "side by side": seconds["side_by_side"],
            "side by side, each soundfont loaded once": seconds["at_once"],
        },
        "times_fluidsynth": seconds["ours"] / seconds["side_by_side"],
        "times_fluidsynth_at_its_best": seconds["ours"] / min(seconds["side_by_side"], seconds["at_once"]),
        "target_times_fluidsynth": TIMES_FLUIDSYNTH,
        "runs": times,
        **described,
    }


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _computed() -> float:
    """Seconds of processor time so far, of this process and of those it started: other programs do not add to it."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _fluidsynth(folder: str, *midi: Path) -> None:
    """As midi2audio calls it, without a word and with a gain at which nothing clips."""
    wav = Path(folder, f"alone-{midi[0].stem}.wav")
    command = ["fluidsynth", "-niq", "-g", "0.5", "-r", "44100", "-F", wav, find_soundfont(), *midi]
    subprocess.run(command, check=True, capture_output=True)


def _side_by_side(folder: str, groups: list[list[Path]], cores: int) -> None:
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(lambda group: _fluidsynth(folder, *group), groups))


def _described(rendered: RenderedSet) -> dict:
    """How equal the clips are, measured anew from the masters."""
    import pyloudnorm
    import soundfile

    sounds = [soundfile.read(rendering.master, dtype="float32")[0] for rendering in rendered.renderings]
    loudness = [pyloudnorm.Meter(RATE).integrated_loudness(sound) for sound in sounds]
    sizes = {
        form: sorted({getattr(rendering, form).stat().st_size for rendering in rendered.renderings})
        for form in ("mp3", "opus")
    }
    return {
        "loudness_lufs": [min(loudness), max(loudness)],
        "highest_true_peak_dbtp": max(map(true_peak_of, sounds)),
        "samples": sorted({len(sound) for sound in sounds}),
        "bytes": sizes,
        "master_bytes": int(np.mean([rendering.master.stat().st_size for rendering in rendered.renderings])),
    }


def show(measured: dict) -> None:
    rows = [("ours: rendered, levelled, FLAC + MP3 + Opus", measured["seconds"])]
    rows += [(f"FluidSynth alone, {how}", seconds) for how, seconds in measured["fluidsynth"].items()]
    print(f"{measured['clips']} clips of {STANDARD.seconds:g} s ({measured['music']}), {measured['cores']} cores")
    for label, seconds in rows:
        print(f"  {label:<66}{seconds:6.1f} s")
    print(f"  {'ours, seconds of computing on all cores together':<66}{measured['seconds_of_computing']:6.1f} s")
    print(f"  {'times FluidSynth side by side (target: at most 2.5)':<66}{measured['times_fluidsynth']:6.2f}")
    print(f"  {'times FluidSynth at its best':<66}{measured['times_fluidsynth_at_its_best']:6.2f}")
    low, high = measured["loudness_lufs"]
    print(f"  loudness {low:.2f} to {high:.2f} LUFS, true peak at most {measured['highest_true_peak_dbtp']:.2f} dBTP")
    print(f"  samples {measured['samples']}, bytes {measured['bytes']}")


if __name__ == "__main__":
    sys.exit(main())
