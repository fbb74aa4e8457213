"""Installed offline into a virtual environment, without a compiler: over an installed library, and with one packed in the wheel."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]
BUILD = Path(os.environ['SEAWALL_BUILD'])
LIBRARY = Path(os.environ['SEAWALL_LIBRARY'])
HEADER = BUILD / 'include' / 'seawall' / 'seawall_ffi.h'
PROGRAM = '''
import seawall, importlib.metadata, importlib.resources
assert seawall.Pipeline(seawall.Retry(), seawall.CircuitBreaker()).guard(lambda: 5)() == 5
assert importlib.metadata.version("seawall") == seawall.__version__ == seawall.library_version
assert importlib.resources.files("seawall").joinpath("py.typed").is_file()
print(seawall.__file__)
'''


def clean(**more):
    """This environment without what the tests themselves need, and without a compiler."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(('SEAWALL_', 'PYTHON'))}
    return {**kept, 'CC': '/bin/false', 'PIP_DISABLE_PIP_VERSION_CHECK': '1', **more}


def missing():
    for module in ('venv', 'ensurepip', 'setuptools', 'wheel', 'cffi'):
        if subprocess.run([sys.executable, '-c', f'import {module}'], capture_output=True, check=False).returncode != 0:
            return f'no {module}'
    return ''


class Environment(unittest.TestCase):
    """A virtual environment, and a copy of the sources."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.root = Path(cls.scratch.name)
        cls.python = cls.root / 'env' / 'bin' / 'python'
        subprocess.run([sys.executable, '-m', 'venv', '--system-site-packages', cls.root / 'env'], check=True, env=clean())
        # An installed library, as far as the binding sees it.
        prefix = cls.root / 'prefix'
        (prefix / 'include' / 'seawall').mkdir(parents=True)
        (prefix / 'lib' / 'pkgconfig').mkdir(parents=True)
        shutil.copy(HEADER, prefix / 'include' / 'seawall')
        shutil.copy(LIBRARY, prefix / 'lib' / 'libseawall.so.0')
        (prefix / 'lib' / 'pkgconfig' / 'seawall.pc').write_text(
            f'includedir={prefix}/include\nlibdir={prefix}/lib\nName: seawall\nDescription: x\nVersion: 0\n', encoding='utf-8')
        cls.installed = {'PKG_CONFIG_PATH': str(prefix / 'lib' / 'pkgconfig')}
        cls.lib = str(prefix / 'lib')
        # Nothing is to be left behind beside the sources.
        cls.source = cls.root / 'source'
        shutil.copytree(SOURCE, cls.source, ignore=shutil.ignore_patterns('__pycache__', 'build', '*.egg-info'))

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def install(self, **environment):
        done = subprocess.run([self.python, '-m', 'pip', 'install', '--no-index', '--no-build-isolation', '--force-reinstall', '--no-deps',
                               self.source], capture_output=True, text=True, check=False, env=clean(**environment))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def run_program(self, **environment):
        done = subprocess.run([self.python, '-c', PROGRAM], capture_output=True, text=True, check=False, cwd=self.root,
                              env=clean(**environment))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue(done.stdout.startswith(str(self.root)))
        return Path(done.stdout.strip()).parent


@unittest.skipIf(missing(), missing())
class Over(Environment):
    def test_an_installed_library(self):
        self.install(**self.installed)
        package = self.run_program(LD_LIBRARY_PATH=self.lib)
        self.assertFalse((package / 'libseawall.so.0').exists())

    def test_without_a_header_it_says_what_to_do(self):
        done = subprocess.run([self.python, '-m', 'pip', 'wheel', '--no-index', '--no-build-isolation', '--no-deps', '-w',
                               self.root / 'none', self.source], capture_output=True, text=True, check=False,
                              env=clean(SEAWALL_FFI_HEADER='/nowhere/seawall_ffi.h'))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('SEAWALL_FFI_HEADER', done.stdout + done.stderr)


@unittest.skipIf(missing(), missing())
class Packed(Environment):
    def test_in_the_wheel(self):
        self.install(SEAWALL_PACK='1', SEAWALL_LIBRARY=str(LIBRARY), SEAWALL_FFI_HEADER=str(HEADER))
        package = self.run_program()
        self.assertTrue((package / 'libseawall.so.0').exists())
        wheels = subprocess.run([self.python, '-m', 'pip', 'wheel', '--no-index', '--no-build-isolation', '--no-deps', '-w',
                                 self.root / 'wheels', self.source], capture_output=True, text=True, check=False,
                                env=clean(SEAWALL_PACK='1', SEAWALL_LIBRARY=str(LIBRARY), SEAWALL_FFI_HEADER=str(HEADER)))
        self.assertEqual(wheels.returncode, 0, wheels.stderr)
        [wheel] = (self.root / 'wheels').iterdir()
        self.assertRegex(wheel.name, r'^seawall-[\d.]+-py3-none-linux_\w+\.whl$')
