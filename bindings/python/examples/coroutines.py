"""Guarded coroutines: no thread, nothing blocks; a hedge asks a second time when the first answer is late."""
import asyncio
import time

import seawall

# [hedge]
pipeline = seawall.Pipeline(
    seawall.Timeout(request_timeout=2),
    seawall.Bulkhead(max_concurrent=10, max_waiting=100, max_wait=1),
    seawall.Hedge(delay=0.05, budget=1),
)


@pipeline.guard
async def ask(question: str) -> str:
    replica = seawall.current_attempt().route  # 0: the first; 1: the one beside it
    await asyncio.sleep(10 if replica == 0 else 0.01)
    return f'{question}? Replica {replica} says yes.'
# [hedge end]


async def main() -> None:
    begun = time.monotonic()
    print(await ask('Is it there'))
    print(f'after {time.monotonic() - begun:.2f} s; one that slept was cancelled')
    answers = await asyncio.gather(*(ask(f'Number {n}') for n in range(20)))
    assert all(answer.endswith('1 says yes.') for answer in answers)


asyncio.run(main())
