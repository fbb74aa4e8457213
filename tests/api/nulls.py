"""Every exported function is called with nothing but NULL and 0: each answers, none falls.

But for those of a turn, which the library lends to a policy for the length of one verb: nobody else can have one to ask.
"""
import os
import signal

from declarations import FFI_HEADER
from gate import BUILD, Gate

LIBRARY = BUILD / 'src' / 'libseawall.so'


def nothing(ffi, kind):
    """NULL, 0, or a struct of them."""
    if kind.kind in ('struct', 'union'):
        return ffi.new(ffi.getctype(kind, '*'))[0]
    return ffi.cast(kind, 0)


def fall(library, ffi, name):
    """Calls it in a child. How the child fell; nothing if it did not."""
    function = getattr(library, name)
    arguments = [nothing(ffi, kind) for kind in ffi.typeof(function).args]
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        try:
            function(*arguments)
            os._exit(0)
        finally:
            os._exit(1)
    ended = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(ended):
        return f'killed by {signal.Signals(os.WTERMSIG(ended)).name}'
    return '' if ended == 0 else 'could not be called'


def main():
    gate = Gate()
    try:
        from cffi import FFI
    except ImportError:
        gate.skip('called with nothing', 'cffi of /usr/bin/python3 not found')
        gate.finish()
    ffi = FFI()
    ffi.cdef(FFI_HEADER.read_text(encoding='utf-8'))
    library = ffi.dlopen(str(LIBRARY))
    for name in sorted(name for name in dir(library) if name.startswith('seawall_') and not name.startswith('seawall_turn_')):
        gate.check(name, fall(library, ffi, name))
    gate.finish()


main()
