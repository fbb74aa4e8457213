"""Makes seawall_ffi.h: every public declaration as plain C99 without a directive, for foreign function interfaces.

usage: make_ffi_header.py INCLUDE_DIRECTORY OUTPUT COMPILER...

The C compiler's preprocessor does the work: on the umbrella header, with empty stand-ins for the three standard headers whose
types the reader must know (stdint.h, stddef.h, stdbool.h). Constants that were macros become enumerators. Initialisers, function-like
macros and constants that no enumerator can hold have no place here: each has a function.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

STANDARD_HEADERS = {
    'stdbool.h': '',
    'stddef.h': '',
    'stdint.h': '#define INT64_MAX 9223372036854775807\n#define INT32_MAX 2147483647\n',
}
CONSTANT = re.compile(r'^#define (SEAWALL_\w+) (.+)$', re.M)
ENUM = re.compile(r'\benum\s*\w*\s*\{([^}]*)\}')
ARITHMETIC = re.compile(r'[\d\s()<>|&~+*-]+')
HEADING = '/* Seawall for foreign function interfaces. Generated; a C program includes <seawall/seawall.h>. */'
FORBIDDEN = re.compile(r'#|__attribute__|_Static_assert|\bSEAWALL_(API|MUST_CHECK|BEGIN_DECLS|END_DECLS)\b')


def preprocess(compiler, include, stubs, text, *flags):
    command = [*compiler, '-E', '-undef', '-nostdinc', '-I', stubs, '-I', include, *flags, '-x', 'c', '-']
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, check=True).stdout


def tidy(declarations):
    """The same text from every compiler: one line per declaration, member or enumerator."""
    lines, line, depth, parentheses = [], '', 0, 0
    for piece in re.findall(r'[^{}();,]*[{}();,]', ' '.join(declarations.split())):
        end = piece[-1]
        if end == '}':  # stands on a line of its own, together with the name that may follow
            if line.strip() or piece[:-1].strip():
                lines.append('    ' * depth + (line + piece[:-1]).strip())
            line, piece, depth = '', '}', depth - 1
        line += piece
        parentheses += (end == '(') - (end == ')')
        if end in ';{' or (end == ',' and depth > 0 and parentheses == 0):
            lines.append('    ' * depth + line.strip())
            line = ''
            depth += end == '{'
    return '\n'.join(lines)


def evaluate(expression, known):
    """The value of an integer constant expression, None if it is something else."""
    expression = re.sub(r'\(\s*(seawall_\w+|u?int\d+_t)\s*\)', '', expression)
    expression = re.sub(r'\bSEAWALL_\w+\b', lambda match: str(known.get(match[0], match[0])), expression)
    expression = re.sub(r'\b(\d+)[uUlL]+\b', r'\1', expression)
    if not ARITHMETIC.fullmatch(expression) or not re.search(r'\d', expression):
        return None
    return eval(expression)  # digits and operators only, as just checked


def enumerators(declarations):
    known = {}
    for body in ENUM.findall(declarations):
        value = -1
        for item in filter(None, (item.strip() for item in body.split(','))):
            name, _, given = item.partition('=')
            value = evaluate(given, known) if given else value + 1
            known[name.strip()] = value
    return known


def constants(compiler, include, stubs, umbrella, known):
    defined = preprocess(compiler, include, stubs, umbrella, '-dM')
    names = sorted(name for name, _ in CONSTANT.findall(defined))
    # The preprocessor expands them, one a line; a string keeps the name itself from being expanded.
    probe = umbrella + ''.join(f'"{name}" {name}\n' for name in names)
    expanded = preprocess(compiler, include, stubs, probe, '-P')
    for name, expression in re.findall(r'^"(\w+)" ?(.*)$', expanded, re.M):
        value = evaluate(expression, known)
        if value is None:
            continue
        if -2**31 <= value < 2**31:
            yield f'enum {{ {name} = {value} }};'


def main():
    include, target, *compiler = sys.argv[1:]
    umbrella = '#include <seawall/seawall.h>\n'
    with tempfile.TemporaryDirectory() as stubs:
        for name, text in STANDARD_HEADERS.items():
            Path(stubs, name).write_text(text)
        declarations = tidy(preprocess(compiler, include, stubs, umbrella, '-P'))
        numbers = list(constants(compiler, include, stubs, umbrella, enumerators(declarations)))
    text = '\n'.join([HEADING, declarations, *numbers, ''])
    if FORBIDDEN.search(text):
        sys.exit(f'{target}: "{FORBIDDEN.search(text)[0]}" is more than a declaration')
    Path(target).write_text(text)


main()
