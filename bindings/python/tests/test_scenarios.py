"""The scenario table (tests/compose/scenarios.txt) through the binding: every row that a driver can run, with the log that the table wants.

blocking: Pipeline.outcome on this thread. asyncio: Pipeline.aoutcome in a loop that looks whenever something is due; coarse: in one that
looks at multiples of 10 ms only. threads: Pipeline.outcome with an executor.
"""
import asyncio
import threading
import unittest
from concurrent.futures import Future
from unittest.mock import patch

from scenario_world import FOREVER, MS, Ended, Lost, World, fail, later

import seawall
import seawall.pipeline
from scenario_rows import read
from seawall.aio import Run
from seawall.threads import Run as Crew

TICK = 10 * MS


class Blocking(World):
    cancel_at = FOREVER

    def run(self):
        for self.call in self.row.calls:
            self.go_to(self.call['at'])
            if not self.row.refused:
                self.note('call', self.now())
            self.token = seawall.CancelToken(platform=self)
            self.cancel_at = later(self.now(), self.call['cancel'])
            try:
                with self.token, seawall.deadline(self.call['deadline'] / 1e9 if self.call['deadline'] != FOREVER else float('inf'),
                                                  platform=self):
                    if self.cancel_at <= self.now():
                        self.call_off()
                    report = self.pipeline.outcome(self.operation).report
            except seawall.UnsupportedError as error:
                if error.policy != self.row.refused:
                    self.entries.append(f'refused for {error.policy}')
                continue
            self.cancel_at = FOREVER
            self.note_report(report, self.now())

    def call_off(self):
        self.cancel_at = FOREVER
        self.token.cancel()

    def wait(self, until, rung):
        while rung.locked() and self.now() < until:
            t = min(self.next_happening(), self.cancel_at, until)
            if t == FOREVER:
                fail(self.row, 'waits for ever')
            self.go_to(t)
            if rung.locked() and self.cancel_at <= t:
                self.call_off()

    def operation(self):
        attempt = seawall.current_attempt()
        self.note_start(attempt)
        ends, raises, stops = self.end_of(self.call, attempt)
        if self.cancel_at < ends:
            stopped = later(self.cancel_at, stops)
            self.go_to(self.cancel_at)
            self.call_off()
            if stopped < ends:
                ends, raises = stopped, Ended('timeout')
                attempt.code = 0
        self.go_to(ends)
        if raises is not None:
            raise raises


