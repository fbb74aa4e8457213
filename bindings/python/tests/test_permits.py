"""Permits as context managers, used without a pipeline."""
import asyncio
import threading
import unittest

import seawall
from seawall import Fault


class Breakers(unittest.TestCase):
    def setUp(self):
        self.clock = seawall.ManualClock()
        self.breaker = seawall.CircuitBreaker(failure_threshold=1, recovery_timeout=10, half_open_max_calls=1, platform=self.clock)

    def test_success_and_failure(self):
        with self.breaker.permit():
            pass
        with self.assertRaises(OSError), self.breaker.permit():
            raise OSError
        with self.assertRaises(seawall.OpenError) as caught, self.breaker.permit():
            self.fail('not reached')
        self.assertAlmostEqual(caught.exception.retry_after, 10, delta=0.01)
        snapshot = self.breaker.snapshot()
        self.assertEqual((snapshot.state, snapshot.successes, snapshot.failures, snapshot.refused), ('open', 1, 1, 1))
        self.clock.advance(11)
        with self.breaker.permit():
            self.assertEqual(self.breaker.state, 'half_open')
        self.assertEqual(self.breaker.state, 'closed')

    def test_what_is_no_exception_counts_neither_way(self):
        with self.assertRaises(KeyboardInterrupt), self.breaker.permit():
            raise KeyboardInterrupt
        self.assertEqual((self.breaker.state, self.breaker.snapshot().ignored), ('closed', 1))

    def test_reported_by_hand(self):
        with self.breaker.permit() as permit:
            self.assertTrue(permit.report(Fault.TIMEOUT))
            self.assertRaises(seawall.InvalidError, permit.report)
        self.assertEqual(self.breaker.state, 'open')

    def test_a_late_report_decides_nothing(self):
        with self.breaker.permit() as permit:
            self.breaker.close()
            self.assertFalse(permit.report(Fault.TIMEOUT))
        self.assertEqual((self.breaker.state, self.breaker.snapshot().stale), ('closed', 1))

    def test_in_a_coroutine(self):
        async def main():
            async with self.breaker.permit():
                await asyncio.sleep(0)
        asyncio.run(main())
        self.assertEqual(self.breaker.snapshot().successes, 1)

    def test_orders(self):
        for order, state in ((self.breaker.force_open, 'forced_open'), (self.breaker.disable, 'disabled'),
                             (self.breaker.metrics_only, 'metrics_only'), (self.breaker.close, 'closed'), (self.breaker.reset, 'closed')):
            order()
            self.assertEqual(self.breaker.state, state)
        self.breaker.force_open(5)
        self.clock.advance(6)
        self.assertEqual(self.breaker.state, 'half_open')

    def test_transitions_are_told(self):
        told = []
        end = self.breaker.on_transition(lambda it: told.append((it.sequence, it.before, it.after)))
        self.breaker.force_open()
        self.breaker.close()
        end()
        self.breaker.disable()
        self.assertEqual(self.breaker.snapshot().last_rule, 'forced')
        self.assertEqual(told, [(1, 'closed', 'forced_open'), (2, 'forced_open', 'closed')])


