"""Tables of the guide that the library itself wrote.

A table stands below <!-- WORD: name -->, up to the next empty line. A gate that is called with --write makes its own anew from the
library in the build directory.
"""
import ctypes as c
import re
import sys

from gate import BUILD, SOURCE, Gate, relative

GUIDE = SOURCE / 'docs' / 'guide'


def load():
    return c.CDLL(str(BUILD / 'src' / 'libseawall.so'))


def rows(head, lines):
    """A table in Markdown."""
    return ''.join(f'| {" | ".join(cells)} |\n' for cells in [head, *lines]).replace('\n', f'\n|{"---|" * len(head)}\n', 1)


def compare(word, tables):
    """A gate: each of `tables` (a text by its name) is somewhere in the guide, as it is."""
    below = re.compile(rf'^<!-- {word}: (\w+) -->\n(.*?)(?=^$|\Z)', re.M | re.S)
    pages = {path: path.read_text(encoding='utf-8') for path in sorted(GUIDE.glob('*.md'))}
    if sys.argv[1:] == ['--write']:
        for path, before in pages.items():
            after = below.sub(lambda match: f'<!-- {word}: {match[1]} -->\n{tables.get(match[1], match[2])}', before)
            if after != before:
                path.write_text(after, encoding='utf-8')
                print(f'refreshed {relative(path)}')
            pages[path] = after
    gate = Gate()
    found = [(path, match[1], match[2]) for path, text in pages.items() for match in below.finditer(text)]
    for name, wanted in tables.items():
        places = [(path, text) for path, other, text in found if other == name]
        problems = [] if places else [f'no page of docs/guide has <!-- {word}: {name} -->']
        problems += [f'{relative(path)} is not up to date: {word}.py --write makes it so' for path, text in places if text != wanted]
        gate.check(f'the {word} of {name} are in the guide', problems)
    gate.check('no table is of an unknown name', [f'{relative(path)}: {name}' for path, name, _ in found if name not in tables])
    gate.finish()
