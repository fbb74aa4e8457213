"""What the library does to the process it is in: which file asks what of the system, and what runs unasked.

A handler of forks or signals, a thread, a variable of the environment: none may come in unnoticed. So each file's list is whole, and
what is on none is refused.
"""
import re

from gate import BUILD, Gate, output

STATIC = BUILD / 'src' / 'libseawall.a'

# Memory and text, numbers, and what the compiler itself calls: they touch nothing but their arguments. Any file may.
HARMLESS = re.compile(r'mem(chr|cmp|cpy|move|set)|bcmp|str(n?cat|chr|n?cmp|n?cpy|cspn|n?len|rchr|spn|str)|v?snprintf'
                      r'|ceil|floor|frexp|ldexp|log10|ll?round|u?(div|mod)ti3|errno_location|tls_get_addr|TLS_MODULE_BASE_?'
                      r'|GLOBAL_OFFSET_TABLE_?|stack_chk_fail|[hn]to[hn][ls]')

# A handler that does more than write two words would run where most of the C library may not be called: so this is all that
# the file knows, the library's own names included.
FORKS = 'port/posix/fork.c'
FORKS_KNOW = {'pthread_atfork', 'getpid', 'sw_port_number_offset'}

THREAD = 'pthread_attr_destroy pthread_attr_init pthread_attr_setstacksize pthread_create pthread_join'
ASKS = {
    'health/health_render.c': 'time',
    'port/posix/clock.c': 'clock_gettime',
    'port/posix/entropy.c': 'getpid getrandom',
    'port/posix/event.c': 'close eventfd read write',
    'port/posix/file.c': 'close fstat open read',
    FORKS: 'getpid pthread_atfork',
    'port/posix/own_thread.c': 'prctl pthread_sigmask sigaddset sigemptyset sigfillset',
    'port/posix/park.c': 'syscall',
    'port/posix/poller.c': 'epoll_create1 epoll_ctl epoll_wait poll',
    'port/posix/resolve.c': 'freeaddrinfo getaddrinfo',
    'port/posix/socket.c': 'close connect getpeername getsockname getsockopt inet_pton recv send socket',
    'port/posix/thread.c': 'pthread_self sched_cpucount sched_getaffinity sysconf',
    'sync/worker.c': THREAD + ' pthread_detach',
    'time/platform.c': 'aligned_alloc free malloc',
    'time/timer_service.c': THREAD,
}
# What runs before main, or when the library is loaded or closed.
UNASKED = re.compile(r'\.(preinit_array|init_array|fini_array|ctors|dtors)\b')


def plain(name):
    """The function behind a checked, a large-file or an internal name."""
    name = name.partition('@')[0]
    found = re.fullmatch(r'__(\w+?)(64)?(_2|_chk)', name)
    if found and name != '__stack_chk_fail':
        return found[1]
    return re.sub(r'(?<=[a-z])64$', '', name.lstrip('_'))


def undefined():
    """(object's file, name) of all that the objects take from elsewhere."""
    for line in output(['nm', '-A', '-u', STATIC]).splitlines():
        where, _, name = line.rpartition(' ')
        yield where.split(':')[1], name


def main():
    gate = Gate()
    files = {path.replace('/', '_') + '.o': path for path in ASKS}
    own = {line.split()[-1] for line in output(['nm', '-g', '--defined-only', STATIC]).splitlines() if len(line.split()) == 3}
    asked = {}
    for holder, name in undefined():
        if name not in own:
            asked.setdefault(files.get(holder, holder), set()).add(plain(name))
    for names in asked.values():
        names -= {name for name in names if HARMLESS.fullmatch(name)}
    gate.check('the system is asked by the files that may, for what they may',
               sorted(f'{path}: {name}' for path, names in asked.items() for name in names - set(ASKS.get(path, '').split())))
    gate.check('what they may ask for, they do ask for',
               sorted(f'{path}: {name}' for path, names in ASKS.items() for name in set(names.split()) - asked.get(path, set())))
    known = {name for holder, name in undefined() if files.get(holder) == FORKS and not HARMLESS.fullmatch(plain(name))}
    gate.check('the handler of forks calls nothing of the library', sorted(known - FORKS_KNOW))
    gate.check('nothing runs before it is asked',
               [line for line in output(['readelf', '-SW', STATIC]).splitlines() if UNASKED.search(line)])
    gate.finish()


main()
