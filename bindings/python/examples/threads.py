"""Functions that take too long: asked a second time, and left behind."""
import threading

import seawall

woken = threading.Event()

# [threads]
pool = seawall.ThreadPool(max_size=8, queue_size=16)
pipeline = seawall.Pipeline(
    seawall.Timeout(request_timeout=2, mode='abandon'),  # the caller goes in time, whatever the function does
    seawall.Hedge(delay=0.05, budget=1),
    executor=pool,
)


@pipeline.guard
def ask(question: str) -> str:
    replica = seawall.current_attempt().route  # 0: the first; 1: the one beside it
    if replica == 0:
        woken.wait()  # hangs
    return f'{question}? Replica {replica} says yes.'
# [threads end]


answer = ask('ready')
print(answer)
woken.set()
pool.shutdown()
assert answer == 'ready? Replica 1 says yes.'
