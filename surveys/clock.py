"""What time it is for a participant: the wall's, or a robot's own.

Robots listen to a clip of 20 seconds in no time at all, yet pass the same checks as people, because the pages ask
here and nowhere else.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_clock: ContextVar[Callable[[], datetime]] = ContextVar("clock", default=timezone.now)


def now() -> datetime:
    return _clock.get()()


@contextmanager
def use_clock(clock: Callable[[], datetime]) -> Iterator[None]:
    """Inside, `now()` is what `clock()` says."""
    token = _clock.set(clock)
    try:
        yield
    finally:
        _clock.reset(token)
