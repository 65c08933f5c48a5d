"""The pages of a participant. The present page is derived from the rows alone.

They need no cookie. A request must contain a secret, the code in the address or the ticket in the form, so
`csrf_protect` would add nothing. The session only helps a browser that returns without the address.
"""

import math
from datetime import timedelta

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from generation import audio_response
from surveys import clock
from surveys.allocation.allocation import RESERVED_FOR, admit
from surveys.models import Participant, Survey, Trial
from surveys.participation.feedback import own_result
from surveys.participation.forms import ListenerQuestionsForm, WithdrawalForm, form_class
from surveys.participation.tickets import read_ticket, write_ticket

# Codes have 59 bits, so nobody can guess one; the limit protects the server from the load of trying.
MOST_WITHDRAWAL_TRIES = 10
WITHDRAWAL_TRIES_EXPIRE_AFTER = timedelta(hours=1)


@csrf_exempt
@never_cache
def welcome(request, slug):
    survey = get_object_or_404(Survey, slug=slug)
    participant = participant_of_session(request, survey)
    if request.method == "POST":
        ticket = read_ticket(survey, request.POST.get("ticket", ""))
        if participant and "anew" not in request.POST:
            return redirect(participant)
        if ticket and (survey.is_open or ticket.is_robot):
            participant = admit(survey, code=ticket.code, robot=ticket.is_robot, rehearsal=ticket.rehearsal)
            remember(request, participant)
            return redirect(participant)
    context = {"survey": survey, "participant": participant}
    if survey.is_open:
        context |= {"ticket": write_ticket(survey), "minutes": survey.minutes()}
        if participant and (trial := participant.next_trial()):
            progress = participant.progress_of(trial)
            noun = trial_noun(survey, practice=progress.is_practice).lower()
            context |= {"trial": trial, "place": progress, "noun": noun}
    return render(request, "surveys/welcome.html", context)


@never_cache
@require_safe
def resume(request, slug, code):
    """The personal address, opened on this or another device."""
    participant = participant_or_404(slug, code)
    remember(request, participant)
    return redirect(participant)


@csrf_exempt
@never_cache
def about(request, slug, code):
    """The questions about the listener, before the first clip."""
    participant = participant_or_404(slug, code)
    if not participant.may_continue:
        return redirect(participant.survey)
    if not participant.background_is_missing:
        return redirect(participant)
    form = ListenerQuestionsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        participant.record_background(form.cleaned_data)
        return redirect(participant)
    return render(
        request, "surveys/about.html", {"survey": participant.survey, "participant": participant, "form": form}
    )


@csrf_exempt
@never_cache
def trial(request, slug, code, position):
    participant = participant_or_404(slug, code)
    if not participant.may_continue:
        return redirect(participant.survey)
    present, following = participant.present_trials()
    if participant.background_is_missing or present is None or present.position != position:
        return redirect(participant)
    aspects = list(participant.survey.aspects.all())
    form = form_class(present)(request.POST or None, trial=present, aspects=aspects)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect(participant)
    present.mark_shown()
    renew_reservations(participant, present)
    survey, progress = participant.survey, participant.progress_of(present)
    context = {
        "survey": survey,
        "participant": participant,
        "trial": present,
        "following": following,
        "place": progress,
        "noun": trial_noun(survey, practice=progress.is_practice),
        "needed_seconds": math.ceil((present.clip.seconds or 0) * survey.share_to_hear),
        "needed_degrees": round(360 * survey.share_to_hear),
        "form": form,
        "questions": form.render_questions(next=next_button_label(survey, following)),
    }
    return render(request, "surveys/trial.html", context)


def trial_noun(survey: Survey, *, practice: bool = False) -> str:
    """The first word of "Clip 3 of 12"."""
    if survey.compares:
        return _("Practice pair") if practice else _("Pair")
    return _("Practice clip") if practice else _("Clip")


def next_button_label(survey: Survey, following: Trial | None) -> str:
    if following is None:
        return _("Finish")
    return _("Next pair") if survey.compares else _("Next clip")


@never_cache
@require_safe
def thanks(request, slug, code):
    participant = participant_or_404(slug, code)
    if participant.next_trial():
        return redirect(participant)
    survey = participant.survey
    context = {"survey": survey, "participant": participant, "result": own_result(participant)}
    return render(request, "surveys/thanks.html", context | {"noun": trial_noun(survey).lower()})


@require_safe
def audio(request, slug, code, key, suffix):
    """The clip of the present trial, or of the next; after the end, any clip of the participant."""
    trials = Trial.objects.select_related("participant").with_clips().filter(participant__code=code, survey__slug=slug)
    trial = trials.filter(audio_key=key).first() or trials.filter(audio_key_b=key).first()
    file = getattr(trial.clip_for_key(key), suffix) if trial else None
    if not file or not trial.may_be_heard():
        raise Http404
    trial.mark_audio_sent(key)
    return audio_response.sound_response(file, request.headers.get("Range", ""))


@csrf_exempt
@never_cache
def withdraw(request, slug):
    survey = get_object_or_404(Survey, slug=slug)
    participant = participant_of_session(request, survey)
    # Participants who stop early have not seen their code yet. The others have it, and may share a browser.
    own_code = participant.withdrawal_code if participant and not participant.finished else ""
    if request.method == "POST" and not may_try_to_withdraw(request):
        return render(request, "surveys/withdraw_later.html", {"survey": survey}, status=429)
    form = WithdrawalForm(request.POST or None, survey=survey, initial={"code": own_code})
    if request.method == "POST" and form.is_valid():
        form.participant.delete()
        request.session.pop(session_key(survey), None)
        return redirect("surveys:withdrawn", slug)
    return render(request, "surveys/withdraw.html", {"survey": survey, "form": form})


@require_safe
def withdrawal_done(request, slug):
    return render(request, "surveys/withdrawn.html", {"survey": get_object_or_404(Survey, slug=slug)})


def participant_or_404(slug: str, code: str) -> Participant:
    return get_object_or_404(Participant.objects.select_related("survey"), code=code, survey__slug=slug)


def participant_of_session(request, survey: Survey) -> Participant | None:
    code = request.session.get(session_key(survey))
    participant = Participant.objects.filter(code=code, survey=survey).first() if code else None
    if participant:
        participant.survey = survey
    return participant


def remember(request, participant: Participant) -> None:
    key = session_key(participant.survey)
    if request.session.get(key) != participant.code:
        request.session[key] = participant.code


def session_key(survey: Survey) -> str:
    return f"participant of survey {survey.pk}"


def renew_reservations(participant: Participant, present: Trial) -> None:
    """Keep the remaining clips of an active participant. Each renewal is a write, so it waits for half the time."""
    now = clock.now()
    if present.reserved_until is None or present.reserved_until < now + RESERVED_FOR / 2:
        participant.extend_reservations(now + RESERVED_FOR)


def may_try_to_withdraw(request) -> bool:
    """Whether another try is allowed; counts it."""
    now = clock.now().timestamp()
    since = now - WITHDRAWAL_TRIES_EXPIRE_AFTER.total_seconds()
    tries = [at for at in request.session.get("withdrawal tries", []) if at > since]
    if len(tries) >= MOST_WITHDRAWAL_TRIES:
        return False
    request.session["withdrawal tries"] = [*tries, now]
    return True
