"""Policies without a pipeline: permits as context managers."""
import asyncio

import seawall

# [permits]
breaker = seawall.CircuitBreaker(failure_threshold=1)
limiter = seawall.RateLimiter(rate=100, burst=1)
bulkhead = seawall.Bulkhead(max_concurrent=2, max_waiting=100, max_wait=5)

try:
    with breaker.permit():  # an exception that leaves the block is reported
        raise TimeoutError('too slow')
except TimeoutError:
    print(f'the breaker is {breaker.state}')


async def work(n: int) -> None:
    async with bulkhead.permit(timeout=1), limiter.permit(timeout=1):  # waits, and blocks no loop
        print(f'{n}: {bulkhead.snapshot().in_use} at work')
# [permits end]


async def main() -> None:
    await asyncio.gather(*(work(n) for n in range(5)))


asyncio.run(main())
assert bulkhead.snapshot().granted == 5
