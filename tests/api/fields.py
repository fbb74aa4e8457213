"""Every kind of configuration has a table of its fields, and of the keys that name other sections, in the guide."""
import ctypes as c
import math

from tables import compare, load, rows

COUNT, DURATION, FAULTS, CHOICE, SWITCH, TEXT = 1, 2, 5, 6, 7, 8


class Field(c.Structure):
    _fields_ = [('size', c.c_uint32), ('type', c.c_int32),
                *[(name, c.c_char_p) for name in ('key', 'unit', 'text', 'choices')],
                ('minimum', c.c_double), ('maximum', c.c_double),
                ('automatic', c.c_int32), ('live', c.c_int32), ('offset', c.c_uint32), ('zero', c.c_int32), ('required', c.c_int32),
                ('reserved', c.c_uint32)]


class Link(c.Structure):
    _fields_ = [('size', c.c_uint32), ('form', c.c_int32), ('key', c.c_char_p), ('text', c.c_char_p), ('required', c.c_int32),
                ('reserved', c.c_uint32), ('kinds', c.c_char * 256)]


# What the text of a link is made of, by its form.
FORMS = {1: 'one {}', 2: 'kind, or kind "name": {}', 3: 'a list of {}'}


def duration(nanoseconds):
    """As the library prints it: in the largest unit that divides it."""
    if math.isinf(nanoseconds):
        return 'inf'
    for unit, size in (('h', 3600 * 10**9), ('m', 60 * 10**9), ('s', 10**9), ('ms', 10**6), ('us', 10**3)):
        if nanoseconds and nanoseconds % size == 0:
            return f'{int(nanoseconds) // size}{unit}'
    return f'{int(nanoseconds)}ns' if nanoseconds else '0'


def allowed(field):
    if field.type == FAULTS:
        return 'fault kinds'
    if field.type == TEXT:
        return f'up to {int(field.maximum)} bytes'
    if field.type == CHOICE:
        return field.choices.decode()
    if field.type == SWITCH:
        return 'on, off'
    say = duration if field.type == DURATION else lambda number: f'{number:,.10g}'
    return ('0, or ' if field.zero else '') + f'{say(field.minimum)} to {say(field.maximum)}' + (', auto' if field.automatic else '')


def default(library, kind, config, key):
    text = c.create_string_buffer(512)
    if library.seawall_config_get(kind, config, key, text, c.c_size_t(len(text)), None) != 0:
        raise RuntimeError(f'{kind}.{key} has no default')
    return text.value.decode()


def table(library, kind):
    size = library.seawall_config_size(kind)
    config = c.create_string_buffer(size)
    if library.seawall_config_init(kind, config, c.c_size_t(size)) != 0:
        raise RuntimeError(f'{kind} cannot be initialised')
    lines = []
    for index in range(library.seawall_config_field_count(kind)):
        field = Field(size=c.sizeof(Field))
        if library.seawall_config_field(kind, index, c.byref(field)) != 0:
            raise RuntimeError(f'{kind} has no field {index}')
        value = 'none' if field.required else default(library, kind, config, field.key)
        lines.append([f'`{field.key.decode()}`', allowed(field), value, 'yes' if field.live else '', field.text.decode()])
    link, index = Link(size=c.sizeof(Link)), 0
    while library.seawall_config_link(kind, index, c.byref(link)) == 0:
        lines.append([f'`{link.key.decode()}`', FORMS[link.form].format(link.kinds.decode()), 'none' if link.required else 'nothing', '',
                      link.text.decode()])
        index += 1
    return rows(['field', 'allowed', 'default', 'live', 'what'], lines)


def main():
    library = load()
    library.seawall_config_kind.restype = c.c_char_p
    library.seawall_config_size.restype = c.c_size_t
    kinds = [library.seawall_config_kind(index) for index in range(library.seawall_config_kind_count())]
    compare('fields', {kind.decode(): table(library, kind) for kind in kinds})


main()
