"""Guarded coroutines: one task, one thread, and nothing blocks."""
import asyncio
import contextvars
import threading
import unittest

import seawall
from seawall import Fault

HOUR = 3600


def run(coroutine):
    return asyncio.run(coroutine)


async def spin(condition):
    """Lets others run until it is so."""
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError('it never came')


class Coroutines(unittest.IsolatedAsyncioTestCase):
    async def test_a_decorator(self):
        @seawall.Pipeline(seawall.Retry(), seawall.CircuitBreaker()).guard
        async def fetch(a, *, b):
            """Fetches."""
            await asyncio.sleep(0)
            return a + b
        self.assertEqual((await fetch(1, b=2), fetch.__doc__), (3, 'Fetches.'))
        self.assertTrue(asyncio.iscoroutinefunction(fetch))

    async def test_the_operation_runs_in_the_callers_task(self):
        variable = contextvars.ContextVar('variable')

        async def fetch():
            variable.set('set inside')
            return asyncio.current_task(), threading.get_ident()
        task, thread = await seawall.Pipeline(seawall.Timeout(), seawall.Retry()).acall(fetch)
        self.assertIs(task, asyncio.current_task())
        self.assertEqual((thread, variable.get()), (threading.get_ident(), 'set inside'))

    async def test_failures_and_refusals(self):
        breaker = seawall.CircuitBreaker(failure_threshold=1)
        chain, wrong = seawall.Pipeline(breaker), OSError('mine')

        async def fetch():
            raise wrong
        with self.assertRaises(OSError) as caught:
            await chain.acall(fetch)
        self.assertIs(caught.exception, wrong)
        with self.assertRaises(seawall.OpenError):
            await chain.acall(fetch)
        outcome = await chain.aoutcome(fetch)
        self.assertEqual((outcome.report.status, type(outcome.error)), ('open', seawall.OpenError))

    async def test_a_retry_sleeps_and_the_loop_goes_on(self):
        clock, calls, ticks = seawall.ManualClock(), [], []
        chain = seawall.Pipeline(seawall.Retry(jitter='none', base_delay=HOUR, max_delay=HOUR, platform=clock))

        async def fetch():
            calls.append(clock.now())
            if len(calls) < 3:
                raise ConnectionResetError
            return 'done'

        async def others():
            while len(calls) < 3:
                ticks.append(1)
                await asyncio.sleep(0)
                if len(ticks) % 10 == 0:
                    clock.advance(HOUR / 4)
        value, _ = await asyncio.gather(chain.acall(fetch), others())
        self.assertEqual((value, calls), ('done', [0, HOUR * 10**9, 2 * HOUR * 10**9]))
        self.assertGreater(len(ticks), 20)

    async def test_a_deadline_interrupts(self):
        clock, cleaned = seawall.ManualClock(), []

        async def fetch():
            try:
                await asyncio.sleep(HOUR)
            finally:
                cleaned.append(True)
        chain = seawall.Pipeline(seawall.Timeout(request_timeout=2, platform=clock))
        task = asyncio.ensure_future(chain.acall(fetch))
        await spin(lambda: clock._timers)
        clock.advance(2)
        with self.assertRaises(TimeoutError) as caught:
            await task
        self.assertEqual((caught.exception.policy, cleaned, caught.exception.report.attempts), ('timeout', [True], 1))
        await asyncio.sleep(0)  # the cancellation was taken back: this task goes on

    async def test_a_hard_timeout_does_too(self):
        clock = seawall.ManualClock()
        task = asyncio.ensure_future(seawall.Pipeline(seawall.Timeout(request_timeout=2, mode='hard', platform=clock)).acall(asyncio.sleep, HOUR))
        await spin(lambda: clock._timers)
        clock.advance(2)
        with self.assertRaises(seawall.TimedOutError):
            await task

    async def test_each_attempt_has_its_own_limit(self):
        clock, numbers = seawall.ManualClock(), []
        chain = seawall.Pipeline(seawall.Retry(base_delay=0, jitter='none', retryable_errors=['timeout'], platform=clock),
                                 seawall.AttemptTimeout(attempt_timeout=1, platform=clock))

        async def fetch():
            numbers.append(seawall.current_attempt().number)
            if len(numbers) < 3:
                clock_moves.set()
                await asyncio.sleep(HOUR)
            return 'third'

        async def move():
            for _ in range(2):
                await clock_moves.wait()
                clock_moves.clear()
                await asyncio.sleep(0)
                clock.advance(1)
        clock_moves = asyncio.Event()
        value, _ = await asyncio.gather(chain.acall(fetch), move())
        self.assertEqual((value, numbers), ('third', [1, 2, 3]))

    async def test_cancelling_the_task_cancels_the_call(self):
        clock = seawall.ManualClock()
        bulkhead, breaker = seawall.Bulkhead(max_concurrent=1, platform=clock), seawall.CircuitBreaker(failure_threshold=1, platform=clock)
        retry = seawall.Retry(base_delay=HOUR, max_delay=HOUR, jitter='none', platform=clock)

        async def fails():
            raise ConnectionResetError
        for operation, policies in ((lambda: asyncio.sleep(HOUR), (bulkhead, breaker)), (fails, (retry, bulkhead))):
            chain = seawall.Pipeline(*policies)
            task = asyncio.ensure_future(chain.acall(operation))
            for _ in range(10):
                await asyncio.sleep(0)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            self.assertTrue(task.cancelled())
            self.assertEqual((bulkhead.snapshot().in_use, breaker.state), (0, 'closed'))
            self.assertEqual(len(chain._free), 1)

    async def test_an_outer_timeout_and_ours(self):
        chain = seawall.Pipeline(seawall.Timeout(request_timeout=HOUR))
        with self.assertRaises(TimeoutError) as caught:
            async with asyncio.timeout(0.01):
                await chain.acall(asyncio.sleep, HOUR)
        self.assertNotIsInstance(caught.exception, seawall.SeawallError)

    async def test_an_operation_that_swallows_its_cancellation(self):
        clock = seawall.ManualClock()

        async def stubborn():
            try:
                await asyncio.sleep(HOUR)
            except asyncio.CancelledError:
                return 'all the same'
        task = asyncio.ensure_future(seawall.Pipeline(seawall.Timeout(request_timeout=1, platform=clock)).acall(stubborn))
        await spin(lambda: clock._timers)
        clock.advance(1)
        with self.assertRaises(seawall.TimedOutError):
            await task
        self.assertEqual(task.cancelling(), 0)

    async def test_a_predicate_that_raises_surfaces(self):
        def broken(*_):
            raise LookupError('the predicate')

        async def fetch():
            raise ConnectionResetError
        chain = seawall.Pipeline(seawall.Retry(predicate=broken))
        with self.assertRaisesRegex(LookupError, 'the predicate'):
            await chain.acall(fetch)
        self.assertEqual(len(chain._free), 1)

    async def test_a_coroutine_as_fallback(self):
        errors = []

        async def stale(error, key):
            errors.append(error)
            await asyncio.sleep(0)
            return f'stale {key} for {type(error).__name__}'
        clock = seawall.ManualClock()
        breaker = seawall.CircuitBreaker(failure_threshold=1, recovery_timeout=60, platform=clock)
        chain = seawall.Pipeline(seawall.Fallback(function=stale, platform=clock), breaker)

        async def fetch(key):
            raise OSError
        self.assertEqual(await chain.acall(fetch, 'a'), 'stale a for OSError')
        self.assertEqual(await chain.acall(fetch, 'b'), 'stale b for OpenError')
        self.assertEqual((errors[1].policy, round(errors[1].retry_after)), ('circuit_breaker', 60))
        self.assertRaises(seawall.UnsupportedError, chain.call, int)

    async def test_many_at_once(self):
        bulkhead = seawall.Bulkhead(max_concurrent=7, max_waiting=10_000, max_wait=HOUR)
        chain, most, inside = seawall.Pipeline(seawall.Timeout(), bulkhead), 0, 0

        async def fetch(n):
            nonlocal most, inside
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1
            return n
        self.assertEqual(await asyncio.gather(*(chain.acall(fetch, n) for n in range(500))), list(range(500)))
        self.assertEqual((most, bulkhead.snapshot().in_use), (7, 0))


