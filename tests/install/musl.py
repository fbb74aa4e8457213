"""The other C library: with musl-gcc the library builds and a program runs static, and a running program can load it."""
import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'api'))
from gate import BUILD, SOURCE, Gate, attempt, output  # noqa: E402

# Kept from run to run, so that the next one builds only what has changed.
DIRECTORY = BUILD / 'musl'
OPTIONS = ['--werror', '-Dtests=disabled', '-Dexamples=disabled', '-Dbench=disabled', '-Ddocs=disabled', '-Dpython=disabled']


def build():
    if not (DIRECTORY / 'build.ninja').exists():
        shutil.rmtree(DIRECTORY, ignore_errors=True)
        wrong = attempt(['meson', 'setup', DIRECTORY, SOURCE, *OPTIONS], env={**os.environ, 'CC': 'musl-gcc'})
        if wrong:
            return wrong
    return attempt(['ninja', '-C', DIRECTORY, '-j', '2'])


def static_program(source):
    program = DIRECTORY / source.stem
    return (attempt(['musl-gcc', '-static', '-I', SOURCE / 'include', source, DIRECTORY / 'src' / 'libseawall.a', '-o', program])
            or attempt([program]))


def main():
    gate = Gate()
    if shutil.which('musl-gcc') is None:
        gate.skip('musl', 'musl-gcc not found')
        gate.finish()
    if gate.check('the library builds', build()):
        gate.check('an example runs static', static_program(SOURCE / 'examples' / '03_guarded_call.c'))
        gate.check('a consumer runs static', static_program(SOURCE / 'tests' / 'install' / 'consumer.c'))
        gate.check('on a small stack', static_program(SOURCE / 'tests' / 'install' / 'small_stack.c'))
        loader = DIRECTORY / 'loader'
        gate.check('the shared library can be loaded late',
                   attempt(['musl-gcc', SOURCE / 'tests' / 'install' / 'loader.c', '-o', loader])
                   or attempt([loader, DIRECTORY / 'src' / 'libseawall.so']))
        closer = DIRECTORY / 'closer'
        gate.check('it can be closed under a thread that used it',
                   attempt(['musl-gcc', '-I', SOURCE / 'include', SOURCE / 'tests' / 'install' / 'closer.c', '-o', closer])
                   or attempt([closer, DIRECTORY / 'src' / 'libseawall.so']))
        needed = output(['readelf', '-d', DIRECTORY / 'src' / 'libseawall.so'])
        gate.check('the shared library is built against musl', '' if '[libc.so]' in needed else needed)
    gate.finish()


main()
