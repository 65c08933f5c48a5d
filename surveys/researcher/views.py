"""A researcher's pages about surveys."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from generation.catalogue.fairness import texture_warning
from generation.pages.fairness import answer
from jobs.models import Job
from jobs.polling import fragment, recent_jobs
from jobs.runner import send
from studies.access import may_edit, study_page
from studies.models import Role, Study
from surveys.errors import SurveyError
from surveys.exclusion_rules import rule_sentences
from surveys.fairness import compare_survey_clips
from surveys.models import Answer, Participant, Survey, Trial
from surveys.participation.forms import form_class
from surveys.researcher.clip_settings import KIND, describe_clip_settings, request_clip_settings
from surveys.researcher.forms import ClipSettingsForm, NewSurveyForm, RehearsalForm, RulesForm
from surveys.researcher.opening import close_survey, open_survey, problems_before_opening, set_rules
from surveys.survey_progress import clips_per_model, participant_groups
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
            if is_new:
                messages.success(request, _("Survey created. Preview it, run a rehearsal, then open it."))
            else:
                messages.success(request, _("A survey with this name and these values already exists. Here it is."))
            return redirect("survey_studio:survey", study.slug, survey.slug)
    return render(request, "surveys/researcher/new_survey.html", {"form": form})


@require_safe
@study_page(Role.VIEWER)
def survey(request, study, slug):
    survey = get_object_or_404(study.surveys, slug=slug)
    context = {
        "survey": survey,
        "recipe": find_template(survey.template),
        "link": request.build_absolute_uri(survey.get_absolute_url()),
        "problems": [] if survey.is_open else problems_before_opening(survey),
        "groups": participant_groups(survey),
        "models": clips_per_model(survey),
        "texture": texture_warning(survey.clips.select_related("source")),
        "rules": rule_sentences(survey.rules, compares=survey.compares),
        "practised": survey.practice_clips.select_related("source__study").order_by("pk"),
        "form": RehearsalForm(),
        "jobs": recent_jobs(study.jobs.filter(kind=REHEARSAL, arguments__survey=survey.pk))[:1],
        "may_edit": may_edit(request),
    }
    parts = {"rehearsal": "surveys/researcher/rehearsal_now.html"}
    return render(request, fragment(request, "surveys/researcher/survey.html", parts), context)


@require_safe
@study_page(Role.VIEWER)
def fairness(request, study, slug):
    survey = get_object_or_404(study.surveys, slug=slug)
    return answer(request, compare_survey_clips(survey), of=survey.name, called=survey.slug, survey=survey)


@require_safe
@study_page(Role.VIEWER)
def preview(request, study, slug):
    """What participants read and are asked, without clips; nothing is stored."""
    survey = get_object_or_404(study.surveys, slug=slug)
    participant = Participant(survey=survey, order=survey.question_order(1))
    trial = Trial(participant=participant)
    form = form_class(trial)(trial=trial, aspects=list(survey.aspects.all()))
    context = {
        "survey": survey,
        "questions": form.render_questions(next=""),
        "minutes": survey.minutes(),
    }
    return render(request, "surveys/researcher/preview.html", context)


@study_page(Role.VIEWER)
def policy(request, study, slug):
    """The settings of the clips, and a form to use the same settings for all of them."""
    survey = get_object_or_404(study.surveys, slug=slug)
    if request.method == "POST" and not may_edit(request):
        raise PermissionDenied(_("This needs the role editor. An owner of the study can change your role."))
    answers = Answer.objects.filter(trial__survey=survey, trial__robot=False).count()
    form = ClipSettingsForm(request.POST or None, study=study, is_answered=bool(answers))
    if request.method == "POST" and form.is_valid():
        try:
            request_clip_settings(survey, form.policy, although_answered=bool(answers))
        except SurveyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("A background job now renders the clips with the new settings."))
            return redirect("survey_studio:policy", study.slug, slug)
    context = {
        "survey": survey,
        "parts": describe_clip_settings(survey),
        "clips": survey.clips.count(),
        "answers": answers,
        "form": form,
        "jobs": recent_jobs(study.jobs.filter(kind=KIND, arguments__survey=survey.pk)),
        "may_edit": may_edit(request),
    }
    parts = {"policy": "surveys/researcher/policy_now.html"}
    return render(request, fragment(request, "surveys/researcher/policy.html", parts), context)


@require_POST
@study_page(Role.EDITOR)
def open_(request, study, slug):
    return change(request, study, slug, open_survey, _("The survey is open. Send people the link."))


@require_POST
@study_page(Role.EDITOR)
def close(request, study, slug):
    return change(request, study, slug, close_survey, _("The survey is closed. Nobody can start or continue."))


@require_POST
@study_page(Role.EDITOR)
def rehearse(request, study, slug):
    survey = get_object_or_404(study.surveys, slug=slug)
    form = RehearsalForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter 1 to 1000 simulated participants and a whole number as the seed."))
    elif not survey.clips.exists():
        messages.error(request, _("“%(survey)s” has no clips to listen to.") % {"survey": survey})
    else:
        send_rehearsal(survey, **form.cleaned_data)
        messages.success(
            request,
            ngettext(
                "The rehearsal has started with %(number)d simulated participant.",
                "The rehearsal has started with %(number)d simulated participants.",
                form.cleaned_data["listeners"],
            )
            % {"number": form.cleaned_data["listeners"]},
        )
    return redirect("survey_studio:survey", study.slug, slug)


def send_rehearsal(survey: Survey, *, listeners: int, seed: int) -> Job:
    """Two rehearsals of one seed would get in each other's way: there is one at a time."""
    key = f"rehearse survey {survey.pk} seed {seed}"
    values = {"survey": survey.pk, "listeners": listeners, "seed": seed}
    return send(survey.study, REHEARSAL, title=survey.name, key=key, **values)


@require_POST
@study_page(Role.EDITOR)
def forget_robots(request, study, slug):
    survey = get_object_or_404(study.surveys, slug=slug)
    survey.participants.robots().delete()
    messages.success(request, _("The rehearsal data is deleted."))
    return redirect("survey_studio:survey", study.slug, slug)


@study_page(Role.EDITOR)
def rules(request, study, slug):
    """Who is flagged: a form before the first answer, read-only after it."""
    survey = get_object_or_404(study.surveys, slug=slug)
    form = RulesForm(request.POST or None, values=survey.rules, compares=survey.compares)
    if request.method == "POST" and form.is_valid():
        return change(request, study, slug, lambda survey: set_rules(survey, form.values()), _("Rules saved."))
    context = {
        "survey": survey,
        "form": form,
        "fixed": survey.has_answers_of_people(),
        "rules": rule_sentences(survey.rules, compares=survey.compares),
    }
    return render(request, "surveys/researcher/rules.html", context)


def change(request, study: Study, slug: str, act: Callable[[Survey], None], success: str) -> HttpResponse:
    survey = get_object_or_404(study.surveys, slug=slug)
    try:
        act(survey)
    except SurveyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, success)
    return redirect("survey_studio:survey", study.slug, slug)
