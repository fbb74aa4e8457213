"""Programs outside the tree: against the installed library through pkg-config and CMake, and with Seawall as a meson subproject."""
import json
import os
import re
import shutil
import tempfile
from pathlib import Path

from tree import OWN, install, packaged  # which knows where gate.py is
from declarations import difference, map_lines
from gate import BUILD, CC, C_WARNINGS, HEADERS, SOURCE, Gate, attempt, output

CONSUMER = OWN / 'consumer.c'
# The first is the tool's, and the second is made of what it says; without the loader there is no tool.
MANUAL = [page for page, made_by in {
    'man1/seawall-check.1': 'seawall-check', 'man5/seawall.conf.5': 'fields.txt', 'man3/seawall.3': '', 'man7/seawall.7': ''}.items()
    if (BUILD / 'tools' / made_by).exists()]
OTHERS = ['libcurl', 'hiredis', 'libmicrohttpd', 'libuv', 'libevent']
ELSEWHERE = re.compile(r"fatal error: '?(curl|hiredis|microhttpd|uv|event2?)(/\w+)?\.h")
PROJECT = '''project('consumer', 'c', default_options: ['c_std=c11'])
test('consumer', executable('consumer', 'consumer.c', dependencies: dependency('seawall', fallback: 'seawall')))
'''


def built_and_run(flags, program, environment=None, source=CONSUMER):
    return (attempt([*CC, '-std=c11', *C_WARNINGS, source, '-o', program, *flags])
            or attempt([program], env={**os.environ, **(environment or {})}))


def examples(prefix, flags):
    """What a strict C11 compiler has to say about the examples in C, but for those of a library that is not there."""
    folder = prefix / 'share' / 'doc' / 'seawall' / 'examples'
    others = [flag for name in OTHERS for flag in (output(['pkg-config', '--cflags', name]).split()
                                                   if not attempt(['pkg-config', '--exists', name]) else [])]
    problems = []
    for path in sorted(folder.rglob('*.c')):
        said = attempt([*CC, '-std=c11', *C_WARNINGS, '-fsyntax-only', *flags, *others, path])
        if not ELSEWHERE.search(said):
            problems += said.splitlines()
    return problems if any(folder.rglob('*.c')) else 'found none'


def closed_in_use(flags, libraries, program):
    """The library loaded, used and closed by a program that is not linked with it."""
    return (attempt([*CC, '-std=c11', *C_WARNINGS, OWN / 'closer.c', '-o', program, *flags, '-pthread', '-ldl'])
            or attempt([program, libraries / 'libseawall.so']))


def configured_by_cmake(prefix, directory, wanted):
    """What CMake says to a project that wants this version."""
    return attempt(['cmake', '-G', 'Ninja', '-S', OWN / 'cmake', '-B', directory, f'-DCMAKE_PREFIX_PATH={prefix}', f'-DSOURCE={CONSUMER}',
                    f'-DWANTED={wanted}'], env={**os.environ, 'CC': ' '.join(CC)})


def through_cmake(prefix, directory, version):
    """The three targets, for the version as it is, and a no to each version that it is not."""
    major, minor, patch = map(int, version.split('.'))
    good = [f'{major}', f'{major}.{minor}', version]
    bad = [f'{major + 1}', f'{major}.{minor + 1}', f'{major}.{minor}.{patch + 1}']
    problems = [f'{wanted} is refused' for wanted in good if configured_by_cmake(prefix, directory / wanted, wanted)]
    problems += [f'{wanted} is taken' for wanted in bad if not configured_by_cmake(prefix, directory / wanted, wanted)]
    wrong = (configured_by_cmake(prefix, directory / 'build', '') or attempt(['cmake', '--build', directory / 'build', '-j', '2'])
             or attempt(['ctest', '--output-on-failure'], cwd=directory / 'build'))
    return [*problems, *wrong.splitlines()]


def manual(prefix):
    """Pages that are not there, or that groff has something to say about, and functions that the manual does not know."""
    pages = {name: prefix / 'share' / 'man' / name for name in MANUAL}
    missing = [name for name, path in pages.items() if not path.exists()]
    if missing:
        return missing
    complaints = [line for path in pages.values() for line in output(['groff', '-man', '-Tutf8', '-ww', '-z', path]).splitlines()]
    known = set(re.findall(r'^\.BR (seawall_\w+) \(\)$', pages['man3/seawall.3'].read_text(encoding='utf-8'), re.M))
    return complaints + difference(known, 'seawall(3)', set(map_lines()), 'seawall.map')


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
            example = prefix / 'share' / 'doc' / 'seawall' / 'examples' / '03_guarded_call.c'
            gate.check('an installed example', built_and_run(['-static', *flags], scratch / 'example', source=example))
            gate.check('every installed example is C11', examples(prefix, packaged(prefix, directory, '--cflags')))
            gate.check('on a small stack', built_and_run([*flags, '-pthread'], scratch / 'small_stack', source=OWN / 'small_stack.c'))
            flags = [flag for flag in packaged(prefix, directory, '--cflags') if flag.startswith('-I')]
            gate.check('closed under a thread that used it', closed_in_use(flags, directory.parent, scratch / 'closer'))
            version = packaged(prefix, directory, '--modversion')[0]
            gate.check('through CMake, moved elsewhere', through_cmake(shutil.move(prefix, scratch / 'moved'), scratch / 'cmake', version))
            gate.check('the manual', manual(scratch / 'moved'))
        if gate.check('as a meson subproject', subproject(scratch / 'parent')):
            gate.check('a subproject builds nothing but the library', built_unasked(scratch / 'parent' / 'build'))
    gate.finish()


main()
