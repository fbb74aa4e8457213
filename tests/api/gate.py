"""How a gate reports: one TAP line per check, what is wrong as comments, and a summary line at the end."""
import os
import shlex
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get('SEAWALL_BUILD', SOURCE / 'build' / 'quick'))
CC = shlex.split(os.environ.get('SEAWALL_CC', 'cc'))
HEADERS = sorted((SOURCE / 'include' / 'seawall').glob('*.h'))
WARNINGS = ['-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Wshadow', '-Werror']
C_WARNINGS = [*WARNINGS, '-Wstrict-prototypes', '-Wmissing-prototypes']


class Gate:
    def __init__(self):
        self.counts = {'passed': 0, 'failed': 0, 'skipped': 0}

    def check(self, what, problems=()):
        """`problems`: a list of lines, or one text; empty is good."""
        if isinstance(problems, str):
            problems = problems.splitlines()
        problems = list(problems)
        self._line('not ok' if problems else 'ok', what)
        for problem in problems:
            print(f'#   {problem}')
        self.counts['failed' if problems else 'passed'] += 1
        return not problems

    def skip(self, what, why):
        self._line('ok', f'{what} # SKIP {why}')
        self.counts['skipped'] += 1

    def _line(self, verdict, text):
        print(f'{verdict} {sum(self.counts.values()) + 1} - {text}', flush=True)

    def finish(self):
        """Prints the summary and ends the program."""
        print('{passed} passed, {failed} failed, {skipped} skipped'.format(**self.counts), flush=True)
        sys.exit(1 if self.counts['failed'] else 0)


def attempt(command, text=None, **options):
    """Runs a command. Its output if it failed (or a word, if it said nothing), nothing if it succeeded."""
    done = subprocess.run([str(word) for word in command], input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False, **options)
    return '' if done.returncode == 0 else done.stdout or f'{command[0]} ended with status {done.returncode}'


def output(command, **options):
    """What a command prints; it must succeed."""
    return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=True, **options).stdout


def relative(path):
    return str(Path(path).relative_to(SOURCE))
