"""What README.md says, done: its program, and its commands, in a copy of the tree and a home of their own."""
import re
import tempfile
from pathlib import Path

from tree import clean_environment, copy_tree  # which knows where gate.py is
from gate import SOURCE, Gate, attempt

PROGRAM = re.compile(r'^```c\n(.*?)^```$', re.M | re.S)
COMMANDS = re.compile(r'^<!-- run -->\n```sh\n(.*?)^```$', re.M | re.S)


def main():
    gate = Gate()
    text = (SOURCE / 'README.md').read_text(encoding='utf-8')
    program, commands = PROGRAM.search(text), COMMANDS.findall(text)
    gate.check('there is a program, and there are commands', [] if program and commands else ['not found'])
    with tempfile.TemporaryDirectory() as scratch:
        tree = copy_tree(Path(scratch) / 'tree')
        (tree / 'program.c').write_text(program[1], encoding='utf-8')
        for number, block in enumerate(commands, 1):
            gate.check(f'commands {number}', attempt(['sh', '-ec', block], cwd=tree, env=clean_environment(scratch)))
    gate.finish()


main()
