"""Surveys made up with known effects: what an analysis ought to find, and what it ought not to.

A listener's rating is a place on a line of liking, cut at thresholds; a verdict another place, cut at zero. What varies
is known, so that the true difference of two sources in rating points can be worked out exactly, and intervals can be
counted that hold it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import expit

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(60)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


@dataclass(frozen=True)
class Taste:
    """What is true in a made-up survey, on the line of liking (in units of a single answer's standard deviation).

    Parameters
    ----------
    effects : of each source on ratings; the first source is the human one
    d_primes : of each source on verdicts, the first one's readiness to be called AI in probits
    clip, participant, taste : standard deviations between clips of a source, between listeners, and between listeners
        in what they think of a source
    verdict_clip, verdict_participant : the same for verdicts, in probits
    thresholds : where one rating ends and the next begins
    """

    effects: Mapping[str, float]
    d_primes: Mapping[str, float] = field(default_factory=dict)
    clip: float = 0.5
    participant: float = 0.8
    taste: float = 0.3
    verdict_clip: float = 0.38
    verdict_participant: float = 0.5
    thresholds: Sequence[float] = (-1.5, -0.5, 0.5, 1.5)

    @property
    def scale(self) -> float:
        """Scale of the logistic distribution of single answers, whose standard deviation is 1."""
        return np.sqrt(3) / np.pi

    def mean_rating(self, source: str) -> float:
        """What all listeners would give to all clips of the source, on average."""
        spread = np.sqrt(self.clip**2 + self.participant**2 + self.taste**2)
        places = self.effects[source] + spread * NODES
        return 1 + sum(float(WEIGHTS @ expit((places - cut) / self.scale)) for cut in self.thresholds)

    def log_odds(self, source: str) -> float:
        """The source's effect in log-odds, for one listener and one clip."""
        return self.effects[source] / self.scale


def survey(
    taste: Taste, rng: np.random.Generator, *, listeners: int = 50, clips: int = 6, heard: int | None = None
) -> pd.DataFrame:
    """Answers of a made-up survey.

    Parameters
    ----------
    clips : of each source
    heard : how many clips a listener hears, drawn from all; all of them if absent

    Returns
    -------
    The tidy table: participant, clip, source, origin, verdict, rating, position.
    """
    names = list(taste.effects)
    number = clips * len(names)
    of_clip = np.repeat(np.arange(len(names)), clips)
    order = rng.permuted(np.tile(np.arange(number), (listeners, 1)), axis=1)[:, : heard or number]
    person = np.repeat(np.arange(listeners), order.shape[1])
    clip = order.ravel()
    source = of_clip[clip]
    place = (
        np.array(list(taste.effects.values()))[source]
        + rng.normal(0, taste.clip, number)[clip]
        + rng.normal(0, taste.participant, listeners)[person]
        + rng.normal(0, taste.taste, (listeners, len(names)))[person, source]
        + rng.logistic(0, taste.scale, len(clip))
    )
    pull = np.array([taste.d_primes.get(name, 0.0) for name in names])
    pull[1:] += pull[0]
    heard_as_ai = (
        pull[source]
        + rng.normal(0, taste.verdict_clip, number)[clip]
        + rng.normal(0, taste.verdict_participant, listeners)[person]
        + rng.normal(size=len(clip))
    )
    return pd.DataFrame(
        {
            "participant": np.char.add("p", np.char.zfill(person.astype(str), 4)),
            "clip": np.char.add("c", np.char.zfill(clip.astype(str), 4)),
            "source": pd.Categorical.from_codes(source, names),
            "origin": np.where(source == 0, "human", "ai"),
            "verdict": np.where(heard_as_ai > 0, "ai", "human"),
            "rating": 1 + np.searchsorted(taste.thresholds, place),
            "position": np.tile(np.arange(1, order.shape[1] + 1), listeners),
        }
    )
