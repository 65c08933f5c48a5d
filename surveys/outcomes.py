"""What came of the jobs of a survey, from values to words."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from generation.outcomes import remade_sentences
from jobs.models import Job
from jobs.registry import Presenter


def settings_sentences(values: dict) -> list[str]:
    """Of `clip_settings.ClipSettingsChange`."""
    sentences = remade_sentences(values["remade"])
    sentences.append(_('Whoever comes to "%(survey)s" from now on hears these.') % {"survey": values["name"]})
    if values["at_it"]:
        people = ngettext(
            "1 person is at it: they hear the clips of before to the end.",
            "%(n)s people are at it: they hear the clips of before to the end.",
            values["at_it"],
        )
        sentences.append(people % {"n": values["at_it"]})
    if values["answers"]:
        sentences.append(
            _(
                "%(answers)s answers stay with the clips that were heard. In the results these are other clips of the "
                "same models: think twice before both are counted as one."
            )
            % {"answers": values["answers"]}
        )
    if values["elsewhere"]:
        sentences.append(
            _("%(number)s of the clips of before are in other surveys too and stay in use there.")
            % {"number": values["elsewhere"]}
        )
    return sentences


def rehearsal_sentences(values: dict) -> list[str]:
    added = ngettext(
        "%(n)s simulated participant took the survey.", "%(n)s simulated participants took the survey.", values["added"]
    ) % {"n": f"{values['added']:,}"}
    if not values["there"]:
        return [added]
    before = ngettext(
        "%(n)s of the same rehearsal had taken it before.",
        "%(n)s of the same rehearsal had taken it before.",
        values["there"],
    )
    return [added, before % {"n": f"{values['there']:,}"}]


def _survey_url(job: Job, view: str) -> str:
    survey = job.study.surveys.filter(pk=job.arguments["survey"]).first()
    return reverse(f"survey_studio:{view}", args=[job.study.slug, survey.slug]) if survey else ""


PRESENTERS = {
    "rehearse": Presenter(
        gettext_lazy("Run a rehearsal"), rehearsal_sentences, url=lambda job: _survey_url(job, "survey")
    ),
    "clip_settings": Presenter(
        gettext_lazy("Re-render clips"), settings_sentences, url=lambda job: _survey_url(job, "policy")
    ),
}
