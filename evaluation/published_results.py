"""What everybody may see: models and, where enough people heard each, clips; never anybody's answers."""

from django.db.models import Count

from evaluation.answers.answer_filter import PEOPLE
from evaluation.charts.chart import Chart
from evaluation.models import PublicPage
from evaluation.results_page import ResultsPage
from surveys.models import Survey, Trial

# With fewer people, what one of them said could be worked out.
FEWEST = 5
ABOUT_MODELS = {"answers", "chances", "chosen", "detection", "differences", "measures", "overlaps", "roc"} | {
    "sensitivity",
    "variances",
}
ABOUT_CLIPS = {"verdicts-by-clip", "means", "share-judged-ai", "clips-and-aspects", "belief", "measures-and-ratings"}


def switch_on(survey: Survey, **wanted) -> PublicPage:
    """The page, made or changed: `while_open`, `indexed`."""
    page, _created = PublicPage.objects.update_or_create(survey=survey, defaults=wanted)
    return page


def switch_off(survey: Survey) -> bool:
    """Whether it was on."""
    return bool(PublicPage.objects.filter(survey=survey).delete()[0])


def count_listeners(survey: Survey) -> int:
    """People who answered something."""
    return survey.participants.people().filter(trials__answer__isnull=False).distinct().count()


def fewest_at_a_clip(survey: Survey) -> int:
    """How many people heard the clip that fewest heard, of those that somebody heard."""
    answered = survey.trials.filter(robot=False, kind=Trial.Kind.RATING).answered().order_by()
    return min(answered.values("clip").annotate(n=Count("pk")).values_list("n", flat=True), default=0)


def public_charts(survey: Survey) -> list[Chart]:
    """Averages, shares and conclusions; none with fewer than `FEWEST` people, none of clips that fewer heard."""
    if count_listeners(survey) < FEWEST:
        return []
    allowed = ABOUT_MODELS | (ABOUT_CLIPS if fewest_at_a_clip(survey) >= FEWEST else set())
    charts = ResultsPage(survey, PEOPLE).charts
    return [chart for chart in charts if chart.key in allowed or chart.key.startswith("averages-")]
