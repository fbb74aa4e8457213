"""Nothing leaks, nothing is called that is gone, and processes end and fork in peace."""
import asyncio
import gc
import os
import subprocess
import sys
import threading
import unittest
import weakref
from concurrent.futures import Executor, Future

import seawall

DEEP = os.environ.get('SEAWALL_TEST_DEEP') == '1'
CALLS = 1_000_000 if DEEP else 4_000


def resident():
    """Bytes of memory that the process has."""
    with open('/proc/self/statm', encoding='ascii') as file:
        return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')


def failing():
    raise ConnectionResetError


def program(text, **environment):
    """Runs a program of its own: (exit code, what it said)."""
    done = subprocess.run([sys.executable, '-c', text], capture_output=True, text=True, timeout=60, check=False,
                          env={**os.environ, **environment})
    return done.returncode, done.stdout + done.stderr


def a_bit_of_everything():
    """A pipeline with callbacks of every sort, and a call of each end."""
    clock = seawall.ManualClock(seed=1)
    breaker = seawall.CircuitBreaker(failure_threshold=3, recovery_timeout=1, predicate=lambda error, fault: None, platform=clock)
    return clock, seawall.Pipeline(
        seawall.Timeout(platform=clock), seawall.Fallback(function=lambda error, *a: None, errors=['internal'], platform=clock),
        seawall.Retry(predicate=lambda error, attempt: None, platform=clock), seawall.Bulkhead(platform=clock), breaker)


