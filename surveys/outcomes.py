"""What came of the jobs of a survey, from values to words."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from generation.outcomes import rearranged_sentences
from jobs.models import Job
from jobs.registry import Presenter


def settings_sentences(values: dict) -> list[str]:
    """Of `clip_settings.ClipSettingsChange`."""
    sentences = rearranged_sentences(values["remade"])
    sentences.append(_('New participants of "%(survey)s" hear these clips.') % {"survey": values["name"]})
    unfinished = values["unfinished"]
    if unfinished:
        sentences.append(
            ngettext(
                "%(number)d participant has started with the earlier clips and hears them to the end.",
                "%(number)d participants have started with the earlier clips and hear them to the end.",
                unfinished,
            )
            % {"number": unfinished}
        )
    if values["answers"]:
        sentences.append(
            ngettext(
                "%(number)d answer stays with the clip that was heard.",
                "%(number)d answers stay with the clips that were heard.",
                values["answers"],
            )
            % {"number": values["answers"]}
            + " "
            + _(
                "The results show the new clips as other clips of the same models. Consider carefully whether to "
                "analyse both together."
            )
        )
    if values["elsewhere"]:
        sentences.append(
            ngettext(
                "%(number)d of the earlier clips is used by other surveys too and remains there.",
                "%(number)d of the earlier clips are used by other surveys too and remain there.",
                values["elsewhere"],
            )
            % {"number": values["elsewhere"]}
        )
    return sentences


def rehearsal_sentences(values: dict) -> list[str]:
    added = ngettext(
        "%(n)s simulated participant took the survey.", "%(n)s simulated participants took the survey.", values["added"]
    ) % {"n": f"{values['added']:,}"}
    if not values["existing"]:
        return [added]
    before = ngettext(
        "%(n)s of the same rehearsal had taken it before.",
        "%(n)s of the same rehearsal had taken it before.",
        values["existing"],
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
