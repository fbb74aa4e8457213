"""What README.md says, done: its program, and its commands, in a copy of the tree and a home of their own."""
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'api'))
from gate import SOURCE, Gate, attempt  # noqa: E402

PROGRAM = re.compile(r'^```c\n(.*?)^```$', re.M | re.S)
COMMANDS = re.compile(r'^<!-- run -->\n```sh\n(.*?)^```$', re.M | re.S)
# What else the tree has, a build of its own above all, is not for somebody who cloned it.
PARTS = ['include', 'src', 'pkgconfig', 'scripts', 'tests', 'tools', 'examples', 'bench', 'docs', 'meson.build', 'meson_options.txt',
         'seawall.map', 'LICENSE', 'README.md']


def main():
    gate = Gate()
    text = (SOURCE / 'README.md').read_text(encoding='utf-8')
    program, commands = PROGRAM.search(text), COMMANDS.findall(text)
    gate.check('there is a program, and there are commands', [] if program and commands else ['not found'])
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch) / 'tree'
        tree.mkdir()
        for part in PARTS:
            copy = shutil.copytree if (SOURCE / part).is_dir() else shutil.copy
            copy(SOURCE / part, tree / part)
        (tree / 'program.c').write_text(program[1], encoding='utf-8')
        nothing_set = {name: value for name, value in os.environ.items() if name in ('PATH', 'LANG', 'CC')}
        for number, block in enumerate(commands, 1):
            gate.check(f'commands {number}', attempt(['sh', '-ec', block], cwd=tree, env={**nothing_set, 'HOME': scratch}))
    gate.finish()


main()
