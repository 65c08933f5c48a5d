"""A researcher's pages about surveys."""

from collections import Counter

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from generation.pages.fairness import answer
from generation.pages.partials import fragment, recent_jobs
from jobs.models import Job
from jobs.runner import send
from studies.access import study_page
from studies.models import Role
from surveys.allocation.allocation import plans_per_clip
from surveys.errors import SurveyError
from surveys.exclusion_rules import rule_sentences
from surveys.fairness import compare_survey_clips
from surveys.models import Answer, Participant, Survey, Trial
from surveys.participation.forms import form_class
from surveys.researcher.clip_settings import KIND, describe_clip_settings, request_clip_settings
from surveys.researcher.forms import ClipSettingsForm, NewSurveyForm, RehearsalForm, RulesForm
from surveys.researcher.opening import close_survey, open_survey, problems_before_opening, set_rules
from surveys.survey_templates import create_survey, find_template

REHEARSAL = "surveys.rehearse"
BEGAN = Count("participants", filter=Q(participants__robot=False))
FINISHED = Count("participants", filter=Q(participants__robot=False, participants__finished__isnull=False))


@require_safe
@study_page(Role.VIEWER)
def surveys(request, study):
    rows = study.surveys.annotate(began=BEGAN, people_finished=FINISHED)
    return render(request, "surveys/researcher/surveys.html", {"surveys": rows, "may_edit": may_edit(request)})


@study_page(Role.EDITOR)
def new_survey(request, study):
    form = NewSurveyForm(request.POST or None, study=study)
    if request.method == "POST" and form.is_valid():
        try:
            survey, is_new = create_survey(study, **form.cleaned_data)
        except SurveyError as error:
            form.add_error(None, str(error))
        else:
            said = "is made: look at it, rehearse it, open it." if is_new else "was there already, with these values."
            messages.success(request, f"“{survey}” {said}")
            return redirect("survey_studio:survey", study.slug, survey.slug)
    return render(request, "surveys/researcher/new_survey.html", {"form": form})


@require_safe
@study_page(Role.VIEWER)
def survey(request, study, slug):
    from generation.catalogue.fairness import texture_warning

    found = get_object_or_404(study.surveys, slug=slug)
    context = {
        "survey": found,
        "recipe": find_template(found.template),
        "link": request.build_absolute_uri(found.get_absolute_url()),
        "problems": [] if found.is_open else problems_before_opening(found),
        "groups": participant_groups(found),
        "models": clips_per_model(found),
        "texture": texture_warning(found.clips.select_related("source")),
        "rules": rule_sentences(found.rules, compares=found.compares),
        "practised": found.practice_clips.select_related("source__study").order_by("pk"),
        "form": RehearsalForm(),
        "jobs": recent_jobs(study.jobs.filter(kind=REHEARSAL, arguments__survey=found.pk))[:1],
        "may_edit": may_edit(request),
    }
    parts = {"rehearsal": "surveys/researcher/rehearsal_now.html"}
    return render(request, fragment(request, "surveys/researcher/survey.html", parts), context)


@require_safe
@study_page(Role.VIEWER)
def fairness(request, study, slug):
    found = get_object_or_404(study.surveys, slug=slug)
    return answer(request, compare_survey_clips(found), of=found.name, called=found.slug, survey=found)


@require_safe
@study_page(Role.VIEWER)
def preview(request, study, slug):
    """What participants are told and asked, without a clip; nothing is kept."""
    found = get_object_or_404(study.surveys, slug=slug)
    participant = Participant(survey=found, order=found.question_order(1))
    trial = Trial(participant=participant)
    form = form_class(trial)(trial=trial, aspects=list(found.aspects.all()))
    context = {
        "survey": found,
        "questions": form.render_questions(next=""),
        "minutes": found.minutes(),
    }
    return render(request, "surveys/researcher/preview.html", context)


