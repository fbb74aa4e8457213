"""Each listed mistake can still be made: its text stands once in its file, and the tests that are to find it exist."""
import sys

from gate import SOURCE, Gate

MUTANTS = SOURCE / 'tests' / 'mutants'
sys.path.insert(0, str(MUTANTS))

import run  # noqa: E402 - it stands beside the lists
import run_python  # noqa: E402


def misplaced(path, root):
    for mistake in run.read_list(path):
        file = root / mistake['file']
        times = file.read_text(encoding='utf-8').count('\n'.join(mistake['-'])) if file.is_file() else 0
        if times != 1:
            yield f"{path.name}: {mistake['name']}: its text stands {times} times in {mistake['file']}"


def main():
    gate = Gate()
    lists = {path.stem: path for path in MUTANTS.glob('*.txt')}
    python = lists.pop('python')
    gate.check('each list of mistakes has its tests', sorted(lists.keys() ^ run.TESTS.keys()))
    gate.check('the tests exist', [file for tests in run.TESTS.values() for _, _, files in tests for file in files
                                   if not (SOURCE / file).is_file()])
    gate.check('the mistakes of the library apply', [line for path in sorted(lists.values()) for line in misplaced(path, SOURCE)])
    gate.check("the binding's apply", list(misplaced(python, run_python.BINDING / 'src' / 'seawall')))
    gate.finish()


main()
