"""Guarded functions: values, exceptions, deadlines, what an operation may ask. Time is a manual clock's."""
import asyncio
import concurrent.futures
import signal
import sys
import threading
import time
import traceback
import unittest

import seawall
from seawall import Fault


class Flaky:
    """Raises what it is given, one after the other, then answers."""

    def __init__(self, *errors, answer='done'):
        self.errors, self.answer, self.calls = list(errors), answer, 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return self.answer


async def flaky_coroutine():
    raise ConnectionResetError


def clock():
    return seawall.ManualClock(seed=1)


def pipeline(*policies, **more):
    return seawall.Pipeline(*policies, **more)


class Values(unittest.TestCase):
    def test_a_function_keeps_its_name_and_arguments(self):
        @pipeline().guard
        def add(a, b=2):
            """Adds."""
            return a + b
        self.assertEqual((add(1), add(1, b=5), add.__name__, add.__doc__), (3, 6, 'add', 'Adds.'))

    def test_methods_are_guarded_too(self):
        guard = pipeline().guard

        class Client:
            @guard
            def me(self):
                return self
        client = Client()
        self.assertIs(client.me(), client)

    def test_call_hands_on_every_keyword(self):
        self.assertEqual(pipeline().call(dict, self=1, function=2, name=3), {'self': 1, 'function': 2, 'name': 3})

    def test_none_and_false_are_values(self):
        for value in (None, False, 0, ''):
            self.assertIs(pipeline(seawall.Retry()).call(lambda value=value: value), value)

    def test_a_generator_is_refused(self):
        def items():
            yield 1
        with self.assertRaises(TypeError):
            pipeline().guard(items)

    def test_a_coroutine_is_not_lost(self):
        async def fetch():
            return 1
        with self.assertRaisesRegex(TypeError, 'acall'):
            pipeline().call(fetch)

    def test_inside_one_another_and_in_threads(self):
        inner, outer, results = pipeline(seawall.Retry()), pipeline(seawall.CircuitBreaker()), []
        guarded = outer.guard(lambda n: inner.call(lambda: outer.call(lambda: n)))
        threads = [threading.Thread(target=lambda n=n: results.extend(guarded(n) for _ in range(200))) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(results), sorted(n for n in range(4) for _ in range(200)))


