"""Health checks in Python: a function, a coroutine and a breaker, added up for readiness."""
import asyncio

import seawall

# [health]
breaker = seawall.CircuitBreaker(name='database')
health = seawall.Health()


@health.check('database', interval=5, timeout=2)
async def database() -> str | None:
    await asyncio.sleep(0)  # ask it something
    return None if breaker.state == 'closed' else f'the breaker is {breaker.state}'  # a text is a warning


@health.check('disk', interval=30, timeout=1, required=False)
def disk() -> bool:
    return True  # False, or an exception, is a failure


async def main() -> None:
    async with health.running():  # driven by this loop; "with health:" drives it from a thread
        while not all(check.runs for check in health.checks().values()):
            await asyncio.sleep(0.01)
        print(health.line('ready'))
        print(*health.respond('/health/ready'))
# [health end]


asyncio.run(main())
assert health.respond('/health/live')[0] == health.respond('/health/ready')[0] == 200
