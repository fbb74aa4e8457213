"""The closing line of scripts/test is true: what programs print is counted as it was meant."""
import json
import sys
import tempfile
from pathlib import Path

from gate import SOURCE, Gate

sys.path.insert(0, str(SOURCE / 'scripts'))
from testlog import count  # noqa: E402

LIBCHECK = '''Running suite(s): s
SKIP third: no such thing here
ok 1 - ../../tests/a.c:case:first: Passed
ok 2 - ../../tests/a.c:case:rows:0: Passed
{row} 3 - ../../tests/a.c:case:rows:1: whatever: it said
ok 4 - ../../tests/a.c:case:third: Passed
1..4'''
GATE = '''ok 1 - one
not ok 2 - two
#   why
ok 3 - three # SKIP no tool
1 passed, 1 failed, 1 skipped'''

# What a program printed, how meson judged it; what is to come of it: passed, failed, skipped.
ROWS = [
    ('libcheck, with a skip', LIBCHECK.format(row='ok'), 'OK', 2, [], ['a: a.c:case:third (no such thing here)']),
    ('libcheck, a row fails', LIBCHECK.format(row='not ok'), 'FAIL', 1, ['a: a.c:case:rows'], ['a: a.c:case:third (no such thing here)']),
    ('a crash in the middle', 'ok 1 - ../a.c:case:first: Passed', 'FAIL', 1, ['a: fail'], []),
    ('a crash before the first word', '', 'FAIL', 0, ['a: fail'], []),
    ('out of time', 'ok 1 - ../a.c:case:first: Passed', 'TIMEOUT', 1, ['a: timeout'], []),
    ('a program of one test', 'anything', 'OK', 1, [], []),
    ('a program that gives up', '', 'SKIP', 0, [], ['a']),
    ('a gate', GATE, 'FAIL', 1, ['a: two'], ['three (no tool)']),
    ('a gate that dies after its summary', '3 passed, 0 failed, 0 skipped', 'FAIL', 3, ['a: fail'], []),
]


def counted(printed, result, directory):
    log = Path(directory) / 'log.json'
    log.write_text(json.dumps({'name': 'seawall:quick / a', 'stdout': printed, 'result': result}) + '\n', encoding='utf-8')
    return count(log)


def main():
    gate = Gate()
    with tempfile.TemporaryDirectory() as directory:
        for what, printed, result, passed, failed, skipped in ROWS:
            tally = counted(printed, result, directory)
            found, wanted = (tally.passed, tally.failed, tally.skipped), (passed, failed, skipped)
            gate.check(what, '' if found == wanted else f'{found} instead of {wanted}')
        tally = counted(LIBCHECK.format(row='not ok'), 'FAIL', directory)
        said = '\n'.join(tally.last_words)
        gate.check('what failed has the last word', '' if 'a | not ok 3' in said and 'a | ok 4' not in said else said or 'nothing')
        gate.check('what passed has none', '\n'.join(counted(LIBCHECK.format(row='ok'), 'OK', directory).last_words))
        tally = count(Path(directory) / 'nothing')
        gate.check('no log is no test', '' if str(tally) == '0 passed, 0 failed, 0 skipped' else str(tally))
    gate.finish()


main()
