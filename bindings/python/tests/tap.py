"""Runs one file of tests and prints a line for each, as TAP, with a summary as the last."""
import importlib.util
import sys
import traceback
import unittest
from pathlib import Path


class Lines(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.counts = {'passed': 0, 'failed': 0, 'skipped': 0}
        self.bad = set()

    def line(self, verdict, what, count, text=''):
        self.counts[count] += 1
        print(f'{verdict} {sum(self.counts.values())} - {what}', flush=True)
        for said in text.splitlines():
            print(f'#   {said}')

    @staticmethod
    def name(test):
        return test.id().partition('.')[2] if hasattr(test, 'id') else str(test)

    def addSuccess(self, test):
        if test not in self.bad:
            self.line('ok', self.name(test), 'passed')

    def fail(self, test, error):
        if test not in self.bad:
            self.bad.add(test)
            self.line('not ok', self.name(test), 'failed', ''.join(traceback.format_exception(*error)))

    addError = addFailure = fail

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.fail(test, error)
            print(f'#   in {subtest}')

    def addSkip(self, test, reason):
        self.line('ok', f'{self.name(test)} # SKIP {reason}', 'skipped')

    def addUnexpectedSuccess(self, test):
        self.line('not ok', self.name(test), 'failed', 'it was to fail')


def main():
    path = Path(sys.argv[1])
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    suite, lines = unittest.defaultTestLoader.loadTestsFromModule(module), Lines()
    if len(sys.argv) > 2:
        suite = unittest.defaultTestLoader.loadTestsFromNames(sys.argv[2:], module)
    suite.run(lines)
    print('{passed} passed, {failed} failed, {skipped} skipped'.format(**lines.counts), flush=True)
    sys.exit(1 if lines.counts['failed'] or not sum(lines.counts.values()) else 0)


main()
