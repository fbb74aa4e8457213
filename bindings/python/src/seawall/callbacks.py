"""Functions of Python that the library calls.

There is one C function for each type of callback, made once and never freed; what is meant travels as a number. So a callback cannot
be collected while the library may still call it: a number that means nothing any more is answered with "no opinion".
"""
from __future__ import annotations

import itertools
import os
import threading
import weakref
from types import TracebackType
from typing import Any, Callable

from ._library import ffi

_numbers = itertools.count(1)
_kept: dict[int, Any] = {}


class _Driving(threading.local):
    """The run that this thread drives at the moment."""

    slot: Any = None


driving = _Driving()


_forked: weakref.WeakSet[Any] = weakref.WeakSet()


def in_child(thing: Any) -> None:
    """Has its `_in_child` called in the child of every fork: other threads may have been in the middle of it."""
    _forked.add(thing)


def _in_child() -> None:
    for thing in list(_forked):
        thing._in_child()


os.register_at_fork(after_in_child=_in_child)


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


def _surface(_kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """An exception that left a callback: raised by the call that is under way on this thread, or else told as Python tells of
    exceptions that nobody can receive. It comes without its traceback."""
    slot = driving.slot
    if slot is not None:
        slot.surfaced = error.with_traceback(trace)
    else:
        tell(error.with_traceback(trace))


class _Passing:
    """Something that goes as soon as it is there."""

    __slots__ = ('__weakref__',)


class _Telling:
    """The callback of a weak reference, which raises."""

    def __init__(self, error: BaseException, function: Any) -> None:
        self.error, self.function = error, function

    def __call__(self, _gone: Any) -> None:
        raise self.error

    def __repr__(self) -> str:
        return 'a callback of Seawall' if self.function is None else repr(self.function)


def tell(error: BaseException, function: Any = None) -> None:
    """Tells of an exception that nobody can receive, and that the function raised if it is known. Only Python itself can make what the
    sys.unraisablehook that is there by default takes: so it is raised where only Python can tell of it."""
    passing = _Passing()
    waiting = weakref.ref(passing, _Telling(error, function))
    del passing, waiting


def _tell(_kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The same where an exception may end no call; but one that is no Exception, a signal's say, is for who makes the call."""
    if isinstance(error, Exception) or driving.slot is None:
        tell(error.with_traceback(trace))
    else:
        driving.slot.surfaced = error.with_traceback(trace)


def callback(c_type: str, otherwise: Any = None, surfaces: bool = True) -> Callable[[Callable[..., Any]], Any]:
    """Makes a function one that C can call. `otherwise` is the answer if it raises; `surfaces` whether the exception may end the
    guarded call that is under way."""
    more: dict[str, Any] = {'onerror': _surface if surfaces else _tell}
    if otherwise is not None:
        more['error'] = otherwise

    def make(function: Callable[..., Any]) -> Any:
        return ffi.callback(c_type, function, **more)
    return make
