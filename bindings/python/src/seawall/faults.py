"""Fault kinds, and which exception means which."""
from __future__ import annotations

import enum
import socket
import time
import urllib.error
from typing import Any, Callable, Iterator, Mapping, Union

from ._library import ffi, lib, text
from .durations import Duration, seconds
from .errors import CancelledError, FailedError, RefusedError, TimedOutError
from .given import string


class Fault(enum.IntEnum):
    """How an operation failed. ``str()`` is the spelling of configurations."""

    NONE = 0
    IGNORED = 1
    CONNECTION_TIMEOUT = 2
    SERVICE_UNAVAILABLE = 3
    RATE_LIMIT_EXCEEDED = 4
    TIMEOUT = 5
    INTERNAL = 6
    OTHER = 7
    AUTHENTICATION_FAILED = 8
    AUTHORIZATION_DENIED = 9
    INVALID_REQUEST = 10
    NOT_FOUND = 11
    CONFLICT = 12
    LOCAL_RESOURCES = 13

    def __str__(self) -> str:
        return text(lib.seawall_fault_name(int(self)))

    @classmethod
    def named(cls, name: str) -> Fault:
        """The kind that is spelled so."""
        found = ffi.new('seawall_fault *')
        if lib.seawall_fault_from_name(string(name, 'a fault kind'), found) != lib.SEAWALL_OK:
            raise ValueError(f'there is no fault kind {name!r}')
        return cls(found[0])


class Verdict:
    """How an attempt ended: a fault kind, and if known the operation's own code and the server's own delay in seconds."""

    __slots__ = ('fault', 'code', 'retry_after')

    def __init__(self, fault: Fault, code: int = 0, retry_after: Duration | None = None) -> None:
        self.fault, self.code, self.retry_after = fault, code, retry_after

    def __repr__(self) -> str:
        return f'Verdict({self.fault!s}, code={self.code}, retry_after={self.retry_after})'


Judged = Union[Fault, Verdict, None]
Rule = Union[Fault, Callable[[Any], Judged]]
"""A fault kind, or a function of the exception that answers one, a Verdict, or None: ask the rule for the class above."""


def retry_after(value: str | None) -> float | None:
    """The delay in seconds that a Retry-After header asks for, a number or a date; None if it says nothing sensible."""
    if value is None:
        return None
    delay = ffi.new('seawall_duration *')
    if lib.seawall_retry_after_parse_at(value.encode(errors='replace'), int(time.time()), delay) != lib.SEAWALL_OK:
        return None
    return seconds(delay[0])


def http_status(status: int, headers: Mapping[str, str] | None = None) -> Verdict:
    """The verdict on an HTTP response."""
    said = headers.get('Retry-After') if headers is not None else None
    wish = retry_after(str(said)) if said is not None else None
    return Verdict(Fault(lib.seawall_fault_from_http_status(status)), status, wish)


def http_response(error: Any) -> Judged:
    """A rule for exceptions of HTTP clients that carry their response, as those of requests, httpx and aiohttp do."""
    response = getattr(error, 'response', None)
    for place in (response, error):
        status = _code(getattr(place, 'status_code', getattr(place, 'status', getattr(place, 'code', None))))
        if status is not None:
            return http_status(status, getattr(place, 'headers', None))
    return None


def grpc_status(error: Any) -> Judged:
    """A rule for grpc.RpcError."""
    code = error.code()
    number = code.value[0] if hasattr(code, 'value') else int(code)
    return Verdict(Fault(lib.seawall_fault_from_grpc_status(number)), number)


def _code(said: Any) -> int | None:
    """A code as the library knows it. An exception may have anything where its code should be: OSError('no', 'luck')."""
    return said if isinstance(said, int) and not isinstance(said, bool) and -2**31 <= said < 2**31 else None


def _os_error(error: OSError) -> Judged:
    code = _code(error.errno)
    return Verdict(Fault(lib.seawall_fault_from_errno(code, lib.SEAWALL_PHASE_REQUEST)), code) if code is not None else None


def _name_error(error: socket.gaierror) -> Judged:
    code = _code(error.errno)
    return Verdict(Fault(lib.seawall_fault_from_eai(code)), code) if code is not None else None


def _failed(error: FailedError) -> Judged:
    return Verdict(getattr(error, 'fault', Fault.OTHER), error.code, error.retry_after)


DEFAULTS: Mapping[type[BaseException], Rule] = {
    OSError: _os_error,
    ConnectionError: lambda error: _os_error(error) or Fault.SERVICE_UNAVAILABLE,
    TimeoutError: lambda error: _os_error(error) or Fault.TIMEOUT,
    socket.gaierror: _name_error,
    urllib.error.HTTPError: http_response,
    MemoryError: Fault.LOCAL_RESOURCES,
    # A guarded call inside the operation: what was refused there never reached the dependency.
    RefusedError: Fault.IGNORED,
    CancelledError: Fault.IGNORED,
    TimedOutError: Fault.TIMEOUT,
    FailedError: _failed,
}
"""The rules that hold unless a pipeline has others: the classes of the standard library, by errno where there is one."""


class Faults(Mapping[type[BaseException], Rule]):
    """A mapping from exception types to fault kinds: what is given here, over the defaults. The nearest class of an exception's own
    method resolution order decides; an Exception that nothing matches is OTHER. What is no Exception (KeyboardInterrupt, SystemExit,
    asyncio.CancelledError) is never a fault: it ends the call and is raised."""

    def __init__(self, rules: Mapping[type[BaseException], Rule] | None = None) -> None:
        self._rules = {**DEFAULTS, **(rules or {})}
        for kind in self._rules:
            if not (isinstance(kind, type) and issubclass(kind, BaseException)):
                raise TypeError(f'{kind!r} is no exception type')

    def __getitem__(self, kind: type[BaseException]) -> Rule:
        return self._rules[kind]

    def __iter__(self) -> Iterator[type[BaseException]]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    def judge(self, error: BaseException) -> Verdict:
        """What this exception means."""
        if not isinstance(error, Exception):
            return Verdict(Fault.IGNORED)
        for kind in type(error).__mro__:
            rule = self._rules.get(kind)
            judged = rule(error) if callable(rule) and not isinstance(rule, Fault) else rule
            if isinstance(judged, Verdict):
                return judged
            if judged is not None:
                return Verdict(Fault(judged))
        return Verdict(Fault.OTHER)
