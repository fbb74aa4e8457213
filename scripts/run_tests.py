"""Builds and runs one tier of tests; scripts/test calls it once everything it needs is installed."""
import os
import shlex
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from testlog import Tally, count

SOURCE = Path(__file__).resolve().parent.parent
JOBS = str(os.cpu_count() or 1)
SOAK_SECONDS = 7200
SOAKED = SOURCE / 'build' / 'soaked'  # what one soak leaves for the next
# For values that nobody set. Leaks are the address sanitizer's: some tests leak on purpose, in a child that is to fail.
VALGRIND = f'valgrind -q --max-threads=1500 --error-exitcode=9 --leak-check=no --suppressions={SOURCE}/tests/support/valgrind.supp'
seconds = {}  # what took how long, in the order in which it was done


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
        with stopwatch(f'{self.name}: building'):
            return self._make()

    def _make(self):
        wanted = ' '.join([self.compiler, *self.options])
        stamp = self.directory / 'configured-as'
        if not stamp.exists() or stamp.read_text() != wanted:
            shutil.rmtree(self.directory, ignore_errors=True)
            if not run(['meson', 'setup', str(self.directory), str(SOURCE), *self.options], {'CC': self.compiler}):
                return False
            stamp.write_text(wanted)
        return run(['ninja', '-C', str(self.directory), '-j', JOBS, *self.targets])

    def test(self, selection, extra=None, wrapper=None, slowness=None, title='testing'):
        """Runs the selected tests and counts them. `slowness` is how much longer than usual each of them may take."""
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
            'TSAN_OPTIONS': 'halt_on_error=1:second_deadlock_stack=1:die_after_fork=0',
            **(extra or {}),
        }
        suffix = f'-{shlex.split(wrapper)[0]}' if wrapper else ''  # meson's own way of naming it
        log = self.directory / 'meson-logs' / f'tier{suffix}.json'
        log.unlink(missing_ok=True)
        with stopwatch(f'{self.name}: {title}'):
            succeeded = run(command, environment)
        tally = count(log)
        if not (succeeded and (tally.passed or tally.skipped)) and not tally.failed:
            tally.failed.append(title)
        tally.failed = [f'{self.name}: {failure}' for failure in tally.failed]
        for failure in tally.failed:
            print(f'FAILED {failure}', flush=True)
        return tally


@contextmanager
def stopwatch(what):
    """Says what is going on now, and adds up how long it took."""
    print(f'== {what}', flush=True)
    begin = time.monotonic()
    yield
    seconds[what] = seconds.get(what, 0) + time.monotonic() - begin


def run(command, environment=None):
    """Shows the command's output. True if it succeeded."""
    return subprocess.run(command, env={**os.environ, **(environment or {})}, cwd=SOURCE).returncode == 0


def made(build, tally):
    """Makes the build; a failure counts as a test that failed."""
    if build.make():
        return True
    tally.failed.append(f'{build.name}: build')
    return False


QUICK = Build('quick', ['-Ddocs=enabled', '-Dbench=enabled', '-Dpython=enabled'])
# Instrumented code is compiled in less time like this, and finds no less; with -O1 too, but for gcc, whose warnings then are of what cannot be.
LEAN = ['-Dbench=disabled', '-Ddocs=disabled', '-Dpython=disabled', '-Dc_args=-g1', '-Dcpp_args=-g1']
ASAN = Build('asan', ['-Db_sanitize=address,undefined', *LEAN], slowness=4)
CLANG = Build('clang', ['-Ddocs=disabled', '-Dpython=disabled', '-Dbench=enabled'], compiler='clang')
TSAN = Build('tsan', ['-Db_sanitize=thread', '-Db_lundef=false', '-Doptimization=1', *LEAN], compiler='clang', slowness=8)
DELAY = Build('delay', ['-Datomics=delay', '-Db_sanitize=thread', '-Db_lundef=false', '-Doptimization=1', *LEAN], compiler='clang', slowness=16,
              targets=['stress'])
FUZZ = Build('fuzz', ['-Dfuzz=true', '-Db_sanitize=address,undefined', '-Db_lundef=false', '-Dbench=disabled', '-Ddocs=disabled', '-Dpython=disabled'],
             compiler='clang', slowness=4, targets=['fuzzers'])


def quick():
    tally = Tally()
    if made(QUICK, tally):
        tally.add(QUICK.test(['--suite', 'quick']))
    return tally


