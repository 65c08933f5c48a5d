"""Analysis: all fits of a survey with four aspects, beside R where it is installed."""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

# One thread for small matrices: more only wait for each other. Must be set before numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from evaluation.statistics.analysis import analyse
from evaluation.statistics.designs import rating_design
from evaluation.statistics.linear import fit_design
from evaluation.statistics.ordinal import fit_ordinal_design
from evaluation.statistics.verdicts import fit_verdicts
from tests.simulated_surveys import Taste, survey

ASPECTS = ("complexity", "creativity", "emotion", "enjoyment")
SIZES = {(200, 6): 3.0, (1000, 25): 60.0}  # listeners, clips of each of four sources: target in seconds
TASTE = Taste(
    {"Originals": 0.0, "LSTM": -0.6, "Magenta A": -0.3, "Magenta B": -0.2},
    {"Originals": -0.4, "LSTM": 0.8, "Magenta A": 0.6, "Magenta B": 0.4},
)
R = """
suppressMessages({library(lmerTest); library(ordinal)})
answers <- read.csv(commandArgs(TRUE)[1], stringsAsFactors = TRUE)
seconds <- function(expression) as.numeric(system.time(expression)["elapsed"])
cat(seconds(summary(lmer(enjoyment ~ source + (1 | participant) + (1 | clip), answers))), "")
answers$enjoyment <- factor(answers$enjoyment, ordered = TRUE)
cat(seconds(summary(clmm(enjoyment ~ source + (1 | participant) + (1 | clip), data = answers))), "")
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    options = parser.parse_args()
    measured = {"sizes": [measure(*size, target, runs=1 if size[0] > 200 else 3) for size, target in SIZES.items()]}
    measured["r"] = in_r(answers(*next(iter(SIZES))))
    show(measured)
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1))
    return 0


def answers(listeners: int, clips: int) -> pd.DataFrame:
    """A survey with a rating for each aspect."""
    surveys = [survey(TASTE, np.random.default_rng(seed), listeners=listeners, clips=clips) for seed in range(4)]
    whole = [one.sort_values(["participant", "clip"], ignore_index=True) for one in surveys]
    return (
        whole[0]
        .drop(columns="rating")
        .assign(**{aspect: one["rating"] for aspect, one in zip(ASPECTS, whole, strict=True)})
    )


def measure(listeners: int, clips: int, target: float, runs: int) -> dict:
    frame = answers(listeners, clips).drop(columns="position")
    designs = [rating_design(frame, aspect) for aspect in ASPECTS]
    steps = {
        "linear models": lambda: [fit_design(design) for design in designs],
        "linear models, third factor": lambda: [fit_design(design, third=True) for design in designs],
        "ordinal models": lambda: [fit_ordinal_design(design, "aspect") for design in designs],
        "verdicts": lambda: fit_verdicts(frame),
        "everything with two random factors": lambda: analyse(frame, ASPECTS, third=False),
        "everything": lambda: analyse(frame, ASPECTS),
    }
    return {
        "listeners": listeners,
        "clips": clips * len(TASTE.effects),
        "aspects": len(ASPECTS),
        "target_seconds": target,
        "seconds": {step: median(_seconds(action) for _ in range(runs)) for step, action in steps.items()},
    }


def _seconds(action) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def in_r(frame: pd.DataFrame) -> dict:
    """One linear and one ordinal fit of one aspect by lmerTest and ordinal."""
    rscript = shutil.which("Rscript")
    if not rscript:
        return {"skipped": "Rscript is not installed"}
    with tempfile.TemporaryDirectory() as folder:
        table, script = Path(folder) / "answers.csv", Path(folder) / "fits.R"
        frame.to_csv(table, index=False)
        script.write_text(R)
        done = subprocess.run([rscript, script, table], capture_output=True, text=True, check=False)
    if done.returncode:
        return {"skipped": "R has not lmerTest and ordinal: " + done.stderr.strip().splitlines()[-1]}
    linear, ordinal = map(float, done.stdout.split())
    return {"linear_model": linear, "ordinal_model": ordinal}


def show(measured: dict) -> None:
    for size in measured["sizes"]:
        print(f"{size['listeners']} listeners x {size['clips']} clips x {size['aspects']} aspects")
        for step, seconds in size["seconds"].items():
            target = f"   target {size['target_seconds']:g} s" if step.endswith("random factors") else ""
            print(f"  {step:40}{seconds:9.2f} s{target}")
    if "linear_model" in measured["r"]:
        linear, ordinal = measured["r"]["linear_model"], measured["r"]["ordinal_model"]
        print(f"R, one aspect of the first: lmer {linear:.2f} s, clmm {ordinal:.2f} s")
    else:
        print(f"R: {measured['r']['skipped']}")


if __name__ == "__main__":
    raise SystemExit(main())