class Failures(unittest.TestCase):
    def test_the_operations_own_exception_is_raised(self):
        wrong = ValueError('mine')
        try:
            pipeline(seawall.Retry(), seawall.CircuitBreaker()).call(Flaky(wrong))
        except ValueError as error:
            self.assertIs(error, wrong)
            self.assertEqual(traceback.extract_tb(error.__traceback__)[-1].name, '__call__')
        else:
            self.fail('nothing was raised')

    def test_a_retry_repeats_what_may_be_repeated(self):
        time, flaky = clock(), Flaky(ConnectionResetError(), ConnectionRefusedError())
        self.assertEqual(pipeline(seawall.Retry(platform=time)).call(flaky), 'done')
        self.assertEqual(flaky.calls, 3)

    def test_and_then_raises_the_last(self):
        time, last = clock(), ConnectionResetError('third')
        flaky = Flaky(ConnectionResetError('first'), ConnectionResetError('second'), last)
        with self.assertRaises(ConnectionResetError) as caught:
            pipeline(seawall.Retry(platform=time)).call(flaky)
        self.assertIs(caught.exception, last)

    def test_an_open_breaker_refuses(self):
        time = clock()
        breaker = seawall.CircuitBreaker(failure_threshold=2, recovery_timeout=30, platform=time)
        guarded = pipeline(breaker, name='db').guard(Flaky(*[OSError('down')] * 2))
        for _ in range(2):
            with self.assertRaises(OSError):
                guarded()
        with self.assertRaises(seawall.OpenError) as caught:
            guarded()
        self.assertIsInstance(caught.exception, seawall.RefusedError)
        self.assertEqual((caught.exception.status, caught.exception.policy), ('open', 'circuit_breaker'))
        self.assertAlmostEqual(caught.exception.retry_after, 30, delta=0.01)
        self.assertEqual(caught.exception.report.attempts, 0)
        self.assertEqual(breaker.state, 'open')
        time.advance(31)
        self.assertEqual((breaker.state, guarded()), ('half_open', 'done'))

    def test_a_refusal_after_failures_names_its_cause(self):
        time, wrong = clock(), ConnectionResetError()
        chain = pipeline(seawall.Retry(platform=time), seawall.CircuitBreaker(failure_threshold=1, platform=time))
        with self.assertRaises(seawall.OpenError) as caught:
            chain.call(Flaky(wrong))
        self.assertIs(caught.exception.__cause__, wrong)

    def test_limited_and_full(self):
        time = clock()
        limited = pipeline(seawall.RateLimiter(rate=1, platform=time))
        limited.call(int)
        with self.assertRaises(seawall.LimitedError) as caught:
            limited.call(int)
        self.assertAlmostEqual(caught.exception.retry_after, 1, delta=0.01)
        full = pipeline(seawall.Bulkhead(max_concurrent=1, platform=time))
        with self.assertRaises(seawall.FullError):
            full.call(full.call, int)

    def test_a_late_answer_is_no_answer(self):
        time = clock()
        with self.assertRaises(TimeoutError) as caught:
            pipeline(seawall.Timeout(request_timeout=1, platform=time)).call(lambda: time.advance(2))
        self.assertIsInstance(caught.exception, seawall.TimedOutError)
        self.assertEqual(caught.exception.policy, 'timeout')

    def test_what_is_no_exception_ends_the_call_at_once(self):
        breaker = seawall.CircuitBreaker(failure_threshold=1)
        for wrong in (KeyboardInterrupt(), SystemExit(3)):
            flaky = Flaky(wrong)
            with self.assertRaises(type(wrong)) as caught:
                pipeline(seawall.Fallback(value=1), seawall.Retry(), breaker).call(flaky)
            self.assertIs(caught.exception, wrong)
            self.assertEqual(flaky.calls, 1)
        self.assertEqual((breaker.state, breaker.snapshot().failures), ('closed', 0))

    def test_a_result_can_be_a_failure(self):
        time = clock()
        chain = pipeline(seawall.Retry(platform=time), judge_result=lambda status: seawall.http_status(status))
        answers = [503, 503, 200]
        self.assertEqual(chain.call(lambda: answers.pop(0)), 200)
        self.assertEqual(chain.call(lambda: 404), 404)
        outcome = chain.outcome(lambda: 503)
        self.assertEqual((outcome.value, outcome.ok, outcome.report.fault, outcome.report.code),
                         (503, False, Fault.SERVICE_UNAVAILABLE, 503))

    def test_an_injected_fault_has_an_exception(self):
        chain = pipeline(seawall.Chaos(enabled=True, fault_rate=1, faults=[Fault.INTERNAL], code=500))
        with self.assertRaises(seawall.FailedError) as caught:
            chain.call(int)
        self.assertEqual((caught.exception.fault, caught.exception.code), (Fault.INTERNAL, 500))

    def test_a_hedge_needs_more_than_this_thread(self):
        with self.assertRaisesRegex(seawall.UnsupportedError, 'hedge'):
            pipeline(seawall.Hedge()).call(int)


class Outcomes(unittest.TestCase):
    def test_a_success(self):
        outcome = pipeline().outcome(lambda: 5)
        self.assertEqual((outcome.ok, outcome.value, outcome.unwrap(), outcome.report.attempts), (True, 5, 5, 1))

    def test_a_failure(self):
        time = clock()
        outcome = pipeline(seawall.Retry(platform=time, max_attempts=2)).outcome(Flaky(*[ConnectionRefusedError(111, 'no')] * 2))
        self.assertFalse(outcome.ok)
        self.assertIsInstance(outcome.error, ConnectionRefusedError)
        report = outcome.report
        self.assertEqual((report.status, report.reason, report.attempts, report.code, report.first_code),
                         ('failed', 'attempts', 2, 111, 111))
        with self.assertRaises(ConnectionRefusedError):
            outcome.unwrap()


