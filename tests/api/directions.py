"""Who may include whom: the rooms of src/ build on one another in one direction only."""
import re

from gate import HEADERS, SOURCE, Gate, relative

SRC = SOURCE / 'src'
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
POLICIES = ['breaker', 'retry', 'timeout', 'limiter', 'bulkhead', 'pool', 'hedge', 'fallback', 'chaos']

# room -> what it may include besides itself
FLOOR = ['base', 'port', 'time', 'sync', 'stat', 'delay']
ALLOWED = {
    'base': [],
    'port': ['base'],
    'time': ['base', 'port'],
    'sync': ['base', 'port'],
    'stat': ['base'],
    'delay': ['base'],
    'policy': FLOOR,
    'health': FLOOR,
    'pipeline': [*FLOOR, 'policy'],
    'registry': [*FLOOR, 'policy', 'pipeline', 'health'],
    'config': [*FLOOR, 'policy', 'pipeline', 'health', 'registry'],
}

# Pure code: time is an argument, and there is nothing to wait for or to lock.
PURE = re.compile(r'(_core|^wheel\w*|^window\w*|^backoff\w*)\.[ch]$')
IMPURE_SYSTEM = re.compile(r'^(pthread|time|unistd|signal|threads|poll|sys/.*|linux/.*)(\.h)?$')
LINUX_ONLY = re.compile(r'^(linux/.*|sys/(epoll|eventfd|timerfd|signalfd|inotify|prctl|syscall|random)\.h)$')


def includes(path):
    return INCLUDE.findall(path.read_text(encoding='utf-8'))


def room_of(path):
    """("policy", "breaker") for src/policy/breaker/x.c, ("base", "") for src/base/x.c"""
    parts = path.relative_to(SRC).parts
    return parts[0], parts[1] if parts[0] == 'policy' else ''


def target_of(quote, name):
    """The room that an include leads into, None if it is no room's."""
    if quote == '"':
        parts = name.split('/')
        return (parts[0], parts[1] if parts[0] == 'policy' else '') if len(parts) > 1 else None
    match = re.fullmatch(r'seawall/(\w+)\.h', name)
    if match and match[1] in POLICIES:
        return 'policy', match[1]
    if match and match[1] == 'health_source': # reads what a policy is
        return 'registry', ''
    if match and match[1] in ('registry', 'health', 'health_check'):
        return match[1].partition('_')[0], ''
    return None


def wrong_direction(path):
    room, policy = room_of(path)
    for quote, name in includes(path):
        if name == 'seawall/seawall.h' and 'pipeline' not in ALLOWED.get(room, []):
            yield f'{relative(path)} includes the umbrella {name}'
        if quote == '"' and '/' not in name:
            yield f'{relative(path)} includes "{name}" without its room'
        target = target_of(quote, name)
        if target is None or target == (room, policy):
            continue
        if target[0] == room == 'policy':
            yield f'{relative(path)}: policy {policy} includes {name}'
        elif target[0] not in ALLOWED.get(room, []):
            yield f'{relative(path)}: {room} must not include {name}'


def reached(path, seen):
    """Everything of src/ that a file includes, directly or not."""
    for quote, name in includes(path):
        target = SRC / name
        if quote == '"' and target.exists() and target not in seen:
            seen[target] = path
            reached(target, seen)
    return seen


def impure(path):
    for target, by in reached(path, {}).items():
        if room_of(target)[0] == 'port':
            yield f'{relative(path)} reaches {relative(target)} through {relative(by)}'
    for _, name in includes(path):
        if IMPURE_SYSTEM.match(name):
            yield f'{relative(path)} includes <{name}>'


def cycles(files):
    """Include cycles among headers, each told once, by the walk that closes it."""
    names = {str(path.relative_to(SRC)): path for path in files if SRC in path.parents}
    names.update({f'seawall/{path.name}': path for path in HEADERS})
    done, trail, found = set(), [], []

    def walk(name):
        if name in trail:
            found.append(' -> '.join([*trail[trail.index(name):], name]))
        elif name in names and name not in done:
            trail.append(name)
            for _, inner in includes(names[name]):
                walk(inner)
            trail.pop()
            done.add(name)

    for name in names:
        walk(name)
    return found


def users(files, pattern, allowed):
    """Files that match the pattern without being allowed to."""
    return [relative(path) for path in files
            if not re.fullmatch(allowed, relative(path)) and re.search(pattern, path.read_text(encoding='utf-8'), re.M)]


def main():
    gate = Gate()
    files = sorted(SRC.rglob('*.[ch]'))
    gate.check('every room is known', [f'src/{path.name}' for path in SRC.iterdir() if path.is_dir() and path.name not in ALLOWED])
    for room in sorted({room_of(path)[0] for path in files}):
        gate.check(f'{room} includes only what is below it',
                   [line for path in files if room_of(path)[0] == room for line in wrong_direction(path)])
    gate.check('pure files reach nothing of port/', [line for path in files if PURE.search(path.name) for line in impure(path)])
    gate.check('no header includes itself, however far round', cycles([path for path in files if path.suffix == '.h']))
    gate.check('only base/atomic.h includes <stdatomic.h>',
               users([*files, *HEADERS], r'#\s*include\s*<stdatomic\.h>', r'src/base/atomic\.h'))
    gate.check('threads start in two files', users(files, r'\bpthread_create\s*\(', r'src/(time/timer_service|sync/worker)\.c'))
    gate.check('only port/ asks for more than C11, and classify.c for the errors of getaddrinfo',
               users(files, r'^\s*#\s*define\s+_(GNU|POSIX_C|XOPEN|DEFAULT|BSD|SVID)_SOURCE\b', r'src/(port/.*|base/classify\.c)'))
    gate.check('only port/ includes what Linux alone has',
               [f'{relative(path)} includes <{name}>' for path in files if room_of(path)[0] != 'port'
                for _, name in includes(path) if LINUX_ONLY.match(name)])
    gate.finish()


main()
