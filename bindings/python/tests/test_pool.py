"""Thread pools as executors."""
import asyncio
import concurrent.futures
import gc
import os
import subprocess
import sys
import threading
import unittest

import seawall


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

    def test_what_waits_when_it_is_stopped_is_dropped(self):
        go = threading.Event()
        pool = seawall.ThreadPool(core_size=1, max_size=1)
        pool.submit(go.wait)
        second = pool.submit(int)
        stopper = threading.Thread(target=pool.shutdown, kwargs={'cancel_futures': True})
        stopper.start()
        self.assertIsInstance(second.exception(60), (seawall.CancelledError, type(None)))
        go.set()
        stopper.join()

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
        done = subprocess.run([sys.executable, '-c', text], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, 'end\n', ''))
