"""A guarded function: three policies around it, and what comes out when it fails."""
import seawall

# [pipeline]
pipeline = seawall.Pipeline(  # outermost first
    seawall.Timeout(request_timeout=2.0),
    seawall.Retry(max_attempts=3, base_delay=0.01),
    seawall.CircuitBreaker(failure_threshold=3, recovery_timeout=30),
    name='inventory',
)
weather = ['reset', 'reset', 'fine', 'down', 'down', 'down']


@pipeline.guard
def fetch(item: str) -> str:
    """Call your dependency here; an exception is a failure."""
    if weather.pop(0) != 'fine':
        raise ConnectionResetError(104, 'the other side hung up')
    return f'{item}: 7 in stock'
# [pipeline end]


# [use]
print(fetch('apples'))  # the third attempt answers

try:
    fetch('pears')  # three attempts fail: the last exception is raised as it is
except ConnectionResetError as error:
    print(error)

try:
    fetch('plums')  # the breaker is open: nothing is called
except seawall.RefusedError as error:
    print(f'{error.policy} says {error.status}; again in {error.retry_after:.0f} s')
# [use end]

assert not weather
