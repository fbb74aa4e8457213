"""What a guarded call costs above an unguarded one, beside pybreaker and tenacity.

usage: overhead.py [--json FILE]

All subjects take turns in every round, so that what else the machine does meanwhile meets them alike. A rival that is not installed is named as
skipped: pip install pybreaker tenacity, for whoever runs this by hand.
"""
import asyncio
import json
import statistics
import sys
import time

import seawall

ROUNDS, CALLS = 31, 4_000


def nothing():
    return None


async def nothing_later():
    return None


def rivals(skipped):
    """(name, what it does, guarded function) of those that are installed."""
    try:
        import pybreaker
        yield 'pybreaker', 'circuit breaker', pybreaker.CircuitBreaker()(nothing)
    except ImportError:
        skipped.append('pybreaker is not installed: skipped')
    try:
        import tenacity
        yield 'tenacity', 'retry', tenacity.retry(stop=tenacity.stop_after_attempt(3), wait=tenacity.wait_random_exponential())(nothing)
    except ImportError:
        skipped.append('tenacity is not installed: skipped')


def later_rivals():
    try:
        import tenacity
        wait = tenacity.wait_random_exponential()
        yield 'tenacity', 'retry', tenacity.retry(stop=tenacity.stop_after_attempt(3), wait=wait)(nothing_later)
    except ImportError:
        return


def pipelines():
    return [('no policy', seawall.Pipeline()),
            ('circuit breaker', seawall.Pipeline(seawall.CircuitBreaker())),
            ('retry', seawall.Pipeline(seawall.Retry())),
            ('timeout, retry, circuit breaker', seawall.Pipeline(seawall.Timeout(), seawall.Retry(), seawall.CircuitBreaker()))]


def permit():
    breaker = seawall.CircuitBreaker()

    def use():
        with breaker.permit():
            return nothing()
    return use


def timed(function):
    begin = time.thread_time_ns()
    for _ in range(CALLS):
        function()
    return (time.thread_time_ns() - begin) / CALLS


async def timed_later(function):
    begin = time.thread_time_ns()
    for _ in range(CALLS):
        await function()
    return (time.thread_time_ns() - begin) / CALLS


def measure(subjects, run):
    times = {key: [] for key, _ in subjects}
    for _ in range(ROUNDS):
        for key, function in subjects:
            times[key].append(run(function))
    return times


def table(title, times, rows):
    base = ('none', 'unguarded')
    print(f'{title:45}{"least":>9}{"median":>9}{"above unguarded":>17}')
    for key, found in times.items():
        above = statistics.median(mine - bare for mine, bare in zip(found, times[base]))
        row = {'kind': title, 'library': key[0], 'subject': key[1], 'ns_least': min(found), 'ns_median': statistics.median(found),
               'ns_above_unguarded': above}
        rows.append(row)
        print(f'  {key[0] + ": " + key[1]:43}{row["ns_least"]:9.0f}{row["ns_median"]:9.0f}{above:17.0f}')


def main():
    skipped, rows = [], []
    calls = [(('none', 'unguarded'), nothing)]
    calls += [(('seawall', name), chain.guard(nothing)) for name, chain in pipelines()]
    calls += [(('seawall', 'circuit breaker, as a permit'), permit())]
    calls += [((library, what), function) for library, what, function in rivals(skipped)]
    table('ns per call of a function', measure(calls, timed), rows)
    later = [(('none', 'unguarded'), nothing_later)]
    later += [(('seawall', name), chain.guard(nothing_later)) for name, chain in pipelines()]
    later += [((library, what), function) for library, what, function in later_rivals()]
    with asyncio.Runner() as runner:
        table('ns per call of a coroutine', measure(later, lambda function: runner.run(timed_later(function))), rows)
    for line in skipped:
        print(line)
    if sys.argv[1:2] == ['--json']:
        with open(sys.argv[2], 'w', encoding='utf-8') as file:
            json.dump(rows, file, indent=1)


main()
