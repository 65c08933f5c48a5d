"""What is planned, before the first answer: hypotheses, design, sources, clips, exclusion rules and models.

Made from the survey's settings, in the order in which preregistration forms (OSF, AsPredicted) ask.
"""

import hashlib

from django.db.models import Count, Max, Min
from django.utils import timezone

from evaluation.models import Preregistration
from generation.models import Origin
from studies.errors import EarwitnessError
from surveys.exclusion_rules import in_words
from surveys.listener_questions import BACKGROUND
from surveys.models import CLIP_RATE, Answer, Survey

ORDERS = {
    Survey.Order.RATINGS_FIRST: "Ratings are asked for before the verdict.",
    Survey.Order.VERDICT_FIRST: "The verdict is asked for before the ratings.",
    Survey.Order.ALTERNATED: "Every other listener is asked for the verdict first, the others for the ratings first.",
}
KINDS = {Origin.HUMAN: "human music", Origin.AI: "generated", Origin.ANCHOR: "low anchor, compared with nothing"}


class TooLateError(EarwitnessError):
    """Why a text can no longer be fixed, in one sentence."""


def text_of(survey: Survey) -> str:
    """What was fixed, or what the settings say now."""
    plan = plan_of(survey)
    return plan.text if plan.fixed else written(survey)


def plan_of(survey: Survey) -> Preregistration:
    """Its row, or a new one that is not kept yet."""
    return Preregistration.objects.filter(survey=survey).first() or Preregistration(survey=survey)


def answered(survey: Survey) -> int:
    """How many answers people have given; robots only rehearse."""
    return Answer.objects.filter(trial__survey=survey, trial__robot=False).count()


def fix(survey: Survey) -> Preregistration:
    """Keep the text as it is now, with its hash and date. Only before the first answer, and only once."""
    plan = plan_of(survey)
    if plan.fixed:
        raise TooLateError(f"The plan was fixed on {plan.fixed:%Y-%m-%d} and stays as it is.")
    if number := answered(survey):
        raise TooLateError(f"{number:,} answers have been given already: a plan is fixed before the first one.")
    plan.fixed = timezone.now()
    plan.text = written(survey, fixed=f"{plan.fixed:%Y-%m-%d %H:%M} UTC")
    plan.sha256 = hashlib.sha256(plan.text.encode()).hexdigest()
    plan.save()
    return plan


def written(survey: Survey, *, fixed: str = "") -> str:
    """The plan as Markdown, from the settings as they are."""
    plan = plan_of(survey)
    sections = {
        "Has any data been collected?": _collected_yet(survey, fixed),
        "Hypotheses": _hypotheses(survey, plan),
        "Design": _design(survey),
        "Models and clips": _clips(survey),
        "Measured variables": _measured(survey),
        "Sample size": _sample(survey, plan),
        "Exclusion rules": _exclusions(survey),
        "Analyses": _analyses(survey),
        "Inference": _inference(survey),
    }
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items())
    return f"# {survey.name}: preregistration\n\n{body}\n"


def _collected_yet(survey: Survey, fixed: str) -> str:
    if fixed:
        return f"No. This text was fixed on {fixed}, before the first answer."
    number = answered(survey)
    if number:
        return f"Yes: {number:,} answers had been given when this text was written, and no plan had been fixed before."
    return "No. This text has not been fixed yet."


def _hypotheses(survey: Survey, plan: Preregistration) -> str:
    if plan.hypotheses.strip():
        return plan.hypotheses.strip()
    labels = ", ".join(label.lower() for label in survey.aspects.values_list("label", flat=True))
    said = [f"The models differ from each other and from human music in {labels} (two-sided)."] if labels else []
    if survey.asks_verdict:
        said.append("Listeners tell the clips of each model from human music: d′ is not 0 (two-sided).")
    return "\n".join(f"{number}. {text}" for number, text in enumerate(said, 1))


def _design(survey: Survey) -> str:
    every, each = survey.clips.count(), survey.clips_each
    if survey.compares:
        return (
            f"Within listeners: each hears {each} pairs of clips of two different models, in a random order of their "
            f"own (seed {survey.seed}), and is not told where any of them comes from. Any two models meet equally "
            f"often, each of them first equally often. {100 * survey.share_to_hear:.0f} % of both clips must be heard."
        )
    heard = "all clips" if each >= every else f"{each} of the {every} clips, drawn so that each is heard equally often"
    said = [
        f"Within listeners: each hears {heard}, in a random order of their own (seed {survey.seed}), and is not told "
        "where any of them comes from.",
        f"A clip is rated after {100 * survey.share_to_hear:.0f} % of it has been heard.",
    ]
    if survey.asks_verdict and survey.aspects.exists():
        said.append(ORDERS[survey.order])
    return " ".join(said)


def _clips(survey: Survey) -> str:
    rows = survey.clips.values("source__name", "source__origin").annotate(
        clips=Count("pk"), shortest=Min("samples"), longest=Max("samples")
    )
    lines = ["| model | what it is | clips | seconds |", "| --- | --- | ---: | ---: |"]
    for row in sorted(rows, key=lambda row: (list(KINDS).index(row["source__origin"]), row["source__name"])):
        ends = sorted({round((row[end] or 0) / CLIP_RATE, 1) for end in ("shortest", "longest")})
        kind, seconds = KINDS[row["source__origin"]], " to ".join(f"{end:.1f}" for end in ends)
        lines.append(f"| {row['source__name']} | {kind} | {row['clips']} | {seconds} |")
    return "\n".join(lines)


