"""What callers give, looked at before the library sees it: an error names what is wrong, and what may stand there."""
from __future__ import annotations

from typing import Any, Callable

from .errors import InvalidError

_MOST = 2**31 - 1


def string(value: Any, what: str = 'a name') -> bytes:
    """A text as C knows it: whole, or not at all."""
    if not isinstance(value, str):
        raise TypeError(f'{what} is a str, not {value!r}')
    if '\0' in value:
        raise InvalidError(f'{what} has no NUL in it: {value!r}')
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise InvalidError(f'{what} is UTF-8: {value!r}') from None


def number(value: Any, what: str, least: int = 1, most: int = _MOST) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f'{what} is a whole number, not {value!r}')
    if value < least:
        raise InvalidError(f'{what}: {value} is below {least}')
    if value > most:
        raise InvalidError(f'{what}: {value} is above {most}')
    return value


def function(value: Any, what: str) -> Callable[..., Any]:
    if not callable(value):
        raise TypeError(f'{what} is a function, not {value!r}')
    return value  # type: ignore[no-any-return]


def instance(value: Any, kind: type, what: str) -> Any:
    if isinstance(value, kind):
        return value
    raise TypeError(f'{what} is a {kind.__name__}, not ' + (f'the class {value.__name__}' if isinstance(value, type) else repr(value)))
