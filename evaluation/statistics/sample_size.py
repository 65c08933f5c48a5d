"""How large a survey should be, in sentences made from numbers: what it will find, what would help, what is cheapest.

The arithmetic is `planning`'s; nothing here is estimated.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from evaluation.statistics.power import (
    RATINGS,
    Plan,
    Spread,
    advice,
    clips_needed,
    listeners_needed,
    power,
    smallest_difference,
)
from evaluation.statistics.reasons import quantity

MOST_CLIPS = 200  # of each source, when looking for the cheapest survey
SURE = 0.999  # above it, "nearly all"


@dataclass(frozen=True)
class Wish:
    """What somebody wants to find out, with what, at which price.

    Parameters
    ----------
    plan : listeners, clips and sources as they are thought of now
    difference : between two sources, that is to be found
    power : in which share of such surveys it is to be found, 0 to 1
    unit : of `difference` and of `spread`
    listener_cost, clip_cost : of one more of each, in any currency; 0 for both: not asked
    """

    plan: Plan
    spread: Spread = RATINGS
    difference: float = 0.5
    power: float = 0.8
    unit: str = "points"
    listener_cost: float = 0.0
    clip_cost: float = 0.0


@dataclass(frozen=True)
class Offer:
    """A survey that finds what is wished for."""

    listeners: int
    clips: int  # of each source
    cost: float


def sentences(wish: Wish) -> list[str]:
    """Everything there is to say about a wish, the most useful first."""
    parts = [advice(wish.plan, wish.spread, unit=wish.unit, power=wish.power), _chance(wish), _advice(wish)]
    return [sentence for sentence in (*parts, _price(wish)) if sentence]


def cheapest(wish: Wish) -> Offer | None:
    """The cheapest survey that finds the difference; None where no price is known or no survey would."""
    if not (wish.listener_cost or wish.clip_cost):
        return None
    return min(_offers(wish), key=lambda offer: (offer.cost, offer.clips), default=None)


def _offers(wish: Wish) -> Iterator[Offer]:
    plan, dearest = wish.plan, None
    for clips in range(2, MOST_CLIPS + 1):
        for_clips = clips * plan.sources * wish.clip_cost
        if dearest is not None and for_clips > dearest:
            return
        listeners = listeners_needed(
            wish.difference, clips, wish.spread, sources=plan.sources, heard=plan.heard, power=wish.power
        )
        if listeners is not None:
            offer = Offer(listeners, clips, for_clips + listeners * wish.listener_cost)
            dearest = offer.cost if dearest is None else min(dearest, offer.cost)
            yield offer


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _chance(wish: Wish) -> str:
    if wish.plan.clips < 2 or wish.plan.listeners < 2:
        return ""
    reached = power(wish.difference, wish.plan, wish.spread)
    share = "nearly all" if reached > SURE else _percent(reached)
    return f"A difference of {wish.difference:.2f} {wish.unit} is found in {share} of such surveys."


def _advice(wish: Wish) -> str:
    plan, spread = wish.plan, wish.spread
    if smallest_difference(plan, spread, power=wish.power) <= wish.difference:
        return ""
    difference, sources, heard, wanted = wish.difference, plan.sources, plan.heard, wish.power
    listeners = listeners_needed(difference, plan.clips, spread, sources=sources, heard=heard, power=wanted)
    clips = clips_needed(difference, plan.listeners, spread, sources=sources, heard=heard, power=wanted)
    by_listeners = f"{quantity(listeners, 'listener')} with these clips" if listeners else ""
    by_clips = f"{quantity(clips, 'clip')} of each model with these listeners" if clips else ""
    ways = " or ".join(way for way in (by_clips, by_listeners) if way)
    if not ways:
        return f"For {_percent(wish.power)} it takes more clips and more listeners: neither alone is enough."
    never = "" if listeners else f"; with {quantity(plan.clips, 'clip')} of each, no number of listeners is enough"
    return f"For {_percent(wish.power)} it takes {ways}{never}."


def _price(wish: Wish) -> str:
    if not (wish.listener_cost or wish.clip_cost):
        return ""
    offer = cheapest(wish)
    if offer is None:
        return (
            f"No survey with up to {MOST_CLIPS} clips of each model finds {wish.difference:.2f} {wish.unit} so often."
        )
    plan = wish.plan
    now = plan.listeners * wish.listener_cost + plan.clips * plan.sources * wish.clip_cost
    return (
        f"The cheapest survey that finds it in {_percent(wish.power)}: {quantity(offer.clips, 'clip')} of each model "
        f"and {quantity(offer.listeners, 'listener')}, for {offer.cost:,.2f} in all; the one above costs {now:,.2f}."
    )
