"""Cancellation: a token that is cancelled once, from any thread, and reaches every guarded call that is made under it."""
from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from ._library import ffi, lib, owned
from . import given
from .errors import must, new_error
from .platform import Platform, pointer_of

_current: ContextVar[CancelToken | None] = ContextVar('seawall_cancel', default=None)
# What stood there before each block that has not ended: in the context, as many threads and tasks may be under one token.
_before: ContextVar[tuple[Any, ...]] = ContextVar('seawall_cancel_before', default=())


class CancelToken:
    """Guarded calls inside ``with token:`` are called off when :meth:`cancel` is called: waits and sleeps end at once, coroutines are
    interrupted, a function that runs is asked (:attr:`seawall.Attempt.cancelled`), and the call raises CancelledError.

    Tokens form trees: cancelling one cancels all below it. An asyncio task that is cancelled needs no token.
    """

    def __init__(self, parent: CancelToken | None = None, *, platform: Platform | None = None) -> None:
        if parent is not None:
            given.instance(parent, CancelToken, 'the parent')
        self.parent = parent
        self.platform: Platform | None = platform or (parent.platform if parent is not None else None)
        config, made, error = ffi.new('seawall_cancel_config *'), ffi.new('seawall_cancel **'), new_error()
        must(lib.seawall_cancel_config_init(config, ffi.sizeof('seawall_cancel_config')))
        if parent is not None:
            config.parent = parent._pointer
        place = pointer_of(self.platform)
        must(lib.seawall_cancel_create(config, place, made, error), error)
        self._pointer: Any = owned(made[0], lib.seawall_cancel_destroy, self.platform)

    def cancel(self) -> None:
        """Cancels it and all below it. Any thread; again is no harm."""
        must(lib.seawall_cancel_trigger(self._pointer))

    @property
    def cancelled(self) -> bool:
        return bool(lib.seawall_cancel_is_cancelled(self._pointer))

    def fileno(self) -> int:
        """A descriptor that is readable once it is cancelled, for select and the like. Never read or close it."""
        found = ffi.new('int32_t *')
        must(lib.seawall_cancel_descriptor(self._pointer, found))
        return int(found[0])

    def __enter__(self) -> CancelToken:
        _before.set((_current.get(), _before.get()))
        _current.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        before, further = _before.get()
        _current.set(before)
        _before.set(further)


def current_token() -> CancelToken | None:
    """The token that guarded calls are under here."""
    return _current.get()
