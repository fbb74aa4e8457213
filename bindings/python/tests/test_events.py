"""Decisions of a pipeline: as an iterator, as calls, as logging records."""
import asyncio
import gc
import logging
import subprocess
import sys
import threading
import unittest

import seawall
from seawall import Fault


def failing():
    raise ConnectionResetError


def retrying():
    clock = seawall.ManualClock()
    return seawall.Pipeline(seawall.Retry(name='again', jitter='none', base_delay=1, max_attempts=2, platform=clock), name='db')


class Streams(unittest.TestCase):
    def test_an_iterator(self):
        chain = retrying()
        with chain.events() as events:
            chain.outcome(failing)
            first, second = events
            self.assertEqual((first.kind, first.pipeline, first.policy, first.delay, first.fault, first.attempts),
                             ('retry_scheduled', 'db', 'again', 1, Fault.SERVICE_UNAVAILABLE, 1))
            self.assertEqual((second.kind, second.reason, second.now), ('retry_gave_up', 'attempts', 1))
            self.assertEqual(list(events), [])
        chain.outcome(failing)
        self.assertIsNone(events.get())

    def test_waiting_for_one(self):
        chain = retrying()
        events = chain.events()
        self.assertIsNone(events.get(timeout=0))
        threading.Thread(target=chain.outcome, args=[failing]).start()
        self.assertEqual(events.get(timeout=60).kind, 'retry_scheduled')

    def test_a_full_one_keeps_the_newest_and_counts(self):
        chain = retrying()
        events = chain.events(size=1)
        chain.outcome(failing)
        self.assertEqual(([event.kind for event in events], events.dropped), (['retry_gave_up'], 1))
        self.assertRaises(ValueError, chain.events, 0)

    def test_in_a_coroutine(self):
        chain, kinds = retrying(), []

        async def read(events):
            async for event in events:
                kinds.append(event.kind)

        async def main():
            events = chain.events()
            reader = asyncio.ensure_future(read(events))
            await asyncio.sleep(0)
            await asyncio.to_thread(chain.outcome, failing)
            while len(kinds) < 2:
                await asyncio.sleep(0)
            events.close()
            await reader
        asyncio.run(main())
        self.assertEqual(kinds, ['retry_scheduled', 'retry_gave_up'])

    def test_several_listeners(self):
        chain = retrying()
        one, other = chain.events(), chain.events()
        chain.outcome(failing)
        self.assertEqual(list(one), list(other))


class Calls(unittest.TestCase):
    def test_a_function_until_it_is_removed(self):
        chain, told = retrying(), []
        remove = chain.on_event(told.append)
        gc.collect()
        chain.outcome(failing)
        remove()
        remove()
        chain.outcome(failing)
        self.assertEqual(len(told), 2)

    def test_one_that_raises_harms_nobody_and_is_heard_of(self):
        chain, told, unraisable = retrying(), [], []

        def broken(event):
            raise LookupError('the listener')
        chain.on_event(broken)
        chain.on_event(told.append)
        before, sys.unraisablehook = sys.unraisablehook, lambda it: unraisable.append(it.exc_value)
        try:
            self.assertIsInstance(chain.outcome(failing).error, ConnectionResetError)
        finally:
            sys.unraisablehook = before
        self.assertEqual((len(told), [str(error) for error in unraisable]), (2, ["the listener"] * 2))


# Whatever calls a function of Python that cannot surface its exception; each program has `broken` called once.
UNHEARD = {
    'a listener of a pipeline': """
chain = seawall.Pipeline(seawall.Retry(max_attempts=1))
chain.on_event(broken)
chain.outcome(failing)
""",
    'a listener of a breaker': """
breaker = seawall.CircuitBreaker()
breaker.on_transition(broken)
breaker.force_open()
""",
    'a listener of a registry': """
registry = seawall.Registry()
registry.on_event(broken)
registry.retry('x')
""",
    'a source of random numbers': """
seawall.Retry(base_delay=1, platform=seawall.Platform(random=broken)).delay(1)
""",
    'what is no Exception': """
breaker = seawall.CircuitBreaker()
breaker.on_transition(lambda told: broken(told, SystemExit))
breaker.force_open()
""",
    'a predicate of a call that is being called off': """
class Drops(seawall.OwnPolicy):
    def leave(self, turn, outcome):
        broken()
def interrupted():
    raise KeyboardInterrupt
try:
    seawall.Pipeline(Drops()).call(interrupted)
except KeyboardInterrupt:
    pass
""",
}
HEARD = '''
import sys, seawall
def broken(it=None, kind=LookupError):
    raise kind('the cause')
def failing():
    raise ConnectionResetError
'''


class Unheard(unittest.TestCase):
    """What nobody can receive is told as Python tells of such exceptions."""

    def said(self, text):
        done = subprocess.run([sys.executable, '-c', HEARD + text + "print('end')"], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, 'end\n'), done.stderr)
        return done.stderr

    def test_by_the_hook_that_is_there(self):
        for name, text in UNHEARD.items():
            with self.subTest(name):
                said = self.said(text)
                self.assertEqual(said.count('Exception ignored'), 1, said)
                self.assertEqual(said.count('Traceback'), 1, said)
                self.assertIn('in broken\n', said)
                self.assertRegex(said, r'\n(LookupError|SystemExit): the cause\n$')

    def test_by_a_hook_of_ones_own(self):
        hook = '''
def hook(it):
    print(it.exc_type.__name__, it.exc_value, it.exc_traceback is not None, file=sys.stderr)
sys.unraisablehook = hook
'''
        for name, text in UNHEARD.items():
            with self.subTest(name):
                self.assertRegex(self.said(hook + text), r'^(LookupError|SystemExit) the cause True\n$')

    def test_with_the_function_that_raised(self):
        self.assertRegex(self.said(UNHEARD['a listener of a pipeline']), '^Exception ignored .*<function broken at ')


class Records(unittest.TestCase):
    def test_logging(self):
        chain = retrying()
        end = chain.log_events()
        with self.assertLogs('seawall', logging.INFO) as logs:
            chain.outcome(failing)
        end()
        self.assertEqual([record.levelname for record in logs.records], ['INFO', 'WARNING'])
        self.assertEqual(logs.records[0].getMessage(), 'db: again: retry_scheduled after 1 s, service_unavailable')
        self.assertEqual((logs.records[1].seawall_kind, logs.records[1].seawall_reason), ('retry_gave_up', 'attempts'))

    def test_a_logger_and_a_level_of_ones_own(self):
        chain, logger = retrying(), logging.getLogger('mine')
        chain.log_events(logger, logging.DEBUG)
        with self.assertLogs(logger, logging.DEBUG) as logs:
            chain.outcome(failing)
        self.assertEqual({record.levelno for record in logs.records}, {logging.DEBUG})
