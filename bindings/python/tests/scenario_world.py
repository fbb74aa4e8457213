"""The world of one row of the scenario table: its objects, made through the binding; its clock; its log."""
import os
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(SOURCE / 'tests' / 'api'))

import seawall  # noqa: E402
from scenario_rows import FOREVER, MS, duration  # noqa: E402
from seawall import Fault  # noqa: E402
from seawall._library import lib  # noqa: E402

CLASSES = {'circuit_breaker': seawall.CircuitBreaker, 'retry': seawall.Retry, 'retry_budget': seawall.RetryBudget,
           'timeout': seawall.Timeout, 'attempt_timeout': seawall.AttemptTimeout, 'rate_limiter': seawall.RateLimiter,
           'bulkhead': seawall.Bulkhead, 'hedge': seawall.Hedge, 'fallback': seawall.Fallback, 'chaos': seawall.Chaos}
PREDICATES = {'stop': lambda error, attempt: False, 'repeat': lambda error, attempt: True, 'nonsense': lambda error, attempt: None,
              'slow': lambda error, attempt: getattr(error, 'code', 0) == 503}


class Ended(Exception):
    """How the table says that an attempt ends."""

    def __init__(self, fault, code=0, retry_after=0):
        super().__init__(fault)
        self.fault, self.code, self.retry_after = Fault.named(fault), code, retry_after


class Lost(Exception):
    """Nobody knows how an attempt ended."""


RULES = {Ended: lambda it: seawall.Verdict(it.fault, it.code, it.retry_after / 1e9 if it.retry_after else None)}


def later(t, by):
    return FOREVER if FOREVER in (t, by) else t + by


def ns(seconds):
    return FOREVER if seconds == float('inf') else round((seconds or 0) * 1e9)


def ms(t):
    if t == FOREVER:
        return 'never'
    whole, rest = divmod(t, MS)
    return f'{whole}.{rest:06}'.rstrip('0').rstrip('.')


class Own(seawall.OwnPolicy):
    """A policy of a user's, as the table describes it."""

    def __init__(self, name, given, platform):
        super().__init__(name=name, platform=platform)
        self.given, self.refusals = given, int(given.get('times', 0))

    def enter(self, turn):
        given = {key: duration(value) / 1e9 for key, value in self.given.items() if key in ('hint', 'wait', 'limit')}
        if turn.frame is None and self.refusals > 0:
            self.refusals -= 1
            return turn.refuse(self.given['refuse'], given.get('hint', 0))
        if turn.frame is None:
            turn.frame = ns(turn.now) + ns(given.get('wait'))
        if ns(turn.now) < turn.frame:
            return turn.wait((turn.frame - ns(turn.now)) / 1e9)
        if 'limit' in given:
            turn.shorten(given['limit'])
        return seawall.Answer.PROCEED

    def leave(self, turn, outcome):
        if self.given.get('tell') == 'yes':
            turn.emit(fault=outcome.fault)

    def drop(self, turn, outcome):
        pass


