"""An analysis as plain numbers: its part of `results.json`, every fit under its formula, nothing rounded."""

import math
import platform
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from scipy.stats import norm

from evaluation.statistics.analysis import Analysis, AspectAnalysis
from evaluation.statistics.designs import name
from evaluation.statistics.estimates import Estimate
from evaluation.statistics.linear import LinearFit
from evaluation.statistics.ordinal import OrdinalFit
from evaluation.statistics.reasons import Reason
from evaluation.statistics.verdicts import FORMULA, VerdictFit

SCHEMA = 1
PACKAGES = ("numpy", "scipy", "pandas")


def analysis_record(analysis: Analysis) -> dict[str, Any]:
    """The analysis as a dictionary that JSON can hold; what is unknown or infinite is null.

    Returns
    -------
    ``fits`` : formula in R's notation -> "linear" (lmer, REML), "ordinal" (clmm, logit) or "verdict" (clmm, probit);
        coefficients are differences from ``reference``. Where there is no fit, its ``reason``.
    ``aspects``, ``verdicts`` : what follows from the fits
    """
    return {
        "schema": SCHEMA,
        "software": {"python": platform.python_version()} | {package: version(package) for package in PACKAGES},
        "seed": analysis.seed,
        "answers": analysis.answers,
        "participants": analysis.participants,
        "clips": analysis.clips,
        "sources": [{"source": source, "origin": origin} for source, origin in analysis.sources.items()],
        "reference": analysis.reference,
        "fits": fits(analysis),
        "aspects": {key: _aspect(aspect) for key, aspect in analysis.aspects.items()},
        "verdicts": None if analysis.verdicts is None else _verdicts(analysis.verdicts),
        "verdicts_by": {
            column: {group: _verdicts(fit) for group, fit in by.items()} for column, by in analysis.verdicts_by.items()
        },
        "confidence": plain(analysis.insight),
        "overlaps": [] if analysis.overlaps is None else plain(analysis.overlaps.to_dict("records")),
    }


def fits(analysis: Analysis) -> dict[str, dict[str, Any]]:
    """Every fit under its formula."""
    records: dict[str, dict[str, Any]] = {}
    for key, aspect in analysis.aspects.items():
        formula = f"{name(key)} ~ source + (1 | participant) + (1 | clip)"
        if isinstance(aspect.linear, Reason):
            records[formula] = {kind: plain(aspect.linear) for kind in ("linear", "ordinal")}
            continue
        records[aspect.linear.formula] = {"linear": _linear(aspect.linear), "ordinal": _ordinal(aspect.ordinal)}
        if aspect.third is not None:
            records[f"{formula} + (1 | participant:source)"] = {"linear": _linear(aspect.third)}
        for variation in aspect.sensitivity:
            if isinstance(variation.fit, LinearFit) and variation.fit.formula not in records:
                records[variation.fit.formula] = {"linear": _linear(variation.fit)}
    if analysis.verdicts is not None:
        formula = analysis.verdicts.formula if isinstance(analysis.verdicts, VerdictFit) else FORMULA
        records[formula] = {"verdict": _verdict_fit(analysis.verdicts)}
    return records


def coefficient_table(estimates: tuple[Estimate, ...], key: str = "terms") -> dict[str, list[Any]]:
    """Estimates as columns, as R prints them."""
    columns = ("estimate", "se", "df", "t", "p", "low", "high")
    return {key: [e.label for e in estimates]} | {c: [plain(getattr(e, c)) for e in estimates] for c in columns}


def _normal(estimates: tuple[Estimate, ...]) -> dict[str, list[Any]]:
    """The p values that R prints, from the normal distribution: too small for few clips; for comparison."""
    return {"p_normal": [float(2 * norm.sf(abs(e.t))) for e in estimates]}


def _pairs(fit: LinearFit | OrdinalFit) -> dict[str, list[Any]]:
    pairs = fit.pairs()
    return coefficient_table(pairs, "pairs") | {"p_holm": [pair.p_holm for pair in pairs]}


