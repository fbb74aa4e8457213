"""seawall_ffi.h: cffi reads it as it is, a C99 compiler too, and it declares exactly what the library exports."""
import re

from declarations import FFI_HEADER, difference, in_ffi_header, map_lines
from gate import CC, HEADERS, SOURCE, Gate, attempt

LIBRARY_MACROS = re.compile(r'^#define (SEAWALL_\w+) \(?(?:-?\d+|U?INT\d+_M(?:AX|IN))\)?$', re.M)


def read_by_cffi(text):
    from cffi import FFI
    ffi = FFI()
    ffi.cdef(text)
    return ffi


def sizes_and_values(ffi):
    """A C program that does not compile unless cffi and the compiler agree on every struct and constant."""
    lines = ['#include <seawall/seawall.h>']
    for name in ffi.list_types()[0]:
        kind = ffi.typeof(name)
        if kind.kind == 'struct' and kind.fields is not None:
            lines.append(f'_Static_assert(sizeof({name}) == {ffi.sizeof(name)}, "{name}");')
            lines += [f'_Static_assert(offsetof({name}, {field}) == {where.offset}, "{name}.{field}");'
                      for field, where in kind.fields]
    library = ffi.dlopen(None)
    for name in sorted(set(re.findall(r'\bSEAWALL_[A-Z0-9_]+(?= = )', FFI_HEADER.read_text(encoding='utf-8')))):
        lines.append(f'_Static_assert({name} == {getattr(library, name)}, "{name}");')
    return '\n'.join(lines) + '\n'


def main():
    gate = Gate()
    text = FFI_HEADER.read_text(encoding='utf-8')
    gate.check('no directives', [line for line in text.splitlines() if line.lstrip().startswith('#')])
    gate.check('C99 after stdint.h, stddef.h and stdbool.h',
               attempt([*CC, '-x', 'c', '-std=c99', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-fsyntax-only', '-'],
                       f'#include <stdint.h>\n#include <stddef.h>\n#include <stdbool.h>\n#include "{FFI_HEADER}"\n'))
    gate.check('declares what seawall.map exports', difference(in_ffi_header(), 'seawall_ffi.h', set(map_lines()), 'seawall.map'))
    constants = {name for path in HEADERS for name in LIBRARY_MACROS.findall(path.read_text(encoding='utf-8'))}
    gate.check('keeps the numbers that are macros, or a function for each',
               sorted(name for name in constants if not re.search(rf'\b{name} = |\b{name.lower()}\(', text)))
    try:
        ffi = read_by_cffi(text)
    except ImportError:
        gate.skip('read by cffi', 'cffi of /usr/bin/python3 not found')
    except Exception as error:  # whatever cffi thinks of it
        gate.check('read by cffi', f'{type(error).__name__}: {error}')
    else:
        gate.check('read by cffi')
        gate.check('cffi and the compiler agree on every size, offset and constant',
                   attempt([*CC, '-x', 'c', '-std=c11', '-fsyntax-only', '-I', SOURCE / 'include', '-'], sizes_and_values(ffi)))
    gate.finish()


main()
