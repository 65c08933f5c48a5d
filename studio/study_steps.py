"""How far a study has come: the steps from corpora to results, each with what to do next."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generation.models import Clip
from studies.models import Study
from surveys.models import Participant, Survey
from surveys.survey_templates import clip_count


@dataclass(frozen=True)
class StudyStep:
    title: str
    state: str  # what exists, in words
    is_done: bool
    link: str
    action: str


def study_steps(study: Study) -> list[StudyStep]:
    clips = Clip.objects.filter(source__study=study, retired=False)
    surveys = study.surveys.all()
    people = Participant.objects.filter(survey__study=study).people()
    finished_runs = study.runs.trained().count()
    newest = surveys.first()
    return [
        StudyStep(
            _("Corpora"),
            count_corpora(study.corpora.count()),
            study.corpora.exists(),
            reverse("generation:corpora", args=[study.slug]),
            _("Import a corpus"),
        ),
        StudyStep(
            _("Training runs"),
            ngettext("%(number)d trained network", "%(number)d trained networks", finished_runs)
            % {"number": finished_runs},
            finished_runs > 0,
            reverse("generation:runs", args=[study.slug]),
            _("Train a network"),
        ),
        StudyStep(
            _("Models and clips"),
            _("%(models)s, %(clips)s, %(rendered)d rendered")
            % {
                "models": count_models(study.sources.count()),
                "clips": clip_count(clips.count()),
                "rendered": clips.rendered().count(),
            },
            clips.exists() and not clips.unrendered().exists(),
            reverse("generation:sources", args=[study.slug]),
            _("Add clips"),
        ),
        StudyStep(
            _("Surveys"),
            _("%(surveys)s, %(open)d open")
            % {"surveys": count_surveys(surveys.count()), "open": surveys.open().count()},
            surveys.filter(state__in=[Survey.State.OPEN, Survey.State.CLOSED]).exists(),
            reverse("survey_studio:surveys", args=[study.slug]),
            _("Create survey"),
        ),
        StudyStep(
            _("Results"),
            _("%(people)s, %(finished)d finished")
            % {"people": count_participants(people.count()), "finished": people.finished().count()}
            if people.exists()
            else _("Nobody has taken part yet."),
            people.finished().exists(),
            reverse("evaluation:results", args=[study.slug, newest.slug])
            if newest
            else reverse("survey_studio:surveys", args=[study.slug]),
            _("See the results"),
        ),
    ]


def count_corpora(number: int) -> str:
    return ngettext("%(number)d corpus", "%(number)d corpora", number) % {"number": number}


def count_models(number: int) -> str:
    return ngettext("%(number)d model", "%(number)d models", number) % {"number": number}


def count_surveys(number: int) -> str:
    return ngettext("%(number)d survey", "%(number)d surveys", number) % {"number": number}


def count_participants(number: int) -> str:
    return ngettext("%(number)d participant", "%(number)d participants", number) % {"number": number}
