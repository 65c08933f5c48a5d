"""Scripts that go into every package and repeat its numbers: `analysis.R` and `analysis.py`, with the fits put in.

They are run by whoever opens a package, not by the program.
"""

import json
from pathlib import Path

from evaluation.statistics.analysis import Analysis
from evaluation.statistics.analysis_record import fits
from evaluation.statistics.linear import LinearFit

FOLDER = Path(__file__).parent
TOLERANCE = 1e-3  # of a number, or of 1 where it is smaller: three digits


def analysis_scripts(analysis: Analysis | None) -> dict[str, bytes]:
    """Both scripts, by file name, with every fit that the analysis holds."""
    wanted = formulas(analysis)
    return {
        "analysis.R": _script("analysis.R", _r_lines(wanted)).encode(),
        "analysis.py": _script("analysis.py", _python_lines(wanted)).encode(),
    }


def _script(name: str, text: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8").replace("# FITS\n", text)


def formulas(analysis: Analysis | None) -> dict[str, list[str] | dict[str, str]]:
    """In R's notation: ``linear``, ``ordinal`` and ``verdict`` fits; ``unfamiliar``, by aspect the linear ones that
    were made without the clips that listeners knew."""
    found: dict = {"linear": [], "ordinal": [], "verdict": [], "unfamiliar": {}}
    if analysis is None:
        return found
    for formula, kinds in fits(analysis).items():
        for kind, fit in kinds.items():
            if "reason" not in fit:
                found[kind].append(formula)
    for key, aspect in analysis.aspects.items():
        for variation in aspect.sensitivity:
            if variation.name == "unfamiliar" and isinstance(variation.fit, LinearFit):
                found["unfamiliar"][key] = variation.fit.formula
    return found


def _r_lines(wanted: dict) -> str:
    lines = [f"TOLERANCE <- {TOLERANCE:g}"]
    for kind in ("linear", "ordinal", "verdict"):
        names = ",\n".join(f"  {json.dumps(formula, ensure_ascii=False)}" for formula in wanted[kind])
        lines.append(f"{kind} <- c(\n{names}\n)" if names else f"{kind} <- character()")
    pairs = ",\n".join(
        f"  {json.dumps(key, ensure_ascii=False)} = {json.dumps(formula, ensure_ascii=False)}"
        for key, formula in wanted["unfamiliar"].items()
    )
    lines.append(f"unfamiliar <- list(\n{pairs}\n)" if pairs else "unfamiliar <- list()")
    return "\n".join(lines) + "\n"


def _python_lines(wanted: dict) -> str:
    lines = [f"TOLERANCE = {TOLERANCE:g}"]
    lines += [f"{kind} = {json.dumps(wanted[kind], indent=4, ensure_ascii=False)}" for kind in wanted]
    return "\n".join(lines) + "\n"
