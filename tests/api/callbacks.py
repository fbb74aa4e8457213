"""Every callback's comment says on which thread it is called."""
import re

from gate import HEADERS, Gate, relative

COMMENT = r'/\*\*(?P<comment>(?:(?!\*/).)*)\*/\s*'
# A type of its own, or a member of a struct.
CALLBACK = re.compile(COMMENT + r'(?:typedef\s+)?[\w ]+\*?\s*\(\*(?P<name>\w+)\)\s*\(', re.S)
POINTER = re.compile(r'\(\*(\w+)\)\s*\(')


def main():
    gate = Gate()
    for path in HEADERS:
        text = path.read_text(encoding='utf-8')
        said = {match['name']: match['comment'] for match in CALLBACK.finditer(text)}
        names = POINTER.findall(re.sub(r'/\*.*?\*/', ' ', text, flags=re.S))
        if names:
            gate.check(f'{relative(path)}: each callback names its threads',
                       [f'{name}: {"no thread is named" if name in said else "has no comment above it"}' for name in names
                        if not re.search(r'\bthreads?\b', said.get(name, ''))])
    gate.finish()


main()
