"""How far a study has come: the way from notes to charts, as steps that say what to do next."""

from dataclasses import dataclass

from django.urls import reverse

from generation.models import Clip
from studies.models import Study
from surveys.models import Participant, Survey


@dataclass(frozen=True)
class StudyStep:
    title: str
    state: str  # what is there, in words
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
            "Corpora",
            _count(study.corpora.count(), "corpus", "corpora") + " to learn from and to cut originals from.",
            study.corpora.exists(),
            reverse("generation:corpora", args=[study.slug]),
            "Import a corpus",
        ),
        StudyStep(
            "Runs",
            _count(finished_runs, "trained network", "trained networks") + ".",
            finished_runs > 0,
            reverse("generation:runs", args=[study.slug]),
            "Train a network",
        ),
        StudyStep(
            "Models and clips",
            f"{_count(study.sources.count(), 'model', 'models')}, {_count(clips.count(), 'clip', 'clips')}, "
            f"{clips.rendered().count()} of them ready to be heard.",
            clips.exists() and not clips.unrendered().exists(),
            reverse("generation:sources", args=[study.slug]),
            "Add clips",
        ),
        StudyStep(
            "Surveys",
            f"{_count(surveys.count(), 'survey', 'surveys')}, {surveys.open().count()} open.",
            surveys.filter(state__in=[Survey.State.OPEN, Survey.State.CLOSED]).exists(),
            reverse("survey_studio:surveys", args=[study.slug]),
            "Make a survey",
        ),
        StudyStep(
            "Results",
            f"{_count(people.count(), 'person', 'people')} took part, {people.finished().count()} finished."
            if people.exists()
            else "Nobody has taken part yet.",
            people.finished().exists(),
            reverse("evaluation:results", args=[study.slug, newest.slug])
            if newest
            else reverse("survey_studio:surveys", args=[study.slug]),
            "See the results",
        ),
    ]


def _count(number: int, one: str, many: str) -> str:
    return f"{number or 'No'} {one if number == 1 else many}"
