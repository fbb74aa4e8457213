"""Which exception means what: to a retry, and to a breaker."""
import seawall
from seawall import Fault, Verdict


class QuotaExceeded(Exception):
    """As a client library may have it."""

    def __init__(self, wait: float) -> None:
        super().__init__(f'again in {wait} s')
        self.wait = wait


class NoSuchUser(Exception):
    """The dependency is well; the question was wrong."""


# [faults]
clock = seawall.ManualClock()  # a clock for tests: waiting moves it
pipeline = seawall.Pipeline(
    seawall.Retry(jitter='none', platform=clock),
    seawall.CircuitBreaker(failure_threshold=1, platform=clock),
    faults={
        NoSuchUser: Fault.NOT_FOUND,
        QuotaExceeded: lambda error: Verdict(Fault.RATE_LIMIT_EXCEEDED, code=429, retry_after=error.wait),
    },
    judge_result=lambda status: seawall.http_status(status),  # a value can be a failure, too
)
# [faults end]


def failing(*errors: Exception) -> object:
    """A function that raises these, then answers 200."""
    left = list(errors)

    def fetch() -> int:
        if left:
            raise left.pop(0)
        return 200
    return pipeline.call(fetch)


# [outcome]
print(failing(QuotaExceeded(5)), f'after {clock.now() / 1e9} s')  # waited as long as the server wished

outcome = pipeline.outcome(lambda: 404)  # what came of it, as a value
print(outcome.value, outcome.report.fault, outcome.report.attempts)
# [outcome end]

try:
    failing(NoSuchUser())
except NoSuchUser:
    print('not retried, and nobody holds it against the breaker')
assert (outcome.value, outcome.report.attempts, clock.now()) == (404, 1, 5_000_000_000)
