"""Builds and runs one tier of tests; scripts/test calls it once everything it needs is installed."""
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

from testlog import Tally, count

SOURCE = Path(__file__).resolve().parent.parent
JOBS = str(os.cpu_count() or 1)
SOAK_SECONDS = 7200



class Build:
    """A build directory below build/, with the options that make it special."""

    def __init__(self, name, options=(), compiler='gcc', slowness=1, targets=()):
        self.name = name
        self.targets = targets  # all of them if none is named
        self.directory = SOURCE / 'build' / name
        self.options = ['--werror', '-Dtests=enabled', '-Dexamples=enabled', *options]
        self.compiler = compiler
        self.slowness = slowness

    def make(self):
        """Configures where needed, then compiles. False if either fails."""
        print(f'== {self.name}: building', flush=True)
        wanted = ' '.join([self.compiler, *self.options])
        stamp = self.directory / 'configured-as'
        if not stamp.exists() or stamp.read_text() != wanted:
            shutil.rmtree(self.directory, ignore_errors=True)
            if not run(['meson', 'setup', str(self.directory), str(SOURCE), *self.options], {'CC': self.compiler}):
                return False
            stamp.write_text(wanted)
        return run(['ninja', '-C', str(self.directory), '-j', JOBS, *self.targets])

    def test(self, selection, extra=None, wrapper=None, slowness=None, title='testing'):
        """Runs the selected tests and counts them."""
        print(f'== {self.name}: {title}', flush=True)
        slowness = slowness or self.slowness
        command = ['meson', 'test', '-C', str(self.directory), '--no-rebuild', '--print-errorlogs', '--logbase', 'tier',
                   '--num-processes', JOBS, '--timeout-multiplier', str(slowness), *selection]
        if wrapper:
            command += ['--wrapper', wrapper]
        environment = {
            'CK_DEFAULT_TIMEOUT': '60',
            'CK_TIMEOUT_MULTIPLIER': str(slowness),
            'CK_TAP_LOG_FILE_NAME': '-',
            'ASAN_OPTIONS': 'detect_stack_use_after_return=1:strict_string_checks=1',
            'UBSAN_OPTIONS': 'print_stacktrace=1:halt_on_error=1',
            'TSAN_OPTIONS': 'halt_on_error=1:second_deadlock_stack=1',
            **(extra or {}),
        }
        suffix = f'-{shlex.split(wrapper)[0]}' if wrapper else ''  # meson's own way of naming it
        log = self.directory / 'meson-logs' / f'tier{suffix}.json'
        log.unlink(missing_ok=True)
        succeeded = run(command, environment)
        tally = count(log)
        if not succeeded and not tally.failed:
            tally.failed.append(title)
        tally.failed = [f'{self.name}: {failure}' for failure in tally.failed]
        for failure in tally.failed:
            print(f'FAILED {failure}', flush=True)
        return tally


def run(command, environment=None):
    """Shows the command's output. True if it succeeded."""
    return subprocess.run(command, env={**os.environ, **(environment or {})}, cwd=SOURCE).returncode == 0


def made(build, tally):
    """Makes the build; a failure counts as a test that failed."""
    if build.make():
        return True
    tally.failed.append(f'{build.name}: build')
    return False


QUICK = Build('quick', ['-Ddocs=enabled', '-Dbench=enabled'])
ASAN = Build('asan', ['-Db_sanitize=address,undefined', '-Dbench=disabled', '-Ddocs=disabled'], slowness=4)
CLANG = Build('clang', ['-Ddocs=disabled', '-Dbench=enabled'], compiler='clang')
TSAN = Build('tsan', ['-Db_sanitize=thread', '-Db_lundef=false', '-Dbench=disabled', '-Ddocs=disabled'], compiler='clang', slowness=8)
COUNT = Build('count', ['-Datomics=count', '-Dbench=disabled', '-Ddocs=disabled'])
DELAY = Build('delay', ['-Datomics=delay', '-Db_sanitize=thread', '-Db_lundef=false', '-Dbench=disabled', '-Ddocs=disabled'],
              compiler='clang', slowness=16)
FUZZ = Build('fuzz', ['-Dfuzz=true', '-Db_sanitize=address,undefined', '-Db_lundef=false', '-Dbench=disabled', '-Ddocs=disabled'],
             compiler='clang', slowness=4, targets=['fuzzers'])


def quick():
    tally = Tally()
    if made(QUICK, tally):
        tally.add(QUICK.test(['--suite', 'quick']))
    return tally


def deep():
    tally = Tally()
    environment = {'SEAWALL_TEST_DEEP': '1'}
    if made(QUICK, tally):
        tally.add(QUICK.test(['--suite', 'deep'], environment))
    # Suite "cost" counts instructions and the like: its limits are for the build above.
    # Gates look at the tree and not at a build: once is enough.
    programs = ['--no-suite', 'gate', '--no-suite', 'cost']
    for build, selection in ((ASAN, programs),
                             (CLANG, programs),
                             (TSAN, ['--suite', 'stress', '--suite', 'compose']),
                             (COUNT, ['--suite', 'unit', '--suite', 'compose']),
                             (DELAY, ['--suite', 'stress'])):
        if made(build, tally):
            # Instrumented code is slow enough with the counts of the quick tier.
            tally.add(build.test(selection))
    if made(FUZZ, tally):
        tally.add(FUZZ.test(['--suite', 'fuzzer']))
    return tally


def soak():
    """Rounds of the stress tests, until the time is over; each round with a seed of its own, which the tests may use."""
    tally = Tally()
    seconds = int(os.environ.get('SEAWALL_SOAK_SECONDS', SOAK_SECONDS))
    builds = [build for build in (QUICK, ASAN, TSAN, DELAY) if made(build, tally)]
    end = time.monotonic() + seconds
    number = 0
    while builds and not tally.failed and time.monotonic() < end:
        build = builds[number % len(builds)]
        number += 1
        environment = {'SEAWALL_TEST_DEEP': '1', 'SEAWALL_TEST_SOAK': '1', 'SEAWALL_TEST_SEED': str(time.time_ns())}
        title = f'round {number}, seed {environment["SEAWALL_TEST_SEED"]}, {max(0, int(end - time.monotonic()))} s left'
        turn = build.test(['--suite', 'stress'], environment, title=title)
        tally.add(turn)
        if not turn.passed:  # no such test, or all of them failed: another round would tell nothing new
            break
    return tally


def main():
    begin = time.monotonic()
    tally = {'quick': quick, 'deep': deep, 'soak': soak}[sys.argv[1]]()
    print(f'\n== {sys.argv[1]} tier: {time.monotonic() - begin:.0f} s')
    for skip in tally.skipped:
        print(f'skipped: {skip}')
    for failure in tally.failed:
        print(f'failed: {failure}')
    print(tally, flush=True)
    # Where everything can be installed, nothing may be skipped.
    strict = os.environ.get('CI') == 'true'
    nothing = not tally.passed and not tally.skipped
    return 1 if tally.failed or nothing or (strict and tally.skipped) else 0


if __name__ == '__main__':
    sys.exit(main())
