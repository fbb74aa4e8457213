"""Counts single tests in what the test programs printed, as meson's testlog keeps it."""
import json
import re

SUMMARY = re.compile(r'^(\d+) passed, (\d+) failed, (\d+) skipped$')
SKIP = re.compile(r'^ok \d+ - (.*?) # SKIP (.*)$')
GAVE_UP = re.compile(r'^SKIP (\w+): (.*)$')
LAST_WORDS = 12  # lines of each stream
LIBCHECK = re.compile(r'^(ok|not ok) \d+ - ([^:]*:[^:]*:[^:]*): ?(.*)$')


class Tally:
    """Tests that passed, the names of those that failed or were skipped, and the last words of what failed."""

    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = []
        self.last_words = []

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.last_words += other.last_words

    def __str__(self):
        return f'{self.passed} passed, {len(self.failed)} failed, {len(self.skipped)} skipped'


def count_gate(name, lines, tally):
    """A program that sums itself up in its last line; its checks are TAP lines."""
    summary = SUMMARY.match(lines[-1])
    tally.passed += int(summary[1])
    failed = [f'{name}: {line.partition(" - ")[2]}' for line in lines if line.startswith('not ok')]
    skipped = [f'{match[1]} ({match[2]})' for match in map(SKIP.match, lines) if match]
    # The numbers rule, the lines only give them names.
    tally.failed += (failed + [name] * int(summary[2]))[:int(summary[2])]
    tally.skipped += (skipped + [name] * int(summary[3]))[:int(summary[3])]


def count_libcheck(name, lines, tally):
    """A libcheck program that logged TAP to its output. The rows of a loop test are one test.

    libcheck knows no skipping: a test that has to give up says so in a line of its own, and passes.
    """
    verdicts = {}
    for match in map(LIBCHECK.match, lines):
        if match:
            test = match[2].rpartition('/')[2]  # file:case:test
            verdicts[test] = verdicts.get(test, True) and match[1] == 'ok'
    given_up = {match[1]: match[2] for match in map(GAVE_UP.match, lines) if match}
    for test, passed in verdicts.items():
        why = given_up.get(test.rpartition(':')[2])
        if not passed:
            tally.failed.append(f'{name}: {test}')
        elif why is not None:
            tally.skipped.append(f'{name}: {test} ({why})')
        else:
            tally.passed += 1
    return len(verdicts)


def last_words(name, entry):
    """What a failed program said at the end, but for the tests that passed."""
    said = []
    for stream in ('stdout', 'stderr'):
        lines = (entry.get(stream) or '').rstrip('\n').split('\n')
        said += [line for line in lines if line and not line.startswith('ok ')][-LAST_WORDS:]
    return [f'{name} | {line}' for line in said]


def count_program(entry):
    """One line of meson's testlog."""
    tally = Tally()
    name = entry['name'].rpartition(' / ')[2]
    lines = (entry.get('stdout') or '').rstrip('\n').split('\n')
    counted = 0
    if SUMMARY.match(lines[-1]):
        count_gate(name, lines, tally)
        counted = 1
    else:
        counted = count_libcheck(name, lines, tally)
    if entry['result'] == 'SKIP':
        tally.skipped.append(name)
    elif entry['result'] != 'OK':
        # A crash or a timeout: something failed even if the program could not say what.
        if not tally.failed:
            tally.failed.append(f'{name}: {entry["result"].lower()}')
        tally.last_words += last_words(name, entry)
    elif not counted:
        tally.passed += 1
    return tally


def count(path):
    """The whole log. No log means that nothing ran."""
    tally = Tally()
    try:
        with open(path, encoding='utf-8') as log:
            entries = [json.loads(line) for line in log]
    except FileNotFoundError:
        entries = []
    for entry in entries:
        tally.add(count_program(entry))
    return tally
