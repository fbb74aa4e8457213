"""What the programs of this directory share: the tree as a clone has it, and the build as it is installed."""
import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'api'))
from gate import BUILD, SOURCE, attempt, output  # noqa: E402

OWN = SOURCE / 'tests' / 'install'


def copy_tree(target):
    """What somebody has who cloned it: no history, and no build of somebody's own."""
    def left_out(directory, names):
        return [name for name in names if name in ('.git', '__pycache__') or Path(directory, name) == SOURCE / 'build'
                or Path(directory, name, 'meson-private').exists()]

    shutil.copytree(SOURCE, target, symlinks=True, ignore=left_out)
    return Path(target)


def clean_environment(home):
    """Nothing set but what a fresh shell has."""
    return {**{name: value for name, value in os.environ.items() if name in ('PATH', 'LANG', 'CC')}, 'HOME': str(home)}


def install(root):
    """Installs the build below `root`. The prefix that it ended up with, where seawall.pc is, and what went wrong."""
    wrong = attempt(['meson', 'install', '-C', BUILD, '--no-rebuild', '--quiet'], env={**os.environ, 'DESTDIR': str(root)})
    found = next(Path(root).rglob('seawall.pc'), None)
    if wrong or found is None:
        return None, None, wrong or 'no seawall.pc was installed'
    prefix = next(parent for parent in found.parents if (parent / 'include').exists())
    return prefix, found.parent, ''


def packaged(prefix, directory, *flags):
    """What pkg-config answers about the library installed there."""
    environment = {**os.environ, 'PKG_CONFIG_LIBDIR': str(directory)}
    return output(['pkg-config', f'--define-variable=prefix={prefix}', *flags, 'seawall'], env=environment).split()
