"""Static analysis of every source file of the library: gcc -fanalyzer and clang-tidy, with no finding."""
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gate import BUILD, SOURCE, Gate, attempt, relative

# What finds mistakes, without what only has a taste. Left out: parameters that could be swapped; Annex K functions, which no libc
# here has; names with underscores; the size of a pointer, where one is the last member of a struct or what an array is of; macros that take a type, for which there are no parentheses; recursion; cookies, which are
# pointers that a host carries as integers.
CHECKS = ','.join([
    '-*', 'clang-analyzer-*', 'bugprone-*', 'cert-*', 'concurrency-*', 'misc-*', 'performance-*', 'portability-*',
    '-bugprone-easily-swappable-parameters', '-bugprone-macro-parentheses', '-bugprone-reserved-identifier', '-bugprone-sizeof-expression',
    '-cert-dcl37-c', '-cert-dcl51-cpp',
    '-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling', '-misc-no-recursion', '-performance-no-int-to-ptr',
])
INCLUDE = ['-I', SOURCE / 'src', '-I', SOURCE / 'include']


def library_sources():
    """Each source of the library once, as the build compiles it."""
    commands = json.loads((BUILD / 'compile_commands.json').read_text(encoding='utf-8'))
    files = {(Path(entry['directory']) / entry['file']).resolve() for entry in commands}
    return sorted(path for path in files if SOURCE / 'src' in path.parents)


def analyzed(path):
    return attempt(['gcc', '-std=c11', '-O1', '-fanalyzer', '-Werror', *INCLUDE, '-c', path, '-o', os.devnull])


# A quarter of the states of a function that the analyzer would look at by itself: a few functions take most of its time.
FEWER = ['-Xclang', '-analyzer-config', '-Xclang', 'max-nodes=60000']


def tidied(path):
    return attempt(['clang-tidy', '--quiet', f'--checks={CHECKS}', '--warnings-as-errors=*', path, '--', '-std=c11', *INCLUDE, *FEWER])


def main():
    gate = Gate()
    for tool, run in (('gcc', analyzed), ('clang-tidy', tidied)):
        if shutil.which(tool) is None:
            gate.skip(f'static analysis with {tool}', f'{tool} not found')
            continue
        files = library_sources()
        with ThreadPoolExecutor(2) as pool:
            for path, problems in zip(files, pool.map(run, files)):
                gate.check(f'{tool}: {relative(path)}', problems)
    gate.finish()


main()