def _measured(survey: Survey) -> str:
    return "\n".join(_asked_of_clips(survey) + (_asked_of_listeners() if survey.asks_background else []))


def _asked_of_listeners() -> list[str]:
    return [
        f"- {asked.label} (`{asked.key}`), before the first clip: “{asked.question}”, "
        + ", ".join(words for _, words in asked.answers)
        for asked in BACKGROUND
    ]


def _asked_of_clips(survey: Survey) -> list[str]:
    if survey.compares:
        tie = ", no difference" if survey.ties else ""
        return [f"- {one.label} (`{one.key}`): “{one.question}”, A, B{tie}" for one in survey.aspects.all()]
    lines = [
        f"- {aspect.label} (`{aspect.key}`): “{aspect.question}”, 1 ({aspect.low}) to {aspect.points} ({aspect.high})"
        for aspect in survey.aspects.all()
    ]
    if survey.asks_verdict:
        answers = f"“{survey.verdict_human}” (human) or “{survey.verdict_ai}” (AI)"
        lines.append(f"- Verdict (`verdict`): “{survey.verdict_question}”, {answers}")
    return lines


def _sample(survey: Survey, plan: Preregistration) -> str:
    from evaluation.statistics.reasons import FEWEST_CLIPS, FEWEST_PARTICIPANTS

    least = f"With fewer than {FEWEST_CLIPS} clips of a model or {FEWEST_PARTICIPANTS} listeners nothing is concluded."
    planned = f"{plan.listeners:,} listeners are to take part." if plan.listeners else "(State how many listeners.)"
    return " ".join(part for part in (planned, _found_with(survey, plan), least) if part)


def _found_with(survey: Survey, plan: Preregistration) -> str:
    """How small a difference such a survey finds."""
    from evaluation.statistics.power import RATINGS, Plan, smallest_difference

    clips = [row["number"] for row in survey.clips.values("source").annotate(number=Count("pk"))]
    if survey.compares or len(clips) < 2 or min(clips) < 2 or not survey.aspects.exists():
        return ""
    heard = None if survey.clips_each >= sum(clips) else max(1, survey.clips_each // len(clips))
    found = [
        f"{smallest_difference(Plan(listeners, min(clips), len(clips), heard), RATINGS):.2f} with {listeners:,}"
        for listeners in ([plan.listeners] if plan.listeners and plan.listeners > 1 else [20, 50, 100])
    ]
    return (
        f"The smallest difference that 80 % of such surveys find with {min(clips)} clips of each of {len(clips)} "
        f"models, in points of a scale from 1 to 5: {', '.join(found)} listeners."
    )


def _exclusions(survey: Survey) -> str:
    rules = "\n".join(f"- {rule}" for rule in in_words(survey.rules, compares=survey.compares))
    known = (
        "" if survey.compares else (" Answers to pieces that a listener knows are left out in a sensitivity analysis.")
    )
    return (
        f"Nobody is removed in silence. Listeners are flagged by these rules:\n\n{rules}\n\n"
        f"All results are given with everybody and without those who were flagged.{known}"
    )


def _analyses(survey: Survey) -> str:
    from evaluation.statistics.designs import name
    from evaluation.statistics.verdicts import FORMULA

    if survey.compares:
        return (
            "For each question the model of Bradley and Terry with Davidson's ties; standard errors from a jackknife "
            "over listeners and over the clips of each model, t with clips - models degrees of freedom."
        )

    formulas = [
        f"{name(key)} ~ source + (1 | participant) + (1 | clip){third}"
        for key in survey.aspects.values_list("key", flat=True)
        for third in ("", " + (1 | participant:source)")
    ]
    primary = (
        "Primary, for each aspect: linear mixed model (REML, Satterthwaite's degrees of freedom) with listeners and "
        "clips as crossed random factors; beside it the one in which listeners differ in what they think of a model. "
        "As a check, the first formula as cumulative link mixed model.\n\n"
    )
    indented = "\n".join(f"    {formula}" for formula in formulas)
    verdict = (
        "Verdicts: mixed probit model; its coefficients are d′ against human music. Low anchors take no part.\n\n"
        f"    {FORMULA}"
    )
    rest = (
        "Secondary: Cliff's δ with two-way bootstrap; Krippendorff's α, variance shares, reliability of the means; the "
        "primary model without known pieces, with position and with the order of questions."
    )
    return "\n\n".join([primary + indented] * bool(formulas) + [verdict] * survey.asks_verdict + [rest])


def _inference(survey: Survey) -> str:
    from evaluation.statistics.analysis import NEGLIGIBLE
    from evaluation.statistics.verdicts import BOUND

    if survey.compares:
        return (
            "Two-sided tests at α = .05, p corrected by Holm's method over all pairs of models. Everything else is "
            "exploratory and labelled so."
        )
    bounds = sorted({(aspect.points - 1) * NEGLIGIBLE for aspect in survey.aspects.all()})
    points = f" (±{' or ±'.join(f'{bound:g}' for bound in bounds)} points)" if bounds else ""
    return (
        "Two-sided tests at α = .05, p corrected by Holm's method over all pairs of models within an aspect. A "
        f"difference counts as negligible if its 90 % interval lies within 1/8 of the scale{points}; a model as not to "
        f"be told from human music if the 90 % interval of d′ lies within ±{BOUND:g}. Everything else is exploratory "
        "and labelled so."
    )
