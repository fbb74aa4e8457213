"""scripts/packages.sh: what it does where packages are missing, with a machine made of stubs."""
import subprocess
import tempfile
from pathlib import Path

from gate import SOURCE, Gate

# A package is there if the file "there" of the machine names it; apt-get works once it has fetched its lists, and keeps a diary.
QUERY = 'for last in "$@"; do :; done; grep -qx "$last" "$MACHINE/there" && printf installed'
APT = '''echo "apt-get $*" >>"$MACHINE/diary"
case " $* " in
*" update "*) touch "$MACHINE/lists" ;;
*) [ -e "$MACHINE/lists" ] ;;
esac'''
STUBS = {
    'dpkg-query': QUERY,
    'apt-get': APT,
    'sudo': '[ "$1" = -n ] && shift; exec env "$@"',
    'id': 'echo "$WHO"',
}
INSTALL = 'apt-get install -q -y --no-install-recommends'

# What the machine has, who asks, which packages are there; the status, what is said, and what apt-get was asked for.
ROWS = [
    ('nothing is missing', [*STUBS], 1000, ['a', 'b'], 0, '', []),
    ('root', [*STUBS], 0, ['a'], 0, 'installing with apt-get: b', [f'{INSTALL} b', 'apt-get update -q', f'{INSTALL} b']),
    ('by sudo', [*STUBS], 1000, [], 0, 'installing with apt-get: a b', [f'{INSTALL} a b', 'apt-get update -q', f'{INSTALL} a b']),
    ('without the right', ['dpkg-query', 'apt-get', 'id'], 1000, ['b'], 1, 'Missing packages: a\nInstall them as root: apt-get install a', []),
    ('elsewhere', ['id', 'sudo'], 0, [], 1, 'Needed here, by whatever names: a b\n', []),
]


def run(directory, commands, who, there):
    machine = Path(directory)
    (machine / 'bin').mkdir()
    for name in ['grep', 'touch', 'env', 'sh', 'true']:  # what the stubs themselves need
        (machine / 'bin' / name).symlink_to(Path('/usr/bin') / name)
    for name in commands:
        stub = machine / 'bin' / name
        stub.write_text(f'#!/bin/sh\n{STUBS[name]}\n', encoding='utf-8')
        stub.chmod(0o755)
    (machine / 'there').write_text(''.join(f'{name}\n' for name in there), encoding='utf-8')
    (machine / 'diary').touch()
    done = subprocess.run(['/bin/sh', '-euc', f'. {SOURCE}/scripts/packages.sh; install_packages a b a'], check=False, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={'PATH': str(machine / 'bin'), 'MACHINE': directory, 'WHO': str(who)})
    return done.returncode, done.stdout, (machine / 'diary').read_text(encoding='utf-8').splitlines()


def main():
    gate = Gate()
    for what, commands, who, there, status, said, asked in ROWS:
        with tempfile.TemporaryDirectory() as directory:
            ended, text, diary = run(directory, commands, who, there)
        gate.check(what, [f'{wanted!r} instead of {got!r}' for wanted, got in ((status, ended), (asked, diary)) if wanted != got]
                   + ([] if said in text and (said or not text) else [f'it says {text!r}']))
    gate.finish()


main()
