"""Each public header compiles alone, as C11 and as C++17, and so does every initialiser macro."""
import re
import shutil
from concurrent.futures import ThreadPoolExecutor

from gate import C_WARNINGS, HEADERS, SOURCE, WARNINGS, Gate, attempt

CXX_WARNINGS = ['-Wold-style-cast']  # a macro's text stands in the program's own code, where no header of the system's excuses it
COMPILERS = [
    ('gcc', ['-x', 'c', '-std=c11', *C_WARNINGS]),
    ('clang', ['-x', 'c', '-std=c11', *C_WARNINGS]),
    ('g++', ['-x', 'c++', '-std=c++17', *WARNINGS, *CXX_WARNINGS]),
    ('clang++', ['-x', 'c++', '-std=c++17', *WARNINGS, *CXX_WARNINGS]),
]
NUMBER = re.compile(r'^#define (SEAWALL_\w+)\((?:n|kind)\)', re.M)
INITIALISER = re.compile(r'^#define (SEAWALL_(\w+)_INIT)\b(?!\()', re.M)


def header_alone(path):
    # Twice, for the guard.
    return f'#include <seawall/{path.name}>\n' * 2


def initialiser(path, macro, name):
    """The macro at file scope and in a function: two places where a language may be choosy in different ways."""
    return f'''#include <seawall/{path.name}>
typedef {name} subject;
void check(subject *out);
static const subject constant = {macro};
void check(subject *out)
{{
    subject local = {macro};
    *out = local;
    out[1] = constant;
}}
'''


def numbers(path, macros):
    """Each macro of a whole number as a constant of the file's own."""
    return '\n'.join([f'#include <seawall/{path.name}>', 'extern const int64_t numbers[];', 'const int64_t numbers[] = {',
                      *(f'    {macro}(1),' for macro in macros), '};', ''])


def compile_text(job):
    compiler, flags, text = job
    return attempt([compiler, *flags, '-fsyntax-only', '-I', SOURCE / 'include', '-'], text)


def main():
    gate = Gate()
    subjects = [(f'<seawall/{path.name}> alone', header_alone(path)) for path in HEADERS]
    for path in HEADERS:
        if macros := NUMBER.findall(path.read_text(encoding='utf-8')):
            subjects.append((', '.join(macros), numbers(path, macros)))
        for macro, stem in INITIALISER.findall(path.read_text(encoding='utf-8')):
            subjects.append((macro, initialiser(path, macro, f'seawall_{stem.lower()}')))
    jobs = []
    for compiler, flags in COMPILERS:
        if shutil.which(compiler):
            jobs += [(f'{compiler} {flags[2]}: {what}', (compiler, flags, text)) for what, text in subjects]
        else:
            gate.skip(f'headers with {compiler}', f'{compiler} not found')
    with ThreadPoolExecutor(2) as pool:
        for (what, _), problems in zip(jobs, pool.map(compile_text, [job for _, job in jobs])):
            gate.check(what, problems)
    gate.finish()


main()
