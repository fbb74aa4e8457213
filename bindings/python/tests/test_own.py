"""Policies that are written in Python."""
import asyncio
import gc
import sys
import threading
import unittest
import weakref
from unittest.mock import patch

import seawall
from seawall import Answer, Fault


def down():
    raise ConnectionResetError('down')


class Cap(seawall.OwnPolicy):
    """At most so many at once."""

    def __init__(self, limit):
        self.limit, self.running = limit, 0

    def enter(self, turn):
        if self.running >= self.limit:
            return turn.refuse('full', retry_after=0.05)
        self.running += 1

    def leave(self, turn, outcome):
        self.running -= 1


class Twice(seawall.OwnPolicy):
    """Runs what failed once more."""

    name = 'twice'

    def __init__(self, delay=0):
        self.delay = delay

    def leave(self, turn, outcome):
        if turn.frame is None and not outcome.ok:
            turn.frame = 'again'
            return turn.again(self.delay)


class Noted(seawall.OwnPolicy):
    """Writes down what it is asked."""

    def __init__(self, **answers):
        super().__init__(name='noted')
        self.answers, self.seen = answers, []

    def answer(self, verb, turn):
        self.seen.append(verb)
        return self.answers.get(verb, lambda _: None)(turn)

    def enter(self, turn):
        return self.answer('enter', turn)

    def leave(self, turn, outcome):
        self.outcome = outcome
        return self.answer('leave', turn)

    def tick(self, turn):
        return self.answer('tick', turn)

    def drop(self, turn, outcome):
        self.seen.append(turn.cause)
        self.answer('drop', turn)


def raising(error):
    def verb(_turn):
        raise error
    return verb


