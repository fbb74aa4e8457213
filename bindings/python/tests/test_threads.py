"""Functions on an executor: side by side, and left behind."""
import os
import sys
import threading
import traceback
import unittest
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from unittest.mock import patch

import seawall
from seawall import Fault


class Threads(Executor):
    """A thread for each job, so that none waits for another."""

    def __init__(self):
        self.threads = []

    def submit(self, function, /, *args, **kwargs):
        future = Future()

        def run():
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(function(*args, **kwargs))
                except BaseException as error:
                    future.set_exception(error)
        self.threads.append(threading.Thread(target=run))
        self.threads[-1].start()
        return future

    def join(self):
        for thread in self.threads:
            thread.join()


class Slow:
    """An operation whose first attempt waits until it is let go; a heedful one first until it is asked to stop."""

    def __init__(self, first='first', late=0, heedful=False):
        self.heedful = heedful
        self.go, self.first, self.late, self.stopped, self.begun = threading.Event(), first, late, [], threading.Event()

    def __call__(self):
        attempt = seawall.current_attempt()
        if attempt.route != self.late:
            return 'other'
        self.begun.set()
        while self.heedful and not attempt.cancelled:
            os.sched_yield()
        self.go.wait()
        self.stopped.append(attempt.cancelled)
        if isinstance(self.first, BaseException):
            raise self.first
        return self.first