class Predicates(unittest.TestCase):
    def test_a_retrys_predicate_sees_the_exception(self):
        seen, time = [], clock()

        def worth(error, attempt):
            seen.append((type(error), attempt))
            return isinstance(error, KeyError)
        flaky = Flaky(KeyError(), ConnectionResetError())
        with self.assertRaises(ConnectionResetError):
            pipeline(seawall.Retry(predicate=worth, platform=time)).call(flaky)
        self.assertEqual(seen, [(KeyError, 1), (ConnectionResetError, 2)])

    def test_a_breakers_predicate_decides(self):
        breaker = seawall.CircuitBreaker(failure_threshold=1, predicate=lambda error, fault: seawall.BreakerVerdict.SUCCESS)
        with self.assertRaises(OSError):
            pipeline(breaker).call(Flaky(OSError()))
        self.assertEqual((breaker.state, breaker.snapshot().successes), ('closed', 1))

    def test_what_they_raise_surfaces(self):
        def broken(*_):
            raise LookupError('the predicate')
        time = clock()
        for policy in (seawall.Retry(predicate=broken, platform=time), seawall.CircuitBreaker(predicate=broken, platform=time)):
            chain, flaky = pipeline(policy), Flaky(ConnectionResetError())
            try:
                chain.call(flaky)
            except LookupError as error:
                self.assertEqual(traceback.extract_tb(error.__traceback__)[-1].name, 'broken')
            else:
                self.fail('it was lost')
            self.assertEqual(chain.call(lambda: 'still works'), 'still works')

    def test_what_raises_as_the_next_attempt_begins_keeps_no_permit(self):
        def broken(*_):
            raise LookupError('the predicate')
        for delay in 0, 1:
            for more in {}, {'executor': concurrent.futures.ThreadPoolExecutor(1)}:
                with self.subTest(delay=delay, **more):
                    time = clock()
                    bulkhead = seawall.Bulkhead(max_concurrent=1, platform=time)
                    chain = pipeline(bulkhead, seawall.Retry(predicate=broken, base_delay=delay, platform=time), **more)
                    self.assertRaises(LookupError, chain.call, Flaky(ConnectionResetError()))
                    self.assertRaises(LookupError, asyncio.run, chain.acall(flaky_coroutine))
                    self.assertEqual((bulkhead.snapshot().in_use, len(chain._free)), (0, 1))
                    self.assertEqual(chain.call(lambda: 'still works'), 'still works')

    def test_a_listener_that_is_interrupted(self):
        def interrupted(_):
            raise KeyboardInterrupt
        bulkhead = seawall.Bulkhead(max_concurrent=1)
        chain = pipeline(bulkhead, seawall.Retry(max_attempts=2, base_delay=0))
        remove = chain.on_event(interrupted)
        hook, sys.unraisablehook = sys.unraisablehook, lambda it: None  # it is called for the end of the call, too
        try:
            for call in chain.call, chain.outcome:
                self.assertRaises(KeyboardInterrupt, call, Flaky(ConnectionResetError(), ConnectionResetError()))
            self.assertRaises(KeyboardInterrupt, asyncio.run, chain.acall(flaky_coroutine))
        finally:
            sys.unraisablehook = hook
        remove()
        self.assertEqual((bulkhead.snapshot().in_use, chain.call(lambda: 1)), (0, 1))

    def test_a_rule_for_results_that_raises_surfaces(self):
        bulkhead = seawall.Bulkhead(max_concurrent=1)
        chain = pipeline(bulkhead, judge_result=lambda value: value.missing)
        with self.assertRaises(AttributeError):
            chain.call(int)
        self.assertEqual(bulkhead.snapshot().in_use, 0)


class Fallbacks(unittest.TestCase):
    def test_a_value(self):
        chain = pipeline(seawall.Fallback(value='stale'), seawall.CircuitBreaker())
        outcome = chain.outcome(Flaky(OSError()))
        self.assertEqual((outcome.value, outcome.ok, outcome.report.reason), ('stale', True, 'fell_back'))

    def test_a_function_is_told_why(self):
        told = []
        fallback = seawall.Fallback(function=lambda error, key: told.append(error) or f'stale {key}')
        chain = pipeline(fallback, seawall.CircuitBreaker(failure_threshold=1))
        wrong = OSError()

        def fetch(key):
            raise wrong
        self.assertEqual([chain.call(fetch, 'a'), chain.call(fetch, 'b')], ['stale a', 'stale b'])
        self.assertIs(told[0], wrong)
        self.assertIsInstance(told[1], seawall.OpenError)

    def test_a_function_that_fails(self):
        def broken(error):
            raise LookupError('no copy')
        chain = pipeline(seawall.Fallback(function=broken))
        with self.assertRaisesRegex(LookupError, 'no copy') as caught:
            chain.call(Flaky(OSError('first')))
        self.assertIsInstance(caught.exception.__context__, OSError)

    def test_another_pipeline(self):
        alternative = pipeline(seawall.Retry(), name='other')
        chain = pipeline(seawall.Fallback(pipeline=alternative))

        def fetch():
            if seawall.current_attempt().alternative == 0:
                raise OSError('the first')
            return 'the second'
        self.assertEqual(chain.call(fetch), 'the second')
        self.assertEqual(chain.names, ('fallback', 'retry'))

    def test_another_pipeline_with_a_function(self):
        chain = pipeline(seawall.Fallback(pipeline=pipeline(), function=lambda error, n: (type(error), n)))

        def fetch(n):
            raise OSError
        self.assertEqual(chain.call(fetch, 4), (OSError, 4))
        chain = pipeline(seawall.Fallback(pipeline=pipeline(), function=lambda error, n: (type(error), n)),
                         seawall.Bulkhead(max_concurrent=1, name='inner'))
        self.assertEqual(chain.call(lambda n: chain.call(fetch, 5), 4), (seawall.FullError, 5))

    def test_a_value_that_was_judged_a_failure_is_told_to_the_function(self):
        chain = pipeline(seawall.Fallback(pipeline=pipeline(), function=lambda error: (type(error), error.fault)),
                         judge_result=lambda value: Fault.INTERNAL if value == 'bad' else None)
        self.assertEqual(chain.call(lambda: 'bad'), (seawall.FailedError, Fault.INTERNAL))

    def test_a_fallback_has_one_thing_to_say(self):
        with self.assertRaises(TypeError):
            seawall.Fallback(value=1, function=int)


