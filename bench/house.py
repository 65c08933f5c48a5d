"""The house preset, trained on all of POP909: memory, and 20 clips of 20 s beside 20 held-out excerpts.

`--run FOLDER` keeps the run there, and judges it again without training when it is there already; a run that was
stopped goes on. `--picture FILE` draws the clips and the excerpts as piano rolls (SVG).
"""

import argparse
import json
import os
import resource
import sys
import tempfile
from pathlib import Path

import numpy as np

from bench import SKIPPED, pop909
from generation.music.analysis.measures import MEASURES
from generation.music.analysis.originality import originality
from generation.music.analysis.overlap import overlap
from generation.music.corpora.corpora import read_corpus, split
from generation.music.inference.composing import compose
from generation.music.pictures.piano_roll import piano_roll
from generation.music.score.excerpts import draw_stretches
from generation.music.score.notes import Piece
from generation.music.training.presets import preset
from generation.music.training.runs import Run, open_run

SEED = 1
MOST_MEMORY = 3.0  # GB
DRAWN = 8  # clips in the picture: the first ones
WIDE, HIGH, GAP = 470, 130, 10  # of a roll
STYLE = (
    "text{font:13px sans-serif;fill:#444}.roll{background:#fff}.bar{fill:none;stroke:#ccc;stroke-width:1}"
    ".v0{fill:#0072b2}.v1{fill:#d55e00}.v2{fill:#009e73}.v3{fill:#cc79a7}.l0{opacity:.55}.l1{opacity:.8}"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    parser.add_argument("--minutes", type=float, default=1.0, help="of training")
    parser.add_argument("--songs", type=int, help="of POP909; else all")
    parser.add_argument("--clips", type=int, default=20, help="and as many excerpts")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--run", type=Path, help="keep the run in this folder, or judge the one that is there")
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="other values of the preset")
    parser.add_argument("--picture", type=Path, help="draw the clips and the excerpts")
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    archive = pop909()
    if archive is not None:
        pieces = read_corpus(archive, songs=options.songs, seed=SEED).pieces
        values = {"minutes": options.minutes} | dict(pair.split("=", 1) for pair in options.set)
        with tempfile.TemporaryDirectory() as folder:
            run = run_of(pieces, values, options.run or Path(folder) / "house")
            measured = measure(run, pieces, options.clips, options.seconds, options.picture)
        show(measured)
    else:
        measured = SKIPPED
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1))
    return 0


def run_of(pieces: list[Piece], values: dict, folder: Path) -> Run:
    """The finished run in the folder, or the one that is trained into it."""
    if (folder / "config.json").exists():
        run = open_run(folder)
        if run.config["progress"]["state"] == "finished":
            return run
    from generation.music.training.loop import train

    return train(
        pieces, preset("house").with_values(values), folder, seed=SEED, resume=(folder / "checkpoint").is_dir()
    )


def measure(run: Run, pieces: list[Piece], clips: int, seconds: float, picture: Path | None) -> dict:
    training = run.preset.training
    learned, held_out = split(pieces, validation=training.validation, seed=training.split)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # kB, before judging needs its own
    composed = [made.piece for made in compose(run, clips=clips, seconds=seconds, seed=SEED)]
    stretches = [
        stretch for stretch, _ in zip(draw_stretches(held_out, seconds=seconds, seed=SEED), range(clips), strict=False)
    ]
    human = [held_out[one.place].excerpt(one.start, one.end) for one in stretches]
    if picture:
        picture.write_text(drawing(composed[:DRAWN], human[:DRAWN], seconds))
    best = min(run.history, key=lambda row: row["validation_loss"])
    last = run.history[-1]
    return {
        "songs": len(pieces),
        "epochs": last["epoch"],
        "updates": last["step"],
        "seconds": last["seconds"],
        "processor_seconds": last["processor_seconds"],
        "validation_loss": best["validation_loss"],
        "nats_per_note": best["nats_per_note"],
        "peak_memory_gb": memory,
        "clips": clips,
        "excerpts": len(human),
        "flagged": sum(one.is_flagged for one in originality(composed, learned, held_out)),
        "flagged_human": sum(one.is_flagged for one in originality(human, learned, held_out)),
        "measures": list(compared(composed, human)),
    }


