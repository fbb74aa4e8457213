"""What the library says it offers: the functions of the headers, of seawall_ffi.h and of seawall.map."""
import re

from gate import BUILD, HEADERS, SOURCE

FFI_HEADER = BUILD / 'include' / 'seawall' / 'seawall_ffi.h'


def in_headers():
    text = '\n'.join(path.read_text(encoding='utf-8') for path in HEADERS)
    text = re.sub(r'^#.*$', '', re.sub(r'/\*.*?\*/', ' ', text, flags=re.S), flags=re.M)
    return set(re.findall(r'\bSEAWALL_API\b[^;{]*?\b(\w+)\s*\(', text.replace('SEAWALL_MUST_CHECK', '')))


def in_ffi_header():
    text = FFI_HEADER.read_text(encoding='utf-8')
    functions = re.findall(r'^(?!typedef\b|enum\b|struct\b)\w[\w\s*]*?\b(\w+)\(.*\);$', text, re.M)
    return set(functions)


def map_lines():
    text = (SOURCE / 'seawall.map').read_text(encoding='utf-8')
    return re.findall(r'^\s*(\w+);$', text, re.M)


def difference(left, left_name, right, right_name):
    """Lines that name what stands in one set only."""
    return ([f'{name}: in {left_name}, not in {right_name}' for name in sorted(left - right)]
            + [f'{name}: in {right_name}, not in {left_name}' for name in sorted(right - left)])