class Attempts(unittest.TestCase):
    def test_an_operation_can_ask(self):
        time, seen = clock(), []

        def fetch():
            attempt = seawall.current_attempt()
            seen.append((attempt.number, attempt.remaining, attempt.phase(seawall.Phase.READ)))
            time.advance(1)
            raise ConnectionResetError
        with self.assertRaises(ConnectionResetError):
            pipeline(seawall.Timeout(request_timeout=5, platform=time),
                     seawall.Retry(backoff='constant', base_delay=1, jitter='none', platform=time)).call(fetch)
        self.assertEqual(seen, [(1, 5, 5), (2, 3, 3), (3, 1, 1)])
        self.assertRaises(RuntimeError, seawall.current_attempt)

    def test_code_and_delay_are_handed_on(self):
        time = clock()

        def fetch():
            attempt = seawall.current_attempt()
            attempt.code, attempt.retry_after = 4711, 7
            raise ConnectionResetError
        outcome = pipeline(seawall.Retry(max_attempts=2, jitter='none', platform=time)).outcome(fetch)
        self.assertEqual((outcome.report.code, outcome.report.retry_after), (4711, 7))
        self.assertEqual(time.now(), 7_000_000_000)

    def test_calls_inside_inherit_the_deadline(self):
        time = clock()
        inner = pipeline(platform=time).guard(lambda: seawall.current_attempt().remaining)
        self.assertEqual(pipeline(seawall.Timeout(request_timeout=5, platform=time)).call(inner), 5)
        with seawall.deadline(3, platform=time):
            self.assertEqual(inner(), 3)
            with seawall.deadline(9, platform=time):
                self.assertEqual(inner(), 3)
            with self.assertRaises(seawall.TimedOutError):
                pipeline(platform=time).call(time.advance, 4)
        self.assertEqual(inner(), float('inf'))

    def test_headers(self):
        self.assertEqual(seawall.deadline_to_header(1.5), '1500')
        self.assertEqual(seawall.deadline_from_header('1500'), 1.5)
        self.assertRaises(seawall.InvalidError, seawall.deadline_from_header, '1.5s')


class Interrupts(unittest.TestCase):
    def test_a_signal_ends_a_wait(self):
        class Alarm(Exception):
            pass

        def ring(*_):
            raise Alarm
        bulkhead = seawall.Bulkhead(max_concurrent=1, max_waiting=1, max_wait=3600)
        chain = pipeline(bulkhead)
        before = signal.signal(signal.SIGALRM, ring)
        try:
            for wait in (lambda: pipeline(seawall.Retry(base_delay=3600, max_delay=3600, jitter='none')).call(Flaky(ConnectionResetError())),
                         lambda: chain.call(chain.call, int)):
                signal.setitimer(signal.ITIMER_REAL, 0.02)
                with self.assertRaises(Alarm):
                    wait()
        finally:
            signal.signal(signal.SIGALRM, before)
        self.assertEqual((bulkhead.snapshot().in_use, bulkhead.snapshot().waiting), (0, 0))

    def test_others_run_while_one_waits(self):
        bulkhead = seawall.Bulkhead(max_concurrent=1, max_waiting=1, max_wait=3600)
        chain, go, order = pipeline(bulkhead), threading.Event(), []
        first = threading.Thread(target=lambda: chain.call(lambda: (go.wait(), order.append('first'))))
        second = threading.Thread(target=lambda: chain.call(lambda: order.append('second')))
        first.start()
        while bulkhead.snapshot().in_use == 0:
            time.sleep(0)
        second.start()
        while bulkhead.snapshot().waiting == 0:
            time.sleep(0)
        go.set()
        first.join()
        second.join()
        self.assertEqual(order, ['first', 'second'])
