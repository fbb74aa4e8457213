"""Durations: timedelta or seconds outside, nanoseconds inside."""
from __future__ import annotations

import math
from datetime import timedelta
from typing import Union

from ._library import FOREVER
from .errors import InvalidError

Duration = Union[int, float, timedelta]
"""A timedelta, or seconds; math.inf is without end."""

_DAY, _SECOND, _MICROSECOND = 86_400_000_000_000, 1_000_000_000, 1_000


def nanoseconds(duration: Duration) -> int:
    """The duration in whole nanoseconds, at most FOREVER."""
    if isinstance(duration, timedelta):
        exact = duration.days * _DAY + duration.seconds * _SECOND + duration.microseconds * _MICROSECOND
    elif isinstance(duration, bool) or not isinstance(duration, (int, float)):
        raise TypeError(f'a duration is a timedelta or a number of seconds, not {duration!r}')
    elif isinstance(duration, int):
        exact = duration * _SECOND
    elif math.isnan(duration):
        raise InvalidError('a duration cannot be nan')
    elif math.isinf(exactly := duration * _SECOND):
        exact = FOREVER if exactly > 0 else -FOREVER
    else:
        exact = round(exactly)
    return max(-FOREVER, min(exact, FOREVER))


def seconds(duration: int) -> float:
    """Nanoseconds as seconds; FOREVER is math.inf."""
    return math.inf if duration == FOREVER else duration / _SECOND


def hint(duration: int) -> float | None:
    """A "not before" in seconds, None if nobody said."""
    return seconds(duration) if duration > 0 else None
