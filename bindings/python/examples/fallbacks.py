"""What to answer when there is no answer."""
import seawall

cache = {'a': 'the copy of a'}

# [fallback]
pipeline = seawall.Pipeline(
    seawall.Fallback(function=lambda error, key: cache.get(key, f'nothing ({error})')),
    seawall.CircuitBreaker(failure_threshold=1),
)


@pipeline.guard
def fetch(key: str) -> str:
    raise TimeoutError('too slow')


print(fetch('a'))
print(fetch('b'))  # by now the breaker is open
# [fallback end]

assert fetch('a') == 'the copy of a'
