"""Files and functions stay small, and tests do not sleep.

A decision record in docs/design/decisions may name an exception in a line of its own: "exempt: src/room/file.c".
"""
import re

from gate import HEADERS, SOURCE, Gate, relative

FILE_LINES = 500
HEADER_LINES = 450
FUNCTION_LINES = 70
LINE_LENGTH = 130  # .editorconfig says so, too
SLEEP = re.compile(r'\b(usleep|nanosleep|clock_nanosleep|sleep|thrd_sleep)\s*\(')

# A function begins with a brace at the left margin, or with one that ends an unindented line, and ends with one at the margin.
OPENING = re.compile(r'^\{|^[A-Za-z_].*\)\s*\{\s*$')


def lines_of(path):
    return path.read_text(encoding='utf-8').splitlines()


def exempt():
    records = sorted((SOURCE / 'docs' / 'design' / 'decisions').glob('*.md'))
    return {path for record in records for path in re.findall(r'^exempt: (\S+)$', record.read_text(encoding='utf-8'), re.M)}


def long_functions(path):
    begin = None
    for number, line in enumerate(lines_of(path), 1):
        if begin is None and OPENING.match(line):
            begin = number
        elif begin is not None and line.startswith('}'):
            if number - begin + 1 > FUNCTION_LINES:
                yield f'{relative(path)}:{begin}: a function of {number - begin + 1} lines, more than {FUNCTION_LINES}'
            begin = None


def long_files(paths, cap):
    sizes = ((relative(path), len(lines_of(path))) for path in paths)
    return [f'{path}: {size} lines, more than {cap}' for path, size in sizes if size > cap]


def conditionals_in_functions(path):
    inside = False
    for number, line in enumerate(lines_of(path), 1):
        if OPENING.match(line):
            inside = True
        elif line.startswith('}'):
            inside = False
        elif inside and re.match(r'\s*#\s*(if|else|elif)', line):
            yield f'{relative(path)}:{number}: {line.strip()}'


def sleepers(path):
    for number, line in enumerate(lines_of(path), 1):
        if SLEEP.search(line):
            yield f'{relative(path)}:{number}: {line.strip()}'


def main():
    gate = Gate()
    allowed = exempt()
    code = [path for room in ('src', 'tests', 'examples', 'bench', 'tools') for path in sorted((SOURCE / room).rglob('*.[ch]'))]
    scripts = [path for room in ('scripts', 'tests', 'bindings') for path in sorted((SOURCE / room).rglob('*.py'))]
    kept = [path for path in [*code, *scripts] if relative(path) not in allowed]
    gate.check('exempted files exist', [path for path in sorted(allowed) if not (SOURCE / path).exists()])
    gate.check(f'source files have at most {FILE_LINES} lines', long_files(kept, FILE_LINES))
    gate.check(f'public headers have at most {HEADER_LINES} lines',
               long_files([path for path in HEADERS if relative(path) not in allowed], HEADER_LINES))
    gate.check(f'functions have at most {FUNCTION_LINES} lines',
               [line for path in kept if path.suffix == '.c' for line in long_functions(path)])
    gate.check(f'lines of C have at most {LINE_LENGTH} characters',
               [f'{relative(path)}:{number}' for path in [*code, *HEADERS]
                for number, line in enumerate(lines_of(path), 1) if len(line) > LINE_LENGTH])
    gate.check('no #if inside a function of port/',
               [line for path in code if 'src/port/' in relative(path) for line in conditionals_in_functions(path)])
    gate.check('tests do not sleep', [line for path in code if relative(path).startswith('tests/')
                                      and not relative(path).startswith('tests/stress/') for line in sleepers(path)])
    gate.finish()


main()
