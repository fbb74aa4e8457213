"""The binary interface: what libabigail makes of the library beside the dump of the first one (first/libseawall.abi).

usage: dump.py           compares; what is new is listed, what is gone or another fails
       dump.py --freeze  takes the headers and the library of today as the first ones
"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'api'))
from gate import BUILD, HEADERS, SOURCE, Gate, attempt  # noqa: E402

OWN = SOURCE / 'tests' / 'abi'
FIRST = OWN / 'first'
DUMP = FIRST / 'libseawall.abi'
LIBRARY = BUILD / 'src' / 'libseawall.so'
# Structs that no header shows may be anything.
PUBLIC = ['--headers-dir', SOURCE / 'include', '--drop-private-types']
PLAIN = ['--no-corpus-path', '--no-comp-dir-path', '--no-show-locs', '--no-parameter-names', '--no-elf-needed']
REMEDY = 'before 1.0, if it must be: scripts/abi --freeze, and say why'


def dump(target):
    """Writes what the headers show of the library. What went wrong."""
    return attempt(['abidw', *PUBLIC, *PLAIN, '--out-file', target, LIBRARY])


def abidiff(today, *options):
    """Status and text; a status of 0 is no difference. Both dumps have left out already what no header shows."""
    command = ['abidiff', '--suppressions', OWN / 'grown.suppr', *options, DUMP, today]
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def freeze():
    for path in (FIRST / 'seawall').glob('*.h'):
        path.unlink()
    for path in HEADERS:
        shutil.copy(path, FIRST / 'seawall')
    wrong = dump(DUMP)
    if wrong:
        sys.exit(wrong)


def compare():
    gate = Gate()
    if shutil.which('abidiff') is None:
        gate.skip('the first library', 'abidiff not found')
        gate.finish()
    with tempfile.NamedTemporaryFile(suffix='.abi') as today:
        if gate.check('abidw reads the library', dump(today.name)):
            status, text = abidiff(today.name, '--no-added-syms')
            gate.check('nothing of the first library is gone or another', [*text.splitlines(), REMEDY] if status else [])
            for line in abidiff(today.name)[1].splitlines():
                if '[A]' in line:
                    print(f'# new: {line.strip()}')
    gate.finish()


if __name__ == '__main__':
    freeze() if sys.argv[1:] == ['--freeze'] else compare()
