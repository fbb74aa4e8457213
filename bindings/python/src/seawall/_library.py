"""Finds the library and binds it. Nothing else knows where it is, or that cffi does the work."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from . import _abi

ffi: Any = _abi.ffi
NULL: Any = ffi.NULL
FOREVER: int = 2**63 - 1


def _places() -> list[str]:
    """Where to look: where the user says, in the wheel, where the system's loader looks."""
    told = os.environ.get('SEAWALL_LIBRARY')
    if told:
        return [told]
    packed = Path(__file__).with_name('libseawall.so.0')
    return [str(packed)] if packed.exists() else ['libseawall.so.0']


def _open() -> Any:
    problems = []
    for place in _places():
        try:
            found = ffi.dlopen(place)
        except OSError as error:
            problems.append(str(error))
            continue
        # The structs of these declarations must be known to the library: it may be newer, and not older.
        least = found.SEAWALL_VERSION_MAJOR * 1_000_000 + found.SEAWALL_VERSION_MINOR * 1_000 + found.SEAWALL_VERSION_PATCH
        if found.seawall_version() < least:
            raise ImportError(f'{place} is older than this binding: {ffi.string(found.seawall_version_string()).decode()}')
        return found
    raise ImportError(f'libseawall was not found ({"; ".join(problems)}); SEAWALL_LIBRARY may name the file')


lib: Any = _open()


def text(pointer: Any) -> str:
    """A C string as a str."""
    return str(ffi.string(pointer).decode(errors='replace'))


def written(fill: Any) -> str:
    """What a function of the family (text, size, needed) writes: asked for the size first, and again if it has grown since."""
    needed = ffi.new('size_t *')
    status = fill(NULL, 0, needed)
    while status == lib.SEAWALL_TOO_SMALL:
        room = needed[0] + 64
        buffer = ffi.new('char[]', room)
        status = fill(buffer, room, needed)
        if status == lib.SEAWALL_OK:
            return text(buffer)
    if status == lib.SEAWALL_OK:
        return ''
    from .errors import error_of
    raise error_of(status)


def owned(pointer: Any, destroy: Any, *alive: Any) -> Any:
    """The pointer, given up with `destroy` when nobody uses it any more; until then, what is `alive` stays alive."""
    if all(one is None for one in alive):
        return ffi.gc(pointer, destroy)
    return ffi.gc(pointer, lambda it: (destroy(it), alive))
