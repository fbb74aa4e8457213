"""Builds the package from an installed library, without a compiler.

What it asks of the environment:
    SEAWALL_FFI_HEADER   seawall_ffi.h; else where pkg-config says that Seawall's headers are
    SEAWALL_LIBRARY      libseawall.so.0; else where pkg-config says, or the system's loader
    SEAWALL_PACK         1: the library is packed into the wheel, which then needs none on the machine where it is installed
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from wheel.bdist_wheel import bdist_wheel


PACKED = os.environ.get('SEAWALL_PACK') == '1'


def told(variable):
    """What pkg-config knows of the installed library; '' if nothing."""
    try:
        done = subprocess.run(['pkg-config', f'--variable={variable}', 'seawall'], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ''
    return done.stdout.strip()


def header():
    found = os.environ.get('SEAWALL_FFI_HEADER') or Path(told('includedir') or '/usr/include') / 'seawall' / 'seawall_ffi.h'
    if not Path(found).exists():
        sys.exit(f'{found} is not there: install the library with its headers, or name the file in SEAWALL_FFI_HEADER')
    return found


def library():
    found = os.environ.get('SEAWALL_LIBRARY') or Path(told('libdir') or '/nowhere') / 'libseawall.so.0'
    return str(found) if Path(found).exists() else 'libseawall.so.0'


class Build(build_py):
    def run(self):
        super().run()
        package = Path(self.build_lib) / 'seawall'
        found = library()
        if PACKED:
            shutil.copy(Path(found).resolve(), package / 'libseawall.so.0')
        # In a process of its own: this one may have to build again, and a package that was imported stays.
        here = Path(__file__).resolve().parent
        code = f'import sys; sys.path.insert(0, {str(here)!r}); from generate import generate; generate(*sys.argv[1:])'
        subprocess.run([sys.executable, '-c', code, str(header()), found, str(package)], check=True)
        shutil.rmtree(package / '__pycache__', ignore_errors=True)


class Wheel(bdist_wheel):
    def finalize_options(self):
        super().finalize_options()
        self.root_is_pure = not PACKED

    def get_tag(self):
        _, _, platform = super().get_tag()
        return 'py3', 'none', platform if PACKED else 'any'


setup(cmdclass={'build_py': Build, 'bdist_wheel': Wheel})
