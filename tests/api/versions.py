"""Everything that names the version names the same one."""
import re

from gate import SOURCE, Gate


def found(path, pattern):
    return '.'.join(re.findall(pattern, (SOURCE / path).read_text(encoding='utf-8'), re.M))


def main():
    gate = Gate()
    version = found('meson.build', r"^  version: '([\d.]+)'")
    named = {
        'include/seawall/version.h': found('include/seawall/version.h', r'^#define SEAWALL_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)$'),
        'debian/changelog': found('debian/changelog', r'\A\w+ \(([\d.]+)\)'),
    }
    gate.check('meson.build has a version', [] if re.fullmatch(r'\d+\.\d+\.\d+', version) else [version])
    gate.check('and the others have it, too', [f'{path}: {other}, not {version}' for path, other in named.items() if other != version])
    gate.finish()


main()
