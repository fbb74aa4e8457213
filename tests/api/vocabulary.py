"""Every value of the headers that stands for something has a name in the library, and no two share one.

For each function that tells the name of a value, and the enum that lists the values of its parameter's type.
"""
import ctypes
import re

from gate import BUILD, HEADERS, SOURCE, Gate

TELLS = re.compile(r'\bconst char \*(seawall_\w+_name)\((seawall_\w+) \w+\);')
LISTED = r'^typedef int32_t {};(?:(?!typedef).)*?^enum \{{(.*?)^\}};'
VALUE = re.compile(r'\b(SEAWALL_[A-Z0-9_]+)\s*=\s*(-?\d+)')
# Where users' own values begin: the library cannot know their names. How many there are is no kind.
NO_KIND = re.compile(r'_(USER|COUNT)$')


def values_of(kind, text):
    """(constant, value) of everything that the enum of this type lists."""
    listed = re.search(LISTED.format(kind), text, re.M | re.S)
    return [(name, int(value)) for name, value in VALUE.findall(listed[1]) if not NO_KIND.search(name)] if listed else []


def misnamed(library, function, values):
    tell = getattr(library, function)
    tell.restype, tell.argtypes = ctypes.c_char_p, [ctypes.c_int32]
    seen = {}
    for constant, value in values:
        name = tell(value).decode()
        if name == 'unknown':
            yield f'{constant} ({value}) has no name'
        elif not constant.endswith('_' + name.upper()):
            yield f'{constant} is called "{name}"'
        elif seen.setdefault(name, constant) != constant:
            yield f'{constant} is called "{name}" like {seen[name]}'


def untold(text):
    """What a verb may answer or ask, and CONTRIBUTING's list of the verbs does not name."""
    page = (SOURCE / 'CONTRIBUTING.md').read_text(encoding='utf-8')
    words = [constant for constant, _ in values_of('seawall_answer', text)]
    words += sorted(set(re.findall(r'\bseawall_turn_\w+(?=\()', text)))
    return [f'{word} is not in CONTRIBUTING.md' for word in words if not re.search(rf'\b{word}\b', page)]


def main():
    gate = Gate()
    library = ctypes.CDLL(str(BUILD / 'src' / 'libseawall.so'))
    text = '\n'.join(re.sub(r'/\*.*?\*/', ' ', path.read_text(encoding='utf-8'), flags=re.S) for path in HEADERS)
    for function, kind in TELLS.findall(text):
        values = values_of(kind, text)
        gate.check(f'{function} knows every {kind}', list(misnamed(library, function, values)) if values else f'no enum lists {kind}')
    gate.check('the list of the verbs is complete', untold(text))
    gate.finish()


main()
