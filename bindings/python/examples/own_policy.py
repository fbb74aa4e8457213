"""A policy of one's own: at most one call for each key, around a function and around a coroutine."""
import asyncio
import threading

import seawall


# [policy]
class OnePerKey(seawall.OwnPolicy):
    """Refuses a call while another one for the same key is under way."""

    def __init__(self) -> None:
        self.busy: set[str] = set()
        self.lock = threading.Lock()

    def enter(self, turn: seawall.Turn) -> seawall.Answer | None:
        key = turn.args[0]
        with self.lock:
            if key in self.busy:
                return turn.refuse('full', retry_after=0.1)
            self.busy.add(key)
        return None  # proceed

    def leave(self, turn: seawall.Turn, outcome: seawall.RunOutcome) -> seawall.Answer | None:
        with self.lock:
            self.busy.discard(turn.args[0])
        return None  # pass


pipeline = seawall.Pipeline(seawall.Timeout(request_timeout=5), OnePerKey())
# [policy end]


@pipeline.guard
async def fetch(key: str) -> str:
    await asyncio.sleep(0.01)
    return f'the value of {key}'


@pipeline.guard
def read(key: str) -> str:
    return f'the value of {key}'


async def main() -> None:
    ends = await asyncio.gather(fetch('a'), fetch('b'), fetch('a'), return_exceptions=True)
    for end in ends:
        print(end)
    assert isinstance(ends[2], seawall.FullError) and ends[:2] == ['the value of a', 'the value of b']
    assert await fetch('a') == read('a')


asyncio.run(main())