class Functions(unittest.TestCase):
    def test_it_lets_through_and_refuses(self):
        cap = Cap(1)
        chain = seawall.Pipeline(cap)
        with self.assertRaises(seawall.FullError) as caught:
            chain.call(lambda: chain.call(int))
        self.assertEqual((caught.exception.policy, caught.exception.retry_after, caught.exception.report.attempts), ('Cap', 0.05, 0))
        self.assertEqual((chain.call(lambda: 7), cap.running), (7, 0))

    def test_it_runs_once_more(self):
        clock, ends = seawall.ManualClock(), [down, lambda: 5]
        chain = seawall.Pipeline(Twice(2), platform=clock)
        outcome = chain.outcome(lambda: ends.pop(0)())
        self.assertEqual((outcome.value, outcome.report.attempts, clock.now()), (5, 2, 2 * 10**9))

    def test_what_one_pass_keeps_is_its_own(self):
        chain = seawall.Pipeline(seawall.Retry(max_attempts=2, base_delay=0), Twice())
        self.assertEqual(chain.outcome(down).report.attempts, 4)

    def test_nested_passes_keep_each_their_own(self):
        class Named(seawall.OwnPolicy):
            def enter(self, turn):
                turn.frame = self.name

            def leave(self, turn, outcome):
                seen.append((self.name, turn.frame))
        seen = []
        seawall.Pipeline(Named(name='a'), Named(name='b'), Named(name='c')).call(int)
        self.assertEqual(seen, [('c', 'c'), ('b', 'b'), ('a', 'a')])

    def test_it_sees_how_a_run_ended(self):
        noted = Noted()
        chain = seawall.Pipeline(noted)
        chain.call(lambda: 7)
        self.assertEqual((noted.outcome.ok, noted.outcome.value, noted.outcome.error, noted.outcome.counts), (True, 7, None, True))
        error = ConnectionResetError('mine')
        self.assertIs(chain.outcome(raising(error), None).error, error)
        seen = noted.outcome
        self.assertEqual((seen.ok, seen.status, seen.fault, seen.attempts), (False, 'failed', Fault.SERVICE_UNAVAILABLE, 1))
        chain = seawall.Pipeline(noted, Cap(0))
        chain.outcome(int)
        seen = noted.outcome
        self.assertEqual((seen.status, seen.attempts, seen.counts, seen.retry_after), ('full', 0, False, 0.05))
        self.assertEqual(noted.seen, ['enter', 'leave'] * 3)

    def test_the_exception_of_a_run_is_there(self):
        errors = []
        noted = Noted(leave=lambda turn: errors.append(noted.outcome.error))
        error = ValueError('mine')
        seawall.Pipeline(noted).outcome(raising(error), None)
        seawall.Pipeline(noted, Cap(0)).outcome(int)
        self.assertIs(errors[0], error)
        self.assertIsInstance(errors[1], seawall.FullError)

    def test_it_replaces_the_outcome(self):
        self.assertEqual(seawall.Pipeline(Noted(leave=lambda turn: turn.succeed('stale'))).call(down), 'stale')
        error = PermissionError(13, 'no')
        outcome = seawall.Pipeline(Noted(leave=lambda turn: turn.fail(error))).outcome(int)
        self.assertIs(outcome.error, error)
        self.assertEqual(outcome.report.fault, Fault.AUTHORIZATION_DENIED)

    def test_what_it_replaces_is_what_others_see(self):
        breaker = seawall.CircuitBreaker(failure_threshold=1)
        seawall.Pipeline(breaker, Noted(leave=lambda turn: turn.fail(TimeoutError()))).outcome(int)
        self.assertEqual(breaker.state, 'open')

    def test_it_waits_for_a_time(self):
        clock = seawall.ManualClock()

        def enter(turn):
            turn.frame = turn.frame or turn.now + 3
            return turn.wait(turn.frame - turn.now) if turn.now < turn.frame else None
        seawall.Pipeline(Noted(enter=enter), platform=clock).call(int)
        self.assertEqual(clock.now(), 3 * 10**9)

    def test_it_waits_for_its_waker(self):
        opened, wakers, waits = [], [], threading.Event()

        def enter(turn):
            if not opened:
                wakers.append(turn.waker())
                waits.set()
                return turn.wait()
        chain, values = seawall.Pipeline(Noted(enter=enter)), []
        thread = threading.Thread(target=lambda: values.append(chain.call(lambda: 7)))
        thread.start()
        waits.wait()
        opened.append(True)
        wakers[0]()
        thread.join()
        wakers[0]()  # late, and no harm
        self.assertEqual(values, [7])

    def test_it_shortens_the_time(self):
        clock = seawall.ManualClock()
        lefts = []

        def enter(turn):
            turn.shorten(2)
        with seawall.deadline(5, platform=clock):
            chain = seawall.Pipeline(Noted(enter=enter), Noted(enter=lambda turn: lefts.append(turn.remaining)), platform=clock)
            chain.call(lambda: lefts.append(seawall.current_attempt().remaining))
        seawall.Pipeline(Noted(enter=lambda turn: lefts.append(turn.remaining)), platform=clock).call(int)
        self.assertEqual(lefts, [2, 2, float('inf')])

    def test_it_sees_what_the_call_was_called_with(self):
        seen = []
        chain = seawall.Pipeline(Noted(enter=lambda turn: seen.append((turn.args, turn.kwargs))))
        chain.call(lambda *args, **kwargs: None, 1, key=2)
        self.assertEqual(seen, [((1,), {'key': 2})])

    def test_it_diverts(self):
        noted = Noted(leave=lambda turn: seen.append(turn.diverted) or (None if turn.diverted else Answer.DIVERT))
        noted.alternative, seen, where = seawall.Pipeline(Twice()), [], []
        outcome = seawall.Pipeline(noted, platform=None).outcome(lambda: where.append(seawall.current_attempt().alternative) or 3)
        self.assertEqual((outcome.value, seen, where), (3, [False, True], [0, 1]))

    def test_it_tells_of_decisions(self):
        chain = seawall.Pipeline(Noted(leave=lambda turn: turn.emit(7, delay=2, fault=Fault.OTHER)))
        with chain.events() as events:
            chain.call(int)
            told = [(event.kind, event.policy, event.delay, event.fault) for event in events]
        self.assertEqual(told, [('user_7', 'noted', 2, Fault.OTHER)])

    def test_without_a_drop_leave_gives_back(self):
        cap, token = Cap(1), seawall.CancelToken()
        with token:
            chain = seawall.Pipeline(cap, Noted(enter=lambda turn: token.cancel() or turn.wait()))
            self.assertRaises(seawall.CancelledError, chain.call, int)
        self.assertEqual(cap.running, 0)

    def test_a_pass_that_is_cut_is_dropped(self):
        clock = seawall.ManualClock()
        noted = Noted(enter=lambda turn: turn.wait())
        chain = seawall.Pipeline(seawall.Timeout(request_timeout=2, platform=clock), noted)
        self.assertRaises(seawall.TimedOutError, chain.call, int)
        self.assertEqual((noted.seen[0], noted.seen[-2:]), ('enter', ['deadline', 'drop']))

    def test_who_needs_more_than_one_thread_is_refused_by_name(self):
        class Wide(seawall.OwnPolicy):
            width = 2

        class Detached(seawall.OwnPolicy):
            detaches = True
        for kind in Wide, Detached:
            with self.assertRaisesRegex(seawall.UnsupportedError, kind.__name__):
                seawall.Pipeline(kind()).call(int)