def deep():
    tally = Tally()
    environment = {'SEAWALL_TEST_DEEP': '1'}
    rooms = [word for room in ('unit', 'model', 'regress', 'compose', 'stress') for word in ('--suite', room)]
    if made(QUICK, tally):
        tally.add(QUICK.test(['--suite', 'deep', *rooms], environment, slowness=10, title='testing with the counts of the deep tier'))
        # Each new process begins by translating everything anew.
        light = {'SEAWALL_TEST_LIGHT': '1', 'CK_EXCLUDE_TAGS': 'many'}
        units = ['--no-suite', 'deep', '--suite', 'unit', '--suite', 'compose']
        tally.add(QUICK.test(['--no-suite', 'processes', *units], {**light, 'CK_FORK': 'no'}, wrapper=VALGRIND, slowness=20,
                             title='testing under valgrind, a program at a time'))
        tally.add(QUICK.test(['--suite', 'processes'], light, wrapper=VALGRIND, slowness=20,
                             title='testing under valgrind, a process for each test'))
    # Suite "cost" counts instructions and the like: its limits are for the build above. Gates look at the tree and not
    # at a build: once is enough. Instrumented code is slow enough with the counts of the quick tier.
    programs = ['--no-suite', 'gate', '--no-suite', 'cost']
    for build, selection in ((ASAN, programs),
                             (CLANG, programs),
                             (TSAN, programs),
                             (DELAY, ['--suite', 'stress']),
                             (FUZZ, ['--suite', 'fuzzer'])):
        if made(build, tally):
            tally.add(build.test(selection))
    return tally


def soak():
    """
    The loader under its fuzzer on all processors for a quarter of the time, or until it has read 10^9 inputs in all soaks, whose
    corpus and count stay in build/soaked; the stress tests once with the counts of this tier; then rounds of them with those of the
    deep one, until the time is over; each round with a seed of its own, which the tests may use.
    """
    tally = Tally()
    seconds = int(os.environ.get('SEAWALL_SOAK_SECONDS', SOAK_SECONDS))
    builds = [build for build in (QUICK, ASAN, TSAN, DELAY) if made(build, tally)]
    end = time.monotonic() + seconds
    if made(FUZZ, tally):
        tally.add(FUZZ.test(['fuzz/loader'], {'SEAWALL_FUZZ_INPUTS': '1000000000', 'SEAWALL_FUZZ_TEXTS': '32', 'SEAWALL_FUZZ_LENGTH': '96',
                                              'SEAWALL_FUZZ_SECONDS': str(seconds // 4), 'SEAWALL_FUZZ_JOBS': JOBS, 'SEAWALL_FUZZ_KEEP': str(SOAKED)},
                            slowness=max(1, seconds // 100), title='fuzzing the loader'))
        inputs = SOAKED / 'loader' / 'inputs'
        if inputs.exists():
            print(f'== the loader has read {int(inputs.read_text()):,} inputs of 1,000,000,000 in all soaks', flush=True)
    if QUICK in builds:
        tally.add(QUICK.test(['--suite', 'stress'], {'SEAWALL_TEST_DEEP': '1', 'SEAWALL_TEST_SOAK': '1'}, slowness=120,
                             title='testing with the counts of the soak tier'))
    number = 0
    while builds and not tally.failed and time.monotonic() < end:
        build = builds[number % len(builds)]
        number += 1
        environment = {'SEAWALL_TEST_DEEP': '1', 'SEAWALL_SEED': str(time.time_ns())}
        print(f'== round {number}, seed {environment["SEAWALL_SEED"]}, {max(0, int(end - time.monotonic()))} s left')
        turn = build.test(['--suite', 'stress'], environment)
        tally.add(turn)
        if not turn.passed:  # no such test, or all of them failed: another round would tell nothing new
            break
    return tally


def main():
    begin = time.monotonic()
    tally = {'quick': quick, 'deep': deep, 'soak': soak}[sys.argv[1]]()
    print()
    for what, took in seconds.items():
        print(f'{took:6.0f} s  {what}')
    print(f'== {sys.argv[1]} tier: {time.monotonic() - begin:.0f} s')
    for skip in tally.skipped:
        print(f'skipped: {skip}')
    for line in tally.last_words:
        print(f'said: {line}')
    for failure in tally.failed:
        print(f'failed: {failure}')
    print(tally, flush=True)
    # Where everything can be installed, nothing may be skipped.
    strict = os.environ.get('CI') == 'true'
    nothing = not tally.passed and not tally.skipped
    return 1 if tally.failed or nothing or (strict and tally.skipped) else 0


if __name__ == '__main__':
    sys.exit(main())
