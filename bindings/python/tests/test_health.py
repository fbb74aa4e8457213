"""Health checks of functions and coroutines."""
import asyncio
import functools
import gc
import json
import os
import subprocess
import sys
import threading
import unittest
import weakref

import seawall
from seawall import HealthStatus


def program(text):
    """Runs a program of its own: (exit code, what it said)."""
    done = subprocess.run([sys.executable, '-c', text], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stderr + done.stdout


async def spin(condition):
    """Lets the loop run until it is so."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0)


class Driven(unittest.IsolatedAsyncioTestCase):
    """In a loop."""

    async def test_what_a_function_answers(self):
        def broken():
            raise LookupError('no such table')
        answers = {'none': (lambda: None, 'pass', ''), 'true': (lambda: True, 'pass', ''), 'false': (lambda: False, 'fail', ''),
                   'text': (lambda: 'slow', 'warn', 'slow'), 'status': (lambda: HealthStatus.WARN, 'warn', ''),
                   'both': (lambda: (HealthStatus.FAIL, 'full'), 'fail', 'full'), 'raises': (broken, 'fail', 'LookupError: no such table')}
        health = seawall.Health()
        for name, (function, _, _) in answers.items():
            health.register(name, function, failure_threshold=1)
        async with health.running():
            await spin(lambda: all(check.runs for check in health.checks().values()))
        checks = health.checks()
        self.assertEqual({name: (checks[name].status, checks[name].message) for name in answers},
                         {name: wanted for name, (_, *wanted) in ((name, (f, w, m)) for name, (f, w, m) in answers.items())
                          for wanted in [tuple(wanted)]})

    async def test_coroutines_block_nothing(self):
        health, gate = seawall.Health(), asyncio.Event()

        @health.check('slow')
        async def slow():
            await gate.wait()
            return 'late, but there'

        @health.check('quick')
        async def quick():
            return True
        async with health.running():
            await spin(lambda: health.checks()['quick'].runs)
            self.assertEqual((health.checks()['slow'].running, health.respond('/health/ready')[0]), (1, 503))
            gate.set()
            await spin(lambda: health.checks()['slow'].runs)
        self.assertEqual((health.checks()['slow'].status, health.checks()['slow'].message), ('warn', 'late, but there'))
        self.assertEqual(health.respond('/health/ready')[0], 200)

    async def test_a_coroutine_that_raises(self):
        health = seawall.Health()

        @health.check('broken', failure_threshold=1)
        async def broken():
            raise OSError('gone')
        async with health.running():
            await spin(lambda: health.checks()['broken'].runs)
        self.assertEqual(health.line('ready'), 'fail: broken fail (OSError: gone)')

    async def test_messages_are_cut_between_characters(self):
        async def late():
            return HealthStatus.WARN, 'x' + '\U0001f600' * 90
        texts = {'two': '\xe9' * 400, 'odd': 'x' + '\xe9' * 400, 'four': '\U0001f600' * 90, 'none': 'a\ud800b', 'whole': '\xe9' * 79}
        health = seawall.Health()
        for name, text in texts.items():
            health.register(name, lambda text=text: text)
        health.register('late', late)
        async with health.running():
            await spin(lambda: all(check.runs for check in health.checks().values()))
        self.assertEqual({name: check.message for name, check in health.checks().items()},
                         {'two': '\xe9' * 79, 'odd': 'x' + '\xe9' * 79, 'four': '\U0001f600' * 39, 'none': 'a?b', 'whole': '\xe9' * 79,
                          'late': 'x' + '\U0001f600' * 39})

    async def test_an_exception_that_cannot_be_told(self):
        class Odd(Exception):
            def __str__(self):
                raise LookupError

        def raises():
            raise Odd

        async def raises_later():
            raise Odd
        health = seawall.Health()
        health.register('now', raises, failure_threshold=1)
        health.register('later', raises_later, failure_threshold=1)
        async with health.running():
            await spin(lambda: all(check.runs for check in health.checks().values()))
        self.assertEqual([check.message for check in health.checks().values()], ['Odd', 'Odd'])

    async def test_an_answer_that_says_nothing(self):
        async def coroutine():
            pass
        health = seawall.Health()
        answers = {'zero': lambda: 0, 'number': lambda: 42, 'thing': object, 'awaitable': lambda: coroutine(), 'tuple': lambda: ()}
        for name, function in answers.items():
            health.register(name, function, failure_threshold=1)
        async with health.running():
            await spin(lambda: all(check.runs for check in health.checks().values()))
        self.assertEqual({name: check.status for name, check in health.checks().items()}, dict.fromkeys(answers, 'fail'))
        self.assertEqual(health.checks()['zero'].message, 'TypeError: a check answers None, a bool, a text or a HealthStatus, not 0')

    async def test_one_driver_at_a_time(self):
        health = seawall.Health()
        with health:
            with self.assertRaises(seawall.BusyError):
                async with health.running():
                    self.fail('two drive it')
        async with health.running():
            with self.assertRaises(seawall.BusyError):
                async with health.running():
                    self.fail('two drive it')
        async with health.running():
            pass

    async def test_on_a_manual_clock(self):
        clock, runs = seawall.ManualClock(), []
        health = seawall.Health(platform=clock)
        health.register('often', lambda: runs.append(clock.now()), interval=10, jitter=0, timeout=1)
        async with health.running():
            await spin(lambda: runs)
            for _ in range(3):
                clock.advance(10)
                wanted = len(runs) + 1
                await spin(lambda: len(runs) >= wanted)
        self.assertEqual(runs, [0, 10**10, 2 * 10**10, 3 * 10**10])


class Sets(unittest.TestCase):
    def test_on_threads(self):
        ran = threading.Event()
        with seawall.Health() as health:
            health.register('here', lambda: ran.set())
            self.assertTrue(ran.wait(60))
            while not health.checks()['here'].runs:
                pass
        self.assertEqual(health.snapshot('ready').status, 'pass')
        self.assertRaises(seawall.InvalidError, health.stop)

    def test_a_coroutine_needs_a_loop(self):
        async def coroutine():
            pass
        health = seawall.Health()
        health.register('x', coroutine)
        with health:
            while not health.checks()['x'].runs:
                pass
        self.assertEqual(health.checks()['x'].status, 'unknown')
        self.assertIn('async with health.running()', health.checks()['x'].message)

    def test_rendering(self):
        health = seawall.Health()
        status, body = health.respond('/health/live')
        self.assertEqual((status, json.loads(body)['status']), (200, 'pass'))
        self.assertEqual(json.loads(health.json('ready'))['status'], 'fail')  # nobody has begun to look
        self.assertRaises(LookupError, health.respond, '/nowhere')
        health.drain()
        self.assertEqual(health.respond('/health/ready')[0], 503)

    def test_slots_and_mistakes(self):
        health = seawall.Health()
        health.register('slot')
        self.assertEqual(health.checks()['slot'].bound, 0)
        health.bind('slot', lambda: True)
        self.assertEqual(health.checks()['slot'].bound, 1)
        self.assertRaises(seawall.InvalidError, health.register, 'slot', lambda: True)
        self.assertRaises(TypeError, health.register, 'x', lambda: True, intervall=3)
        with self.assertRaisesRegex(seawall.InvalidError, 'interval'):
            health.register('x', lambda: True, interval=0)
        health.replace('slot', lambda: False)
        health.unregister('slot')
        self.assertEqual(health.checks(), {})
        self.assertRaises(seawall.InvalidError, health.check_now, 'slot')

    def test_checks_from_a_file(self):
        registry, health = seawall.Registry(), seawall.Health()
        registry.load_text('[health_check "database"]\ninterval = 7s\ntimeout = 2s\n')
        registry.connect(health)
        self.assertEqual((health.checks()['database'].interval, health.checks()['database'].bound), (7, 0))
        health.bind('database', lambda: True)
        self.assertEqual(health.checks()['database'].bound, 1)

    def test_a_heartbeat(self):
        health, heart = seawall.Health(), seawall.Heartbeat()
        health.watch('worker', heart, max_silence=3)
        heart.feed()
        self.assertEqual(health.checks()['worker'].bound, 1)

    def test_a_heartbeats_platform_lives_as_long_as_its_check(self):
        health, clock = seawall.Health(), seawall.ManualClock()
        health.watch('worker', seawall.Heartbeat(platform=clock), max_silence=3)
        gone = weakref.ref(clock)
        del clock
        gc.collect()
        self.assertIsNotNone(gone())
        del health
        gc.collect()
        self.assertIsNone(gone())

    def test_changes_are_told(self):
        async def main():
            async with health.running():
                await spin(lambda: health.checks()['x'].runs)
        health = seawall.Health()
        health.register('x', lambda: True)
        asyncio.run(main())
        changes = health.events()
        self.assertEqual([(it.name, it.before, it.after) for it in changes if it.endpoint is None],
                         [('x', HealthStatus.UNKNOWN, HealthStatus.PASS)])
        self.assertEqual(health.events(after=changes[-1].sequence), [])

    def test_functions_live_as_long_as_their_check(self):
        class Looks:
            def __call__(self):
                return True
        looks = Looks()
        gone, health = weakref.ref(looks), seawall.Health()
        health.register('x', looks)
        del looks
        gc.collect()
        self.assertIsNotNone(gone())
        health.unregister('x')
        gc.collect()
        self.assertIsNone(gone())

    def test_sets_are_collected(self):
        health = seawall.Health()
        health.register('x', lambda: True)
        health.register('knows the set', functools.partial(health.line, 'live'))
        gone = weakref.ref(health)
        del health
        gc.collect()
        self.assertIsNone(gone())

    def test_one_that_is_started_stays_until_it_is_stopped(self):
        health, ran = seawall.Health(), threading.Event()
        health.register('x', ran.set)
        health.start()
        gone = weakref.ref(health)
        del health
        gc.collect()
        self.assertTrue(ran.wait(60))
        gone().stop()
        gc.collect()
        self.assertIsNone(gone())

    def test_a_mistake_leaves_the_function_that_there_was(self):
        health, ran = seawall.Health(), threading.Event()
        health.register('x', ran.set)
        self.assertRaises(seawall.InvalidError, health.register, 'x', lambda: False)
        self.assertRaises(seawall.InvalidError, health.bind, 'y', lambda: False)
        with health:
            self.assertTrue(ran.wait(60))

    def test_after_fork(self):
        health = seawall.Health()
        health.register('x', lambda: True)
        health.start()
        child = os.fork()
        if child == 0:
            os._exit(0 if health.respond('/health/live')[0] == 200 else 2)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        health.stop()

    def test_the_child_of_a_fork_ends_in_peace(self):
        text = '''
import os, seawall, sys
sets = [seawall.Health() for _ in range(3)]
for health in sets:
    health.register('x', lambda: True)
sets[0].start()
sets[1].start()
with sets[2]:
    child = os.fork()
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
sets[1].start()
'''
        self.assertEqual(program(text), (0, ''))

    def test_a_set_that_cannot_be_stopped_keeps_no_other_from_it(self):
        text = '''
import seawall
class Broken(seawall.Health):
    def stop(self):
        raise seawall.BusyError('of no use')
sets = [Broken(), seawall.Health(), Broken()]
for health in sets:
    health.start()
import seawall.health as module
class Ordered(dict):
    def discard(self, one):
        del self[one]
module._started = Ordered.fromkeys(sets)
def end(end=module.Health.stop):
    print([health.started for health in sets])
    end(sets[0])
    end(sets[2])
import atexit
atexit.unregister(module._end)
atexit.register(end)
atexit.register(module._end)
'''
        code, said = program(text)
        self.assertEqual((code, said.count('BusyError: of no use'), said.splitlines()[-1:]), (0, 2, ['[True, False, True]']), said)

    def test_the_interpreter_ends_with_sets_of_each_sort(self):
        functions = {'lambda: True': '', 'lambda: health.line()': '', 'looks': 'def looks(): return True',
                     'Looks()': 'class Looks:\n    def __call__(self): return True', 'int': ''}
        ends = 'pass', 'health.start()', 'with health: pass', 'sets = [health]', 'health.replace("x", lambda: True)'
        for function, made in functions.items():
            for end in ends if function == 'lambda: True' else ends[:2]:
                with self.subTest(function + '; ' + end):
                    text = f'import seawall\n{made}\nhealth = seawall.Health()\nhealth.register("x", {function})\n{end}\n'
                    self.assertEqual(program(text), (0, ''))

    def test_the_interpreter_ends_with_a_started_set(self):
        text = '''
import seawall, threading
health, ran = seawall.Health(), threading.Event()
health.register('x', ran.set, interval=0.001, timeout=0.001)
health.start()
ran.wait()
print('end')
'''
        self.assertEqual(program(text), (0, 'end\n'))
