"""What is planned, before the first answer: hypotheses, design, sources, clips, exclusion rules and models.

Made from the survey's settings, in the order in which preregistration forms (OSF, AsPredicted) ask.
"""

import hashlib

from django.db.models import Count, Max, Min
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.instruments.registry import instrument_of
from evaluation.models import Preregistration
from evaluation.package.supplement import Supplement
from evaluation.statistics.reasons import FEWEST_CLIPS, FEWEST_PARTICIPANTS
from generation.models import Origin
from studies.errors import EarwitnessError
from studies.models import Role
from surveys.listener_questions import LISTENER_QUESTIONS
from surveys.models import CLIP_RATE, Answer, Survey

KINDS = {Origin.HUMAN: "human music", Origin.AI: "generated", Origin.ANCHOR: "low anchor, compared with nothing"}


class TooLateError(EarwitnessError):
    """Why a text can no longer be fixed, in one sentence."""


def text_of(survey: Survey) -> str:
    """What was fixed, or what the settings say now."""
    plan = plan_of(survey)
    return plan.text if plan.fixed else compose_text(survey)


def plan_of(survey: Survey) -> Preregistration:
    """Its row, or a new one that is not kept yet."""
    return Preregistration.objects.filter(survey=survey).first() or Preregistration(survey=survey)


def count_answers(survey: Survey) -> int:
    """How many answers people have given; robots only rehearse."""
    return Answer.objects.filter(trial__survey=survey, trial__robot=False).count()


def fix(survey: Survey) -> Preregistration:
    """Keep the text as it is now, with its hash and date. Only before the first answer, and only once."""
    plan = plan_of(survey)
    if plan.fixed:
        message = _("The preregistration was fixed on %(date)s and can no longer be changed.")
        raise TooLateError(message % {"date": formats.date_format(plan.fixed)})
    if number := count_answers(survey):
        message = ngettext(
            "A preregistration must be fixed before the first answer. There is already %(number)s answer.",
            "A preregistration must be fixed before the first answer. There are already %(number)s answers.",
            number,
        )
        raise TooLateError(message % {"number": f"{number:,}"})
    plan.fixed = timezone.now()
    plan.text = compose_text(survey, fixed=f"{plan.fixed:%Y-%m-%d %H:%M} UTC")
    plan.sha256 = hashlib.sha256(plan.text.encode()).hexdigest()
    plan.save()
    return plan


def compose_text(survey: Survey, *, fixed: str = "") -> str:
    """The plan as Markdown, from the settings as they are."""
    plan, instrument = plan_of(survey), instrument_of(survey)
    sections = {
        "Has any data been collected?": _data_collected(survey, fixed),
        "Hypotheses": _hypotheses(survey, plan),
        "Design": instrument.planned_design(survey),
        "Models and clips": _clips(survey),
        "Measured variables": _measured_variables(survey),
        "Sample size": _sample(survey, plan),
        "Exclusion rules": _exclusions(survey),
        "Analyses": instrument.planned_analyses(survey),
        "Inference": instrument.planned_inference(survey),
    }
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items())
    return f"# {survey.name}: preregistration\n\n{body}\n"


def supplement_of(survey: Survey) -> Supplement:
    """What a package holds in addition to results: what was planned, and who did the study."""
    members = survey.study.memberships.select_related("user").order_by("pk")
    names = (member.user.get_full_name() for member in members if member.role in (Role.OWNER, Role.EDITOR))
    return Supplement(text_of(survey), tuple(name for name in names if name))


def _data_collected(survey: Survey, fixed: str) -> str:
    if fixed:
        return f"No. This text was fixed on {fixed}, before the first answer."
    number = count_answers(survey)
    if number:
        return f"Yes: {number:,} answers had been given when this text was written, and no plan had been fixed before."
    return "No. This text has not been fixed yet."


def _hypotheses(survey: Survey, plan: Preregistration) -> str:
    if plan.hypotheses.strip():
        return plan.hypotheses.strip()
    labels = ", ".join(label.lower() for label in survey.aspects.values_list("label", flat=True))
    sentences = [f"The models differ from each other and from human music in {labels} (two-sided)."] if labels else []
    if survey.asks_verdict:
        sentences.append("Listeners tell the clips of each model from human music: d′ is not 0 (two-sided).")
    return "\n".join(f"{number}. {text}" for number, text in enumerate(sentences, 1))


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


def _measured_variables(survey: Survey) -> str:
    questions = instrument_of(survey).planned_questions(survey)
    return "\n".join(questions + (_listener_questions() if survey.asks_background else []))


def _listener_questions() -> list[str]:
    return [
        f"- {asked.label} (`{asked.key}`), before the first clip: “{asked.question}”, "
        + ", ".join(str(words) for _value, words in asked.answers)
        for asked in LISTENER_QUESTIONS
    ]


def _sample(survey: Survey, plan: Preregistration) -> str:
    planned = f"{plan.listeners:,} listeners are to take part." if plan.listeners else "(State how many listeners.)"
    precision = instrument_of(survey).planned_precision(survey, plan.listeners)
    least = f"With fewer than {FEWEST_CLIPS} clips of a model or {FEWEST_PARTICIPANTS} listeners nothing is concluded."
    return " ".join(part for part in (planned, precision, least) if part)


def _exclusions(survey: Survey) -> str:
    sentences, known = instrument_of(survey).planned_exclusions(survey)
    rules = "\n".join(f"- {rule}" for rule in sentences)
    return (
        f"Nobody is removed in silence. Listeners are flagged by these rules:\n\n{rules}\n\n"
        f"All results are given with everybody and without those who were flagged.{known}"
    )