def _linear(fit: LinearFit | Reason) -> dict[str, Any]:
    if isinstance(fit, Reason):
        return plain(fit)
    return {
        "method": "linear mixed model, REML, Satterthwaite's degrees of freedom",
        "sources": list(fit.sources),
        **coefficient_table(fit.coefficients),
        "sd": fit.sd,
        "reml": fit.reml,
        "log_likelihood": -fit.reml / 2,
        "answers": fit.answers,
        "levels": fit.levels,
        "means": coefficient_table(fit.means(), "sources"),
        "contrasts": _pairs(fit),
        "notes": list(fit.notes),
    }


def _ordinal(fit: OrdinalFit | Reason | None) -> dict[str, Any] | None:
    if not isinstance(fit, OrdinalFit):
        return plain(fit)
    thresholds = coefficient_table(fit.thresholds)
    return {
        "method": f"cumulative link mixed model, {fit.fit.link}, Laplace approximation, t with clips - sources df",
        "sources": list(fit.sources),
        **coefficient_table(fit.coefficients),
        **_normal(fit.coefficients),
        "thresholds": {key: thresholds[key] for key in ("terms", "estimate", "se")},
        "sd": fit.sd,
        "log_likelihood": fit.log_likelihood,
        "answers": fit.answers,
        "levels": fit.levels,
        "contrasts": _pairs(fit),
        "notes": list(fit.notes),
    }


def _verdict_fit(fit: VerdictFit | Reason) -> dict[str, Any]:
    if isinstance(fit, Reason):
        return plain(fit)
    return {
        "method": "mixed probit model of the verdict ai, Laplace approximation, t with clips - sources df",
        "sources": list(fit.sources),
        **coefficient_table(fit.coefficients),
        **_normal(fit.coefficients),
        "sd": fit.sd,
        "log_likelihood": fit.log_likelihood,
        "answers": fit.answers,
        "levels": fit.levels,
        "notes": list(fit.notes),
    }


def _verdicts(fit: VerdictFit | Reason) -> dict[str, Any]:
    if isinstance(fit, Reason):
        return plain(fit)
    return plain({"df": fit.df, "said_ai": fit.said_ai, "detections": fit.detections, "undecided": fit.undecided})


def _aspect(aspect: AspectAnalysis) -> dict[str, Any]:
    """What follows from an aspect's fits; the fits themselves stand under their formulas."""
    if isinstance(aspect.linear, Reason):
        return {"label": aspect.aspect.label, "anchors": plain_fit(aspect.anchors), **plain(aspect.linear)}
    ordinal = aspect.ordinal
    high = aspect.aspect.highest - (aspect.aspect.highest - aspect.aspect.lowest) / 4
    return {
        "label": aspect.aspect.label,
        "equivalence_bound": aspect.bound,
        "comparisons": plain(aspect.comparisons),
        "disagreements": list(aspect.disagreements),
        "share_high": plain(ordinal.share_at_least(high)) if isinstance(ordinal, OrdinalFit) else [],
        "these_clips": plain(aspect.these_clips),
        "clip_means": plain(aspect.clip_means),
        "agreement": plain(aspect.agreement),
        "variance_shares": plain(aspect.variance),
        "reliability": plain(aspect.reliability),
        "sensitivity": [
            {"name": v.name, "what": v.what, "left_out": v.left_out, "fit": plain_fit(v.fit)}
            for v in aspect.sensitivity
        ],
        "anchors": plain_fit(aspect.anchors),
        "spread": plain(aspect.spread),
    }


def plain_fit(fit: LinearFit | Reason | None) -> dict[str, Any] | None:
    """A linear fit that stands beside the main one, with its formula."""
    return {"formula": fit.formula, **_linear(fit)} if isinstance(fit, LinearFit) else plain(fit)


def plain(value: Any) -> Any:
    """Dataclasses, arrays and numbers as JSON knows them; a `Reason` as its text."""
    if isinstance(value, Reason):
        return {"reason": value.text}
    if is_dataclass(value):
        return {part.name: plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
