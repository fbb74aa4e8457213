"""What the library exports, what it hides, and what it asks of the system."""
import re

from declarations import difference, in_headers, map_lines
from gate import BUILD, SOURCE, Gate, output, relative

SHARED = BUILD / 'src' / 'libseawall.so'
STATIC = BUILD / 'src' / 'libseawall.a'
NEEDED = r'lib(c|m|pthread)\.so\.\d+|libc\.so|ld-linux-.*'
# A library neither ends the program nor speaks on its behalf.
FORBIDDEN = re.compile(r'(__)?_?(abort|exit|_Exit|quick_exit|v?f?printf|puts|fputs|putc|fputc|putchar|fwrite|perror|vsyslog|syslog'
                       r'|assert_fail|stdout|stderr|errx?|warnx?)(_chk)?')

# What these answer depends on the locale; and so does what printf makes of a number with a point.
LOCAL = re.compile(r'(__isoc99_)?(strto(d|f|ld|l|ll|ul|ull|imax|umax)|ato(f|i|l|ll)|s?scanf|vsscanf|is(alpha|digit|space|alnum|upper|lower|print|punct'
                   r'|xdigit|cntrl|graph)|to(upper|lower)|__ctype_\w+|strn?casecmp|strcoll|strxfrm|strftime|strptime|setlocale'
                   r'|localeconv|newlocale|uselocale|mbs?r?towcs?|wcs?r?tombs?)(_l)?')
POINTED = re.compile(r'"[^"]*%[-+ #0-9.*]*[aAeEfFgG]')


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
    gate.check('follows no locale', [name for name in wanted if LOCAL.fullmatch(name)]
               + [f'{relative(path)}:{number}' for path in sorted((SOURCE / 'src').rglob('*.[ch]'))
                  for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1) if POINTED.search(line)])
    dynamic = output(['readelf', '-d', SHARED])
    gate.check('needs libc, libm and libpthread only',
               [name for name in re.findall(r'\(NEEDED\).*\[(.*)\]', dynamic) if not re.fullmatch(NEEDED, name)])
    gate.check('soname is libseawall.so.0', [] if 'Library soname: [libseawall.so.0]' in dynamic else dynamic)
    gate.check('can be loaded late: no static TLS', [line for line in dynamic.splitlines() if 'STATIC_TLS' in line])
    gate.finish()


main()
