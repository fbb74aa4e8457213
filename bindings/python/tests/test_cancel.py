"""Cancellation tokens, in threads and tasks."""
import asyncio
import select
import threading
import unittest

import seawall

HOUR = 3600


def failing():
    raise ConnectionResetError


class Tokens(unittest.TestCase):
    def test_a_sleeping_thread_is_woken(self):
        token, chain = seawall.CancelToken(), seawall.Pipeline(seawall.Retry(base_delay=HOUR, max_delay=HOUR, jitter='none'))
        asleep = threading.Event()
        chain.on_event(lambda event: asleep.set())
        threading.Thread(target=lambda: (asleep.wait(), token.cancel())).start()
        with token, self.assertRaises(seawall.CancelledError) as caught:
            chain.call(failing)
        self.assertIsInstance(caught.exception.__cause__, ConnectionResetError)
        self.assertTrue(token.cancelled)
        self.assertTrue(select.select([token], [], [], 0)[0])

    def test_threads_and_tasks_may_be_under_one_token_at_once(self):
        token, other, inside = seawall.CancelToken(), seawall.CancelToken(), threading.Barrier(3)
        seen = []

        def under():
            with other, token, token:
                inside.wait()
                seen.append(seawall.current_token() is token)
                inside.wait()
            seen.append(seawall.current_token() is None)

        async def task(turns):
            with token:
                for _ in range(turns):
                    await asyncio.sleep(0)
                    seen.append(seawall.current_token() is token)
            seen.append(seawall.current_token() is None)

        async def main():
            await asyncio.gather(task(1), task(3), task(2))
        threads = [threading.Thread(target=under) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        asyncio.run(main())
        self.assertEqual(seen, [True] * (2 * 3 + 6 + 3))

    def test_one_that_waits_for_a_permit_is_too(self):
        token, bulkhead = seawall.CancelToken(), seawall.Bulkhead(max_concurrent=1, max_waiting=1, max_wait=HOUR)

        def cancel():
            while not bulkhead.snapshot().waiting:
                pass
            token.cancel()
        thread = threading.Thread(target=cancel)
        thread.start()
        with bulkhead.permit(), token, self.assertRaises(seawall.CancelledError), bulkhead.permit():
            self.fail('not reached')
        thread.join()
        self.assertEqual(bulkhead.snapshot().in_use, 0)

    def test_nothing_begins_under_a_cancelled_one(self):
        token = seawall.CancelToken()
        token.cancel()
        token.cancel()
        chain = seawall.Pipeline()
        with token:
            self.assertRaises(seawall.CancelledError, chain.call, self.fail)
        self.assertEqual(chain.call(int), 0)

    def test_an_operation_can_ask(self):
        with seawall.CancelToken() as token:
            def fetch():
                before = seawall.current_attempt().cancelled
                token.cancel()
                return before, seawall.current_attempt().cancelled
            outcome = seawall.Pipeline().outcome(fetch)
        self.assertEqual((outcome.report.status, seawall.current_token()), ('cancelled', None))

    def test_trees(self):
        top = seawall.CancelToken()
        below = seawall.CancelToken(top)
        top.cancel()
        self.assertEqual((below.cancelled, seawall.CancelToken(top).cancelled), (True, True))
        other = seawall.CancelToken(parent := seawall.CancelToken())
        other.cancel()
        self.assertFalse(parent.cancelled)

    def test_a_coroutine_is_interrupted(self):
        token = seawall.CancelToken()

        async def main():
            with token:
                task = asyncio.ensure_future(seawall.Pipeline(seawall.Timeout()).acall(asyncio.sleep, HOUR))
            await asyncio.sleep(0)
            await asyncio.to_thread(token.cancel)
            with self.assertRaises(seawall.CancelledError):
                await task
            self.assertFalse(task.cancelled())
        asyncio.run(main())
