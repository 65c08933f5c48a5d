"""Runs: networks in training, and trained ones."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from generation.catalogue.deletion import delete_run
from generation.catalogue.errors import CatalogueError
from generation.catalogue.runs import plan_run
from generation.catalogue.sweeps import plan_sweep
from generation.forms.runs import ComposeForm, GoOnForm, NewRunForm
from generation.job_requests import send_composition, send_training, send_trainings
from generation.models import Run
from generation.music.training.checkpoints import has_checkpoint
from generation.music.training.presets import PRESETS, PresetError
from generation.music.training.presets import preset as preset_named
from generation.pages import learning_curves
from jobs.polling import fragment, recent_jobs
from studies.access import may_edit, study_page
from studies.errors import EarwitnessError
from studies.models import Role

MOST_CLIPS = 24  # on a run's page: the newest; the others are on the pages of its models


@require_safe
@study_page(Role.VIEWER)
def runs(request, study):
    rows = study.runs.select_related("corpus", "job__study", "study")
    context = {
        "runs": [(run, run.best()) for run in rows],
        "is_going_on": any(run.is_going_on for run in rows),
        "may_edit": may_edit(request),
        "has_corpora": study.corpora.exists(),
    }
    return render(request, fragment(request, "generation/runs.html", {"runs": "generation/runs_list.html"}), context)


@require_safe
@study_page(Role.EDITOR)
def new_run(request, study):
    """Which preset?"""
    context = {"presets": PRESETS.values(), "corpus": request.GET.get("corpus", ""), "corpora": study.corpora.all()}
    return render(request, "generation/new_run.html", context)


@study_page(Role.EDITOR)
def new_run_of(request, study, preset):
    try:
        recipe = preset_named(preset)
    except PresetError as error:
        messages.error(request, str(error))
        return redirect("generation:run_new", study.slug)
    corpus = study.corpora.filter(slug=request.GET.get("corpus", "")).first()
    form = NewRunForm(request.POST or None, study=study, preset=recipe, initial={"corpus": corpus})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        if asked["grid"]:
            return sweep(request, study, form, recipe)
        try:
            run = plan_run(
                study, asked["corpus"], preset=preset, name=asked["name"], values=asked["values"], seed=asked["seed"]
            )
        except EarwitnessError as error:
            form.add_error(None, str(error))
        else:
            if run.pk is None:
                send_training(run)
                return redirect(run)
            form.add_error("name", f"There is a run “{run}” already. Choose another name.")
    return render(request, "generation/new_run_of.html", {"form": form, "preset": recipe})


def sweep(request, study, form, recipe):
    """A run for each point of the grid; the page that compares them shows how far they are."""
    asked = form.cleaned_data
    try:
        runs = plan_sweep(
            study, asked["corpus"], preset=recipe.name, grid=asked["grid"], seeds=(asked["seed"],), name=asked["name"]
        )
    except EarwitnessError as error:
        form.add_error(None, str(error))
        return render(request, "generation/new_run_of.html", {"form": form, "preset": recipe})
    send_trainings(runs)
    words = "&".join(f"run={one.slug}" for one in runs)
    return redirect(f"{reverse('generation:runs_compared', args=[study.slug])}?{words}")


@require_safe
@study_page(Role.VIEWER)
def run(request, study, run):
    found = run_of(study, run)
    parts = {"now": "generation/run_now.html", "clips": "generation/run_clips.html"}
    context = context_of(request, found)
    if not request.headers.get("X-Part") and may_edit(request):
        context |= forms_of(study, found)
    return render(request, fragment(request, "generation/run.html", parts), context)


def run_of(study, slug: str) -> Run:
    return get_object_or_404(study.runs.select_related("corpus", "job__study", "study"), slug=slug)


def context_of(request, run: Run) -> dict:
    return {
        "run": run,
        "may_edit": may_edit(request),
        "history": run.history(),
        "met_new_words": learning_curves.met_new_words(run.history()),
        "chart": learning_curves.chart_of(run),
        "jobs": recent_jobs(run.study.jobs.filter(kind="generation.compose", arguments__run=run.pk)),
        "clips": learning_curves.clips_of(run, most=MOST_CLIPS),
        "composes": (run.folder / "config.json").exists(),
        "unused": not run.sources.exists(),
    }


def forms_of(study, run: Run, *, asked: ComposeForm | None = None) -> dict:
    preset = learning_curves.preset_of(run)
    forms = {}
    if preset and (run.folder / "config.json").exists():
        forms["compose_form"] = asked or ComposeForm(study=study, run=run, preset=preset)
    if can_go_on(run) and preset and run.preset == preset.name and preset.name in PRESETS:
        forms["go_on_form"] = GoOnForm(run=run)
    return forms


def can_go_on(run: Run) -> bool:
    """What was stopped or failed goes on where it was; what is finished goes on for more epochs."""
    if run.state == Run.State.FINISHED:
        return run.corpus_id is not None and has_checkpoint(run.folder)
    return run.may_go_on


@require_POST
@study_page(Role.EDITOR)
def stop(request, study, run):
    found = run_of(study, run)
    if found.is_going_on and found.job.stop():
        messages.success(request, "Training stops within seconds; what was learned is kept.")
    return redirect(found)


@require_POST
@study_page(Role.EDITOR)
def resume(request, study, run):
    found = run_of(study, run)
    if not can_go_on(found):
        messages.error(request, f"“{found}” cannot go on: it is {found.get_state_display()}.")
        return redirect(found)
    form = GoOnForm(request.POST, run=found)
    if not form.is_valid():
        messages.error(request, "To go on, training needs an epoch to go on to: a whole number.")
        return redirect(found)
    found.settings = found.settings | form.changed()
    send_training(found)
    return redirect(found)


@require_POST
@study_page(Role.EDITOR)
def compose(request, study, run):
    found = get_object_or_404(study.runs.select_related("corpus"), slug=run)
    preset = learning_curves.preset_of(found)
    if preset is None:
        messages.error(request, f"“{found}” has learned nothing yet to compose from.")
        return redirect(found)
    form = ComposeForm(request.POST, study=study, run=found, preset=preset)
    if not form.is_valid():
        context = context_of(request, found) | forms_of(study, found, asked=form)
        return render(request, "generation/run.html", context)
    asked = form.cleaned_data
    values = {key: asked[key] for key in ("source", "clips", "origin", "primer", "instrument", "soundfont")}
    values |= {"arrangement": asked["arrangement"], "sampling": form.sampling()}
    send_composition(found, **values)
    return redirect(f"{found.get_absolute_url()}#clips")


@require_POST
@study_page(Role.EDITOR)
def delete(request, study, run):
    found = get_object_or_404(study.runs, slug=run)
    try:
        delete_run(found)
    except CatalogueError as error:
        messages.error(request, str(error))
        return redirect(found)
    messages.success(request, f"The run “{found.name}” is deleted.")
    return redirect("generation:runs", study.slug)


@require_safe
@study_page(Role.VIEWER)
def compare(request, study):
    """Several runs side by side: those that are ticked, or the newest."""
    wanted = request.GET.getlist("run")
    rows = study.runs.select_related("corpus", "job__study", "study")
    rows = list(rows.filter(slug__in=wanted) if wanted else rows[:8])
    context = learning_curves.compare_runs(rows) | {"is_going_on": any(row.is_going_on for row in rows)}
    parts = {"compared": "generation/compared.html"}
    return render(request, fragment(request, "generation/compare.html", parts), context)