class Ends(unittest.TestCase):
    def setUp(self):
        self.threads = Threads()
        self.addCleanup(self.threads.join)
        self.bulkhead = seawall.Bulkhead(max_concurrent=9)

    def pipeline(self, *policies, **more):
        return seawall.Pipeline(*policies, executor=self.threads, **more)

    def test_a_call_on_another_thread(self):
        try:
            self.pipeline(seawall.Retry(base_delay=0)).call(self.raises, ConnectionResetError())
        except ConnectionResetError as error:
            frames = {frame.name for frame in traceback.extract_tb(error.__traceback__)}
        self.assertLessEqual({'call', 'raises'}, frames)  # the caller's, and those of the thread
        self.assertEqual(len(self.threads.threads), 3)
        self.assertNotEqual(self.pipeline().call(threading.get_ident), threading.get_ident())

    @staticmethod
    def raises(error):
        raise error

    def test_outcome(self):
        outcome = self.pipeline().outcome(self.raises, KeyError('x'))
        self.assertIsInstance(outcome.error, KeyError)
        self.assertEqual((outcome.report.status, self.pipeline().outcome(lambda: 3).value), ('failed', 3))

    def test_a_hedge_wins(self):
        slow = Slow()
        chain = self.pipeline(self.bulkhead, seawall.Hedge(delay=0.001, budget=1), seawall.Bulkhead(max_concurrent=9))
        self.assertEqual(chain.call(slow), 'other')
        self.assertEqual(self.bulkhead.snapshot().in_use, 0)
        slow.go.set()
        self.threads.join()
        self.assertEqual(slow.stopped, [True])
        self.assertEqual(len(chain._free), 1)  # all has come to rest

    def test_a_hedge_loses(self):
        slow = Slow(late=1)
        chain = self.pipeline(seawall.Hedge(delay=0.001, budget=1))

        def operation():
            if seawall.current_attempt().route == 0:
                slow.begun.wait()
            return slow()
        self.assertEqual(chain.call(operation), 'other')
        slow.go.set()
        self.threads.join()
        self.assertEqual((slow.stopped, len(chain._free)), ([True], 1))

    def test_a_late_failure_changes_nothing(self):
        for first in ValueError(), SystemExit():
            told, slow = [], Slow(first)
            breaker = seawall.CircuitBreaker(failure_threshold=1)
            chain = self.pipeline(seawall.Hedge(delay=0.001, budget=1), breaker)
            with patch.object(sys, 'unraisablehook', lambda it, told=told: told.append(it.exc_type)):
                self.assertEqual(chain.call(slow), 'other')
                slow.go.set()
                self.threads.join()
            self.assertEqual((breaker.state, len(chain._free)), ('closed', 1))
            self.assertEqual(told, [SystemExit] if isinstance(first, SystemExit) else [])

    def test_a_timeout_that_abandons_lets_the_caller_go(self):
        slow, clock = Slow(), seawall.ManualClock(auto_advance=False)
        inside = seawall.Bulkhead(max_concurrent=1, platform=clock)
        chain = self.pipeline(seawall.Timeout(request_timeout=5, mode='abandon', platform=clock), inside)
        threading.Thread(target=lambda: (slow.begun.wait(), clock.advance(5))).start()
        with self.assertRaises(seawall.TimedOutError) as caught:
            chain.call(slow)
        self.assertEqual((caught.exception.policy, caught.exception.report.late), ('timeout', 1))
        self.assertRaises(seawall.FullError, chain.call, slow)  # it holds its permit for as long as it really runs
        slow.go.set()
        self.threads.join()
        self.assertEqual((slow.stopped, inside.snapshot().in_use), ([True], 0))

    def test_one_that_does_not_abandon_waits(self):
        slow, clock = Slow(heedful=True), seawall.ManualClock()
        chain = self.pipeline(seawall.Timeout(request_timeout=5, platform=clock))
        threading.Thread(target=lambda: (slow.begun.wait(), clock.advance(6), slow.go.set())).start()
        self.assertRaises(seawall.TimedOutError, chain.call, slow)
        self.assertEqual(slow.stopped, [True])

    def test_the_callers_own_deadline(self):
        slow, clock = Slow(), seawall.ManualClock()
        chain = self.pipeline(platform=clock)
        threading.Thread(target=lambda: (slow.begun.wait(), clock.advance(5))).start()
        with seawall.deadline(5, platform=clock):
            self.assertRaises(seawall.TimedOutError, chain.call, slow)
        slow.go.set()

    def test_a_token(self):
        slow, token = Slow(), seawall.CancelToken()
        threading.Thread(target=lambda: (slow.begun.wait(), token.cancel())).start()
        with token:
            self.assertRaises(seawall.CancelledError, self.pipeline().call, slow)
        slow.go.set()
        self.threads.join()
        self.assertEqual(slow.stopped, [True])

    def test_a_clock_that_waiting_moves_stands_still_while_somebody_works(self):
        waited = threading.Event()

        class Watched(seawall.ManualClock):
            def wait(self, until, rung):
                super().wait(until, rung)
                waited.set()

            def wait_for_others(self, until, rung):
                waited.set()
                super().wait_for_others(until, rung)
        clock = Watched()
        chain = self.pipeline(seawall.Timeout(request_timeout=5, platform=clock), seawall.Retry(jitter='none', platform=clock))
        self.assertEqual(chain.call(lambda: waited.wait() and clock.now()), 0)
        chain.outcome(self.raises, ConnectionResetError())
        self.assertGreater(clock.now(), 0)

    def test_what_is_no_fault_ends_the_call(self):
        for error in SystemExit(3), KeyboardInterrupt():
            with self.assertRaises(type(error)) as caught:
                self.pipeline(seawall.Retry(), self.bulkhead).call(self.raises, error)
            self.assertIs(caught.exception, error)
        self.assertEqual(self.bulkhead.snapshot().in_use, 0)

    def test_a_rule_that_raises(self):
        def rule(error):
            raise ZeroDivisionError
        chain = self.pipeline(self.bulkhead, seawall.Hedge(delay=60, budget=1), faults={KeyError: rule})
        self.assertRaises(ZeroDivisionError, chain.call, self.raises, KeyError())
        self.assertEqual((self.bulkhead.snapshot().in_use, len(chain._free)), (0, 1))

    def test_a_verb_that_raises(self):
        class Bad(seawall.OwnPolicy):
            def leave(self, turn, outcome):
                raise ZeroDivisionError
        chain = self.pipeline(self.bulkhead, Bad())
        self.assertRaises(ZeroDivisionError, chain.call, int)
        self.assertEqual((self.bulkhead.snapshot().in_use, len(chain._free)), (0, 1))

    def test_deadlines_and_context_are_inherited(self):
        from contextvars import ContextVar
        variable = ContextVar('variable')
        variable.set(5)
        clock = seawall.ManualClock()
        chain = self.pipeline(platform=clock)
        with seawall.deadline(7, platform=clock):
            seen = chain.call(lambda: (variable.get(), seawall.current_attempt().remaining, seawall.Pipeline(platform=clock).call(
                lambda: seawall.current_attempt().remaining)))
        self.assertEqual(seen, (5, 7, 7))

    def test_fallbacks(self):
        chain = self.pipeline(seawall.Fallback(pipeline=seawall.Pipeline(), function=lambda error, key: (error, key)), seawall.CircuitBreaker())
        error = TimeoutError()
        self.assertEqual(chain.call(lambda key: self.raises(error), 4), (error, 4))

    def test_a_coroutine_is_told(self):
        async def one():
            pass
        self.assertRaisesRegex(TypeError, 'coroutine', self.pipeline().call, one)