class Leaks(unittest.TestCase):
    """The deep tier makes a million calls of functions, and a million of coroutines."""

    def test_blocking_calls(self):
        clock, chain = a_bit_of_everything()
        succeed = chain.guard(lambda: None)

        def some(n):
            for index in range(n):
                succeed()
                if index % 16 == 0:
                    chain.outcome(failing)
                    clock.advance(2)
        self.steady(some)

    def test_coroutines(self):
        clock, chain = a_bit_of_everything()
        hedged = seawall.Pipeline(seawall.Hedge(delay=0, budget=1), seawall.Bulkhead())

        @chain.guard
        async def succeed():
            pass

        async def fails():
            raise ConnectionResetError

        async def rest(index):
            """The ways in which a call of a coroutine can be more than that."""
            await chain.acall(asyncio.sleep, 0)
            await hedged.acall(asyncio.sleep, 0.001 if index % 512 == 0 else 0)
            task = asyncio.ensure_future(chain.acall(asyncio.sleep, 60))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            ended = asyncio.ensure_future(chain.aoutcome(fails))
            while not ended.done():
                clock.advance(2)
                await asyncio.sleep(0)

        async def some(n):
            for index in range(n):
                await succeed()
                if index % 64 == 0:
                    await rest(index)
        self.steady(lambda n: asyncio.run(some(n)))

    def test_threads(self):
        def some(n):
            with seawall.ThreadPool(core_size=2, max_size=2) as pool:  # leaving it waits for the losers
                chain = seawall.Pipeline(seawall.Hedge(delay=0, budget=0.1), seawall.Retry(base_delay=0), executor=pool)
                for index in range(n // 40):
                    chain.outcome(failing if index % 8 == 0 else int)
        self.steady(some)

    def test_objects(self):
        def some(n):
            for _ in range(n // 400 if DEEP else n // 40):
                clock, chain = a_bit_of_everything()
                chain.outcome(failing)
                chain.events().close()
                with seawall.Bulkhead().permit():
                    pass
                registry = seawall.Registry()
                registry.retry('x', predicate=lambda *_: None, base_delay=0)
                registry.pipeline('x', 'retry').outcome(failing)
        self.steady(some)

    def steady(self, some):
        """The first tenth may fill pools and caches; after it nothing grows."""
        from seawall import callbacks
        some(CALLS // 10)
        gc.collect()
        objects, blocks, numbers, memory = len(gc.get_objects()), sys.getallocatedblocks(), len(callbacks._kept), resident()
        some(CALLS)
        gc.collect()
        self.assertEqual(gc.garbage, [])
        self.assertLess(len(gc.get_objects()), objects + 200)
        self.assertLess(sys.getallocatedblocks(), blocks + 2000)
        self.assertLessEqual(len(callbacks._kept), numbers + 1)
        self.assertLess(resident() - memory, 4 << 20)


class Collection(unittest.TestCase):
    def test_what_a_call_was_about_is_let_go(self):
        class Thing:
            pass

        def raises(it):
            raise ValueError(it)
        thing = Thing()
        gone, chain = weakref.ref(thing), seawall.Pipeline(seawall.Retry(), seawall.Fallback(value=1, on_open=False, errors=['internal']))
        self.assertIs(chain.call(lambda it: it, thing), thing)
        self.assertRaises(ValueError, chain.call, raises, thing)
        del thing
        gc.collect()
        self.assertIsNone(gone())

    def test_policies_may_be_forgotten(self):
        seen = []
        chain = seawall.Pipeline(seawall.Retry(predicate=lambda error, attempt: seen.append(attempt), base_delay=0))
        gc.collect()
        chain.outcome(failing)
        self.assertEqual(seen, [1, 2, 3])

    def test_pipelines_are_collected(self):
        chain = seawall.Pipeline(seawall.Fallback(pipeline=seawall.Pipeline(seawall.Retry())), platform=None)
        chain.call(int)
        gone = weakref.ref(chain)
        del chain
        gc.collect()
        self.assertIsNone(gone())

    def test_the_platform_outlives_what_was_made_with_it(self):
        chain = seawall.Pipeline(seawall.Retry(platform=seawall.ManualClock(seed=3)))
        gc.collect()
        self.assertEqual(chain.outcome(failing).report.attempts, 3)


class Processes(unittest.TestCase):
    def test_after_fork(self):
        chain = seawall.Pipeline(seawall.Timeout(), seawall.Retry(base_delay=0), seawall.Bulkhead(), seawall.CircuitBreaker())
        chain.outcome(failing)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                good = chain.call(lambda: 5) == 5 and asyncio.run(chain.acall(asyncio.sleep, 0, 6)) == 6
                code = 0 if good and chain.outcome(failing).report.attempts == 3 else 2
            finally:
                os._exit(code)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        self.assertEqual(chain.call(lambda: 7), 7)

    def test_after_a_fork_while_others_are_in_calls(self):
        bulkhead = seawall.Bulkhead(max_concurrent=1, max_waiting=3, max_wait=3600)
        chain, inside, go = seawall.Pipeline(bulkhead), threading.Event(), threading.Event()
        threads = [threading.Thread(target=lambda: chain.call(lambda: (inside.set(), go.wait()))) for _ in range(3)]
        for thread in threads:
            thread.start()
        inside.wait()
        other = seawall.Pipeline(seawall.Bulkhead(), seawall.Retry())
        child = os.fork()
        if child == 0:
            os._exit(0 if other.call(lambda: 5) == 5 else 2)
        go.set()
        for thread in threads:
            thread.join()
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)

    def test_after_a_fork_while_others_hold_what_python_locks(self):
        text = '''
import os, seawall, signal, sys, threading
clock = seawall.ManualClock()
chain, registry, health = seawall.Pipeline(seawall.Retry(platform=clock)), seawall.Registry(), seawall.Health()
events = chain.events()
held, go = threading.Semaphore(0), threading.Event()
def hold(lock):
    with lock:
        held.release()
        go.wait()
locks = chain._listeners.lock, events._came, registry._lock, clock._moved, health._lock
for lock in locks:
    threading.Thread(target=hold, args=[lock]).start()
    held.acquire()
def failing():
    raise ConnectionResetError
child = os.fork()
if child == 0:
    signal.alarm(30)
    chain.on_event(lambda it: None)
    assert chain.outcome(failing).report.attempts == 3
    assert events.get().kind == 'retry_scheduled'
    registry.retry('x')
    health.register('x', int)
    os._exit(0)
go.set()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
'''
        self.assertEqual(program(text), (0, ''))

    def test_the_interpreter_ends_with_everything_alive(self):
        text = '''
import seawall, threading, asyncio
clock = seawall.ManualClock()
breaker = seawall.CircuitBreaker(predicate=lambda *_: None)
breaker.on_transition(print)
bulkhead = seawall.Bulkhead(max_concurrent=1, max_waiting=3, max_wait=3600)
chain = seawall.Pipeline(seawall.Fallback(value=1), bulkhead, breaker)
events = chain.events()
chain.log_events()
registry = seawall.Registry()
registry.retry('x', predicate=lambda *_: None)
kept = registry.pipeline('x', 'retry')
held = bulkhead.permit().__enter__()
threading.Thread(target=chain.call, args=[int], daemon=True).start()
threading.Thread(target=events.get, daemon=True).start()
while not bulkhead.snapshot().waiting: pass
loop = asyncio.new_event_loop()
task = loop.create_task(seawall.Pipeline(seawall.Timeout()).acall(asyncio.sleep, 60))
loop.run_until_complete(asyncio.sleep(0))
asyncio.set_event_loop(None)
task._log_destroy_pending = False
print('end')
'''
        code, said = program(text, PYTHONDEVMODE='0')
        self.assertEqual((code, said.splitlines()[-1:]), (0, ['end']), said)

    def test_the_interpreter_ends_while_a_late_attempt_runs(self):
        text = '''
import atexit, seawall, threading
begun, go = threading.Event(), threading.Event()
def ask():
    if seawall.current_attempt().route == 0:
        begun.set()
        go.wait()
        return 'late'
    begun.wait()
    return 'other'
pool = seawall.ThreadPool(core_size=2, max_size=2)
chain = seawall.Pipeline(seawall.Hedge(delay=0, budget=1), seawall.Bulkhead(), executor=pool)
print(chain.call(ask))
atexit.register(go.set)
'''
        self.assertEqual(program(text), (0, 'other\n'))

    def test_an_exit_inside_a_guarded_call(self):
        code, said = program('import seawall, sys; seawall.Pipeline(seawall.Retry()).call(sys.exit, 7)')
        self.assertEqual((code, said), (7, ''))

    def test_a_library_that_is_not_there_is_told(self):
        code, said = program('import seawall', SEAWALL_LIBRARY='/nowhere/libseawall.so.0')
        self.assertEqual(code, 1)
        self.assertIn('ImportError: libseawall was not found', said)


class Waiting(unittest.TestCase):
    def test_others_run_while_a_thread_waits(self):
        """Whoever held the interpreter's lock while he waits would wait for ever: what ends the wait is Python itself."""
        token, go = seawall.CancelToken(), threading.Event()
        bulkhead = seawall.Bulkhead(max_concurrent=1, max_waiting=2, max_wait=3600)
        pool = seawall.ThreadPool(core_size=1, max_size=1)
        retry = seawall.Pipeline(seawall.Retry(base_delay=3000, max_delay=3000, jitter='none'))
        held = bulkhead.permit().__enter__()
        job = pool.submit(go.wait)
        waits = {
            'for its turn': seawall.Pipeline(bulkhead).call, 'to try again': lambda f: retry.call(failing),
            'for a pool': lambda f: pool.drain(), 'for a thread': seawall.Pipeline(executor=Aside(go)).call,
        }
        ends = {}

        def wait(name, call):
            try:
                with token:
                    call(int)
            except seawall.CancelledError:
                ends[name] = 'cancelled'
            else:
                ends[name] = 'done'
        threads = [threading.Thread(target=wait, args=each) for each in waits.items()]
        for thread in threads:
            thread.start()
        while not bulkhead.snapshot().waiting or retry._free:
            pass
        go.set()
        token.cancel()
        for thread in threads:
            thread.join()
        held.release()
        self.assertTrue(job.result())
        self.assertEqual(ends['for its turn'], 'cancelled')
        self.assertEqual(ends['to try again'], 'cancelled')
        self.assertEqual(ends['for a pool'], 'done')
        self.assertEqual(set(ends), set(waits))


class Aside(Executor):
    """Runs what it is given once that may go."""

    def __init__(self, go):
        self.go = go

    def submit(self, function, /, *args, **kwargs):
        future = Future()
        future.set_running_or_notify_cancel()

        def run():
            self.go.wait()
            future.set_result(function(*args, **kwargs))
        threading.Thread(target=run).start()
        return future
