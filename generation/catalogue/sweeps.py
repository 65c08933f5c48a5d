"""Many runs that differ in chosen values: one for each point of a grid."""

from itertools import product

from django.utils.translation import gettext as _

from generation.catalogue.errors import LONGEST_NAME, CatalogueError
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
        raise CatalogueError(_("A sweep needs values to try, for example epochs=5,10,20."))
    if (count := len(points) * len(seeds)) > MOST_RUNS:
        raise CatalogueError(
            _("This sweep would start %(count)s training runs. The limit is %(most)d: try fewer values.")
            % {"count": f"{count:,}", "most": MOST_RUNS}
        )
    runs = []
    for values, seed in product(points, seeds):
        words = [name or preset, *(f"{key}={value}" for key, value in values.items())]
        words += [f"seed={seed}"] if len(seeds) > 1 else []
        run_name = " ".join(words)
        if len(run_name) > LONGEST_NAME:
            raise CatalogueError(
                _(
                    'The name "%(name)s" would be too long for a training run. Give the sweep a shorter name, or fewer '
                    "values."
                )
                % {"name": run_name}
            )
        exists = study.runs.filter(name=run_name).exists()
        run = plan_run(
            study, corpus, preset=preset, name=run_name, values={} if exists else values, seed=seed, resume=exists
        )
        if exists and run.settings != values:
            raise CatalogueError(
                _('There is already a training run "%(run)s" with other values. Give the sweep another name.')
                % {"run": run_name}
            )
        runs.append(run)
    return runs
