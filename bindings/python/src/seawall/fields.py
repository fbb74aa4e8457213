"""What can be set, as the library itself describes it: its tables of fields drive the checks, the help and the signatures."""
from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Iterable, Mapping, Union

from ._library import FOREVER, ffi, lib, text, written
from .durations import nanoseconds
from .errors import InvalidError, must, new_error
from .given import string

Setting = Union[int, float, str, timedelta, Iterable[Any]]
"""A value for a field: of its own type, or a text as in configuration files ("30s", "25%", "auto")."""

@dataclass(frozen=True)
class Field:
    """One field of a kind. Bounds are in the field's own unit, nanoseconds for durations; ``default`` is a text as in files."""

    key: str
    type: str
    unit: str
    text: str
    choices: tuple[str, ...]
    minimum: float
    maximum: float
    automatic: bool
    zero: bool
    required: bool
    live: bool
    default: str | None

    @property
    def allowed(self) -> str:
        """What may stand there, in words."""
        if self.type == 'choice':
            return 'one of ' + ', '.join(self.choices)
        if self.type in ('faults', 'switch'):
            return {'faults': 'fault kinds', 'switch': 'a bool'}[self.type]
        if self.type == 'text':
            return f'up to {self.maximum:.0f} bytes'
        least, most = self._bound(self.minimum), self._bound(self.maximum)
        return f'{least} to {most}' + (', or 0' if self.zero else '') + (', or "auto"' if self.automatic else '')

    def _bound(self, value: float) -> str:
        if math.isinf(value):
            return 'inf'
        return f'{value / 1e9:.10g} s' if self.type == 'duration' else f'{value:.10g}'

    def spell(self, value: Setting) -> str:
        """The value as the library reads it; what is allowed is for the library to say."""
        if isinstance(value, str):
            return value
        if self.type == 'duration':
            length = nanoseconds(value)  # type: ignore[arg-type]
            return f'{length}ns' if length != FOREVER else 'inf'
        if self.type == 'switch' and isinstance(value, int):
            return {0: 'off', 1: 'on'}.get(value, str(value))
        if self.type == 'faults' and not isinstance(value, (int, float, timedelta)):
            return ', '.join(str(one) for one in value) or 'none'
        return repr(value) if isinstance(value, float) else str(value)


def kinds() -> tuple[str, ...]:
    """Every kind of object that has settings, as configuration files spell it."""
    return tuple(text(lib.seawall_config_kind(index)) for index in range(lib.seawall_config_kind_count()))


def _default(kind: bytes, config: Any, key: str) -> str | None:
    return written(lambda room, size, needed: lib.seawall_config_get(kind, config, key.encode(), room, size, needed))


def _read(kind: str) -> dict[str, Field]:
    spelled, row, found = kind.encode(), ffi.new('seawall_field *'), {}
    size = lib.seawall_config_size(spelled)
    config = ffi.new('char[]', size)
    must(lib.seawall_config_init(spelled, config, size))
    for index in range(lib.seawall_config_field_count(spelled)):
        row.size = ffi.sizeof('seawall_field')
        must(lib.seawall_config_field(spelled, index, row))
        key = text(row.key)
        found[key] = Field(
            key=key, type=text(lib.seawall_field_type_name(row.type)), unit=text(row.unit), text=text(row.text),
            choices=tuple(text(row.choices).split(', ')) if row.type == lib.SEAWALL_FIELD_CHOICE else (),
            minimum=row.minimum, maximum=row.maximum, automatic=bool(row.automatic), zero=bool(row.zero),
            required=bool(row.required), live=bool(row.live), default=None if row.required else _default(spelled, config, key))
    return found


_tables: dict[str, dict[str, Field]] = {}


def fields(kind: str) -> Mapping[str, Field]:
    """The fields of a kind, by their keys."""
    if string(kind, 'a kind') and kind not in _tables:
        if lib.seawall_config_size(kind.encode()) == 0:
            raise InvalidError(f'there is no kind {kind!r}')
        _tables[kind] = _read(kind)
    return _tables[kind]


def _unknown(what: str, key: str, table: Mapping[str, Field]) -> TypeError:
    near = difflib.get_close_matches(key, table, 1)
    more = f'; did you mean {near[0]!r}?' if near else ''
    return TypeError(f'{what}() got an unexpected keyword argument {key!r}{more}')


def spelled(what: str, kind: str, settings: Mapping[str, Setting]) -> dict[str, str]:
    """The settings as texts. TypeError for a keyword that is no field: `what` is what was called."""
    table = fields(kind)
    for key in settings:
        if key not in table:
            raise _unknown(what, key, table)
    return {key: _spelled(f'{kind}.{key}', table[key], value) for key, value in settings.items()}


def _spelled(place: str, field: Field, value: Setting) -> str:
    try:
        said = field.spell(value)
        string(said, 'it')
    except TypeError as error:
        raise TypeError(f'{place}: {error}') from None
    except InvalidError as error:
        wrong = InvalidError(f'{place}: {error}; it may be {field.allowed}')
        wrong.key = place
        raise wrong from None
    return said


def configured(what: str, kind: str, struct: str, settings: Mapping[str, Setting]) -> Any:
    """A config struct with every default but these settings, each checked by the library."""
    texts, error = spelled(what, kind, settings), new_error()
    config = ffi.new(f'{struct} *')
    must(lib.seawall_config_init(kind.encode(), config, ffi.sizeof(struct)))
    for key, value in texts.items():
        must(lib.seawall_config_set(kind.encode(), config, key.encode(), value.encode(), error), error)
    return config


def help_text(kind: str) -> str:
    """The table of a kind's fields, for people."""
    lines = []
    for field in fields(kind).values():
        default = 'required' if field.required else f'default {field.default}'
        lines.append(f'{field.key}: {field.allowed}; {default}\n    {field.text}')
    return '\n'.join(lines)
