"""Whatever a macro or an inline function of the headers does, an exported function does too: a binding has no preprocessor.

An initialiser that says more than a size has its function, which gives the same bytes; a macro with an argument has a function of its name;
nothing is inline.
"""
import os
import re
import tempfile
from pathlib import Path

from declarations import map_lines
from gate import BUILD, CC, HEADERS, SOURCE, Gate, attempt

CALLED = re.compile(r'^#define (SEAWALL_\w+)\(', re.M)
INITIALISER = re.compile(r'^#define (SEAWALL_\w+)[ \t]*((?:\\\n|[ \t])*\{(?:[^\n\\]|\\\n)*)$', re.M)
INLINE = re.compile(r'\binline\b')
ZEROS = re.compile(r'[\s{},"]|\b0\b|\bNULL\b|\\|\bsizeof\(\w+\)')
# They are there for the compiler.
NOTHING_TO_DO = {'SEAWALL_API', 'SEAWALL_MUST_CHECK', 'SEAWALL_BEGIN_DECLS', 'SEAWALL_END_DECLS', 'SEAWALL_CAST'}


def text_of(path):
    return re.sub(r'/\*.*?\*/', ' ', path.read_text(encoding='utf-8'), flags=re.S)


def initialisers(text):
    """(macro, struct, function) of every initialiser that is more than zeros and a size, which anybody can set."""
    for macro, value in INITIALISER.findall(text):
        if not ZEROS.sub('', value):
            continue
        struct, _, which = macro.lower().rpartition('_')
        if which == 'init':
            yield macro, struct, f'{struct}_init'
        else:
            yield macro, struct, f'{struct}_init_{which}'


def same_bytes(found):
    """A program that compares each initialiser with its function."""
    lines = ['#include <seawall/seawall.h>', '#include <stdio.h>', '#include <string.h>', 'int main(void) {', '    int wrong = 0;']
    for macro, struct, function in found:
        lines += [f'    {{ static const {struct} a = {macro}; {struct} b; memset(&b, 0, sizeof(b));',
                  f'      if ({function}(&b, sizeof(b)) != SEAWALL_OK || memcmp(&a, &b, sizeof(a)) != 0)',
                  f'          wrong += printf("{macro} and {function} differ\\n"); }}']
    return '\n'.join([*lines, '    return wrong != 0;', '}', ''])


def compared(found):
    with tempfile.TemporaryDirectory() as directory:
        source, program = Path(directory) / 'same.c', Path(directory) / 'same'
        source.write_text(same_bytes(found), encoding='utf-8')
        library = BUILD / 'src'
        return (attempt([*CC, '-std=c11', '-I', SOURCE / 'include', source, '-o', program, '-L', library, '-lseawall'])
                or attempt([program], env={**os.environ, 'LD_LIBRARY_PATH': str(library)}))


def main():
    gate, exported = Gate(), set(map_lines())
    texts = {path: text_of(path) for path in HEADERS}
    whole = '\n'.join(texts.values())
    called = [macro for macro in CALLED.findall(whole) if macro not in NOTHING_TO_DO]
    gate.check('every macro with an argument has its function', [f'{it}: no {it.lower()}' for it in called if it.lower() not in exported])
    found = list(initialisers(whole))
    missing = [f'{macro}: no {function}' for macro, _, function in found if function not in exported]
    if gate.check(f'each of {len(found)} initialisers has its function', missing if found else 'found none'):
        gate.check('which gives the same', compared(found))
    gate.check('nothing is inline', [path.name for path, text in texts.items() if INLINE.search(text)])
    gate.finish()


main()