class Limiters(unittest.TestCase):
    def setUp(self):
        self.clock = seawall.ManualClock()
        self.limiter = seawall.RateLimiter(rate=10, burst=1, platform=self.clock)

    def test_a_wait_that_is_broken_off_costs_nothing(self):
        class Interrupted(seawall.ManualClock):
            def wait(self, until, rung):
                raise KeyboardInterrupt
        limiter = seawall.RateLimiter(rate=10, burst=1, platform=Interrupted())
        with limiter.permit():
            before = limiter.peek()
        self.assertRaises(KeyboardInterrupt, limiter.permit(timeout=1).__enter__)
        self.assertEqual((limiter.peek(), limiter.snapshot().refunded), (before, 1))

    def test_now_or_not_at_all(self):
        with self.limiter.permit():
            pass
        with self.assertRaises(seawall.LimitedError) as caught, self.limiter.permit():
            self.fail('not reached')
        self.assertAlmostEqual(caught.exception.retry_after, 0.1)
        self.assertAlmostEqual(self.limiter.peek(), 0.1)

    def test_a_wait(self):
        for _ in range(4):
            with self.limiter.permit(timeout=1):
                pass
        self.assertEqual(self.clock.now(), 300_000_000)

    def test_too_long_a_wait_is_told_at_once(self):
        self.limiter.drain(60)
        with self.assertRaises(seawall.LimitedError) as caught, self.limiter.permit(timeout=1):
            self.fail('not reached')
        self.assertEqual((self.clock.now(), round(caught.exception.retry_after)), (0, 60))
        self.limiter.reset()
        with self.limiter.permit():
            pass

    def test_given_back(self):
        with self.limiter.permit() as permit:
            self.assertTrue(permit.refund())
            self.assertRaises(seawall.InvalidError, permit.refund)
        self.assertEqual(self.limiter.snapshot().refunded, 1)

    def test_a_wait_in_a_coroutine_and_one_that_is_cancelled(self):
        async def use():
            async with self.limiter.permit(timeout=9):
                return self.clock.now()

        async def main():
            self.assertEqual(await use(), 0)
            second, third = asyncio.ensure_future(use()), asyncio.ensure_future(use())
            await asyncio.sleep(0)
            third.cancel()
            await asyncio.sleep(0)
            self.clock.advance(0.1)
            self.assertEqual(await second, 100_000_000)
            self.assertTrue(third.cancelled())
        asyncio.run(main())
        self.assertEqual(self.limiter.snapshot().refunded, 1)


class Bulkheads(unittest.TestCase):
    def test_full(self):
        bulkhead = seawall.Bulkhead(max_concurrent=1)
        with bulkhead.permit():
            with self.assertRaises(seawall.FullError), bulkhead.permit():
                self.fail('not reached')
            self.assertEqual(bulkhead.snapshot().in_use, 1)
        self.assertEqual(bulkhead.snapshot().in_use, 0)

    def test_given_back_early_and_once(self):
        bulkhead = seawall.Bulkhead(max_concurrent=1)
        with bulkhead.permit() as permit:
            permit.release()
            self.assertRaises(seawall.InvalidError, permit.release)
            with bulkhead.permit():
                pass

    def test_an_exception_gives_it_back(self):
        bulkhead = seawall.Bulkhead(max_concurrent=1)
        with self.assertRaises(KeyboardInterrupt), bulkhead.permit():
            raise KeyboardInterrupt
        self.assertEqual(bulkhead.snapshot().in_use, 0)

    def test_a_wait_ends_at_the_callers_limit(self):
        clock = seawall.ManualClock()
        bulkhead = seawall.Bulkhead(max_concurrent=1, max_waiting=1, max_wait=60, platform=clock)
        with bulkhead.permit():
            with self.assertRaises(seawall.TimedOutError), bulkhead.permit(timeout=5):
                self.fail('not reached')
            self.assertEqual(clock.now(), 5_000_000_000)
            with self.assertRaises(seawall.FullError), bulkhead.permit():
                self.fail('not reached')
            self.assertEqual(clock.now(), 65_000_000_000)

    def test_threads_take_turns(self):
        bulkhead, order = seawall.Bulkhead(max_concurrent=2, max_waiting=50, max_wait=60), []

        def use():
            for _ in range(100):
                with bulkhead.permit():
                    order.append(bulkhead.snapshot().in_use)
        threads = [threading.Thread(target=use) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((len(order), max(order) <= 2, bulkhead.snapshot().in_use), (500, True, 0))

    def test_tasks_take_turns_and_a_cancelled_one_leaves_the_queue(self):
        bulkhead, order = seawall.Bulkhead(max_concurrent=1, max_waiting=5, max_wait=60), []

        async def use(n, hold):
            async with bulkhead.permit():
                order.append(n)
                await hold.wait()

        async def main():
            hold = asyncio.Event()
            tasks = [asyncio.ensure_future(use(n, hold)) for n in range(4)]
            for _ in range(5):
                await asyncio.sleep(0)
            tasks[1].cancel()
            await asyncio.sleep(0)
            hold.set()
            await asyncio.gather(*tasks, return_exceptions=True)
        asyncio.run(main())
        self.assertEqual((order, bulkhead.snapshot().in_use, bulkhead.snapshot().waiting), ([0, 2, 3], 0, 0))