class World(seawall.ManualClock):
    """Objects, time, and what was seen."""

    def __init__(self, row):
        super().__init__(auto_advance=False, random=self.draw)
        self.row, self.entries, self.drawn, self.happened, self.held = row, [], 0, 0, {}
        self.made, self.pipelines = {}, {}
        for name in row.objects:
            self.object(name)
        for name in row.chains:
            self.pipeline = self.assemble(name)
        self.pipeline.on_event(self.listen)

    def draw(self):
        drawn, self.drawn = self.row.draws[min(self.drawn, len(self.row.draws) - 1)], self.drawn + 1
        return drawn

    def object(self, name):
        """Made when it is first needed: a fallback's chain stands before it, and its objects may stand anywhere."""
        if name not in self.made:
            kind, given = self.row.objects[name]
            self.made[name] = self.make(name, kind, dict(given))
        return self.made[name]

    def assemble(self, name):
        if name not in self.pipelines:
            policies = [self.object(one) for one in self.row.chains[name]]
            self.pipelines[name] = seawall.Pipeline(*policies, name=name, faults=RULES, platform=self)
        return self.pipelines[name]

    def make(self, name, kind, given):
        if kind == 'own':
            return Own(name, given, self)
        if kind == 'retry':
            given = {key: PREDICATES[value] if key == 'predicate' else self.object(value) if key == 'budget' else value
                     for key, value in given.items()}
        elif kind == 'hedge' and 'shared' in given:
            given['retry_budget'] = self.object(given.pop('shared'))
        elif kind == 'fallback':
            given = self.stand_in(given)
        made = CLASSES[kind](name=name, platform=self, **given)
        if kind == 'circuit_breaker':
            made.on_transition(lambda it: self.note(f'{it.before}>{it.after}', ns(it.now), name))
        return made

    def stand_in(self, given):
        if 'runs' in given:
            alternative = self.assemble(given.pop('runs'))
            return {**given, 'pipeline': alternative}
        answers, code = given.pop('answers', 'ok'), int(given.pop('code', 0))

        def function(_error):
            seawall.current_attempt().code = code or seawall.current_attempt().code
            if answers != 'ok':
                raise Ended(answers, code)
        return {**given, 'function': function}

    # --- what is seen ---

    def note(self, what, t, *more):
        self.entries.append(' '.join([f'{what}@{ms(t)}', *(str(word) for word in more if word)]))

    def listen(self, event):
        what = 'user' if event.kind == 'user_0' else event.kind
        self.note(what, ns(event.now), event.policy or 'caller', event.delay and f'after {ms(ns(event.delay))}',
                  event.fault and str(event.fault), event.reason != 'none' and f'for {event.reason}')

    def note_start(self, attempt):
        for_whom = attempt.alternative and f'for {self.pipeline.names[attempt.alternative - 1]}'
        self.note(f'start {attempt.number}', self.now(), attempt.route and f'route {attempt.route}', for_whom,
                  attempt._deadline != FOREVER and f'until {ms(attempt._deadline)}')

    def note_report(self, report, t):
        self.note(report.status, t, report.fault and str(report.fault), f'x{report.attempts}', report.code and f'code {report.code}',
                  report.retry_after and f'after {ms(ns(report.retry_after))}', report.policy and f'by {report.policy}',
                  report.reason != 'none' and f'for {report.reason}', report.first_fault and f'first {report.first_fault}',
                  report.first_code, report.last_fault and f'last {report.last_fault}', report.last_code,
                  report.starved and f'starved {report.starved}', report.late and f'late {report.late}')

    # --- what happens ---

    def next_happening(self):
        return self.row.happenings[self.happened][0] if self.happened < len(self.row.happenings) else FOREVER

    def go_to(self, t):
        """Time goes on, and what happens until then does."""
        while self.next_happening() <= t:
            at, what, name, count = self.row.happenings[self.happened]
            self.happened += 1
            self.move(at)
            for _ in range(count):
                self.happen(what, self.made[name], self.held.setdefault(name, []))
        self.move(t)

    def move(self, t):
        lib.seawall_manual_clock_advance(self._clock, max(0, t - self.now()))

    @staticmethod
    def happen(what, thing, held):
        if what == 'hold':
            held.append(thing.permit().__enter__())
        elif what == 'release':
            held.pop().release()
        elif what == 'take':
            thing.permit().__enter__()
        elif what == 'force_open':
            thing.force_open()
        elif what == 'close':
            thing.close()
        else:
            thing.enabled = {'enable': True, 'disable': False}[what]

    def end_of(self, call, attempt):
        """When an attempt that begins now ends, and how: (time, what it raises, how long it takes to stop)."""
        lasts, end, code, retry_after, stops = self.row.attempt(call, attempt.number)
        attempt.code, attempt.retry_after = code, retry_after / 1e9 if retry_after else None
        if end == 'lost':
            return later(self.now(), lasts), Lost(), FOREVER
        if later(self.now(), lasts) <= later(attempt._deadline, stops):
            return later(self.now(), lasts), None if end == 'ok' else Ended(end, code, retry_after), stops
        attempt.code, attempt.retry_after = 0, None
        return later(attempt._deadline, stops), Ended('timeout'), stops


def fail(row, why):
    print(f'# line {row.line}: {why}', flush=True)
    os._exit(1)


__all__ = ['FOREVER', 'MS', 'Ended', 'Lost', 'World', 'fail', 'later']
