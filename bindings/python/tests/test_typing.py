"""The package is typed: mypy, as strict as it can be, has nothing to say; and to a user's mistakes it has."""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = Path(os.environ['PYTHONPATH'].split(':')[0])
CONFIG = HERE.parent / 'pyproject.toml'
# A line with "# wrong" is a mistake that must be found; every other line is right.
PROGRAM = '''
import asyncio
from datetime import timedelta
import seawall

pipeline = seawall.Pipeline(
    seawall.Timeout(request_timeout=timedelta(seconds=2)), seawall.Retry(max_attempts=3, jitter="full", predicate=lambda error, n: None),
    seawall.CircuitBreaker(failure_threshold=5, recovery_timeout="30s", counted_faults=[seawall.Fault.TIMEOUT, "internal"]),
    faults={KeyError: seawall.Fault.CONFLICT, OSError: lambda error: seawall.Verdict(seawall.Fault.OTHER, error.errno)})

@pipeline.guard
def fetch(url: str, *, tries: int = 1) -> bytes:
    return url.encode()

@pipeline.guard
async def fetch_later(url: str) -> int:
    return len(url)

body: bytes = fetch("x", tries=2)
other: str = fetch("x")  # wrong
fetch(5)  # wrong

async def main() -> None:
    length: int = await fetch_later("x")
    text: str = await fetch_later("x")  # wrong
    async with seawall.Bulkhead().permit(timeout=1), seawall.RateLimiter(rate=5).permit(2):
        pass
    whole: seawall.Outcome[int] = await pipeline.aoutcome(fetch_later, "x")

class Cap(seawall.OwnPolicy):
    def enter(self, turn: seawall.Turn) -> seawall.Answer | None:
        turn.shorten("2")  # wrong
        return turn.refuse("full", timedelta(seconds=1)) if turn.inner else None
    def leave(self, turn: seawall.Turn, outcome: seawall.RunOutcome) -> seawall.Answer | None:
        return "pass"  # wrong

seawall.Pipeline(Cap(), Cap(name="x"), seawall.OwnPolicy())
asyncio.run(main())
seawall.CircuitBreaker(failure_treshold=1)  # wrong
seawall.CircuitBreaker(failure_threshold=[1])  # wrong
seawall.RateLimiter()  # wrong
n: int = pipeline.call(len, "abc")
outcome = pipeline.outcome(fetch, "x")
wait: float | None = seawall.OpenError().retry_after
opened: int = seawall.CircuitBreaker().snapshot().opened
state: int = seawall.CircuitBreaker().snapshot().state  # wrong
for event in pipeline.events():
    print(event.kind)
'''


@unittest.skipUnless(shutil.which('mypy', path='/usr/bin'), 'no mypy: Debian calls the package so')
class Types(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cache = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.cache.cleanup)

    def check(self, *arguments, cwd=None):
        done = subprocess.run(['/usr/bin/mypy', '--config-file', CONFIG, '--cache-dir', self.cache.name, '--no-error-summary', *arguments],
                              capture_output=True, text=True, check=False, cwd=cwd,
                              env={**os.environ, 'MYPYPATH': str(PACKAGE), 'PYTHONPATH': ''})
        return done.stdout + done.stderr

    def test_the_package(self):
        self.assertEqual(self.check('-p', 'seawall'), '')

    def test_a_program(self):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / 'program.py'
            path.write_text(PROGRAM, encoding='utf-8')
            said = self.check(str(path), cwd=directory)
        found = {int(line.split(':')[1]) for line in said.splitlines() if ': error: ' in line and line.startswith('program.py')}
        wrong = {number for number, line in enumerate(PROGRAM.splitlines(), 1) if line.endswith('# wrong')}
        self.assertEqual(found, wrong, said)
