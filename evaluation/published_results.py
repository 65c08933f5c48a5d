"""What everybody may see: models and, where enough people heard each, clips; never anybody's answers."""

from typing import TYPE_CHECKING

from django.db.models import Count

from evaluation.answers.answer_filter import AnswerFilter
from evaluation.models import PublicPage
from evaluation.pages.results_page import showing_of
from surveys.models import Survey

if TYPE_CHECKING:
    from evaluation.charts.chart import Chart

# With fewer people, what one of them said could be worked out.
FEWEST = 5
ABOUT_MODELS = {"answers", "differences", "detection", "roc", "variances", "sensitivity", "measures", "overlaps"} | {
    "chances",
    "chosen",
}
ABOUT_CLIPS = {"verdicts-by-clip", "means", "share-judged-ai", "clips-and-aspects", "belief", "measures-and-ratings"}


def switch_on(survey: Survey, **wanted) -> PublicPage:
    """The page, made or changed: `while_open`, `indexed`."""
    page, _ = PublicPage.objects.update_or_create(survey=survey, defaults=wanted)
    return page


def switch_off(survey: Survey) -> bool:
    """Whether it was on."""
    return bool(PublicPage.objects.filter(survey=survey).delete()[0])


def listeners(survey: Survey) -> int:
    """People who answered something."""
    return survey.participants.people().filter(trials__answer__isnull=False).distinct().count()


def fewest_at_a_clip(survey: Survey) -> int:
    """How many people heard the clip that fewest heard, of those that somebody heard."""
    heard = (
        survey.trials.filter(robot=False, kind="rating").answered().order_by().values("clip").annotate(n=Count("pk"))
    )
    return min(heard.values_list("n", flat=True), default=0)


def public_charts(survey: Survey) -> "list[Chart]":
    """Averages, shares and conclusions; none with fewer than `FEWEST` people, none of clips that fewer heard."""
    if listeners(survey) < FEWEST:
        return []
    allowed = ABOUT_MODELS | (ABOUT_CLIPS if fewest_at_a_clip(survey) >= FEWEST else set())
    charts = showing_of(survey, AnswerFilter()).charts
    return [chart for chart in charts if chart.key in allowed or chart.key.startswith("averages-")]
