"""What simulated participants like: known effects that an analysis should find.

A taste file is JSON. Values that it leaves out come from `DEFAULT`:

    {"listener_sd": 0.4,
     "clip_sd": 0.3,
     "tie_width": 0.3,
     "origins": {"human": {"mean": 3.6, "sd": 0.9, "judged_ai": 0.35}},
     "sources": {"Our LSTM": {"mean": 3.0, "enjoyment": 2.6, "sd": 0.9, "judged_ai": 0.55}}}

A source is described under its name, or under its origin (human, ai, anchor).

- `mean` is the mean rating of every aspect; an aspect's own key sets another mean for it.
- `sd` is the standard deviation of single ratings.
- `judged_ai` is the share of verdicts that say "AI".
- `listener_sd` and `clip_sd` are the standard deviations of listeners and of clips, for each aspect.
- `tie_width` is for pairs: the clip that would be rated higher is chosen, but if the difference is smaller than this,
  the answer is "no difference".

A rating is the sum of these effects, rounded and limited to the scale, so means near its ends are pulled inwards.
"""

import difflib
import hashlib
import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from generation.models import Clip, Origin, Source
from surveys.errors import SurveyError
from surveys.models import Aspect, Preference, Verdict


@dataclass(frozen=True)
class SourceTaste:
    """What simulated participants think of one source."""

    mean: float  # of every aspect that is not named below
    sd: float  # of single ratings by one listener of one clip
    judged_ai: float  # share of verdicts, 0 to 1
    aspects: Mapping[str, float] = field(default_factory=dict)

    def mean_of(self, aspect: Aspect) -> float:
        return self.aspects.get(aspect.key, self.mean)


@dataclass(frozen=True)
class Tastes:
    origins: Mapping[str, SourceTaste]
    sources: Mapping[str, SourceTaste] = field(default_factory=dict)
    listener_sd: float = 0.4
    clip_sd: float = 0.3
    tie_width: float = 0.3

    def taste_for(self, source: Source) -> SourceTaste:
        return self.sources.get(source.name) or self.origins[source.origin]

    def digest(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


DEFAULT = Tastes(
    origins={
        Origin.HUMAN.value: SourceTaste(mean=3.6, sd=0.9, judged_ai=0.35),
        Origin.AI.value: SourceTaste(mean=3.0, sd=0.9, judged_ai=0.55),
        Origin.ANCHOR.value: SourceTaste(mean=1.8, sd=0.8, judged_ai=0.8),
    }
)


def read_tastes(path: Path | str, *, sources: Iterable[str], aspects: Iterable[str]) -> Tastes:
    """Read a taste file; SurveyError if it cannot be read, or names something that the survey does not have."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise SurveyError(
            _("The taste file %(path)s cannot be read: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from None
    except ValueError as error:
        raise SurveyError(
            _("The taste file %(path)s is not valid JSON: %(reason)s.") % {"path": path, "reason": error}
        ) from None
    if not isinstance(content, dict):
        raise SurveyError(_("The taste file %(path)s must be a JSON object with origins and sources.") % {"path": path})
    _check_keys(content, ("listener_sd", "clip_sd", "tie_width", "origins", "sources"), "the top level")
    origins, named = content.get("origins", {}), content.get("sources", {})
    _check_keys(origins, DEFAULT.origins, "origins")
    _check_keys(named, list(sources), "sources")
    keys = list(aspects)
    return Tastes(
        origins={
            name: _read_taste(name, origins.get(name, {}), default, keys) for name, default in DEFAULT.origins.items()
        },
        sources={name: _read_taste(name, entry, DEFAULT.origins["ai"], keys) for name, entry in named.items()},
        listener_sd=_number(content, "listener_sd", DEFAULT.listener_sd, "the top level", 0, 100),
        clip_sd=_number(content, "clip_sd", DEFAULT.clip_sd, "the top level", 0, 100),
        tie_width=_number(content, "tie_width", DEFAULT.tie_width, "the top level", 0, 100),
    )


def _read_taste(name: str, entry: Mapping, default: SourceTaste, aspects: list[str]) -> SourceTaste:
    _check_keys(entry, ["mean", "sd", "judged_ai", *aspects], name)
    return SourceTaste(
        mean=_number(entry, "mean", default.mean, name, 1, 100),
        sd=_number(entry, "sd", default.sd, name, 0, 100),
        judged_ai=_number(entry, "judged_ai", default.judged_ai, name, 0, 1),
        aspects={key: _number(entry, key, default.mean, name, 1, 100) for key in aspects if key in entry},
    )


def _check_keys(entry: object, known: Iterable[str], where: str) -> None:
    if not isinstance(entry, dict):
        raise SurveyError(_("In the taste file, %(where)s must be a JSON object.") % {"where": where})
    known = list(known)
    for key in entry:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            raise SurveyError(
                _('In the taste file, %(where)s cannot contain "%(key)s". Use %(names)s.')
                % {"where": where, "key": key, "names": near[0] if near else ", ".join(known)}
            )


def _number(entry: Mapping, key: str, default: float, where: str, low: float, high: float) -> float:
    value = entry.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise SurveyError(
            _('In the taste file, %(key)s of %(where)s is "%(value)s". Enter a number from %(low)g to %(high)g.')
            % {"key": key, "where": where, "value": value, "low": low, "high": high}
        )
    return float(value)


@dataclass(frozen=True)
class Judge:
    """One robot's judgement: the same seed and number give the same opinion of the same clip."""

    tastes: Tastes
    seed: int
    number: int

    def rating(self, clip: Clip, aspect: Aspect, rng: random.Random) -> int:
        return min(aspect.points, max(1, round(self._liking(clip, aspect, rng))))

    def preference(self, a: Clip, b: Clip, aspect: Aspect, rng: random.Random, *, ties: bool) -> str:
        """Which of the two would be rated higher."""
        ahead = self._liking(a, aspect, rng) - self._liking(b, aspect, rng)
        if ties and abs(ahead) < self.tastes.tie_width:
            return Preference.TIE.value
        return (Preference.A if ahead > 0 else Preference.B).value

    def _liking(self, clip: Clip, aspect: Aspect, rng: random.Random) -> float:
        taste = self.tastes.taste_for(clip.source)
        return (
            taste.mean_of(aspect)
            + self._draw(self.tastes.listener_sd, "listener", self.number, aspect.key)
            + self._draw(self.tastes.clip_sd, "clip", clip.source.name, clip.number, aspect.key)
            + rng.gauss(0, taste.sd)
        )

    def verdict(self, clip: Clip, rng: random.Random) -> str:
        is_ai = rng.random() < self.tastes.taste_for(clip.source).judged_ai
        return (Verdict.AI if is_ai else Verdict.HUMAN).value

    def _draw(self, sd: float, *what: object) -> float:
        return random.Random(f"{self.seed} {what}").gauss(0, sd)