class Executors(unittest.TestCase):
    def test_a_thread_pool_of_the_library(self):
        with seawall.ThreadPool(max_size=2, queue_size=0) as pool:
            chain = seawall.Pipeline(seawall.Retry(), executor=pool)
            self.assertEqual(chain.call(lambda: 5), 5)
            slow = Slow()
            blocked = [pool.submit(slow.go.wait) for _ in range(2)]
            with self.assertRaises(seawall.FullError) as caught:
                chain.call(int)
            self.assertEqual(caught.exception.policy, 'thread_pool')
            outcome = chain.outcome(int)  # it is how the attempt ended, and not repeated
            self.assertIsInstance(outcome.error, seawall.FullError)
            self.assertEqual(outcome.report.attempts, 1)
            slow.go.set()
            for one in blocked:
                one.result()

    def test_the_first_of_two_that_end_together_counts(self):
        jobs = []

        class Held(Executor):
            def submit(self, function, /, *args, **kwargs):
                jobs.append((Future(), lambda: function(*args, **kwargs)))
                return jobs[-1][0]

        class Clock(seawall.ManualClock):
            def wait_for_others(self, until, rung):
                if len(jobs) < 2:
                    self.advance_to(until)
                    return
                for future, job in jobs:
                    future.set_result(job())
        clock = Clock()
        chain = seawall.Pipeline(seawall.Hedge(delay=1, budget=1, platform=clock), executor=Held())
        self.assertEqual(chain.call(lambda: seawall.current_attempt().route), 0)
        self.assertEqual((len(jobs), len(chain._free)), (2, 1))

    def test_a_job_that_is_dropped_unrun_counts_against_nobody(self):
        own, standard = seawall.ThreadPool(core_size=1, max_size=1), ThreadPoolExecutor(1)
        for pool, waiting in (own, lambda: sum(own.snapshot().queued)), (standard, standard._work_queue.qsize):
            with self.subTest(type(pool)):
                go, begun = threading.Event(), threading.Event()
                blocked = pool.submit(lambda: (begun.set(), go.wait()))
                begun.wait()
                breaker = seawall.CircuitBreaker(failure_threshold=1)
                chain, ends = seawall.Pipeline(breaker, executor=pool), []
                caller = threading.Thread(target=lambda: ends.append(chain.outcome(int)))
                caller.start()
                while waiting() == 0:
                    pass
                pool.shutdown(wait=False, cancel_futures=True)
                caller.join()
                go.set()
                blocked.result()
                self.assertIsInstance(ends[0].error, seawall.CancelledError)
                self.assertEqual((ends[0].report.status, ends[0].report.fault), ('failed', Fault.IGNORED))
                self.assertEqual((breaker.state, breaker.snapshot().failures), ('closed', 0))

    def test_one_that_has_begun_nothing_is_taken_back(self):
        pool, go = ThreadPoolExecutor(1), threading.Event()
        blocked, token = pool.submit(go.wait), seawall.CancelToken()
        chain = seawall.Pipeline(executor=pool)
        threading.Thread(target=lambda: [None for _ in iter(pool._work_queue.empty, False)] + [token.cancel()]).start()
        with token:
            self.assertRaises(seawall.CancelledError, chain.call, self.fail)
        self.assertEqual(len(chain._free), 1)
        go.set()
        pool.shutdown()
        self.assertTrue(blocked.result())

    def test_one_that_is_shut_down(self):
        pool = ThreadPoolExecutor(1)
        pool.shutdown()
        chain = seawall.Pipeline(seawall.Bulkhead(), executor=pool)
        self.assertRaisesRegex(RuntimeError, 'shutdown', chain.call, int)
        self.assertEqual(chain.policies[0].snapshot().in_use, 0)

    def test_many_callers(self):
        with ThreadPoolExecutor(8) as pool, ThreadPoolExecutor(8) as callers:
            chain = seawall.Pipeline(seawall.Timeout(), seawall.Hedge(delay=0, budget=1), seawall.Bulkhead(max_concurrent=64), executor=pool)
            found = list(callers.map(lambda n: chain.call(lambda: n), range(400)))
        self.assertEqual(found, list(range(400)))
        self.assertEqual(chain.policies[2].snapshot().in_use, 0)


class Refused(unittest.TestCase):
    def test_the_message_names_what_to_use(self):
        with self.assertRaises(seawall.UnsupportedError) as caught:
            seawall.Pipeline(seawall.Hedge(delay=1)).call(int)
        self.assertEqual(caught.exception.policy, 'hedge')
        self.assertRegex(str(caught.exception), r'^hedge: .*executor=seawall\.ThreadPool\(\)')

    def test_a_hard_timeout(self):
        for executor in None, Threads():
            for below in False, True:
                chain = seawall.Pipeline(seawall.Timeout(mode='hard'), executor=executor)
                if below:
                    chain = seawall.Pipeline(seawall.Fallback(pipeline=seawall.Pipeline(seawall.Timeout(mode='hard'))), executor=executor)
                with self.assertRaises(seawall.UnsupportedError) as caught:
                    chain.call(int)
                self.assertEqual(caught.exception.policy, 'timeout')
                self.assertRegex(str(caught.exception), 'mode="abandon" and an executor')

    def test_a_hard_timeout_of_a_registry(self):
        registry = seawall.Registry()
        registry.timeout('x', mode='hard')
        registry.timeout('y', mode='abandon')
        for name, policies, hard in (('a', 'retry, timeout "x"', True), ('x', 'timeout', True), ('b', 'attempt_timeout "x"', True),
                                     ('c', 'timeout "y", hedge', False)):
            chain = registry.pipeline(name, policies, executor=Threads())
            if not hard:
                self.assertEqual(chain.call(lambda: 5), 5)
                continue
            self.assertRaisesRegex(seawall.UnsupportedError, 'timeout.*mode="abandon" and an executor', chain.call, int)

    def test_a_coroutine_that_is_to_stand_in(self):
        async def stand_in(error):
            pass
        chain = seawall.Pipeline(seawall.Fallback(function=stand_in), executor=Threads())
        self.assertRaisesRegex(seawall.UnsupportedError, 'fallback: its function is a coroutine', chain.call, int)
