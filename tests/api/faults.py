"""What other people's error numbers are told as stands in the guide."""
import ctypes
import errno

from tables import compare, load, rows

CONNECT, REQUEST, READ, WRITE = range(4)
# getaddrinfo's, as glibc numbers them.
EAI = {'EAI_BADFLAGS': -1, 'EAI_NONAME': -2, 'EAI_AGAIN': -3, 'EAI_FAIL': -4, 'EAI_FAMILY': -6, 'EAI_SOCKTYPE': -7, 'EAI_SERVICE': -8,
       'EAI_MEMORY': -10, 'EAI_SYSTEM': -11, 'EAI_OVERFLOW': -12}


def told(library, names):
    """Lines of (kind, names): `names` are pairs of a name and the kind that it is told as; what is "other" goes without saying."""
    by_kind = {}
    for name, kind in names:
        by_kind.setdefault(kind, []).append(name)
    other = library.seawall_fault_from_errno(-1, REQUEST)
    return [[f'`{library.seawall_fault_name(kind).decode()}`', ', '.join(by_kind[kind])] for kind in sorted(by_kind) if kind != other]


def spans(codes):
    """Names for numbers, neighbours of one kind drawn together: (101, 3), (102, 3) -> ("101 to 102", 3)."""
    drawn = []
    for code, kind in codes:
        if drawn and drawn[-1][2] == kind and drawn[-1][1] == code - 1:
            drawn[-1][1] = code
        else:
            drawn.append([code, code, kind])
    return [(str(first) if first == last else f'{first} to {last}', kind) for first, last, kind in drawn]


def in_phase(name, connect, request):
    """One name, or one for each phase if that matters."""
    return [(name, request)] if connect == request else [(f'{name} while connecting', connect), (f'{name} later', request)]


def error_in_phases(library, number, name):
    """The same for a number of errno: a wait for bytes is later too, unless it is told otherwise."""
    connect, request, read, write = (library.seawall_fault_from_errno(number, phase) for phase in (CONNECT, REQUEST, READ, WRITE))
    waits = [(f'{name} {verb}', kind) for verb, kind in (('reading', read), ('writing', write)) if kind != request]
    return in_phase(name, connect, request) + waits


def main():
    library = load()
    library.seawall_fault_name.restype = ctypes.c_char_p
    errors = [pair for number, name in sorted(errno.errorcode.items(), key=lambda item: item[1])
              for pair in error_in_phases(library, number, name)]
    curl = [pair for number in range(100)
            for pair in in_phase(str(number), library.seawall_fault_from_curl_code(number, CONNECT),
                                 library.seawall_fault_from_curl_code(number, REQUEST))]
    head = ['fault kind', 'from']
    compare('faults', {
        'errno': rows(head, told(library, errors)),
        'getaddrinfo': rows(head, told(library, [(name, library.seawall_fault_from_eai(code)) for name, code in EAI.items()])),
        'http': rows(head, told(library, spans([(code, library.seawall_fault_from_http_status(code)) for code in range(100, 600)]))),
        'grpc': rows(head, told(library, [(str(code), library.seawall_fault_from_grpc_status(code)) for code in range(17)])),
        'curl': rows(head, told(library, curl)),
    })


main()
