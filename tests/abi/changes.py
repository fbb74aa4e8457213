"""What has become of the first interface (first/): nothing of it may go or change, and what is new is listed.

Both sets of headers are read as scripts/make_ffi_header.py tidies them. A struct whose first member is its size may grow at its
end; what was reserved may get a name.
"""
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'api'))
from gate import CC, SOURCE, Gate, attempt  # noqa: E402

FIRST = SOURCE / 'tests' / 'abi' / 'first'
REMEDY = 'append to a struct instead of inserting, keep what is there; before 1.0, if it must be: scripts/abi --freeze, and say why'
STRUCT = re.compile(r'^typedef struct (\w+) \{\n(.*?)^\} \1;$', re.M | re.S)
# These follow from others: nothing is lost when they grow.
GROWING = re.compile(r'SEAWALL_(VERSION(_\w+)?|\w+_COUNT|FAULTS_ALL)')


def declarations(include):
    """The headers below `include`, one declaration per line."""
    with tempfile.NamedTemporaryFile(suffix='.h') as target:
        wrong = attempt([sys.executable, SOURCE / 'scripts' / 'make_ffi_header.py', include, target.name, *CC])
        if wrong:
            raise RuntimeError(wrong)
        return Path(target.name).read_text(encoding='utf-8')


def members(body):
    return [line.strip() for line in body.splitlines()]


class Interface:
    """Everything that has a name, by its name."""

    def __init__(self, include):
        text = declarations(include)
        self.structs = {name: members(body) for name, body in STRUCT.findall(text)}
        flat = STRUCT.sub('', text)
        self.constants = {name: int(value) for name, value in re.findall(r'\b(SEAWALL_\w+) = (-?\d+)', flat)}
        self.functions = {match[1]: match[0] for match in re.finditer(r'^(?!typedef\b)\w[\w\s*]*?\b(\w+)\([^;]*\);$', flat, re.M)}
        self.types = {re.findall(r'\w+', re.sub(r'\(\*(\w+)\)\(.*', r' \1', line))[-1]: line
                      for line in re.findall(r'^typedef [^{\n]*;$', flat, re.M)}


def named_alike(was, now):
    """Whether two members are the same; a reserved one may have got a name."""
    return was == now or (re.search(r'\breserved\b', was) and was.replace(' reserved', '') == re.sub(r' \w+(?=;|\[)', '', now))


def struct_changes(was, now):
    """What an old caller of this struct would notice."""
    kept = all(named_alike(*pair) for pair in zip(was, now))
    if kept and len(now) == len(was):
        return []
    if kept and len(now) > len(was) and was[0] == 'uint32_t size;':
        return []
    differ = next((index for index, pair in enumerate(zip(was, now)) if not named_alike(*pair)), min(len(was), len(now)))
    return [f'{was[differ] if differ < len(was) else "nothing"} has become {now[differ] if differ < len(now) else "nothing"}']


def table_changes(was, now):
    """Lines for what is gone and what is another."""
    gone = [f'{name} is gone' for name in was.keys() - now.keys()]
    return sorted(gone + [f'{was[name]} has become {now[name]}' for name in was.keys() & now.keys() if was[name] != now[name]])


def steady(constants):
    return {name: f'{name} = {value}' for name, value in constants.items() if not GROWING.fullmatch(name)}


def news(first, today):
    for what in ('functions', 'types', 'structs', 'constants'):
        for name in sorted(getattr(today, what).keys() - getattr(first, what).keys()):
            yield f'{name} ({what[:-1]})'
    for name, was in first.structs.items():
        for line in today.structs.get(name, [])[len(was):]:
            yield f'{name}: {line} at its end'


def main():
    gate = Gate()
    first, today = Interface(FIRST), Interface(SOURCE / 'include')
    problems = {
        'functions': table_changes(first.functions, today.functions),
        'types': table_changes(first.types, today.types),
        'structs': [f'{name} is gone' for name in first.structs.keys() - today.structs.keys()]
        + [f'{name}: {line}' for name in first.structs.keys() & today.structs.keys()
           for line in struct_changes(first.structs[name], today.structs[name])],
        'constants': table_changes(steady(first.constants), steady(today.constants)),
    }
    for what, lines in problems.items():
        gate.check(f'the first {what} are what they were', [*lines, REMEDY] if lines else [])
    for line in news(first, today):
        print(f'# new: {line}')
    gate.finish()


if __name__ == '__main__':
    main()
