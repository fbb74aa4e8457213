"""The Debian packages: built from a clone, installed by dpkg into a root of their own, used from there, and removed."""
import os
import re
import tempfile
from pathlib import Path

from tree import OWN, clean_environment, copy_tree  # which knows where gate.py is
from gate import CC, C_WARNINGS, Gate, attempt, output

# What each package is for, and what it asks for besides itself.
WANTED = {
    'libseawall0': ['usr/lib/*/libseawall.so.0'],
    'libseawall-dev': ['usr/include/seawall/seawall.h', 'usr/include/seawall/seawall_ffi.h', 'usr/lib/*/libseawall.a',
                       'usr/lib/*/libseawall.so', 'usr/lib/*/pkgconfig/seawall.pc', 'usr/lib/*/cmake/seawall/seawall-config.cmake',
                       'usr/share/man/man3/seawall.3.gz', 'usr/share/man/man7/seawall.7.gz'],
    'seawall-tools': ['usr/bin/seawall-check', 'usr/share/man/man1/seawall-check.1.gz', 'usr/share/man/man5/seawall.conf.5.gz'],
    'seawall-doc': ['usr/share/doc/seawall-doc/html/index.html', 'usr/share/doc/seawall-doc/examples/03_guarded_call.c'],
}
DEPENDS = {
    'libseawall0': {'libc6'},
    'libseawall-dev': {'libseawall0'},
    'seawall-tools': {'libc6', 'libseawall0'},
    'seawall-doc': set(),
}


def build(scratch):
    """Builds every package. Where each is, by its name, and what went wrong."""
    tree = copy_tree(scratch / 'seawall')
    environment = {**clean_environment(scratch), 'DEB_BUILD_OPTIONS': 'parallel=2', 'CC': ' '.join(CC)}
    wrong = attempt(['dpkg-buildpackage', '--build=binary', '--no-sign'], cwd=tree, env=environment)
    return {path.name.partition('_')[0]: path for path in scratch.glob('*.deb') if '-dbgsym_' not in path.name}, wrong


def odd(packages):
    """Packages too many or too few, and those that ask for other ones than they should."""
    problems = [f'{name} is missing' for name in WANTED.keys() - packages] + [f'{name} is new' for name in packages.keys() - WANTED]
    for name in WANTED.keys() & packages:
        asked = {re.split(r'[ :]', word)[0] for word in output(['dpkg-deb', '-f', packages[name], 'Depends']).split(', ') if word.strip()}
        if asked != DEPENDS[name]:
            problems.append(f'{name} depends on {", ".join(sorted(asked)) or "nothing"}')
    return problems


def dpkg(root, *arguments):
    """dpkg in a root that has nothing else, not even what the packages depend on."""
    for directory in ('info', 'updates', 'triggers'):
        (root / 'var/lib/dpkg' / directory).mkdir(parents=True, exist_ok=True)
    (root / 'var/lib/dpkg/status').touch()
    return attempt(['dpkg', f'--root={root}', '--force-depends,not-root,script-chrootless', '--log=/dev/null', *arguments])


def consumer(root, program, *flags):
    """A program built from what is in the root, and run with the library there."""
    libraries = next(root.glob('usr/lib/*/pkgconfig')).parent
    environment = {**os.environ, 'PKG_CONFIG_LIBDIR': str(libraries / 'pkgconfig'), 'PKG_CONFIG_SYSROOT_DIR': str(root),
                   'PKG_CONFIG_ALLOW_SYSTEM_LIBS': '1', 'LD_LIBRARY_PATH': str(libraries)}
    found = output(['pkg-config', *flags, '--cflags', '--libs', 'seawall'], env=environment).split()
    return (attempt([*CC, '-std=c11', *C_WARNINGS, OWN / 'consumer.c', '-o', program, *(['-static'] if flags else []), *found])
            or attempt([program], env=environment))


def through_cmake(root, directory):
    return (attempt(['cmake', '-G', 'Ninja', '-S', OWN / 'cmake', '-B', directory, f'-DCMAKE_PREFIX_PATH={root}/usr', f'-DSOURCE={OWN}/consumer.c',
                     '-DCMAKE_LIBRARY_ARCHITECTURE=' + next(root.glob('usr/lib/*/cmake')).parent.name])
            or attempt(['cmake', '--build', directory, '-j', '2'])
            or attempt(['ctest', '--output-on-failure'], cwd=directory))


def tool(root, file):
    """What seawall-check says of a file that is right."""
    file.write_text('[circuit_breaker "database"]\nrecovery_timeout = 10s\n', encoding='utf-8')
    libraries = next(root.glob('usr/lib/*/libseawall.so.0')).parent
    return attempt([root / 'usr/bin/seawall-check', file], env={**os.environ, 'LD_LIBRARY_PATH': str(libraries)})


def main():
    gate = Gate()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        root = scratch / 'root'
        packages, wrong = build(scratch)
        if gate.check('dpkg-buildpackage', wrong) and gate.check('the packages and what they depend on', odd(packages)):
            if gate.check('dpkg installs them', dpkg(root, '--install', *packages.values())):
                gate.check('each has what it is for', [f'{name}: {path}' for name, paths in WANTED.items() for path in paths
                                                       if not any(root.glob(path))])
                gate.check('shared, through pkg-config', consumer(root, scratch / 'shared'))
                gate.check('static, through pkg-config --static', consumer(root, scratch / 'static', '--static'))
                gate.check('through CMake', through_cmake(root, scratch / 'cmake'))
                gate.check('seawall-check judges a file', tool(root, scratch / 'seawall.conf'))
            gate.check('dpkg removes them', dpkg(root, '--purge', *packages)
                       or [str(path) for path in root.glob('usr/**/*') if path.is_file()])
    gate.finish()


main()
