"""An hour of outage in a few milliseconds: a clock that moves when somebody waits."""
import seawall

# [clock]
clock = seawall.ManualClock(seed=1)
breaker = seawall.CircuitBreaker(failure_threshold=5, recovery_timeout=30, platform=clock)
pipeline = seawall.Pipeline(seawall.Retry(platform=clock), breaker)
HOUR = 3600 * 10**9
asked = 0


def fetch() -> str:
    global asked
    asked += 1
    if clock.now() < HOUR:
        raise ConnectionRefusedError
    return 'back'


calls = 0
while not (outcome := pipeline.outcome(fetch)).ok:
    calls += 1
    clock.advance(1)
# [clock end]

minutes = clock.now() / 6e10
print(f'{calls} calls failed, {asked} reached the dependency; after {minutes:.1f} minutes it was {outcome.value}')
assert asked < calls and minutes < 61
