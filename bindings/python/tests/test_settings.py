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


class Wrong(unittest.TestCase):
    """A wrong value is told with its field, or its place, and what may stand there."""

    def each(self, kind, rows):
        for said, call in rows.items():
            with self.subTest(said):
                with self.assertRaisesRegex(kind, said) as caught:
                    call()
                self.assertIs(type(caught.exception), kind)

    def test_durations(self):
        class Waits(seawall.OwnPolicy):
            connection_timeout = 'soon'
        self.each(seawall.InvalidError, {
            r'^circuit_breaker\.recovery_timeout: a duration cannot be nan; it may be .* s to': lambda: seawall.CircuitBreaker(recovery_timeout=math.nan),
            r'^retry\.base_delay: inf is above': lambda: seawall.Retry(base_delay=1e300),
            r'^retry\.max_delay: inf is above': lambda: seawall.Retry(max_delay=10**400),
            r'^retry\.base_delay: .* is below 0': lambda: seawall.Retry(base_delay=-1e300),
            r'^retry\.base_delay: .* NUL': lambda: seawall.Retry(base_delay='1s\0'),
            r'^retry\.base_delay: .* UTF-8': lambda: seawall.Retry(base_delay='1s\ud800'),
            'cannot be nan': lambda: seawall.deadline(math.nan).__enter__(),
            "^'1s' is no deadline: a whole number of milliseconds": lambda: seawall.deadline_from_header('1s'),
        })
        self.each(TypeError, {
            r'^circuit_breaker\.recovery_timeout: .* timedelta or .* seconds': lambda: seawall.CircuitBreaker(recovery_timeout=object()),
            r'^retry\.base_delay: .* not None': lambda: seawall.Retry(base_delay=None),
            'not \'soon\'': lambda: seawall.Pipeline(Waits()),
        })
        with self.assertRaises(seawall.InvalidError) as caught:
            seawall.Retry(base_delay=math.nan)
        self.assertEqual(caught.exception.key, 'retry.base_delay')
        self.assertEqual(seawall.deadline_to_header(1e300), seawall.deadline_to_header(math.inf))

    def test_what_a_pipeline_is_made_of(self):
        self.each(TypeError, {
            'is a Policy, not 1': lambda: seawall.Pipeline(1),
            'is a Policy, not the class Retry': lambda: seawall.Pipeline(seawall.Retry),
            "is a Policy, not .*<Retry 'retry'>": lambda: seawall.Pipeline([seawall.Retry()]),
            'is a Policy, not <RetryBudget': lambda: seawall.Pipeline(seawall.RetryBudget()),
            'the executor has a submit': lambda: seawall.Pipeline(executor=3),
            'judge_result is a function': lambda: seawall.Pipeline(judge_result=3),
            'the name of a pipeline is a str': lambda: seawall.Pipeline(name=3),
            'the platform is a Platform': lambda: seawall.Pipeline(platform=3),
            'what is guarded is a function': lambda: seawall.Pipeline().guard(3),
            'who is told is a function': lambda: seawall.Pipeline().on_event(3),
        })

    def test_what_policies_are_made_of(self):
        self.each(TypeError, {
            'the predicate is a function, not 3': lambda: seawall.Retry(predicate=3),
            'the predicate is a function, not 4': lambda: seawall.CircuitBreaker(predicate=4),
            'the budget is a RetryBudget': lambda: seawall.Retry(budget=3),
            'the retry_budget is a RetryBudget': lambda: seawall.Hedge(retry_budget=seawall.RetryBudget),
            'what a fallback calls is a function': lambda: seawall.Fallback(function=3),
            'the pipeline is a Pipeline': lambda: seawall.Fallback(pipeline=3),
            'the name of a policy is a str': lambda: seawall.Retry(name=b'x'),
            'the platform is a Platform': lambda: seawall.Retry(platform=3),
            'who is told is a function': lambda: seawall.CircuitBreaker().on_transition(3),
            'source of random numbers is a function': lambda: seawall.Platform(random=3),
            'the parent is a CancelToken': lambda: seawall.CancelToken(3),
        })
        self.each(seawall.InvalidError, {
            'the name of a policy has no NUL': lambda: seawall.Retry(name='a\0b'),
            'the name of a policy is UTF-8': lambda: seawall.Retry(name='a\ud800b'),
        })

    def test_numbers(self):
        limiter, bulkhead, retry = seawall.RateLimiter(rate=5, burst=5), seawall.Bulkhead(), seawall.Retry()
        self.each(seawall.InvalidError, {
            'permits: 0 is below 1': lambda: limiter.permit(0),
            'permits: -3 is below 1': lambda: limiter.peek(-3),
            'permits: 6 are never there at once: the burst is 5': lambda: limiter.permit(6).__enter__(),
            'permits: 7 are never there at once: the burst is 5': lambda: limiter.peek(7),
            'permits: 1099511627776 is above': lambda: limiter.permit(2**40),
            'max_concurrent: 0 is below 1': lambda: bulkhead.resize(0),
            'max_concurrent: 2000000 is not 1 to 1000000': lambda: bulkhead.resize(2_000_000),
            'max_concurrent: 1000000000000 is above': lambda: bulkhead.resize(10**12),
            'attempt: 0 is below 1': lambda: retry.delay(0),
            'previous: -1 is below 0': lambda: retry.delay(1, -1),
            'quantile: 2 is not from 0 to 1': lambda: seawall.ThreadPool(core_size=0, histograms=True).quantile(2),
            'event_capacity: .* is above': lambda: seawall.Registry(event_capacity=10**12),
        })
        self.each(TypeError, {'permits is a whole number, not 1.5': lambda: limiter.permit(1.5)})

    def test_names(self):
        registry, health = seawall.Registry(), seawall.Health()
        self.each(TypeError, {
            'a name is a str, not 3': lambda: registry.retry(3),
            'a list of policies is a str': lambda: registry.pipeline('x', ['retry']),
            'a configuration is a str': lambda: registry.load_text(b''),
            'a kind is a str': lambda: seawall.fields(3),
            'what is connected is a Health': lambda: registry.connect(3),
            'a name is a str, not 4': lambda: health.register(4, int),
            "the function of the check 'x' is a function": lambda: health.register('x', 3),
            'a heartbeat is a Heartbeat': lambda: health.watch('x', 3),
        })
        self.each(seawall.InvalidError, {
            "a name has no NUL in it: 'a.x00b'": lambda: registry.retry('a\0b'),
            "^there is no retry 'x'$": lambda: registry.remove('retry', 'x'),
            "^there is no retry 'x', or it has no 'y'": lambda: registry.describe('retry', 'x', 'y'),
            "^there is no check 'x'$": lambda: health.unregister('x'),
            "^there is no check 'x', or it has no function": lambda: health.check_now('x'),
        })

    def test_answers_of_another_verb(self):
        class Forks(seawall.OwnPolicy):
            def enter(self, turn):
                return seawall.Answer.FORK
        self.each(ValueError, {r'^enter cannot answer <Answer\.FORK': lambda: seawall.Pipeline(Forks()).call(int)})


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