@study_page(Role.VIEWER)
def policy(request, study, slug):
    """What all its clips have in common; and one policy for all, in the background."""
    found = get_object_or_404(study.surveys, slug=slug)
    if request.method == "POST" and not may_edit(request):
        raise PermissionDenied("This needs the role editor. An owner of the study can change yours.")
    answers = Answer.objects.filter(trial__survey=found, trial__robot=False).count()
    form = ClipSettingsForm(request.POST or None, study=study, is_answered=bool(answers))
    if request.method == "POST" and form.is_valid():
        try:
            request_clip_settings(found, form.policy, although_answered=bool(answers))
        except SurveyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "On its way: a worker makes the clips anew.")
            return redirect("survey_studio:policy", study.slug, slug)
    context = {
        "survey": found,
        "parts": describe_clip_settings(found),
        "clips": found.clips.count(),
        "answers": answers,
        "form": form,
        "jobs": recent_jobs(study.jobs.filter(kind=KIND, arguments__survey=found.pk)),
        "may_edit": may_edit(request),
    }
    parts = {"policy": "surveys/researcher/policy_now.html"}
    return render(request, fragment(request, "surveys/researcher/policy.html", parts), context)


@require_POST
@study_page(Role.EDITOR)
def open_(request, study, slug):
    return change(request, study, slug, open_survey, "is open: send people the link.")


@require_POST
@study_page(Role.EDITOR)
def close(request, study, slug):
    return change(request, study, slug, close_survey, "is closed: nobody begins or goes on any more.")


@require_POST
@study_page(Role.EDITOR)
def rehearse(request, study, slug):
    found = get_object_or_404(study.surveys, slug=slug)
    form = RehearsalForm(request.POST)
    if not form.is_valid():
        messages.error(request, "A rehearsal takes 1 to 1000 robots and a whole number as seed.")
    elif not found.clips.exists():
        messages.error(request, f"“{found}” has no clips to listen to.")
    else:
        send_rehearsal(found, **form.cleaned_data)
    return redirect("survey_studio:survey", study.slug, slug)


def send_rehearsal(survey: Survey, *, listeners: int, seed: int) -> Job:
    """Two rehearsals of one seed would get in each other's way: there is one at a time."""
    key = f"rehearse survey {survey.pk} seed {seed}"
    values = {"survey": survey.pk, "listeners": listeners, "seed": seed}
    return send(survey.study, REHEARSAL, title=survey.name, key=key, **values)


@require_POST
@study_page(Role.EDITOR)
def forget_robots(request, study, slug):
    found = get_object_or_404(study.surveys, slug=slug)
    found.participants.robots().delete()
    messages.success(request, "The robots are forgotten, with all they said.")
    return redirect("survey_studio:survey", study.slug, slug)


@study_page(Role.EDITOR)
def rules(request, study, slug):
    """Who is flagged: filled in before anybody has answered, only to be read from then on."""
    found = get_object_or_404(study.surveys, slug=slug)
    form = RulesForm(request.POST or None, values=found.rules, compares=found.compares)
    if request.method == "POST" and form.is_valid():
        return change(request, study, slug, lambda survey: set_rules(survey, form.values()), "has its rules.")
    context = {
        "survey": found,
        "form": form,
        "fixed": found.has_answers_of_people(),
        "rules": rule_sentences(found.rules, compares=found.compares),
    }
    return render(request, "surveys/researcher/rules.html", context)


def change(request, study, slug: str, act, said: str):
    found = get_object_or_404(study.surveys, slug=slug)
    try:
        act(found)
    except SurveyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{found}” {said}")
    return redirect("survey_studio:survey", study.slug, slug)


def participant_groups(survey: Survey) -> list[dict]:
    """People and robots: how many began, finished, answered."""
    participants = {
        row["robot"]: row
        for row in survey.participants.order_by()
        .values("robot")
        .annotate(began=Count("pk"), finished=Count("finished"))
    }
    answers = Counter(
        dict(
            Answer.objects.filter(trial__survey=survey)
            .order_by()
            .values_list("trial__robot")
            .annotate(given=Count("pk"))
        )
    )
    nobody = {"began": 0, "finished": 0}
    return [
        {"name": name, "answers": answers[robot], **participants.get(robot, nobody)}
        for name, robot in (("People", False), ("Robots", True))
    ]


def clips_per_model(survey: Survey) -> list[dict]:
    """Each model with its clips, and between which numbers of people each of them was or will be heard by."""
    heard = plans_per_clip(survey)
    models: dict[int, dict] = {}
    for clip in survey.clips.select_related("source").order_by("source__created", "number"):
        model = models.setdefault(clip.source_id, {"source": clip.source, "times": []})
        model["times"].append(heard[clip.pk])
    return [
        {
            "source": model["source"],
            "clips": len(model["times"]),
            "least": min(model["times"]),
            "most": max(model["times"]),
        }
        for model in models.values()
    ]


def may_edit(request) -> bool:
    return request.role.includes(Role.EDITOR)
