"""Every ```c, ```python and ```lua block of the README and the guide is cut from code that is compiled and run.

A block is preceded by <!-- cut: examples/01_breaker.c#name -->, and the source has the lines between /* [name] */ and
/* [name end] */, or between # or -- [name] and [name end]. "snippets.py --write" refreshes the blocks.
"""
import re
import sys
import textwrap

from gate import SOURCE, Gate, relative

PAGES = [SOURCE / 'README.md', SOURCE / 'CONTRIBUTING.md', *sorted((SOURCE / 'docs').rglob('*.md')),
         *sorted((SOURCE / 'bindings').rglob('*.md'))]
BLOCK = re.compile(r'(?:^<!-- cut: (?P<file>\S+?)#(?P<name>\w+) -->\n)?^```(?P<language>\w*)\n(?P<body>.*?)^```$', re.M | re.S)


def cut(file, name):
    """The marked lines without their common indentation; None if there are none."""
    path = SOURCE / file
    if not path.exists():
        return None
    begin, end = (rf'^[ \t]*(?:/\* \[{words}\] \*/|(?:#|--) \[{words}\])$' for words in (name, f'{name} end'))
    marked = rf'{begin}\n(.*?){end}'
    match = re.search(marked, path.read_text(encoding='utf-8'), re.M | re.S)
    return textwrap.dedent(match[1]) if match else None


LOST = re.compile(r'^<!-- cut: (\S+) -->\n(?!```)', re.M)


def problem(match):
    """What is wrong with a block, '' if nothing."""
    if match['language'] not in ('c', 'C', 'cpp', 'python', 'lua'):
        return ''
    if not match['file']:
        return 'not cut from a source: put <!-- cut: file#name --> on the line above'
    source = cut(match['file'], match['name'])
    if source is None:
        return f'{match["file"]} has no [{match["name"]}]'
    return '' if source == match['body'] else f'differs from {match["file"]}#{match["name"]}; snippets.py --write refreshes it'


def refreshed(match):
    source = cut(match['file'], match['name']) if match['file'] else None
    return match[0] if source is None else f'<!-- cut: {match["file"]}#{match["name"]} -->\n```{match["language"]}\n{source}```'


def main():
    pages = [path for path in PAGES if path.exists()]
    if sys.argv[1:] == ['--write']:
        for path in pages:
            before = path.read_text(encoding='utf-8')
            after = BLOCK.sub(refreshed, before)
            if after != before:
                path.write_text(after, encoding='utf-8')
                print(f'refreshed {relative(path)}')
    gate = Gate()
    for path in pages:
        text = path.read_text(encoding='utf-8')
        problems = ((text.count('\n', 0, match.start()) + 1, problem(match)) for match in BLOCK.finditer(text))
        lost = [f'{name}: no block below its marker' for name in LOST.findall(text)]
        gate.check(f'{relative(path)} shows compiled code', lost + [f'line {line}: {what}' for line, what in problems if what])
    gate.finish()


main()