class Hedges(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.clock, self.ended, self.gates = seawall.ManualClock(), [], {}
        self.hedge = seawall.Hedge(delay=1, budget=1, platform=self.clock)
        self.chain = seawall.Pipeline(self.hedge, seawall.Bulkhead(max_concurrent=10, platform=self.clock))

    async def fetch(self):
        route = seawall.current_attempt().route
        self.gates[route] = asyncio.Event()
        try:
            await self.gates[route].wait()
            self.ended.append(route)
            return route
        except asyncio.CancelledError:
            self.ended.append(f'cancelled {route}')
            raise

    async def begin(self):
        task = asyncio.ensure_future(self.chain.acall(self.fetch))
        await spin(lambda: 0 in self.gates)
        self.clock.advance(1)
        await spin(lambda: 1 in self.gates)
        return task

    async def at_rest(self):
        await spin(lambda: self.chain._free)
        self.assertEqual(self.chain._flat[1].snapshot().in_use, 0)

    async def test_the_second_wins(self):
        task = await self.begin()
        self.gates[1].set()
        self.assertEqual(await task, 1)
        await self.at_rest()
        self.assertEqual((self.ended, self.hedge.snapshot().won, task.cancelling()), ([1, 'cancelled 0'], 1, 0))

    async def test_the_first_wins(self):
        task = await self.begin()
        self.gates[0].set()
        self.assertEqual(await task, 0)
        await self.at_rest()
        self.assertEqual(self.ended, [0, 'cancelled 1'])

    async def test_cancelled_from_outside_both_end(self):
        task = await self.begin()
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        await self.at_rest()
        self.assertEqual(sorted(self.ended), ['cancelled 0', 'cancelled 1'])

    async def test_both_fail_and_the_exception_is_one_of_theirs(self):
        wrong = [ConnectionResetError('first'), ConnectionResetError('second')]

        async def fetch():
            route = seawall.current_attempt().route
            self.gates[route] = asyncio.Event()
            await self.gates[route].wait()
            raise wrong[route]
        self.fetch = fetch
        task = await self.begin()
        self.gates[0].set()
        await asyncio.sleep(0)
        self.gates[1].set()
        with self.assertRaises(ConnectionResetError) as caught:
            await task
        self.assertIn(caught.exception, wrong)
        await self.at_rest()


class Ends(unittest.TestCase):
    def test_a_loop_that_is_closed_under_a_hedged_call(self):
        bulkhead, loop, routes = seawall.Bulkhead(), asyncio.new_event_loop(), set()

        async def ask():
            routes.add(seawall.current_attempt().route)
            with seawall.deadline(30):
                await asyncio.sleep(60)

        async def both():
            while len(routes) < 2:
                await asyncio.sleep(0)
        call = seawall.Pipeline(bulkhead, seawall.Hedge(delay=0, budget=1)).acall(ask)
        task = loop.create_task(call)
        loop.run_until_complete(both())
        self.assertEqual(bulkhead.snapshot().in_use, 1)
        for each in asyncio.all_tasks(loop):
            each._log_destroy_pending = False
        loop.close()
        call.close()
        self.assertEqual((bulkhead.snapshot().in_use, task.done()), (0, False))


class ThreadsAndTasks(unittest.TestCase):
    def test_one_queue(self):
        """A thread holds the permit, a task waits for it, and the loop goes on meanwhile."""
        bulkhead = seawall.Bulkhead(max_concurrent=1, max_waiting=5, max_wait=HOUR)
        chain, held, go, order = seawall.Pipeline(bulkhead), threading.Event(), threading.Event(), []
        thread = threading.Thread(target=lambda: chain.call(lambda: (held.set(), go.wait(), order.append('thread'))))
        thread.start()
        held.wait()

        async def main():
            task = asyncio.ensure_future(chain.acall(asyncio.sleep, 0))
            await spin(lambda: bulkhead.snapshot().waiting)
            go.set()
            await task
            order.append('task')
        run(main())
        thread.join()
        self.assertEqual(order, ['thread', 'task'])

    def test_a_loop_after_another(self):
        chain = seawall.Pipeline(seawall.Timeout(), seawall.Retry(base_delay=0))
        for n in range(3):
            self.assertEqual(run(chain.acall(asyncio.sleep, 0, n)), n)
