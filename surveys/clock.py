"""The time as a participant's pages see it: the real time, or the time of a robot.

A robot needs no real time to listen to a clip of 20 seconds, but must pass the same checks as people. So the pages ask
this module for the time and nothing else.
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
    """Within the context, `now()` returns `clock()`."""
    token = _clock.set(clock)
    try:
        yield
    finally:
        _clock.reset(token)
