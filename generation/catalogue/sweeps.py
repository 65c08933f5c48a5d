"""Many runs that differ in chosen values: one for each point of a grid."""

from itertools import product

from generation.catalogue.errors import CatalogueError
from generation.catalogue.runs import plan_run
from generation.models import Corpus, Run
from generation.music.training import presets
from studies.models import Study

MOST_RUNS = 200


def plan_sweep(
    study: Study,
    corpus: Corpus,
    *,
    preset: str,
    grid: dict[str, list[str]],
    seeds: tuple[int, ...] = (1,),
    name: str = "",
) -> list[Run]:
    """The runs of a grid in its order, each called after its values; those that are there already among them.

    Nothing is saved: what does not fit is refused before anything begins.
    """
    points = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    unlike: dict[presets.Preset, dict[str, str]] = {}
    for values in points:  # two ways to write one number are one run
        unlike.setdefault(presets.preset(preset).with_values(values), values)
    points, seeds = list(unlike.values()), tuple(dict.fromkeys(seeds))
    if not grid or not points:
        raise CatalogueError("A sweep needs values to try, for example epochs=5,10,20.")
    if len(points) * len(seeds) > MOST_RUNS:
        raise CatalogueError(f"That would be {len(points) * len(seeds)} runs; up to {MOST_RUNS} are made in one sweep.")
    runs = []
    for values, seed in product(points, seeds):
        words = [name or preset, *(f"{key}={value}" for key, value in values.items())]
        words += [f"seed={seed}"] if len(seeds) > 1 else []
        called = " ".join(words)
        if len(called) > 120:
            raise CatalogueError(f'"{called}" is too long for a name; give a shorter --name or fewer values.')
        there = study.runs.filter(name=called).exists()
        run = plan_run(
            study, corpus, preset=preset, name=called, values={} if there else values, seed=seed, resume=there
        )
        if there and run.settings != values:
            raise CatalogueError(f'There is a run "{called}" already, with other values. Give the sweep a --name.')
        runs.append(run)
    return runs
