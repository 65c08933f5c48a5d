"""Coverage: made-up surveys with known effects; how often intervals hold the truth, and tests find what is not there.

Beside the crossed linear mixed model stand the methods that papers use most.
"""

import argparse
import json
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from evaluation.statistics.comparisons import cliffs_deltas, compare_these_clips
from evaluation.statistics.designs import Design, rating_design
from evaluation.statistics.linear import LinearFit, fit_design, fit_mixed
from evaluation.statistics.ordinal import fit_ordinal_design
from evaluation.statistics.reasons import Reason
from evaluation.statistics.sensitivity import clip_means
from evaluation.statistics.verdicts import fit_verdicts
from tests.simulated_surveys import Taste, survey

# Two models are no worse than the originals and cannot be told from them; one is worse and can.
TASTE = Taste(
    effects={"Originals": 0.0, "Equal": 0.0, "Equal too": 0.0, "Worse": -0.8},
    d_primes={"Originals": -0.2, "Equal": 0.0, "Equal too": 0.0, "Worse": 0.8},
)
COVER, FALSE = (0.93, 0.97), (0.03, 0.07)  # where 95 % intervals and 5 % tests should be


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    parser.add_argument("--studies", type=int, default=200)
    parser.add_argument("--listeners", type=int, default=50)
    parser.add_argument("--clips", type=int, default=6, help="of each of four sources")
    parser.add_argument("--heard", type=int, help="how many clips a listener hears; all of them if absent")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.perf_counter()
    measured = coverage(
        options.studies, listeners=options.listeners, clips=options.clips, heard=options.heard, seed=options.seed
    ) | {"seconds": time.perf_counter() - started}
    show(measured)
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1))
    return 0


def coverage(studies: int, *, listeners: int, clips: int, heard: int | None = None, seed: int = 1) -> dict:
    """For each method the share of intervals that hold the truth, and of tests that find what is not there."""
    rng = np.random.default_rng(seed)
    truth = {name: TASTE.mean_rating(name) - TASTE.mean_rating("Originals") for name in TASTE.effects}
    held, found = defaultdict(list), defaultdict(list)
    for _ in range(studies):
        frame = survey(TASTE, rng, listeners=listeners, clips=clips, heard=heard)
        design = rating_design(frame, "rating")
        for method, pairs in intervals(design, frame, rng).items():
            for pair in pairs:
                name, reference = pair.label.split(" - ")
                if reference != "Originals":
                    continue
                true = {"cumulative link": TASTE.log_odds(name), "d'": TASTE.d_primes[name]}.get(
                    method.split(",")[0], truth[name]
                )
                if not method.startswith("Cliff") or true == 0:  # the true delta of a difference is not worked out
                    held[method].append(pair.low <= true <= pair.high)
                if truth[name] == 0:
                    found[method].append(not pair.low <= 0 <= pair.high)
        for method, p_values in tests(design).items():
            found[method] += [p < 0.05 for p in p_values]
    return {
        "studies": studies,
        "listeners": listeners,
        "clips_of_each_source": clips,
        "heard": heard or clips * len(TASTE.effects),
        "true_differences": truth,
        "covers": {method: float(np.mean(values)) for method, values in held.items()},
        "false_positives": {method: float(np.mean(values)) for method, values in found.items()},
        "targets": {"covers": COVER, "false_positives": FALSE},
    }


def intervals(design: Design, frame: pd.DataFrame, rng: np.random.Generator) -> dict[str, list]:
    """Each method's estimates of the pairs, each with `label`, `low` and `high`; its interval is its test."""
    verdicts = fit_verdicts(frame)
    found = {
        "linear mixed model, crossed": fit_design(design).pairs(),
        "linear mixed model, with participant x source": fit_design(design, third=True).pairs(),
        "t test on clips' means": clip_means(design),
        "Cliff's delta, two-way bootstrap": cliffs_deltas(design, rng=rng, replicates=400),
        "linear mixed model, participants only": _participants_only(design).pairs(),
    }
    ordinal = fit_ordinal_design(design, "rating")
    if not isinstance(ordinal, Reason):
        found["cumulative link, crossed, t"] = ordinal.pairs()
    if not isinstance(verdicts, Reason):
        found["d', mixed probit, t with clips - 2"] = [
            replace(detection.d_prime, label=f"{detection.source} - Originals") for detection in verdicts.detections
        ]
    return found


def _participants_only(design: Design) -> LinearFit:
    """What is usual where clips are forgotten."""
    fit = fit_mixed(design.answers, design.matrix, design.terms, {"participant": design.participant})
    return replace(fit, sources=design.sources, source_rows=design.source_rows)


def tests(design: Design) -> dict[str, list[float]]:
    """p values of tests that give no interval, for the two sources that equal the originals."""
    by_source = [design.answers[design.source == number] for number in range(len(design.sources))]
    clips_only = compare_these_clips(design)
    equal = [pair.p for pair in clips_only.pairs if pair.label in ("Equal - Originals", "Equal too - Originals")]
    people = np.column_stack(
        [np.bincount(design.participant[design.source == s], by_source[s]) for s in range(3)]
    )  # sums over as many clips are as good as means where everybody hears everything
    balanced = len(design) == len(design.participants) * len(design.clips)
    return {
        "Welch t test, all ratings": [
            stats.ttest_ind(by_source[0], by_source[s], equal_var=False).pvalue for s in (1, 2)
        ],
        "Mann-Whitney, all ratings": [stats.mannwhitneyu(by_source[0], by_source[s]).pvalue for s in (1, 2)],
        "Wilcoxon, listeners' means": equal,
        "Friedman (three equal sources), listeners' means": [stats.friedmanchisquare(*people.T).pvalue]
        if balanced
        else [],
    }


def show(measured: dict) -> None:
    print(
        f"{measured['studies']} surveys, {measured['listeners']} listeners, "
        f"{measured['clips_of_each_source']} clips of each of four sources, "
        f"{measured['heard']} heard ({measured['seconds']:.0f} s)"
    )
    print(f"{'':52}{'95 % intervals hold':>20}{'finds what is not there':>26}")
    for method, share in sorted(measured["false_positives"].items(), key=lambda item: item[1]):
        covers = measured["covers"].get(method)
        print(f"{method:52}{'' if covers is None else f'{covers:.1%}':>20}{share:>26.1%}")


if __name__ == "__main__":
    raise SystemExit(main())
