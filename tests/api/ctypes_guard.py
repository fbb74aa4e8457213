"""Guards a Python function with a retry and a breaker through ctypes alone: no compiler, no generated code."""
import ctypes as c
import sys


class Snapshot(c.Structure):
    _fields_ = [('size', c.c_uint32), ('state', c.c_int32), ('epoch', c.c_uint64), ('since', c.c_int64), ('remaining', c.c_int64),
                *[(name, c.c_int32) for name in ('consecutive_failures', 'probes', 'probe_successes', 'probe_failures')],
                *[(name, c.c_int64) for name in ('successes', 'failures', 'ignored', 'refused', 'stale', 'expired', 'opened')],
                ('last_rule', c.c_int32), ('last_limit', c.c_int32), ('last_value', c.c_int32), ('reopenings', c.c_int32),
                ('last_opened', c.c_int64)]


seawall = c.CDLL(sys.argv[1] if len(sys.argv) > 1 else 'libseawall.so.0')
FAULT_NONE, FAULT_SERVICE_UNAVAILABLE = 0, 3
POLICY_SIZE = 128  # more than it needs: the library answers for what it knows
calls = []


@c.CFUNCTYPE(c.c_int32, c.c_void_p, c.c_void_p)
def fetch(attempt, user):
    calls.append(attempt)
    return FAULT_SERVICE_UNAVAILABLE if len(calls) < 3 else FAULT_NONE


def must(status):
    assert status == 0, c.cast(seawall.seawall_status_message(status), c.c_char_p).value


seawall.seawall_status_message.restype = c.c_void_p
retry, breaker, pipeline = c.c_void_p(), c.c_void_p(), c.c_void_p()
must(seawall.seawall_retry_create(None, None, c.byref(retry), None))
must(seawall.seawall_breaker_create(None, None, c.byref(breaker), None))
policies = [c.create_string_buffer(POLICY_SIZE) for _ in range(2)]
for policy in policies:
    must(seawall.seawall_policy_init(policy, c.c_size_t(POLICY_SIZE)))
must(seawall.seawall_retry_policy(retry, b'retry', policies[0]))
must(seawall.seawall_breaker_policy(breaker, b'breaker', policies[1]))
chain = (c.c_void_p * 2)(*map(c.addressof, policies))
must(seawall.seawall_pipeline_create(None, chain, 2, None, c.byref(pipeline), None))
must(seawall.seawall_call(pipeline, fetch, None, None))

snapshot = Snapshot(size=c.sizeof(Snapshot))
must(seawall.seawall_breaker_get_snapshot(breaker, c.byref(snapshot)))
print({name: getattr(snapshot, name) for name, _ in Snapshot._fields_})
assert (len(calls), snapshot.failures, snapshot.successes) == (3, 2, 1)
for name, thing in ('pipeline', pipeline), ('breaker', breaker), ('retry', retry):
    getattr(seawall, f'seawall_{name}_destroy')(thing)
