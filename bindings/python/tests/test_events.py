"""Decisions of a pipeline: as an iterator, as calls, as logging records."""
import asyncio
import gc
import logging
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
