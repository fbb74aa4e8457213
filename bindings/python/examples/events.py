"""What is decided, as an iterator, as calls and as logging records."""
import logging

import seawall

logging.basicConfig(format='%(levelname)s %(name)s %(message)s', level=logging.INFO)
pipeline = seawall.Pipeline(seawall.Retry(base_delay=0.001), seawall.CircuitBreaker(failure_threshold=2), name='mail')


def send() -> None:
    raise ConnectionRefusedError(111, 'nobody listens')


# [events]
pipeline.log_events()  # records of the logger "seawall"

with pipeline.events() as events:
    pipeline.outcome(send)
    for event in events:  # what is there; events.get(timeout) waits, and so does async for
        print(event.kind, event.policy, event.fault, event.attempts)
# [events end]

breaker = pipeline.policies[1]
assert isinstance(breaker, seawall.CircuitBreaker) and breaker.state == 'open'
