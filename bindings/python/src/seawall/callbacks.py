"""Functions of Python that the library calls.

There is one C function for each type of callback, made once and never freed; what is meant travels as a number. So a callback cannot
be collected while the library may still call it: a number that means nothing any more is answered with "no opinion".
"""
from __future__ import annotations

import itertools
import sys
import threading
from types import TracebackType
from typing import Any, Callable

from ._library import ffi

_numbers = itertools.count(1)
_kept: dict[int, Any] = {}


class _Driving(threading.local):
    """The run that this thread drives at the moment."""

    slot: Any = None


driving = _Driving()


def keep(thing: Any) -> int:
    """A number for it, good until it is dropped, and never given again."""
    number = next(_numbers)
    _kept[number] = thing
    return number


def drop(number: int, _kept: dict[int, Any] = _kept) -> None:
    """Also while the interpreter ends, when the names of modules are gone."""
    _kept.pop(number, None)


def kept(number: int) -> Any:
    """What the number stands for, None if that is gone."""
    return _kept.get(number)


def pointer(number: int) -> Any:
    """The number as the `user` of a callback."""
    return ffi.cast('void *', number)


def number_of(user: Any) -> int:
    return int(ffi.cast('uintptr_t', user))


def _surface(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """An exception that left a callback: raised by the call that is under way on this thread, or else told as Python tells of
    exceptions that nobody can receive."""
    slot = driving.slot
    if slot is not None:
        slot.surfaced = error
    else:
        tell(error)


class _Unraisable:
    """What sys.unraisablehook is handed."""

    err_msg = 'Exception ignored in a callback of Seawall'
    object = None

    def __init__(self, error: BaseException) -> None:
        self.exc_type, self.exc_value, self.exc_traceback = type(error), error, error.__traceback__


def tell(error: BaseException) -> None:
    """Tells of an exception that nobody can receive."""
    unraisable: Any = _Unraisable(error)
    sys.unraisablehook(unraisable)


def _tell(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    tell(error)


def callback(c_type: str, otherwise: Any = None, surfaces: bool = True) -> Callable[[Callable[..., Any]], Any]:
    """Makes a function one that C can call. `otherwise` is the answer if it raises; `surfaces` whether the exception may end the
    guarded call that is under way."""
    more: dict[str, Any] = {'onerror': _surface if surfaces else _tell}
    if otherwise is not None:
        more['error'] = otherwise

    def make(function: Callable[..., Any]) -> Any:
        return ffi.callback(c_type, function, **more)
    return make