class Exceptions(unittest.TestCase):
    """What a verb raises is raised by the call, which is called off."""

    def test_enter(self):
        cap, error = Cap(1), ZeroDivisionError()
        noted = Noted(enter=raising(error))
        with self.assertRaises(ZeroDivisionError) as caught:
            seawall.Pipeline(cap, seawall.Retry(), noted).call(self.fail)
        self.assertIs(caught.exception, error)
        self.assertEqual((cap.running, noted.seen), (0, ['enter']))

    def test_leave(self):
        cap = Cap(1)
        chain = seawall.Pipeline(cap, Noted(leave=raising(ZeroDivisionError())))
        self.assertRaises(ZeroDivisionError, chain.call, int)
        self.assertEqual(cap.running, 0)

    def test_drop(self):
        clock, cap = seawall.ManualClock(), Cap(1)
        noted = Noted(enter=lambda turn: turn.wait(), drop=raising(ZeroDivisionError()))
        chain = seawall.Pipeline(cap, seawall.Timeout(request_timeout=2, platform=clock), noted)
        self.assertRaises(ZeroDivisionError, chain.call, int)
        self.assertEqual(cap.running, 0)

    def test_one_that_comes_after_another_is_told(self):
        told = []
        noted = Noted(drop=raising(ZeroDivisionError()))
        with patch.object(sys, 'unraisablehook', lambda it: told.append(it.exc_type)):
            self.assertRaises(KeyboardInterrupt, seawall.Pipeline(noted).call, raising(KeyboardInterrupt()), None)
        self.assertEqual(told, [ZeroDivisionError])

    def test_a_wrong_answer(self):
        for answer in (True, 'full', 11):
            with self.assertRaisesRegex(TypeError, 'Answer or None'):
                seawall.Pipeline(Noted(enter=lambda turn, answer=answer: answer)).call(int)
        for status in ('ok', 'failed', 'nonsense'):
            with self.assertRaisesRegex(ValueError, status):
                seawall.Pipeline(Noted(enter=lambda turn, status=status: turn.refuse(status))).call(int)

    def test_a_turn_is_over_when_its_verb_is(self):
        turns = []
        seawall.Pipeline(Noted(enter=turns.append, leave=turns.append)).call(int)
        for turn in turns:
            self.assertRaises(RuntimeError, lambda turn=turn: turn.now)
            self.assertRaises(RuntimeError, turn.succeed, 1)

    def test_only_leave_and_tick_have_an_outcome(self):
        self.assertRaisesRegex(RuntimeError, 'outcome', seawall.Pipeline(Noted(enter=lambda turn: turn.succeed(1))).call, int)

    def test_a_verb_is_no_coroutine(self):
        with self.assertRaisesRegex(TypeError, 'Bad.enter'):
            class Bad(seawall.OwnPolicy):
                async def enter(self, turn):
                    pass


