"""Keywords, checked and explained by the library's own tables."""
import inspect
import math
import unittest
from datetime import timedelta

import seawall
from seawall import Fault

POLICIES = [seawall.CircuitBreaker, seawall.Retry, seawall.RetryBudget, seawall.Timeout, seawall.RateLimiter, seawall.Bulkhead,
            seawall.Hedge, seawall.Fallback, seawall.Chaos, seawall.ThreadPool]


def made(kind, **settings):
    """What a registry says that it would make of it: each setting as a text."""
    registry = seawall.Registry()
    registry.set(kind, 'x', **settings)
    getattr(registry, kind)('x')
    return {key: registry.describe(kind, 'x', key).value for key in settings}


class Keywords(unittest.TestCase):
    def test_durations(self):
        for value, text in ((2, '2s'), (0.25, '250ms'), (timedelta(minutes=1), '1m'), ('1.5s', '1500ms'), (timedelta(microseconds=1500), '1500us')):
            with self.subTest(value):
                self.assertEqual(made('circuit_breaker', recovery_timeout=value), made('circuit_breaker', recovery_timeout=text))
        self.assertEqual(made('timeout', request_timeout=math.inf), {'request_timeout': 'inf'})

    def test_every_other_type(self):
        self.assertEqual(made('circuit_breaker', failure_threshold=7, recovery_multiplier=1.5, half_open_then='closed',
                              counted_faults=[Fault.TIMEOUT, 'internal'], successes_to_close='auto'),
                         {'failure_threshold': '7', 'recovery_multiplier': '1.5', 'half_open_then': 'closed',
                          'counted_faults': 'timeout, internal', 'successes_to_close': 'auto'})
        self.assertEqual(made('fallback', on_open=False, errors=[]), {'on_open': 'off', 'errors': 'none'})

    def test_the_library_says_what_is_wrong(self):
        rows = [(dict(failure_threshold=-2), 'circuit_breaker.failure_threshold: -2 is below 0'),
                (dict(recovery_timeout=0), 'recovery_timeout'), (dict(half_open_then='ajar'), 'ajar'),
                (dict(recovery_jitter=2.5), 'recovery_jitter'), (dict(counted_faults=['nonsense']), 'nonsense'),
                (dict(half_open_max_calls=2, successes_to_close=3), 'successes_to_close')]
        for settings, said in rows:
            with self.subTest(settings), self.assertRaisesRegex(seawall.InvalidError, said) as caught:
                seawall.CircuitBreaker(**settings)
            self.assertTrue(caught.exception.key.startswith('circuit_breaker.'))
            self.assertIsInstance(caught.exception, ValueError)

    def test_a_required_one(self):
        with self.assertRaisesRegex(seawall.InvalidError, 'rate_limiter.rate'):
            seawall.RateLimiter()

    def test_what_is_no_keyword(self):
        with self.assertRaisesRegex(TypeError, r"CircuitBreaker\(\) got .*'failure_treshold'; did you mean 'failure_threshold'"):
            seawall.CircuitBreaker(failure_treshold=1)
        with self.assertRaises(TypeError):
            seawall.CircuitBreaker(recovery_timeout=object())
        with self.assertRaises(ValueError):
            seawall.CircuitBreaker(recovery_timeout=math.nan)


class Tables(unittest.TestCase):
    def test_every_kind_can_be_asked(self):
        for kind in seawall.kinds():
            for key, field in seawall.fields(kind).items():
                with self.subTest(f'{kind}.{key}'):
                    self.assertEqual(key, field.key)
                    self.assertTrue(field.text and field.allowed)
                    self.assertTrue(field.required or field.default is not None)
        with self.assertRaises(seawall.InvalidError):
            seawall.fields('nonsense')

    def test_classes_are_built_from_them(self):
        for policy in POLICIES:
            table = seawall.fields(policy.kind)
            with self.subTest(policy.__name__):
                self.assertLessEqual(set(table), set(inspect.signature(policy).parameters))
                for field in table.values():
                    self.assertIn(field.text, policy.__doc__)

    def test_every_default_is_accepted(self):
        for policy in POLICIES:
            defaults = {key: field.default for key, field in seawall.fields(policy.kind).items() if not field.required}
            required = {key: 10 for key, field in seawall.fields(policy.kind).items() if field.required}
            policy(**defaults, **required)

    def test_reconfigure(self):
        breaker = seawall.CircuitBreaker(failure_threshold=9)
        breaker.reconfigure(failure_threshold=1)
        with self.assertRaises(OSError), breaker.permit():
            raise OSError
        self.assertEqual(breaker.state, 'open')
        with self.assertRaises(seawall.InvalidError):
            breaker.reconfigure(half_open_concurrent=2)
        retry = seawall.Retry(predicate=lambda error, attempt: True, base_delay=0, max_attempts=2)
        retry.reconfigure(max_attempts=5, base_delay=0)
        self.assertEqual(seawall.Pipeline(retry).outcome(lambda: 1 / 0).report.attempts, 5)
        bulkhead = seawall.Bulkhead()
        bulkhead.reconfigure(max_concurrent=3)
        bulkhead.resize(4)
        self.assertEqual(bulkhead.snapshot().max_concurrent, 4)


class Composition(unittest.TestCase):
    def test_platforms_must_agree(self):
        with self.assertRaisesRegex(seawall.InvalidError, 'platform'):
            seawall.Pipeline(seawall.Retry(platform=seawall.ManualClock()), seawall.CircuitBreaker())

    def test_names(self):
        self.assertEqual(seawall.Pipeline(seawall.Retry(name='again'), seawall.Timeout()).names, ('again', 'timeout'))

    def test_a_budget_is_shared(self):
        clock = seawall.ManualClock()
        budget = seawall.RetryBudget(ratio=0, floor=0, platform=clock)
        chain = seawall.Pipeline(seawall.Retry(budget=budget, platform=clock))

        def fetch():
            raise ConnectionResetError
        self.assertEqual(chain.outcome(fetch).report.reason, 'budget')
        self.assertEqual(budget.snapshot().refused, 1)

    def test_jitter_repeats_itself_by_seed(self):
        delays = [[seawall.Retry(platform=seawall.Platform(seed=seed)).delay(n) for n in range(1, 6)] for seed in (7, 7, 8)]
        self.assertEqual(delays[0], delays[1])
        self.assertNotEqual(delays[0], delays[2])
        half = seawall.Platform(random=lambda: 2**63)
        self.assertAlmostEqual(seawall.Retry(platform=half, base_delay=1).delay(1), 0.5)

    def test_every_status_has_a_class(self):
        from seawall._library import lib, text
        from seawall.errors import error_class
        for status in range(1, 14):
            self.assertEqual(error_class(status).status, text(lib.seawall_status_name(status)))
        self.assertIs(error_class(9999), seawall.MisuseError)

    def test_versions(self):
        self.assertEqual(seawall.__version__, seawall.library_version)
