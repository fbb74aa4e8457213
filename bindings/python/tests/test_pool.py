"""Thread pools as executors."""
import asyncio
import concurrent.futures
import gc
import os
import signal
import subprocess
import sys
import threading
import unittest
import weakref

import seawall


def program(text):
    """Runs a program of its own: (exit code, what it said)."""
    done = subprocess.run([sys.executable, '-c', text], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stderr + done.stdout


class Jobs(unittest.TestCase):
    def test_a_future(self):
        with seawall.ThreadPool(core_size=1, max_size=2) as pool:
            self.assertEqual(pool.submit(lambda a, b=2: a + b, 1, b=5).result(60), 6)
            with self.assertRaises(ZeroDivisionError):
                pool.submit(lambda: 1 / 0).result(60)
            self.assertEqual(list(pool.map(abs, [-1, -2])), [1, 2])
            self.assertNotEqual(pool.submit(threading.get_ident).result(60), threading.get_ident())
        self.assertRaises(seawall.FullError, pool.submit, int)
        snapshot = pool.snapshot()
        self.assertEqual((snapshot.done, snapshot.refused_stopped), (5, 1))

    def test_a_full_one_refuses_at_once(self):
        go = threading.Event()
        with seawall.ThreadPool(core_size=1, max_size=1, queue_size=1) as pool:
            jobs = [pool.submit(go.wait), pool.submit(int)]
            with self.assertRaises(seawall.FullError):
                for _ in range(3):  # the first may have left the queue by now
                    jobs.append(pool.submit(int))
            go.set()
            concurrent.futures.wait(jobs, 60)

    def test_a_cancelled_future_is_never_run(self):
        go, ran = threading.Event(), []
        with seawall.ThreadPool(core_size=1, max_size=1) as pool:
            first = pool.submit(go.wait)
            second = pool.submit(ran.append, 1)
            self.assertTrue(second.cancel())
            go.set()
            first.result(60)
        self.assertEqual(ran, [])

    def test_levels(self):
        go, order = threading.Event(), []
        with seawall.ThreadPool(core_size=1, max_size=1) as pool:
            first = pool.submit(go.wait)
            while not pool.snapshot().busy:
                pass
            pool.at('low').submit(order.append, 'low')
            pool.at('critical').submit(order.append, 'critical')
            go.set()
            first.result(60)
        self.assertEqual(order, ['critical', 'low'])
        self.assertRaises(KeyError, pool.at, 'nonsense')

    def test_asyncio_takes_it(self):
        async def main():
            return await asyncio.get_running_loop().run_in_executor(pool, threading.get_ident)
        with seawall.ThreadPool(core_size=1) as pool:
            self.assertNotEqual(asyncio.run(main()), threading.get_ident())

    def test_a_guarded_call_inside(self):
        chain = seawall.Pipeline(seawall.Retry(base_delay=0), seawall.CircuitBreaker())
        with seawall.ThreadPool(core_size=2) as pool:
            self.assertEqual([job.result(60) for job in [pool.submit(chain.call, int) for _ in range(20)]], [0] * 20)

    def test_settings(self):
        with self.assertRaises(seawall.InvalidError):
            seawall.ThreadPool(max_size=-3)
        pool = seawall.ThreadPool(core_size=1, max_size=1, queue_size=2, queue_size_limit=9)
        pool.reconfigure(core_size=1, max_size=1, queue_size=5, queue_size_limit=9)
        self.assertEqual(pool.snapshot().queue_size, 5)
        del pool
        gc.collect()

    def test_after_fork(self):
        pool = seawall.ThreadPool(core_size=1, max_size=1)
        self.assertEqual(pool.submit(int).result(60), 0)
        child = os.fork()
        if child == 0:
            os._exit(0 if pool.submit(lambda: 5).result(60) == 5 else 2)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        pool.shutdown()

    def test_a_drain_that_takes_too_long_cancels_what_waits(self):
        go = threading.Event()
        pool = seawall.ThreadPool(core_size=1, max_size=1)
        first, second = held(pool, go), pool.submit(int)
        self.assertFalse(pool.drain(timeout=0))
        self.assertTrue(second.cancelled())
        go.set()
        self.assertTrue(pool.drain())
        self.assertEqual(first.result(60), 'held')

    def test_a_job_that_waited_for_too_long(self):
        clock, go = seawall.ManualClock(auto_advance=False), threading.Event()
        with seawall.ThreadPool(core_size=1, max_size=1, platform=clock) as pool:
            held(pool, go)
            late = [pool.at('normal', timeout=1).submit(int), pool.at('critical').submit(int)]
            clock.advance(2)
            go.set()
            self.assertIsInstance(late[0].exception(60), seawall.TimedOutError)
            self.assertIsInstance(late[1].exception(60), seawall.FullError)

    def test_a_job_cannot_wait_for_its_own_pool(self):
        with seawall.ThreadPool(core_size=1) as pool:
            self.assertIsInstance(pool.submit(pool.drain).exception(60), seawall.BusyError)
            self.assertEqual(pool.submit(int).result(60), 0)

    def test_a_signal_ends_the_wait_for_the_end(self):
        def interrupt():
            while sys._current_frames()[main].f_code.co_name != '_await':
                pass
            signal.pthread_kill(main, signal.SIGUSR1)

        def stop(*_):
            raise InterruptedError
        main, go, before = threading.get_ident(), threading.Event(), signal.signal(signal.SIGUSR1, stop)
        self.addCleanup(signal.signal, signal.SIGUSR1, before)
        pool = seawall.ThreadPool(core_size=1)
        job = held(pool, go)
        other = threading.Thread(target=interrupt)
        other.start()
        self.assertRaises(InterruptedError, pool.shutdown)
        other.join()
        go.set()
        pool.shutdown()
        self.assertEqual(job.result(60), 'held')


def held(pool, go):
    """A job that has begun, and ends when it may."""
    begun = threading.Event()
    job = pool.submit(lambda: (begun.set(), go.wait()) and 'held')
    begun.wait()
    return job


def own():
    return seawall.ThreadPool(core_size=1, max_size=1)


def standard():
    return concurrent.futures.ThreadPoolExecutor(1)


class AsTheStandardOnes(unittest.TestCase):
    """What one may expect of any executor of concurrent.futures."""

    def each(self):
        for make in own, standard:
            with self.subTest(make.__name__):
                yield make

    def test_a_shutdown_that_does_not_wait(self):
        for make in self.each():
            go, pool = threading.Event(), make()
            jobs = [held(pool, go), pool.submit(lambda: 2), pool.submit(lambda: 3)]
            pool.shutdown(wait=False)
            self.assertRaises(RuntimeError, pool.submit, int)
            go.set()
            self.assertEqual([job.result(60) for job in jobs], ['held', 2, 3])
            pool.shutdown()
            self.assertRaises(RuntimeError, pool.submit, int)

    def test_one_that_waits(self):
        for make in self.each():
            go, pool = threading.Event(), make()
            jobs = [held(pool, go), pool.submit(lambda: 2)]
            opener = threading.Thread(target=go.set)
            opener.start()
            pool.shutdown()
            self.assertEqual([job.done() for job in jobs], [True, True])
            opener.join()

    def test_one_that_cancels(self):
        for make in self.each():
            go, pool = threading.Event(), make()
            first, second, third = held(pool, go), pool.submit(int), pool.submit(int)
            told = []
            second.add_done_callback(told.append)
            pool.shutdown(wait=False, cancel_futures=True)
            self.assertEqual((first.cancelled(), second.cancelled(), third.cancelled(), told), (False, True, True, [second]))
            self.assertRaises(concurrent.futures.CancelledError, second.result, 60)
            self.assertRaises(concurrent.futures.CancelledError, third.exception, 60)
            go.set()
            self.assertEqual(first.result(60), 'held')
            pool.shutdown()

    def test_one_that_nobody_holds(self):
        for make in self.each():
            go, pool = threading.Event(), make()
            gone, jobs = weakref.ref(pool), [held(pool, go), pool.submit(lambda: 2), pool.submit(lambda: 1 / 0)]
            del pool
            gc.collect()
            go.set()
            self.assertEqual([job.result(60) for job in jobs[:2]], ['held', 2])
            kept = jobs[2].exception(60)
            self.assertIsInstance(kept, ZeroDivisionError)
            while gone() is not None:
                pass

    def test_jobs_that_are_left_at_the_end_of_the_interpreter(self):
        for make, name in (own, 'seawall.ThreadPool(core_size=1, max_size=1)'), (standard, 'ThreadPoolExecutor(1)'):
            with self.subTest(make.__name__):
                self.assertEqual(program(f"""
import seawall, threading
from concurrent.futures import ThreadPoolExecutor
go = threading.Event()
pool = {name}
pool.submit(go.wait)
for n in range(9):
    pool.submit(print, n)
go.set()
"""), (0, ''.join(f'{n}\n' for n in range(9))))


class Processes(unittest.TestCase):
    def test_nothing_stays_of_one_that_nobody_holds(self):
        self.assertEqual(program("""
import gc, os, seawall, threading
def threads():
    return len(os.listdir('/proc/self/task'))
def resident():
    with open('/proc/self/statm') as file:
        return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')
before, memory = threads(), resident()
for _ in range(50):  # of 2.5 MB each
    pool, go = seawall.ThreadPool(core_size=2, max_size=2, queue_size=20000, platform=seawall.Platform()), threading.Event()
    job = pool.submit(go.wait)
    del pool
    go.set()
    job.result()
    while threads() > before:
        gc.collect()
assert resident() - memory < 32 << 20
"""), (0, ''))

    def test_the_threads_of_one_that_was_shut_down_end(self):
        pool = seawall.ThreadPool(core_size=2, max_size=2)
        go = threading.Event()
        held(pool, go)
        pool.shutdown(wait=False)
        with self.assertRaises(seawall.ClosedError):
            pool.submit(int)
        self.assertEqual((pool.snapshot().stopped, pool.snapshot().refused_stopped), (1, 1))
        go.set()
        while pool.snapshot().workers:
            pass

    def test_an_interrupted_end_of_the_interpreter(self):
        code, said = program("""
import os, seawall, signal, sys, threading
main = threading.get_ident()
def job():
    while sys._current_frames()[main].f_code.co_name != '_await':
        pass
    os.kill(os.getpid(), signal.SIGINT)
    threading.Event().wait()
pools = [seawall.ThreadPool(core_size=1, max_size=1) for _ in range(3)]
for pool in pools:
    pool.submit(threading.Event().wait)
    pool.submit(print, 'never')
pools[0].at('critical').submit(job)
pools.append(seawall.ThreadPool(core_size=1))
pools[3].submit(job)
print('end')
""")
        self.assertEqual((code, 'KeyboardInterrupt' in said, said.splitlines()[-1:]), (0, True, ['end']), said)

    def test_a_fork_while_jobs_wait(self):
        self.assertEqual(program("""
import os, seawall, sys, threading
go, pools, jobs = threading.Event(), [seawall.ThreadPool(core_size=1, max_size=1) for _ in range(3)], []
for pool in pools:
    begun = threading.Event()
    pool.submit(lambda: (begun.set(), go.wait()))
    begun.wait()
    jobs.append(pool.submit(int))
pools[0].shutdown(wait=False)
child = os.fork()
if child == 0:
    assert pools[1].submit(lambda: 5).result() == 5
    pools[1].shutdown()
    sys.exit(0)
go.set()
assert [job.result() for job in jobs] == [0, 0, 0]
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""), (0, ''))

    def test_the_interpreter_ends_with_live_pools(self):
        text = '''
import seawall, threading, time
pools = [seawall.ThreadPool(core_size=2) for _ in range(3)]
started = threading.Event()
for pool in pools:
    for _ in range(20):
        pool.submit(lambda: (started.set(), time.sleep(0.01)))
started.wait()
print('end')
'''
        self.assertEqual(program(text), (0, 'end\n'))
