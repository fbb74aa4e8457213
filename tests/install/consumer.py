"""Programs outside the tree: against the installed library, shared and static, and with Seawall as a meson subproject."""
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'api'))
from gate import BUILD, CC, C_WARNINGS, HEADERS, SOURCE, Gate, attempt, output  # noqa: E402

CONSUMER = SOURCE / 'tests' / 'install' / 'consumer.c'
PROJECT = '''project('consumer', 'c', default_options: ['c_std=c11'])
test('consumer', executable('consumer', 'consumer.c', dependencies: dependency('seawall', fallback: 'seawall')))
'''


def install(root):
    """Installs the build below `root`. The prefix that it ended up with, and what went wrong."""
    wrong = attempt(['meson', 'install', '-C', BUILD, '--no-rebuild', '--quiet'], env={**os.environ, 'DESTDIR': str(root)})
    found = next(Path(root).rglob('seawall.pc'), None)
    if wrong or found is None:
        return None, None, wrong or 'no seawall.pc was installed'
    prefix = next(parent for parent in found.parents if (parent / 'include').exists())
    return prefix, found.parent, ''


def packaged(prefix, directory, *flags):
    environment = {**os.environ, 'PKG_CONFIG_LIBDIR': str(directory)}
    return output(['pkg-config', f'--define-variable=prefix={prefix}', *flags, 'seawall'], env=environment).split()


def built_and_run(flags, program, environment=None):
    return (attempt([*CC, '-std=c11', *C_WARNINGS, CONSUMER, '-o', program, *flags])
            or attempt([program], env={**os.environ, **(environment or {})}))


def subproject(directory):
    """A project that finds no installed library, and so falls back on the source."""
    (directory / 'subprojects').mkdir(parents=True)
    (directory / 'subprojects' / 'seawall').symlink_to(SOURCE)
    (directory / 'meson.build').write_text(PROJECT)
    shutil.copy(CONSUMER, directory)
    build = directory / 'build'
    nowhere = {**os.environ, 'PKG_CONFIG_LIBDIR': str(directory)}
    return (attempt(['meson', 'setup', build, directory, '--fatal-meson-warnings'], env=nowhere)
            or attempt(['ninja', '-C', build, '-j', '2'])
            or attempt(['meson', 'test', '-C', build, '--no-rebuild', '--print-errorlogs']))


def built_unasked(build):
    """What the subproject compiled besides its library."""
    entries = json.loads((build / 'compile_commands.json').read_text(encoding='utf-8'))
    files = sorted({os.path.normpath(build / entry['file']) for entry in entries})
    return [path for path in files if '/subprojects/seawall/' in path and '/subprojects/seawall/src/' not in path]


def main():
    gate = Gate()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        prefix, directory, wrong = install(scratch / 'root')
        if gate.check('meson install', wrong):
            installed = {path.name for path in (prefix / 'include' / 'seawall').glob('*.h')}
            wanted = {path.name for path in HEADERS} | {'seawall_ffi.h'}
            gate.check('every header is installed', sorted(wanted ^ installed))
            gate.check('seawall.pc keeps what only static linking needs private',
                       [flag for flag in packaged(prefix, directory, '--libs') if flag in ('-lm', '-pthread', '-lpthread')])
            flags = packaged(prefix, directory, '--cflags', '--libs')
            gate.check('shared, through pkg-config',
                       built_and_run(flags, scratch / 'shared', {'LD_LIBRARY_PATH': str(directory.parent)}))
            flags = packaged(prefix, directory, '--static', '--cflags', '--libs')
            gate.check('static, through pkg-config --static', built_and_run(['-static', *flags], scratch / 'static'))
        if gate.check('as a meson subproject', subproject(scratch / 'parent')):
            gate.check('a subproject builds nothing but the library', built_unasked(scratch / 'parent' / 'build'))
    gate.finish()


main()
