"""Every value of the headers that stands for something has a name in the library, and no two share one.

For each function that tells the name of a value, and the enum that lists the values of its parameter's type. An enum without such a
function is the choices of a field: there the tables of fields have the names.
"""
import ctypes
import re

from gate import BUILD, HEADERS, SOURCE, Gate

TELLS = re.compile(r'\bconst char \*(seawall_\w+_name)\((seawall_\w+) \w+\);')
LISTED = r'^typedef int32_t {};(?:(?!typedef).)*?^enum \{{(.*?)^\}};'
VALUE = re.compile(r'\b(SEAWALL_[A-Z0-9_]+)\s*=\s*(-?\d+)')
NO_KIND = '_USER'  # where users' own values begin: the library cannot know their names
HOW_MANY = '_COUNT'  # is no kind, if it is


def values_of(kind, text):
    """(constant, value) of everything that the enum of this type lists."""
    listed = re.search(LISTED.format(kind), text, re.M | re.S)
    values = [(name, int(value)) for name, value in VALUE.findall(listed[1]) if not name.endswith(NO_KIND)] if listed else []
    return [(name, value) for name, value in values if not (name.endswith(HOW_MANY) and value == len(values) - 1 > 1)]


def misnamed(library, function, values):
    tell = getattr(library, function)
    tell.restype, tell.argtypes = ctypes.c_char_p, [ctypes.c_int32]
    seen = {}
    for constant, value in values:
        name = tell(value).decode()
        if name == 'unknown' and not constant.endswith('_UNKNOWN'):
            yield f'{constant} ({value}) has no name'
        elif not constant.endswith('_' + name.upper()):
            yield f'{constant} is called "{name}"'
        elif seen.setdefault(name, constant) != constant:
            yield f'{constant} is called "{name}" like {seen[name]}'


class Field(ctypes.Structure):
    _fields_ = [('size', ctypes.c_uint32), ('type', ctypes.c_int32),
                *[(name, ctypes.c_char_p) for name in ('key', 'unit', 'text', 'choices')],
                ('rest', ctypes.c_uint64 * 8)]


def choices(library):
    """The names of each field that is one of several."""
    library.seawall_config_kind.restype = ctypes.c_char_p
    for index in range(library.seawall_config_kind_count()):
        kind, field = library.seawall_config_kind(index), Field(size=ctypes.sizeof(Field))
        for number in range(library.seawall_config_field_count(kind)):
            library.seawall_config_field(kind, number, ctypes.byref(field))
            if field.choices:
                yield field.choices.decode().split(', ')


def are_choices(spelled, names):
    """Whether these constants are what a field chooses from: as many, and most of them called alike."""
    alike = sum(one.endswith('_' + name) for one, name in zip(spelled, names))
    return len(names) == len(spelled) and 2 * alike > len(spelled)


def nameless(library, text):
    """Enums whose values have no names that a binding could ask for."""
    told, lists = {kind for _, kind in TELLS.findall(text)}, list(choices(library))
    for kind in sorted(set(re.findall(r'^typedef int32_t (seawall_\w+);', text, re.M)) - told):
        values = values_of(kind, text)
        spelled = [constant.lower() for constant, _ in sorted(values, key=lambda it: it[1])]
        if values and not any(are_choices(spelled, names) for names in lists):
            yield f'{kind}: no {kind}_name, and no field has these as its choices'


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
    gate.check('every enum has names', list(nameless(library, text)))
    gate.check('the list of the verbs is complete', untold(text))
    gate.finish()


main()