class Coroutines(unittest.TestCase):
    def test_the_same_policy_serves_coroutines(self):
        cap = Cap(1)
        chain, ends = seawall.Pipeline(cap, Twice()), [down, lambda: 5]

        async def one():
            await asyncio.sleep(0)
            return ends.pop(0)()

        async def main():
            return await asyncio.gather(chain.acall(one), chain.acall(one), return_exceptions=True)
        first, second = asyncio.run(main())
        self.assertEqual((first, type(second), cap.running), (5, seawall.FullError, 0))

    def test_it_forks(self):
        class Beside(seawall.OwnPolicy):
            width = 2

            def enter(self, turn):
                turn.tick_in(0)

            def tick(self, turn):
                forks.append((turn.can_fork, turn.inner))
                return Answer.FORK

            def leave(self, turn, outcome):
                runs.append(turn.run)

        async def ask():
            await asyncio.sleep(60 if seawall.current_attempt().route == 0 else 0)
            return seawall.current_attempt().route
        forks, runs = [], []
        self.assertEqual(asyncio.run(seawall.Pipeline(Beside()).acall(ask)), 1)
        self.assertEqual((forks, runs), ([(True, 1)], [1]))

    def cut(self, answer, ends, **more):
        clock = seawall.ManualClock()

        class Cut(seawall.OwnPolicy):
            detaches = True

            def enter(self, turn):
                turn.tick_in(1)

            def tick(self, turn):
                for end, value in more.items():
                    getattr(turn, end)(value)
                return answer

        async def ask():
            clock.advance(1)
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                ends.append('asked to stop')
                raise
        return asyncio.run(seawall.Pipeline(Cut(), platform=clock).acall(ask))

    def test_it_cuts(self):
        for answer in (Answer.CUT_JOIN, Answer.CUT_DETACH):
            ends = []
            self.assertRaises(seawall.TimedOutError, self.cut, answer, ends)
            self.assertEqual(ends, ['asked to stop'])
            self.assertEqual(self.cut(answer, [], succeed=4), 4)
            self.assertRaises(KeyError, self.cut, answer, [], fail=KeyError('x'))

    def test_exceptions(self):
        async def one():
            await asyncio.sleep(0)
        for verb in ('enter', 'leave', 'tick'):
            cap = Cap(1)
            noted = Noted(**{'enter': lambda turn: turn.tick_in(0), verb: raising(ZeroDivisionError())})
            self.assertRaises(ZeroDivisionError, asyncio.run, seawall.Pipeline(cap, noted).acall(asyncio.sleep, 60 if verb == 'tick' else 0))
            self.assertEqual(cap.running, 0)

    def test_one_that_comes_after_the_result_is_told_and_all_comes_to_rest(self):
        told, clock, cap = [], seawall.ManualClock(), Cap(2)

        class Careless(seawall.OwnPolicy):
            def drop(self, turn, outcome):
                told.append(turn.cause)
                raise ZeroDivisionError

        async def main():
            chain = seawall.Pipeline(seawall.Hedge(delay=1, budget=1, platform=clock), cap, Careless(), platform=clock)
            begun, release = asyncio.Event(), asyncio.Event()

            async def ask():
                if seawall.current_attempt().route == 0:
                    clock.advance(1)
                    await begun.wait()
                    return 'first'
                begun.set()
                while not release.is_set():
                    try:
                        await release.wait()
                    except asyncio.CancelledError:
                        pass
            result = await chain.acall(ask)
            running = cap.running
            release.set()
            while cap.running:
                await asyncio.sleep(0)
            return result, running
        with patch.object(sys, 'unraisablehook', lambda it: told.append(it.exc_type)):
            result = asyncio.run(main())
        self.assertEqual((result, told), (('first', 1), ['cancellation', ZeroDivisionError]))


class Lifetime(unittest.TestCase):
    def test_it_survives_collection(self):
        chain = seawall.Pipeline(Twice(), platform=seawall.ManualClock())
        gc.collect()
        self.assertEqual(chain.outcome(down).report.attempts, 2)

    def test_it_goes_with_its_pipelines(self):
        from seawall import callbacks
        gc.collect()
        before = len(callbacks._kept)
        cap = Cap(1)
        cap.chain = seawall.Pipeline(cap)  # a circle
        cap.chain.call(int)
        gone = weakref.ref(cap)
        del cap
        gc.collect()
        self.assertIsNone(gone())
        self.assertEqual(len(callbacks._kept), before)

    def test_what_a_pass_kept_is_let_go(self):
        class Thing:
            pass
        things = []

        def enter(turn):
            turn.frame = Thing()
            things.append(weakref.ref(turn.frame))
        chain = seawall.Pipeline(Noted(enter=enter))
        chain.call(int)
        chain.outcome(down)
        gc.collect()
        self.assertEqual([thing() for thing in things], [None, None])

    def test_nor_does_the_end_of_the_run_keep_it(self):
        class Thing:
            pass

        class Stubborn(seawall.OwnPolicy):
            def enter(self, turn):
                turn.frame = Thing()
                things.append(weakref.ref(turn.frame))

            def leave(self, turn, outcome):
                return turn.again(5)  # also when it is dropped, and nobody heeds it
        things, clock = [], seawall.ManualClock()
        chain = seawall.Pipeline(seawall.Timeout(request_timeout=2, platform=clock), Stubborn())
        self.assertRaises(seawall.TimedOutError, chain.call, int)
        gc.collect()
        self.assertEqual([thing() for thing in things], [None])

    def test_one_object_in_many_pipelines_and_threads(self):
        cap = Cap(10**6)
        chains = [seawall.Pipeline(seawall.Retry(base_delay=0), cap, Twice()) for _ in range(4)]
        attempts = []

        def many(chain):
            attempts.extend(chain.outcome(down).report.attempts for _ in range(50))
        threads = [threading.Thread(target=many, args=[chain]) for chain in chains]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(attempts, [6] * 200)

    def test_names(self):
        self.assertEqual(seawall.Pipeline(Cap(1), Twice(), Noted(), seawall.OwnPolicy()).names, ('Cap', 'twice', 'noted', 'own'))
