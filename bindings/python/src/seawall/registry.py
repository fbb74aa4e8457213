"""Objects by name, and from configuration files."""
from __future__ import annotations

import logging
import os
import re
import threading
import weakref
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Callable, Iterator, Mapping

from . import callbacks, given, policies
from ._library import NULL, ffi, lib, owned, text, written
from .breakers import Transition
from .durations import seconds
from .errors import ConfigError, InvalidError, Problem, SeawallError, UnsupportedError, must, new_error
from .events import Event, EventStream, Fanout
from .faults import Rule
from .fields import configured, spelled
from .given import number, string
from .health import Health
from .pipeline import Pipeline, ResultRule
from .platform import Platform, pointer_of

_LISTED = re.compile(r'(\w+)(\s*"((?:[^"\\]|\\.)*)")?')  # a policy in a list, and its name
_ESCAPED = re.compile(r'\\(.)')


@dataclass(frozen=True)
class Origin:
    """A field of an object, and where its value comes from: "default", "call", "file" or "environment"."""

    value: str
    origin: str
    file: str
    line: int
    of_kind: bool


@callbacks.callback('seawall_problem_fn', surfaces=False)
def _found(problem: Any, user: Any) -> None:
    problems = callbacks.kept(callbacks.number_of(user))
    if problems is not None:
        problems.append(Problem(text(problem.file), problem.line, text(problem.section), text(problem.key), text(problem.message),
                                text(problem.text)))


@dataclass(frozen=True)
class Change:
    """Something that a reload did; ``what`` is "created", "applied", "left", "retiring" or "retired"."""

    what: str
    kind: str
    name: str
    key: str
    before: str
    after: str
    text: str

    def __str__(self) -> str:
        return self.text


@callbacks.callback('seawall_change_fn', surfaces=False)
def _changed(change: Any, user: Any) -> None:
    changes = callbacks.kept(callbacks.number_of(user))
    if changes is not None:
        changes.append(Change(text(lib.seawall_change_name(change.what)), text(change.kind), text(change.name), text(change.key),
                              text(getattr(change, 'from')), text(change.to), text(change.text)))


@dataclass(frozen=True)
class RegistryEvent:
    """Something that happened to an object of a registry: it was "made", is "gone", a breaker made a "transition", or a policy of one of
    its pipelines came to a "decision". ``kind`` is that word, ``of`` the kind of object; ``now`` is in seconds."""

    kind: str
    sequence: int
    of: str
    name: str
    now: float
    transition: Transition | None
    decision: Event | None

    def __str__(self) -> str:
        if self.transition is not None:
            return f'{self.of} "{self.name}": {self.transition.before} > {self.transition.after}'
        return str(self.decision) if self.decision is not None else f'{self.of} "{self.name}": {self.kind}'


@callbacks.callback('seawall_registry_listener_fn', surfaces=False)
def _happened(told: Any, user: Any) -> None:
    found = callbacks.kept(callbacks.number_of(user))
    registry = found() if found is not None else None
    if registry is not None and registry._listeners.functions:
        registry._listeners.tell(registry._event(told))


def _content(content: str) -> bytes:
    """What is no UTF-8 in it is for the library to find, with its line."""
    given.instance(content, str, 'a configuration')
    return content.encode(errors='surrogatepass')


class _Loading:
    """One reading of a file: how it is to be read, and what was found."""

    def __init__(self, include: bool, environment: Mapping[str, str] | None) -> None:
        self.problems: list[Problem] = []
        self.changes: list[Change] = []
        self.numbers = callbacks.keep(self.problems), callbacks.keep(self.changes)
        self.config, self.error = ffi.new('seawall_loader_config *'), new_error()
        must(lib.seawall_loader_config_init(self.config, ffi.sizeof('seawall_loader_config')))
        self.config.include, self.config.report = include, _found
        self.config.report_user = callbacks.pointer(self.numbers[0])
        self.config.change, self.config.change_user = _changed, callbacks.pointer(self.numbers[1])
        if environment is not None:
            self.lines = [ffi.new('char[]', os.fsencode(f'{key}={value}')) for key, value in environment.items()]
            self.list = ffi.new('char *[]', [*self.lines, NULL])
            self.config.environment = self.list

    def judge(self, status: int) -> None:
        for number in self.numbers:
            callbacks.drop(number)
        if status == lib.SEAWALL_INVALID:
            first = text(self.error.message)
            more = f' (and {len(self.problems) - 1} more)' if len(self.problems) > 1 else ''
            wrong = ConfigError(first + more)
            wrong.key, wrong.problems = text(self.error.key), tuple(self.problems)
            raise wrong
        must(status, self.error)


