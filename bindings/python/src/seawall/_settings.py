"""One base class for each kind of object: its signature and its help come from the library's tables.

_settings.pyi, made from the same tables when the package is built, tells type checkers and editors.
"""
from __future__ import annotations

import inspect
from typing import Any, ClassVar

from . import given
from ._library import ffi, lib, owned
from .errors import must, new_error
from .fields import configured, fields, help_text
from .platform import Platform, pointer_of


class Component:
    """An object of the library with settings."""

    kind: ClassVar[str]
    """As configuration files spell it."""
    _c_name: ClassVar[str]
    _extras: ClassVar[tuple[str, ...]] = ()
    _pointer: Any
    _calls_back = False  # whether it calls functions of Python

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        kind = getattr(cls, 'kind', None)
        if kind is None or cls.__module__ == __name__:
            return
        text = f'{inspect.cleandoc(cls.__doc__ or "")}\n\nSettings, as keywords:\n\n{help_text(kind)}\n'
        cls.__doc__ = text
        only = inspect.Parameter.KEYWORD_ONLY
        names = ['name', 'platform', *cls._extras]
        keywords = [inspect.Parameter(name, only, default=None) for name in names]
        keywords += [inspect.Parameter(key, only, default=inspect.Parameter.empty if field.required else field.default)
                     for key, field in fields(kind).items()]
        cls.__signature__ = inspect.Signature(keywords)  # type: ignore[attr-defined]

    def __init__(self, *, name: str | None = None, platform: Platform | None = None, **settings: Any) -> None:
        extras = {key: settings.pop(key) for key in self._extras if settings.get(key) is not None}
        for key in self._extras:
            settings.pop(key, None)
        self.name = name or self.kind
        given.string(self.name, 'the name of a policy')
        self.platform = platform
        config = configured(type(self).__name__, self.kind, f'seawall_{self._c_name}_config', settings)
        self._pointers: dict[str, Any] = {}
        self._prepare(**extras)
        for member, value in self._pointers.items():
            setattr(config, member, value)
        made, error = ffi.new(f'seawall_{self._c_name} **'), new_error()
        create = getattr(lib, f'seawall_{self._c_name}_create')
        must(create(config, pointer_of(platform), made, error), error)
        self._own(made[0])

    @classmethod
    def _adopt(cls, pointer: Any, name: str, platform: Platform | None) -> Any:
        """An object around a reference that somebody else made, and that is ours now."""
        self = cls.__new__(cls)
        self.name, self.platform, self._pointers = name, platform, {}
        self._prepare()
        self._own(pointer)
        return self

    def _own(self, pointer: Any) -> None:
        self._pointer = owned(pointer, getattr(lib, f'seawall_{self._c_name}_destroy'), self.platform)

    def _prepare(self, **extras: Any) -> None:
        """Takes what no text can say, and puts what the library needs of it into `_pointers`: members of the config."""

    def _look(self, kind: Any) -> Any:
        """A snapshot."""
        struct = f'seawall_{self._c_name}_snapshot'
        snapshot = ffi.new(f'{struct} *')
        snapshot.size = ffi.sizeof(struct)
        must(getattr(lib, f'seawall_{self._c_name}_get_snapshot')(self._pointer, snapshot))
        return kind._of(snapshot)

    def reconfigure(self, **settings: Any) -> None:
        """Other settings while it is in use, from the defaults: all or nothing. Functions and objects that it was made with stay."""
        config, error = configured('reconfigure', self.kind, f'seawall_{self._c_name}_config', settings), new_error()
        for member, value in self._pointers.items():
            setattr(config, member, value)
        must(getattr(lib, f'seawall_{self._c_name}_reconfigure')(self._pointer, config, error), error)

    def __repr__(self) -> str:
        return f'<{type(self).__name__} {self.name!r}>'


def _base(name: str, kind: str, c_name: str, *extras: str) -> Any:
    return type(name, (Component,), {'kind': kind, '_c_name': c_name, '_extras': extras, '__module__': __name__})


CircuitBreaker = _base('CircuitBreaker', 'circuit_breaker', 'breaker', 'predicate')
Retry = _base('Retry', 'retry', 'retry', 'predicate', 'budget')
RetryBudget = _base('RetryBudget', 'retry_budget', 'retry_budget')
Timeout = _base('Timeout', 'timeout', 'timeout')
RateLimiter = _base('RateLimiter', 'rate_limiter', 'limiter')
Bulkhead = _base('Bulkhead', 'bulkhead', 'bulkhead')
Hedge = _base('Hedge', 'hedge', 'hedge', 'retry_budget')
Fallback = _base('Fallback', 'fallback', 'fallback', 'value', 'function', 'pipeline')
Chaos = _base('Chaos', 'chaos', 'chaos')
ThreadPool = _base('ThreadPool', 'thread_pool', 'pool')
