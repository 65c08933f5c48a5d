"""How far a survey has come: who took part, and how many participants have each model's clips in their plans."""

from collections import Counter

from django.db.models import Count
from django.utils.translation import gettext as _

from surveys.allocation.allocation import plans_per_clip
from surveys.models import Answer, Survey


def participant_groups(survey: Survey) -> list[dict]:
    """People and robots: how many started and finished, and their answers."""
    participants = {
        row["robot"]: row
        for row in survey.participants.order_by()
        .values("robot")
        .annotate(began=Count("pk"), finished=Count("finished"))
    }
    answers = Counter(
        dict(
            Answer.objects.filter(trial__survey=survey)
            .order_by()
            .values_list("trial__robot")
            .annotate(given=Count("pk"))
        )
    )
    nobody = {"began": 0, "finished": 0}
    return [
        {"name": name, "answers": answers[robot], **participants.get(robot, nobody)}
        for name, robot in ((_("People"), False), (_("Simulated participants"), True))
    ]


def clips_per_model(survey: Survey) -> list[dict]:
    """Each model with its number of clips, and the least and most people who have one of them in their plan."""
    plans = plans_per_clip(survey)
    models: dict[int, dict] = {}
    for clip in survey.clips.select_related("source").order_by("source__created", "number"):
        model = models.setdefault(clip.source_id, {"source": clip.source, "plans": []})
        model["plans"].append(plans[clip.pk])
    return [
        {
            "source": model["source"],
            "clips": len(model["plans"]),
            "least": min(model["plans"]),
            "most": max(model["plans"]),
        }
        for model in models.values()
    ]
