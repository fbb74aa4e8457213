"""Objects by name, configuration files, metrics."""
import asyncio
import gc
import tempfile
import unittest
from pathlib import Path

import seawall

GOOD = '''
[circuit_breaker]
failure_threshold = 4
[circuit_breaker "db"]
recovery_timeout = 10s
[retry "db"]
max_attempts = 2
base_delay = 0
[pipeline "db"]
policies = retry, circuit_breaker
'''
BAD = '[circuit_breaker "db"]\nfailure_treshold = 4\nrecovery_timeout = soon\n[retri]\n'


class Files(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.path = Path(self.directory.name) / 'seawall.conf'

    def test_a_file(self):
        self.path.write_text(GOOD, encoding='utf-8')
        seawall.check_file(self.path)
        registry = seawall.Registry.from_file(self.path)
        self.assertEqual(sorted(registry), [('circuit_breaker', 'db'), ('pipeline', 'db'), ('retry', 'db')])
        origin = registry.describe('circuit_breaker', 'db', 'failure_threshold')
        self.assertEqual((origin.value, origin.origin, origin.file, origin.line, origin.of_kind), ('4', 'file', str(self.path), 3, True))
        calls = []

        def fetch():
            calls.append(1)
            raise ConnectionResetError
        self.assertRaises(ConnectionResetError, registry.pipeline('db').call, fetch)
        self.assertEqual((len(calls), registry.circuit_breaker('db').snapshot().failures), (2, 2))

    def test_every_mistake_is_told(self):
        self.path.write_text(BAD, encoding='utf-8')
        for load in (seawall.check_file, seawall.Registry.from_file):
            with self.assertRaises(seawall.ConfigError) as caught:
                load(self.path)
            problems = caught.exception.problems
            self.assertEqual([problem.line for problem in sorted(problems, key=lambda it: it.line)], [2, 3, 4])
            self.assertIn(f'{self.path}:2: [circuit_breaker "db"] failure_treshold: unknown key; did you mean failure_threshold?',
                          map(str, problems))
            self.assertIsInstance(caught.exception, ValueError)

    def test_no_file(self):
        with self.assertRaises(seawall.ConfigError):
            seawall.Registry.from_file(self.path)

    def test_reloading_keeps_what_is_in_use(self):
        self.path.write_text(GOOD, encoding='utf-8')
        registry = seawall.Registry.from_file(self.path)
        breaker = registry.circuit_breaker('db')
        with breaker.permit():
            pass
        self.path.write_text(GOOD.replace('= 10s', '= 20s'), encoding='utf-8')
        [change] = registry.reload(self.path)
        self.assertEqual((change.what, change.kind, change.name, change.key, change.before, change.after),
                         ('applied', 'circuit_breaker', 'db', 'recovery_timeout', '10s', '20s'))
        self.assertEqual(breaker.snapshot().successes, 1)
        self.path.write_text(BAD, encoding='utf-8')
        self.assertRaises(seawall.ConfigError, registry.reload, self.path)

    def test_environment(self):
        variables = {'SEAWALL__CIRCUIT_BREAKER__DB__FAILURE_THRESHOLD': '9', 'HOME': '/nowhere'}
        registry = seawall.Registry()
        registry.load_text(GOOD, environment=variables)
        origin = registry.describe('circuit_breaker', 'db', 'failure_threshold')
        self.assertEqual((origin.value, origin.origin), ('9', 'environment'))
        with self.assertRaises(seawall.ConfigError):
            seawall.check_text(GOOD, environment={'SEAWALL__NONSENSE': '1'})

    def test_a_text_and_what_is_printed_of_it(self):
        registry, again = seawall.Registry(), seawall.Registry()
        registry.load_text(GOOD)
        again.load_text(registry.print())
        self.assertEqual(again.describe('retry', 'db', 'max_attempts').value, '2')


class Objects(unittest.TestCase):
    def test_the_same_name_is_the_same_object(self):
        registry = seawall.Registry()
        breaker = registry.circuit_breaker('db', failure_threshold=1)
        self.assertIs(registry.circuit_breaker('db'), breaker)
        self.assertIsNot(registry.circuit_breaker('cache'), breaker)
        breaker.force_open()
        self.assertRaises(seawall.OpenError, registry.pipeline('db', 'circuit_breaker').call, int)

    def test_each_kind(self):
        registry = seawall.Registry()
        for kind in ('circuit_breaker', 'retry', 'retry_budget', 'timeout', 'bulkhead', 'hedge', 'fallback', 'chaos'):
            self.assertEqual(getattr(registry, kind)('x').kind, kind)
        registry.rate_limiter('x', rate=5)
        self.assertEqual(len(registry), 9)
        registry.remove('chaos', 'x')
        self.assertEqual(len(registry), 8)
        self.assertRaises(seawall.InvalidError, registry.remove, 'chaos', 'x')

    def test_settings_of_a_kind(self):
        registry = seawall.Registry()
        registry.set('bulkhead', max_concurrent=3)
        registry.set('bulkhead', 'x', max_concurrent=4)
        self.assertEqual([registry.bulkhead(name).snapshot().max_concurrent for name in 'xy'], [4, 3])
        self.assertRaises(seawall.BusyError, registry.set, 'bulkhead', 'x', max_concurrent=5)
        self.assertRaises(TypeError, registry.set, 'bulkhead', nonsense=1)

    def test_predicates_live_as_long_as_the_registry(self):
        registry, seen = seawall.Registry(platform=seawall.ManualClock()), []
        registry.retry('db', predicate=lambda error, attempt: bool(seen.append(attempt)))
        gc.collect()

        def fetch():
            raise ConnectionResetError
        chain = registry.pipeline('db', 'retry')
        del registry
        gc.collect()
        self.assertRaises(ConnectionResetError, chain.call, fetch)
        self.assertEqual(seen, [1])

    def test_a_listener_stays_when_nobody_holds_the_breaker(self):
        registry, told = seawall.Registry(), []
        registry.circuit_breaker('db').on_transition(told.append)
        gc.collect()
        registry.circuit_breaker('db').force_open()
        self.assertEqual(len(told), 1)

    def test_what_happens_comes_in_one_order(self):
        clock = seawall.ManualClock()
        registry = seawall.Registry(platform=clock)
        with registry.events() as events:
            chain = registry.pipeline('db', 'retry, circuit_breaker')

            def fetch():
                raise ConnectionResetError
            for _ in range(2):
                chain.outcome(fetch)
            happened = list(events)
        self.assertEqual([event.sequence for event in happened], list(range(1, len(happened) + 1)))
        self.assertEqual({str(event) for event in happened if event.kind == 'made'},
                         {'retry "db": made', 'circuit_breaker "db": made', 'pipeline "db": made'})
        [turn] = [event for event in happened if event.kind == 'transition']
        self.assertEqual((turn.of, turn.name, turn.transition.after, turn.transition.rule), ('circuit_breaker', 'db', 'open', 'consecutive'))
        decision = next(event.decision for event in happened if event.kind == 'decision')
        self.assertEqual((decision.kind, decision.pipeline, decision.policy), ('retry_scheduled', 'db', 'retry'))

    def test_and_as_logging_records(self):
        registry = seawall.Registry()
        end = registry.log_events()
        with self.assertLogs('seawall') as logs:
            registry.circuit_breaker('db').force_open()
        end()
        self.assertEqual([record.getMessage() for record in logs.records],
                         ['circuit_breaker "db": made', 'circuit_breaker "db": closed > forced_open'])

    def test_timeouts_of_alternatives_are_their_own(self):
        registry = seawall.Registry()
        registry.load_text("""
[fallback "main"]
pipeline = spare
[fallback "spare"]
pipeline = "last \\"one\\", of all"
[fallback "outer"]
pipeline = "main"
[pipeline "main"]
policies = fallback, retry
[pipeline "spare"]
policies = timeout, fallback "spare", attempt_timeout
[pipeline "last \\"one\\", of all"]
policies = timeout "soft", timeout
[timeout "soft"]
request_timeout = 1s
[pipeline "outer"]
policies = timeout, fallback
[pipeline "soft"]
policies = timeout, fallback "hard"
[fallback "hard"]
pipeline = hard
[timeout "hard"]
mode = hard
[pipeline "hard"]
policies = retry, timeout
""")
        for name, length in {'main': 7, 'spare': 5, 'last "one", of all': 2, 'outer': 9}.items():
            with self.subTest(name):
                chain = registry.pipeline(name)
                self.assertEqual(len(chain.names), length)
                self.assertEqual(chain.call(lambda: 1), 1)
        for name in 'hard', 'soft':
            self.assertRaisesRegex(seawall.UnsupportedError, '^timeout: Python interrupts no thread', registry.pipeline(name).call, int)

    def test_a_pool_of_the_library_is_refused_with_a_reason(self):
        async def coroutine():
            return 1
        registry = seawall.Registry()
        registry.load_text('[thread_pool "db"]\nmax_size = 1\n[pipeline "db"]\npolicies = timeout, thread_pool\n[pipeline "own"]\npolicies = thread_pool "db", retry\n'
                           '[fallback "f"]\npipeline = db\n[pipeline "f"]\npolicies = retry, fallback\n'
                           '[retry "thread_pool"]\nmax_attempts = 2\n[pipeline "fine"]\npolicies = retry "thread_pool"\n')
        with seawall.ThreadPool(core_size=1) as pool:
            for name, policy in {'db': 'thread_pool', 'own': 'thread_pool "db"', 'f': 'thread_pool'}.items():
                for executor in None, pool:
                    chain = registry.pipeline(name, executor=executor)
                    for ask in (lambda: chain.call(int), lambda: chain.outcome(int), lambda: asyncio.run(chain.acall(coroutine)),
                                lambda: asyncio.run(chain.aoutcome(coroutine))):
                        with self.assertRaisesRegex(seawall.UnsupportedError, f'^{policy}: .*thread_pool out .*executor=') as raised:
                            ask()
                        self.assertEqual(raised.exception.policy, policy)
        self.assertEqual(registry.pipeline('fine').call(lambda: 1), 1)
        self.assertEqual(seawall.Pipeline(seawall.Retry(name='thread_pool')).call(lambda: 1), 1)

    def test_timeouts_of_long_names_and_removed_ones(self):
        registry, name = seawall.Registry(), 'x' * 60
        registry.set('timeout', name, mode='hard')
        chain = registry.pipeline('p', f'attempt_timeout "{name}"')
        self.assertRaisesRegex(seawall.UnsupportedError, 'Python interrupts no thread', chain.call, int)
        registry.pipeline('q', 'timeout')
        registry.remove('timeout', 'q')
        self.assertEqual(registry.pipeline('q').call(lambda: 1), 1)

    def test_what_a_fallback_by_name_cannot_have(self):
        async def stands_in(error):
            return 1
        registry = seawall.Registry()
        for given in {'pipeline': seawall.Pipeline()}, {'function': stands_in}:
            with self.subTest(given), self.assertRaisesRegex(seawall.UnsupportedError, "fallback 'x': .*by its name"):
                registry.fallback('x', **given)
        self.assertEqual(len(registry), 0)

    def test_names_run_out(self):
        registry = seawall.Registry(max_members=1)
        registry.bulkhead('x')
        self.assertRaises(seawall.FullError, registry.bulkhead, 'y')

    def test_metrics(self):
        registry = seawall.Registry()
        registry.circuit_breaker('db').force_open()
        text = registry.metrics()
        self.assertIn('# TYPE seawall_circuit_breaker_state gauge', text)
        self.assertIn('name="db"', text)
        self.assertEqual(seawall.Registry().metrics(), seawall.Registry().metrics())
