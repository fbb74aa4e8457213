"""What a set of checks says as JSON is read by a real parser, and every name and message comes through, whatever its bytes are."""
import ctypes as c
import json
import os
import random

from gate import Gate
from tables import load

NAME_MAX, MESSAGE_SIZE, WHOLE, FAIL = 63, 160, 3, 3


class Run(c.Structure):
    _fields_ = [('size', c.c_uint32), ('reserved', c.c_uint32), ('name', c.c_char_p), ('ticket', c.c_uint64), ('deadline', c.c_int64),
                ('message', c.c_char * MESSAGE_SIZE)]


FUNCTION = c.CFUNCTYPE(c.c_int32, c.POINTER(Run), c.c_void_p)


class Binding(c.Structure):
    _fields_ = [('size', c.c_uint32), ('reserved', c.c_uint32), ('function', FUNCTION), ('heartbeat', c.c_void_p), ('release', c.c_void_p),
                ('user', c.c_void_p)]


def some_bytes(source, most):
    """Bytes without NUL; often such as look like text, or nearly."""
    pieces = [b'"', b'\\', b'\n', b'\x1b[2J', b'</script>', '\u00e4\u20ac\U0001f30a'.encode(), b'\xed\xa0\x80', b'\xc0\xaf', b'a', b' ',
              b'\xff', b'\x7f', b'\xf4\x90\x80\x80', b'},{']
    made = b''
    while len(made) < most:
        piece = source.choice(pieces) if source.random() < 0.7 else bytes([source.randrange(1, 256)])
        if len(made) + len(piece) > most or (made and source.random() < 0.05):
            break
        made += piece
    return made or b'x'


def as_told(given):
    """What is no UTF-8 is told as \\x1b; Python calls that backslashreplace."""
    return given.decode('utf-8', 'backslashreplace')


def ask(library, health):
    needed = c.c_size_t(0)
    library.seawall_health_json(health, WHOLE, None, c.c_size_t(0), c.byref(needed))
    text = c.create_string_buffer(needed.value)
    status = library.seawall_health_json(health, WHOLE, text, needed, None)
    if status != 0:
        raise RuntimeError(f'json: status {status}')
    return json.loads(text.value.decode('utf-8'))


def fill(library, health, checks):
    """Registers a check for each name, which fails with its message. What must be kept alive is returned."""
    def fails(run, _):
        message = checks[run.contents.name]
        c.memmove(c.addressof(run.contents) + Run.message.offset, message + b'\0', len(message) + 1)
        return FAIL

    binding = Binding(size=c.sizeof(Binding), function=FUNCTION(fails))
    for name in checks:
        status = library.seawall_health_register(health, name, None, c.byref(binding), None)
        if status != 0:
            yield f'{name!r}: status {status}'
    upcoming = c.c_int64(0)
    library.seawall_platform_now.restype = c.c_int64
    for _ in range(2):
        library.seawall_health_poll_at(health, c.c_int64(library.seawall_platform_now(None)), c.byref(upcoming))


def differences(library, seed):
    source = random.Random(seed)
    checks = {some_bytes(source, NAME_MAX): some_bytes(source, MESSAGE_SIZE - 1) for _ in range(100)}
    health = c.c_void_p()
    if library.seawall_health_create(None, None, c.byref(health), None) != 0:
        yield 'no set'
        return
    yield from fill(library, health, checks)
    told = ask(library, health)['checks']
    wanted = {as_told(name) + ':responseTime': as_told(message) for name, message in checks.items()}
    for name, message in wanted.items():
        if name not in told:
            yield f'{name!r} is not told'
        elif told[name][0]['output'] != message:
            yield f'{name!r}: {told[name][0]["output"]!r} instead of {message!r}'
    if len(told) != len(wanted):
        yield f'{len(told)} checks instead of {len(wanted)}'
    library.seawall_health_destroy(health)


def main():
    gate = Gate()
    library = load()
    seed = int(os.environ.get('SEAWALL_SEED', random.SystemRandom().randrange(2**64)))
    for turn in range(5):
        gate.check(f'JSON says what it was given, seed {seed + turn}', list(differences(library, seed + turn)))
    gate.finish()


main()
