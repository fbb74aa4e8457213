"""Doxygen reads the headers and the guide without a warning."""
import shutil
import sys
import tempfile
from pathlib import Path

from gate import Gate, attempt


def main():
    gate = Gate()
    doxyfile = Path(sys.argv[1])
    if shutil.which('doxygen') is None:
        gate.skip('reference without a warning', 'doxygen not found')
        gate.finish()
    with tempfile.TemporaryDirectory() as directory:
        overrides = f'\nOUTPUT_DIRECTORY = {directory}\nWARN_AS_ERROR = FAIL_ON_WARNINGS\n'
        gate.check('reference without a warning', attempt(['doxygen', '-'], doxyfile.read_text(encoding='utf-8') + overrides))
    gate.finish()


main()
