"""What the library exports, what it hides, and what it asks of the system."""
import re

from declarations import difference, in_headers, map_lines
from gate import BUILD, Gate, output

SHARED = BUILD / 'src' / 'libseawall.so'
STATIC = BUILD / 'src' / 'libseawall.a'
NEEDED = r'lib(c|m|pthread)\.so\.\d+|libc\.so|ld-linux-.*'
# A library neither ends the program nor speaks on its behalf.
FORBIDDEN = re.compile(r'(__)?_?(abort|exit|_Exit|quick_exit|v?f?printf|puts|fputs|putc|fputc|putchar|fwrite|perror|vsyslog|syslog'
                       r'|assert_fail|stdout|stderr|errx?|warnx?)(_chk)?')


def symbols(path, *flags):
    """(kind, name) of every symbol; versions cut off."""
    for line in output(['nm', *flags, path]).splitlines():
        words = line.split()
        if len(words) >= 2 and len(words[-2]) == 1:
            yield words[-2], words[-1].partition('@')[0]


def main():
    gate = Gate()
    listed = map_lines()
    gate.check('seawall.map is sorted, each name once', [] if listed == sorted(set(listed)) else ['sort -u its names'])
    gate.check('seawall.map = the public headers', difference(set(listed), 'seawall.map', in_headers(), 'the headers'))
    exported = {name for kind, name in symbols(SHARED, '-D', '--defined-only') if kind != 'A'}
    gate.check('the shared library exports seawall.map', difference(exported, 'libseawall.so', set(listed), 'seawall.map'))
    outside = {name for _, name in symbols(STATIC, '-g', '--defined-only')}
    gate.check('internal symbols start with sw_', sorted(name for name in outside - set(listed) if not name.startswith('sw_')))
    wanted = sorted({name for _, name in symbols(SHARED, '-D', '--undefined-only')})
    gate.check('never aborts, exits or prints', [name for name in wanted if FORBIDDEN.fullmatch(name)])
    dynamic = output(['readelf', '-d', SHARED])
    gate.check('needs libc, libm and libpthread only',
               [name for name in re.findall(r'\(NEEDED\).*\[(.*)\]', dynamic) if not re.fullmatch(NEEDED, name)])
    gate.check('soname is libseawall.so.0', [] if 'Library soname: [libseawall.so.0]' in dynamic else dynamic)
    gate.check('can be loaded late: no static TLS', [line for line in dynamic.splitlines() if 'STATIC_TLS' in line])
    gate.finish()


main()