def check_file(path: str | os.PathLike[str], *, include: bool = False, environment: Mapping[str, str] | None = None) -> None:
    """Checks a configuration file and makes nothing of it. ConfigError, which has every mistake, with file and line."""
    loading = _Loading(include, environment)
    loading.judge(lib.seawall_loader_check_file(os.fsencode(path), loading.config, NULL, loading.error))


def check_text(content: str, *, name: str = 'text', environment: Mapping[str, str] | None = None) -> None:
    """The same for a text."""
    loading, data = _Loading(False, environment), _content(content)
    loading.judge(lib.seawall_loader_check_text(data, len(data), string(name), loading.config, NULL, loading.error))


class Registry:
    """Objects by name: each is made once, from the defaults of its kind and what is said of its name.

    ::

        registry = Registry.from_file('seawall.conf')
        database = registry.pipeline('database', 'timeout, retry, circuit_breaker')
    """

    def __init__(self, *, max_members: int | None = None, event_capacity: int = 256, platform: Platform | None = None) -> None:
        config, made, error = ffi.new('seawall_registry_config *'), ffi.new('seawall_registry **'), new_error()
        must(lib.seawall_registry_config_init(config, ffi.sizeof('seawall_registry_config')))
        if max_members is not None:
            config.max_members = number(max_members, 'max_members', -2)
        config.event_capacity = number(event_capacity, 'event_capacity', -2)
        must(lib.seawall_registry_create(config, pointer_of(platform), made, error), error)
        self._pointer = owned(made[0], lib.seawall_registry_destroy, platform)
        self.platform = platform
        self._in_child()
        callbacks.in_child(self)
        # One Python object for each of the library's, as long as somebody uses it; one that Python functions belong to as long as
        # the registry is, for the library's own may outlive whoever asked for it.
        self._objects: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self._kept: list[Any] = []
        self._names: dict[str, tuple[str, ...]] = {}
        self._listeners = Fanout()
        self._number = callbacks.keep(weakref.ref(self))
        weakref.finalize(self, callbacks.drop, self._number).atexit = False

    def _in_child(self) -> None:
        self._lock = threading.Lock()

    @classmethod
    def from_file(cls, path: str | os.PathLike[str], *, include: bool = False, environment: Mapping[str, str] | None = None,
                  platform: Platform | None = None) -> Registry:
        """A registry with what the file says; see :meth:`load`."""
        self = cls(platform=platform)
        self.load(path, include=include, environment=environment)
        return self

    def load(self, path: str | os.PathLike[str], *, include: bool = False, environment: Mapping[str, str] | None = None) -> None:
        """Loads a file, all or nothing. ``environment`` (os.environ, say) may override fields by SEAWALL__ variables."""
        loading = _Loading(include, environment)
        loading.judge(lib.seawall_registry_load_file(self._pointer, os.fsencode(path), loading.config, loading.error))

    def load_text(self, content: str, *, name: str = 'text', environment: Mapping[str, str] | None = None) -> None:
        """The same for a text."""
        loading, data = _Loading(False, environment), _content(content)
        loading.judge(lib.seawall_registry_load_text(self._pointer, data, len(data), string(name), loading.config, loading.error))

    def reload(self, path: str | os.PathLike[str], *, include: bool = False,
               environment: Mapping[str, str] | None = None) -> tuple[Change, ...]:
        """Brings a changed file into force while its objects are in use, all or nothing. What it did."""
        loading = _Loading(include, environment)
        loading.judge(lib.seawall_registry_reload_file(self._pointer, os.fsencode(path), loading.config, loading.error))
        return tuple(loading.changes)

    def set(self, kind: str, name: str | None = None, **settings: Any) -> None:
        """Says what fields are to be, where no file says them, in objects made from now on: of all of the kind, or of one name."""
        error = new_error()
        for key, value in spelled('set', kind, settings).items():
            of = string(name) if name is not None else NULL
            must(lib.seawall_registry_set(self._pointer, kind.encode(), of, key.encode(), value.encode(), error), error)

    def _get(self, cls: Any, name: str, settings: Mapping[str, Any]) -> Any:
        settings = dict(settings)
        extras = {key: settings.pop(key) for key in cls._extras if settings.get(key) is not None}
        made, answer, error = ffi.new(f'seawall_{cls._c_name} **'), ffi.new('seawall_registry_answer *'), new_error()
        draft = cls.__new__(cls)
        draft.name, draft.platform, draft._pointers = name, self.platform, {}
        config = NULL
        if settings or extras:
            draft._prepare(**extras)
            if getattr(draft, 'pipeline', None) is not None:
                raise UnsupportedError(f'fallback {name!r}: a registry knows an alternative by its name alone, from a configuration file; '
                                       'a pipeline of Python and a coroutine function take a Fallback and a Pipeline of your own')
            config = configured(cls.kind, cls.kind, f'seawall_{cls._c_name}_config', settings)
            for member, value in draft._pointers.items():
                setattr(config, member, value)
        find = getattr(lib, f'seawall_registry_{cls._c_name}')
        must(find(self._pointer, string(name), config, made, answer, error), error)
        with self._lock:
            address = int(ffi.cast('uintptr_t', made[0]))
            known = self._objects.get(address)
            if known is not None:
                getattr(lib, f'seawall_{cls._c_name}_destroy')(made[0])  # it has a reference already
                return known
            if config == NULL:
                draft._prepare()
            draft._own(made[0])
            self._objects[address] = draft
            if draft._calls_back:
                self._kept.append(draft)
            return draft

    def circuit_breaker(self, name: str, **settings: Any) -> policies.CircuitBreaker:
        """The breaker of this name, made if there is none. What exists keeps its settings."""
        return self._get(policies.CircuitBreaker, name, settings)  # type: ignore[no-any-return]

    def retry(self, name: str, **settings: Any) -> policies.Retry:
        """The retry of this name."""
        return self._get(policies.Retry, name, settings)  # type: ignore[no-any-return]

    def retry_budget(self, name: str, **settings: Any) -> policies.RetryBudget:
        """The retry budget of this name."""
        return self._get(policies.RetryBudget, name, settings)  # type: ignore[no-any-return]

    def timeout(self, name: str, **settings: Any) -> policies.Timeout:
        """The timeout of this name."""
        return self._get(policies.Timeout, name, settings)  # type: ignore[no-any-return]

    def rate_limiter(self, name: str, **settings: Any) -> policies.RateLimiter:
        """The rate limiter of this name."""
        return self._get(policies.RateLimiter, name, settings)  # type: ignore[no-any-return]

    def bulkhead(self, name: str, **settings: Any) -> policies.Bulkhead:
        """The bulkhead of this name."""
        return self._get(policies.Bulkhead, name, settings)  # type: ignore[no-any-return]

    def hedge(self, name: str, **settings: Any) -> policies.Hedge:
        """The hedge of this name."""
        return self._get(policies.Hedge, name, settings)  # type: ignore[no-any-return]

    def fallback(self, name: str, **settings: Any) -> policies.Fallback:
        """The fallback of this name."""
        return self._get(policies.Fallback, name, settings)  # type: ignore[no-any-return]

    def chaos(self, name: str, **settings: Any) -> policies.Chaos:
        """The chaos policy of this name."""
        return self._get(policies.Chaos, name, settings)  # type: ignore[no-any-return]

    def pipeline(self, name: str, policies: str | None = None, *, faults: Mapping[type[BaseException], Rule] | None = None,
                 judge_result: ResultRule | None = None, executor: Executor | None = None) -> Pipeline:
        """The pipeline of this name. ``policies`` as in a file, outermost first: ``timeout, retry "slow", circuit_breaker``; None: what
        the settings say. The rest as for a :class:`Pipeline`."""
        made, error = ffi.new('seawall_pipeline **'), new_error()
        listed = string(policies, 'a list of policies') if policies is not None else NULL
        must(lib.seawall_registry_pipeline(self._pointer, string(name), listed, made, NULL, error), error)
        pipeline = Pipeline._adopt(made[0], name, self.platform, faults, judge_result, executor, self)
        pipeline._interrupting(self._interrupts(name))
        return pipeline

    def _interrupts(self, pipeline: str) -> tuple[bool, ...]:
        """Which of a pipeline's policies are hard timeouts: those of its list, then those of each alternative. Its own description
        names them in full, and a kind without a name is the object of the name of the pipeline in whose list it stands."""
        hard: list[bool] = []
        below: tuple[bool, ...] = ()
        for kind, _, name in _LISTED.findall(self._said('pipeline', pipeline, 'policies')):
            name = _ESCAPED.sub(r'\1', name) or pipeline
            hard.append(kind in ('timeout', 'attempt_timeout') and self._said('timeout', name, 'mode') == 'hard')
            other = self._said('fallback', name, 'pipeline') if kind == 'fallback' else ''
            if other:
                below += self._interrupts(other)
        return *hard, *below

    def _said(self, kind: str, name: str, key: str) -> str:
        """What an object was made from, "" of one that was removed since."""
        try:
            return self.describe(kind, name, key).value
        except InvalidError:
            return ''

    def connect(self, health: Health) -> None:
        """Takes every check and endpoint that the registry knows over into a set of checks, to be called again after a reload. A check
        without a target is a slot: `Health.bind` gives it its function."""
        error = new_error()
        given.instance(health, Health, 'what is connected')
        must(lib.seawall_registry_connect_health(self._pointer, health._pointer, error), error)

    # --- events ---

    def events(self, size: int = 1024) -> EventStream:
        """What happens to its objects from here on, in one order, to be iterated over: RegistryEvents in an EventStream."""
        self._listen()
        return self._listeners.stream(size)

    def on_event(self, function: Callable[[RegistryEvent], Any]) -> Callable[[], None]:
        """Calls the function with each event, on whatever thread made it. Answers a function that ends it."""
        self._listen()
        return self._listeners.add(function)

    def log_events(self, logger: logging.Logger | None = None, level: int | None = None) -> Callable[[], None]:
        """Writes each event to a logger ("seawall" if none is given). Answers a function that ends it."""
        self._listen()
        return self._listeners.log(logger, level)

    def _listen(self) -> None:
        must(lib.seawall_registry_listen(self._pointer, _happened, callbacks.pointer(self._number)))

    def _event(self, told: Any) -> RegistryEvent:
        name, what = text(told.name), text(lib.seawall_registry_event_name(told.what))
        transition = Transition._of(told.transition) if what == 'transition' else None
        decision = Event._of(told.decision, name, self._names_of(name)) if what == 'decision' else None
        return RegistryEvent(what, told.sequence, text(told.kind), name, seconds(told.now), transition, decision)

    def _names_of(self, pipeline: str) -> tuple[str, ...]:
        """What the policies of one of its pipelines are called."""
        if pipeline not in self._names:
            try:
                self._names[pipeline] = self.pipeline(pipeline).names
            except SeawallError:
                return ()  # it was removed meanwhile
        return self._names[pipeline]

    def remove(self, kind: str, name: str) -> None:
        """Forgets the object; who uses it goes on."""
        status = lib.seawall_registry_remove(self._pointer, string(kind, 'a kind'), string(name))
        if status == lib.SEAWALL_INVALID:
            raise InvalidError(f'there is no {kind} {name!r}')
        must(status)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """(kind, name) of every object."""
        member = ffi.new('seawall_member *')
        for index in range(len(self)):
            member.size = ffi.sizeof('seawall_member')
            if lib.seawall_registry_member(self._pointer, index, member) != lib.SEAWALL_OK:
                return  # one was removed meanwhile
            yield text(member.kind), text(member.name)

    def __len__(self) -> int:
        return int(lib.seawall_registry_count(self._pointer))

    def describe(self, kind: str, name: str, key: str) -> Origin:
        """What an object was made from: one field, and where its value comes from."""
        origin = ffi.new('seawall_origin *')
        origin.size = ffi.sizeof('seawall_origin')
        place = string(kind, 'a kind'), string(name), string(key, 'a key')
        try:
            value = written(lambda room, size, needed: lib.seawall_registry_describe(self._pointer, *place, room, size, needed, origin))
        except InvalidError:
            raise InvalidError(f'there is no {kind} {name!r}, or it has no {key!r}') from None
        return Origin(value, text(lib.seawall_origin_name(origin.kind)), text(origin.file), origin.line, bool(origin.of_kind))

    def print(self) -> str:
        """The configuration of every object as the text of a file, with the origin of each value."""
        return written(lambda room, size, needed: lib.seawall_registry_print(self._pointer, room, size, needed))

    def metrics(self) -> str:
        """What its objects have done, as text that Prometheus reads (version 0.0.4)."""
        return written(lambda room, size, needed: lib.seawall_metrics_render(self._pointer, room, size, needed))