class Loop(World):
    """One task on a loop of asyncio's whose time is the world's."""

    coarse = False

    def __init__(self, row):
        super().__init__(row)
        self.running, self.timers, self.cancel_at = [], [], FOREVER
        self.loop = asyncio.new_event_loop()

    def call_at(self, loop, until, function):
        timer = Timer(until, function)
        self.timers.append(timer)
        return timer

    def call_off(self):
        self.cancel_at = FOREVER
        self.token.cancel()

    def settle(self):
        """The loop does whatever there is to do now."""
        while True:
            self.loop.call_soon(self.loop.stop)
            self.loop.run_forever()
            if not self.loop._ready:
                return

    async def operation(self):
        attempt = seawall.current_attempt()
        self.note_start(attempt)
        one = Running(self.loop.create_future(), *self.end_of(self.call, attempt))
        self.running.append(one)
        while not one.future.done():
            try:
                await asyncio.shield(one.future)
            except asyncio.CancelledError:
                if later(self.now(), one.stops) < one.ends:
                    one.ends, one.raises = later(self.now(), one.stops), Ended('timeout')
                    attempt.code = 0
        if isinstance(one.raises, Lost):
            raise asyncio.CancelledError
        if one.raises is not None:
            raise one.raises

    def look(self, t):
        return -(-t // TICK) * TICK if self.coarse and t != FOREVER else t

    def mail(self):
        """What came since the loop looked last: ends of attempts, then the cancellation."""
        for one in sorted((one for one in self.running if one.ends <= self.now()), key=lambda one: one.ends):
            self.running.remove(one)
            one.future.set_result(None)
        self.settle()
        if self.cancel_at <= self.now():
            self.call_off()
            self.settle()
        for timer in sorted((timer for timer in self.timers if timer.until <= self.now()), key=lambda timer: timer.until):
            self.timers.remove(timer)
            timer.call()
        self.settle()

    def go_on(self):
        self.timers = [timer for timer in self.timers if timer.function is not None]
        t = min([self.cancel_at, *(timer.until for timer in self.timers), *(one.ends for one in self.running)])
        woken = False
        while self.next_happening() < t and not woken:
            self.go_to(self.next_happening())
            woken = bool(self.loop._ready)
        if t == FOREVER and not woken:
            fail(self.row, 'waits for ever')
        self.go_to(self.look(self.now() if woken else t))
        self.mail()

    def run(self):
        for self.call in self.row.calls:
            self.go_to(self.look(self.call['at']))
            self.note('call', self.now())
            self.cancel_at = later(self.now(), self.call['cancel'])
            self.token = seawall.CancelToken(platform=self)
            limit = self.call['deadline'] / 1e9 if self.call['deadline'] != FOREVER else float('inf')
            with self.token, seawall.deadline(limit, platform=self):
                if self.cancel_at <= self.now():
                    self.call_off()
                task = self.loop.create_task(self.pipeline.aoutcome(self.operation))
            self.settle()
            self.mail()
            while self.running or not task.done():
                self.go_on()
            self.note_report(task.result().report, self.now())
        self.loop.close()


class Aside(Loop):
    """The caller waits here, and attempts run on threads: one of them all goes on at a time."""

    def __init__(self, row):
        super().__init__(row)
        self.loop.close()
        self.pipeline.executor = self
        self.pipeline._in_the_way = None
        self.turns, self.jobs = threading.Semaphore(0), []

    def submit(self, function, *args):
        """As executors do; comes back when the attempt has begun."""
        future = Future()
        future.set_running_or_notify_cancel()

        def run():
            try:
                future.set_result(function(*args))
            except BaseException as error:
                future.set_exception(error)
            self.turns.release()
        self.jobs.append(threading.Thread(target=run))
        self.jobs[-1].start()
        self.turns.acquire()
        return future

    def operation(self):
        attempt = seawall.current_attempt()
        self.note_start(attempt)
        one = Running(threading.Event(), *self.end_of(self.call, attempt))
        one.attempt = attempt
        self.running.append(one)
        self.turns.release()
        one.future.wait()
        if one.raises is not None:
            raise one.raises

    def ask_to_stop(self):
        """Who was asked to stop since takes as long as the table says."""
        for one in self.running:
            if one.attempt._stopped and not one.stopping:
                one.stopping = True
                if later(self.now(), one.stops) < one.ends:
                    one.ends, one.raises = later(self.now(), one.stops), Ended('timeout')
                    one.attempt.code = 0

    def mail(self):
        """What came since the host looked last. It looks when the first of it has come."""
        for one in sorted((one for one in self.running if one.ends <= self.now()), key=lambda one: one.ends):
            self.running.remove(one)
            one.future.set()
            self.turns.acquire()
            return
        if self.cancel_at <= self.now():
            self.call_off()

    def wait(self, until, rung):
        self.ask_to_stop()
        while rung.locked() and self.now() < until:
            t = min([self.cancel_at, self.next_happening(), until, *(one.ends for one in self.running)])
            if t == FOREVER:
                fail(self.row, 'waits for ever')
            self.go_to(t)
            if rung.locked():
                self.mail()

    wait_for_others = wait

    def run(self):
        for self.call in self.row.calls:
            self.go_to(self.call['at'])
            self.note('call', self.now())
            self.cancel_at = later(self.now(), self.call['cancel'])
            self.token = seawall.CancelToken(platform=self)
            limit = self.call['deadline'] / 1e9 if self.call['deadline'] != FOREVER else float('inf')
            with self.token, seawall.deadline(limit, platform=self):
                if self.cancel_at <= self.now():
                    self.call_off()
                report = self.pipeline.outcome(self.operation).report
            while self.running:  # what is late
                self.ask_to_stop()
                self.go_to(min([self.next_happening(), *(one.ends for one in self.running)]))
                self.mail()
            self.note_report(report, self.now())
        for job in self.jobs:
            job.join()


class Watched(Run):
    """A run whose host says when the result is known before everything has ended, as the table's logs do."""

    def follow(self):
        before = self.finished
        super().follow()
        if self.finished and not before and not self.drained:
            self.pipeline.clock.note('finished', self.pipeline.clock.now())


class WatchedCrew(Crew):
    def follow(self):
        before = self.finished
        super().follow()
        if self.finished and not before and not self.drained:
            self.pipeline.clock.note('finished', self.pipeline.clock.now())


class Coarse(Loop):
    coarse = True


class Timer:
    def __init__(self, until, function):
        self.until, self.function = until, function

    def cancel(self):
        self.function = None

    def call(self):
        if self.function is not None:
            self.function()


class Running:
    def __init__(self, future, ends, raises, stops):
        self.future, self.ends, self.raises, self.stops, self.stopping = future, ends, raises, stops, False


def problems(kind, driver, rows):
    for row in rows:
        world = kind(row)
        world.run()
        wanted = [] if driver == 'blocking' and row.refused else row.expected(driver)
        if world.entries != wanted:
            yield f'line {row.line}: {"; ".join(world.entries)}\ninstead of {"; ".join(wanted)}\n'


class Table(unittest.TestCase):
    maxDiff = None

    def test_blocking(self):
        rows = [row for row in read() if row.blocks()]
        self.assertGreater(len(rows), 100)
        self.assertEqual('', '\n'.join(problems(Blocking, 'blocking', rows)))

    @patch.object(seawall.pipeline, 'Crew', WatchedCrew)
    def test_threads(self):
        rows = [row for row in read() if row.blocks()]
        self.assertGreater(len(rows), 100)
        self.assertEqual('', '\n'.join(problems(Aside, 'stepping', rows)))

    @patch.object(seawall.pipeline, 'Run', Watched)
    def test_asyncio(self):
        self.assertEqual('', '\n'.join(problems(Loop, 'stepping', read())))

    @patch.object(seawall.pipeline, 'Run', Watched)
    def test_asyncio_coarse(self):
        self.assertEqual('', '\n'.join(problems(Coarse, 'coarse', read())))