def compared(composed: list[Piece], human: list[Piece]):
    """A row for each measure: mean and spread of both sets, and how far they overlap."""
    rng = np.random.default_rng(SEED)
    extra = (("Longest note", "beats", longest_note), ("One pitch after the other", "notes", same_pitch))
    for title, unit, of in (*((each.title, each.unit, each.of) for each in MEASURES), *extra):
        ours, theirs = (np.array([of(piece) for piece in pieces], float) for pieces in (composed, human))
        shared = overlap(theirs, ours, rng)
        yield {
            "measure": title,
            "unit": unit,
            "clips": [float(np.nanmean(ours)), float(np.nanstd(ours))],
            "excerpts": [float(np.nanmean(theirs)), float(np.nanstd(theirs))],
            "overlap": [shared.area, shared.low, shared.high],
        }


def longest_note(piece: Piece) -> float:
    """A stuck note would be longer than people write."""
    return float(piece.notes["duration"].max(initial=0.0))


def same_pitch(piece: Piece) -> float:
    """The longest row of one and the same pitch in the highest voice: a loop would be a long one."""
    pitches = piece.skyline().notes["pitch"]
    if not len(pitches):
        return 0.0
    changes = np.flatnonzero(np.diff(pitches) != 0) + 1
    return float(np.diff([0, *changes, len(pitches)]).max())


def drawing(composed: list[Piece], human: list[Piece], seconds: float) -> str:
    """Two columns of piano rolls: what was composed, and what people wrote."""
    rows = max(len(composed), len(human))
    high = 24 + rows * (HIGH + GAP)
    parts = [f"<style>{STYLE}</style>", f'<rect width="{2 * WIDE + 3 * GAP}" height="{high}" fill="#f4f3f0"/>']
    for column, (title, pieces) in enumerate((("Composed", composed), ("Held-out excerpts", human))):
        x = GAP + column * (WIDE + GAP)
        parts.append(f'<text x="{x}" y="16">{title}</text>')
        for row, piece in enumerate(pieces):
            y = 24 + row * (HIGH + GAP)
            roll = piano_roll(piece, seconds=seconds, width=WIDE, height=HIGH)
            parts.append(f'<rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" fill="#fff"/>')
            parts.append(roll.replace("<svg ", f'<svg x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" ', 1))
    box = f'viewBox="0 0 {2 * WIDE + 3 * GAP} {high}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{"".join(parts)}</svg>\n'


def show(measured: dict) -> None:
    print(
        f"house on {measured['songs']} songs: {measured['epochs']:g} epochs, {measured['updates']:,.0f} updates, "
        f"{measured['processor_seconds'] / 60:.0f} processor minutes ({measured['seconds'] / 60:.0f} by the clock); "
        f"{measured['validation_loss']:.3f} nats a token, pitches {measured['nats_per_note']:.3f} a note; "
        f"at most {measured['peak_memory_gb']:.2f} GB (limit {MOST_MEMORY:g})"
    )
    print(
        f"flagged as copied: {measured['flagged']} of {measured['clips']} clips, "
        f"{measured['flagged_human']} of {measured['excerpts']} excerpts\n"
    )
    print(f"| measure | {measured['clips']} clips | {measured['excerpts']} held-out excerpts | overlap |")
    print("|---|---|---|---|")
    for row in measured["measures"]:
        mean, spread = row["clips"]
        theirs, their_spread = row["excerpts"]
        area, low, high = row["overlap"]
        unit = f" ({row['unit']})" if row["unit"] else ""
        print(
            f"| {row['measure']}{unit} | {mean:.2f} ± {spread:.2f} | {theirs:.2f} ± {their_spread:.2f} | "
            f"{area:.2f} ({low:.2f} to {high:.2f}) |"
        )


if __name__ == "__main__":
    sys.exit(main())
