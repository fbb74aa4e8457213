"""The scenario table (tests/compose/scenarios.txt) from Python, through the header for foreign functions: a second runner of
every row under every driver that needs one thread, as a binding would do it."""
import os

from declarations import FFI_HEADER
from gate import BUILD, Gate
from scenario_rows import FOREVER, MS, duration, read

TICK = 10 * MS
OBJECTS = {'circuit_breaker': 'breaker', 'rate_limiter': 'limiter', 'attempt_timeout': 'timeout'}


def later(t, by):
    return FOREVER if FOREVER in (t, by) else t + by


def ms(t):
    if t == FOREVER:
        return 'never'
    whole, rest = divmod(t, MS)
    return f'{whole}.{rest:06}'.rstrip('0').rstrip('.')


def text(pointer):
    return ffi.string(pointer).decode()


class Run:
    """A row's world under one driver."""

    def __init__(self, row, driver):
        self.row, self.driver, self.now, self.entries = row, driver, 0, []
        self.drawn, self.happened, self.token, self.cancel_at, self.woken = 0, 0, ffi.NULL, FOREVER, False
        self.kept, self.made, self.held, self.pipelines, self.running = [], {}, {}, {}, []
        self.platform = ffi.new('seawall_platform *')
        self.must(lib.seawall_platform_init(self.platform, ffi.sizeof('seawall_platform')))
        self.platform.now = self.callback('seawall_now_fn', lambda user: self.now)
        self.platform.park = self.callback('seawall_park_fn', self.park)
        self.platform.wake = self.callback('seawall_wake_fn', lambda word, user: None)
        self.platform.random = self.callback('seawall_random_fn', self.draw)
        for name, (kind, given) in row.objects.items():
            self.make(name, kind, given)
        for name, objects in row.chains.items():
            self.pipeline = self.pipelines[name] = self.assemble(objects)

    def must(self, status):
        if status != lib.SEAWALL_OK:
            raise RuntimeError(f'line {self.row.line}: {text(lib.seawall_status_message(status))}')

    def keep(self, thing):
        self.kept.append(thing)
        return thing

    def callback(self, kind, function):
        return self.keep(ffi.callback(kind, function))

    # --- objects ---

    def make(self, name, kind, given):
        if kind == 'own':
            self.made[name] = given
            return
        what = OBJECTS.get(kind, kind)
        kind = what if kind == 'attempt_timeout' else kind
        config = self.keep(ffi.new(f'seawall_{what}_config *'))
        size = ffi.sizeof(config[0])
        self.must(lib.seawall_config_init(kind.encode(), config, size))
        for key, value in given.items():
            if not self.set_apart(what, config, key, value, given):
                self.must(lib.seawall_config_set(kind.encode(), config, key.encode(), value.encode(), ffi.NULL))
        made = ffi.new(f'seawall_{what} **')
        self.must(getattr(lib, f'seawall_{what}_create')(config, self.platform, made, ffi.NULL))
        self.made[name] = made[0]
        if what == 'breaker':
            self.must(lib.seawall_breaker_add_listener(made[0], self.callback('seawall_breaker_listener_fn', self.turned(name)), ffi.NULL))

    def set_apart(self, what, config, key, value, given):
        if key == 'predicate':
            config.predicate = self.callback('seawall_retry_predicate_fn', PREDICATES[value])
        elif (what, key) == ('retry', 'budget'):
            config.budget = self.made[value]
        elif key == 'shared':
            config.retry_budget = self.made[value]
        elif what == 'fallback' and key in ('answers', 'code'):
            config.function = self.callback('seawall_fallback_fn', self.function(given))
        else:
            return key == 'runs'
        return True

    @staticmethod
    def function(given):
        def stand_in(outcome, code, arg, user):
            code[0] = int(given.get('code', 0))
            return FAULTS[given['answers']]
        return stand_in

    def own(self, given, policy):
        refusals = [int(given.get('times', 0))]

        def enter(frame, turn, user):
            until, now = ffi.cast('int64_t *', frame), lib.seawall_turn_now(turn)
            if until[0] == 0 and refusals[0] > 0:
                refusals[0] -= 1
                return lib.seawall_turn_refuse(turn, STATUSES[given['refuse']], duration(given.get('hint', '0')))
            if until[0] == 0:
                until[0] = now + duration(given.get('wait', '0')) + 1
            if now < until[0] - 1:
                return lib.seawall_turn_wait(turn, until[0] - 1)
            if 'limit' in given:
                lib.seawall_turn_shorten(turn, now + duration(given['limit']))
            return lib.SEAWALL_PROCEED

        def leave(frame, turn, outcome, user):
            if given.get('tell') == 'yes':
                lib.seawall_turn_emit(turn, lib.SEAWALL_EVENT_USER, 0, outcome.fault, lib.SEAWALL_REASON_NONE)
            return lib.SEAWALL_PASS

        policy.frame_size = 8
        policy.enter = self.callback('seawall_enter_fn', enter)
        policy.leave = self.callback('seawall_leave_fn', leave)
        policy.drop = self.callback('seawall_drop_fn', lambda frame, turn, outcome, user: None)

    def assemble(self, objects):
        policies = []
        for name in objects:
            kind, given = self.row.objects[name]
            policy = self.keep(ffi.new('seawall_policy *'))
            label = self.keep(ffi.new('char[]', name.encode()))
            self.must(lib.seawall_policy_init(policy, ffi.sizeof('seawall_policy')))
            if kind == 'own':
                policy.name = label
                self.own(given, policy)
            elif kind == 'attempt_timeout':
                self.must(lib.seawall_timeout_attempt_policy(self.made[name], label, policy))
            elif 'runs' in given:
                self.must(lib.seawall_fallback_pipeline_policy(self.made[name], label, self.pipelines[given['runs']], policy))
            else:
                self.must(getattr(lib, f'seawall_{OBJECTS.get(kind, kind)}_policy')(self.made[name], label, policy))
            policies.append(policy)
        config = ffi.new('seawall_pipeline_config *')
        self.must(lib.seawall_pipeline_config_init(config, ffi.sizeof('seawall_pipeline_config')))
        config.listener = self.callback('seawall_listener_fn', self.listen)
        pipeline = ffi.new('seawall_pipeline **')
        self.must(lib.seawall_pipeline_create(config, policies, len(policies), self.platform, pipeline, ffi.NULL))
        return pipeline[0]

    def unmake(self):
        for pipeline in self.pipelines.values():
            lib.seawall_pipeline_destroy(pipeline)
        for name, (kind, _) in self.row.objects.items():
            if kind != 'own':
                getattr(lib, f'seawall_{OBJECTS.get(kind, kind)}_destroy')(self.made[name])

    # --- what is seen ---

    def note(self, what, t, *more):
        self.entries.append(' '.join([f'{what}@{ms(t)}', *(word for word in more if word)]))

    def policy_name(self, position):
        if position < 0:
            return 'caller'
        name = ffi.new('char[64]')
        self.must(lib.seawall_pipeline_policy_name(self.pipeline, position, name, 64))
        return text(name)

    def listen(self, event, user):
        what = 'user' if event.kind >= lib.SEAWALL_EVENT_USER else text(lib.seawall_event_name(event.kind))
        self.note(what, event.now, self.policy_name(event.policy), event.delay and f'after {ms(event.delay)}',
                  event.fault and text(lib.seawall_fault_name(event.fault)),
                  event.reason and f'for {text(lib.seawall_reason_name(event.reason))}')

    def turned(self, name):
        def listener(transition, user):
            old, new = (text(lib.seawall_breaker_state_name(getattr(transition, end))) for end in ('from', 'to'))
            self.note(f'{old}>{new}', transition.now, name)
        return listener

    def note_start(self, number, route, alternative, deadline):
        self.note(f'start {number}', self.now, route and f'route {route}',
                  alternative and f'for {self.policy_name(alternative - 1)}', deadline != FOREVER and f'until {ms(deadline)}')

    def note_report(self, report):
        fault = lambda kind: kind and text(lib.seawall_fault_name(kind))
        self.note(text(lib.seawall_status_name(report.status)), self.now, fault(report.fault), f'x{report.attempts}',
                  report.code and f'code {report.code}', report.retry_after and f'after {ms(report.retry_after)}',
                  report.policy >= 0 and f'by {self.policy_name(report.policy)}',
                  report.reason and f'for {text(lib.seawall_reason_name(report.reason))}',
                  report.first_fault and f'first {fault(report.first_fault)}', report.first_code and str(report.first_code),
                  report.last_fault and f'last {fault(report.last_fault)}', report.last_code and str(report.last_code),
                  report.starved and f'starved {report.starved}', report.late and f'late {report.late}')

    # --- what happens ---

    def draw(self, user):
        drawn, self.drawn = self.row.draws[min(self.drawn, len(self.row.draws) - 1)], self.drawn + 1
        return drawn

    def next_happening(self):
        return self.row.happenings[self.happened][0] if self.happened < len(self.row.happenings) else FOREVER

    def go_to(self, t):
        """Time goes on, and what happens until then does."""
        while self.next_happening() <= t:
            at, what, name, count = self.row.happenings[self.happened]
            self.happened += 1
            self.now = max(self.now, at)
            for _ in range(count):
                self.happen(what, self.made[name], self.held.setdefault(name, []))
        self.now = max(self.now, t)

    def happen(self, what, thing, held):
        if what == 'hold':
            held.append(self.keep(ffi.new('seawall_permit *')))
            self.must(lib.seawall_bulkhead_try_acquire(thing, held[-1]))
        elif what == 'release':
            self.must(lib.seawall_bulkhead_release(thing, held.pop()))
        elif what == 'take':
            self.must(lib.seawall_limiter_try_acquire(thing, 1, ffi.NULL, ffi.NULL))
        elif what == 'force_open':
            self.must(lib.seawall_breaker_force_open(thing, FOREVER))
        elif what == 'close':
            self.must(lib.seawall_breaker_close(thing))
        else:
            self.must(lib.seawall_chaos_set_enabled(thing, {'enable': True, 'disable': False}[what]))

    def end_of(self, number, deadline):
        """When an attempt that begins now ends: (time, result), and how long it takes to stop."""
        lasts, end, code, retry_after, stops = self.row.attempt(self.call, number)
        if end == 'lost':
            return [later(self.now, lasts), None, FOREVER]
        if later(self.now, lasts) <= later(deadline, stops):
            return [later(self.now, lasts), {'fault': FAULTS[end], 'code': code, 'retry_after': retry_after}, stops]
        return [later(deadline, stops), CUT, stops]

    def report(self):
        report = ffi.new('seawall_report *')
        self.must(lib.seawall_report_init(report, ffi.sizeof('seawall_report')))
        return report

    # --- blocking ---

    def call_off(self):
        self.cancel_at = FOREVER
        self.must(lib.seawall_cancel_trigger(self.token))

    def park(self, word, expected, until, user):
        while word[0] == expected and self.now < until:
            t = min(self.next_happening(), self.cancel_at, until)
            if t == FOREVER:
                print(f'# line {self.row.line} waits for ever')
                os._exit(1)  # from a callback there is no other way
            self.go_to(t)
            if word[0] == expected and self.cancel_at <= t:
                self.call_off()

    def operation(self, attempt, user):
        number, deadline = lib.seawall_attempt_number(attempt), lib.seawall_attempt_deadline(attempt)
        self.note_start(number, 0, lib.seawall_attempt_alternative(attempt), deadline)
        ends, result, stops = self.end_of(number, deadline)
        if self.cancel_at < ends:
            stopped = later(self.cancel_at, stops)
            self.go_to(self.cancel_at)
            self.call_off()
            ends, result = (stopped, CUT) if stopped < ends else (ends, result)
        self.go_to(ends)
        lib.seawall_attempt_set_code(attempt, result['code'])
        lib.seawall_attempt_set_retry_after(attempt, result['retry_after'])
        return result['fault']

    def block(self):
        operation = self.callback('seawall_operation_fn', self.operation)
        for self.call in self.row.calls:
            self.go_to(self.call['at'])
            if not self.row.refused:
                self.note('call', self.now)
            report, options, token = self.report(), ffi.new('seawall_call_options *'), ffi.new('seawall_cancel **')
            self.must(lib.seawall_call_options_init(options, ffi.sizeof('seawall_call_options')))
            options.deadline = later(self.now, self.call['deadline'])
            if self.call['cancel'] != FOREVER:
                self.must(lib.seawall_cancel_create(ffi.NULL, self.platform, token, ffi.NULL))
                self.token, self.cancel_at, options.cancel = token[0], self.now + self.call['cancel'], token[0]
                if self.cancel_at <= self.now:
                    self.call_off()
            lib.seawall_call_with(self.pipeline, options, operation, ffi.NULL, report)
            self.cancel_at = FOREVER
            lib.seawall_cancel_destroy(token[0])
            if not self.row.refused:
                self.note_report(report)
            elif (report.status, self.policy_name(report.policy)) != (lib.SEAWALL_UNSUPPORTED, self.row.refused):
                self.entries.append(f'not refused for {self.row.refused}')

    # --- stepping, on time or coarse ---

    def look(self, t):
        return -(-t // TICK) * TICK if self.driver == 'coarse' and t != FOREVER else t

    def mail(self, x):
        for one in sorted((one for one in self.running if one['end'][0] <= self.now), key=lambda one: one['end'][0]):
            self.running.remove(one)
            if one['end'][1] is None:
                self.must(lib.seawall_execution_disown_at(x, one['id'], self.now))
            else:
                self.must(lib.seawall_execution_report_at(x, one['id'], ffi.new('seawall_result *', one['end'][1]), self.now))
        if self.cancel_at <= self.now:
            self.cancel_at = FOREVER
            self.must(lib.seawall_execution_cancel_at(x, self.now))

    def steps(self, x):
        """Does what it asks for. When to come back; None at the end."""
        step, finished = ffi.new('seawall_step *'), False
        while True:
            self.must(lib.seawall_execution_next_at(x, self.now, step))
            if step.kind == lib.SEAWALL_STEP_START:
                self.note_start(step.number, step.route, step.alternative, step.deadline)
                self.running.append({'id': step.id, 'end': self.end_of(step.number, step.deadline)})
            elif step.kind == lib.SEAWALL_STEP_CANCEL:
                end = next(one['end'] for one in self.running if one['id'] == step.id)
                if later(self.now, end[2]) < end[0]:
                    end[:2] = later(self.now, end[2]), CUT
            elif step.kind == lib.SEAWALL_STEP_FINISHED:
                finished = True
            elif step.kind == lib.SEAWALL_STEP_DRAINED:
                return None
            else:
                if finished:
                    self.note('finished', self.now)
                return step.until

    def go_on(self, due):
        t = min([due, self.cancel_at, *(one['end'][0] for one in self.running)])
        self.woken = False
        while self.next_happening() < t and not self.woken:
            self.go_to(self.next_happening())
        t = self.look(self.now if self.woken else t)
        assert t != FOREVER, 'waits for ever'
        self.go_to(t)

    def wake(self, cookie, user):
        self.woken = True

    def step(self):
        size = lib.seawall_execution_size(self.pipeline)
        storage = ffi.new('char[]', size + 16)
        aligned = storage + -int(ffi.cast('uintptr_t', storage)) % 16
        waker = ffi.new('seawall_waker *', {'wake': self.callback('void(uint64_t, void *)', self.wake)})
        execution = ffi.new('seawall_execution **')
        self.must(lib.seawall_execution_init(aligned, size, self.pipeline, waker, execution))
        x = execution[0]
        for self.call in self.row.calls:
            self.go_to(self.look(self.call['at']))
            self.note('call', self.now)
            self.cancel_at = later(self.now, self.call['cancel'])
            self.must(lib.seawall_execution_begin_at(x, self.now, later(self.now, self.call['deadline'])))
            self.mail(x)
            while (due := self.steps(x)) is not None:
                self.go_on(due)
                self.mail(x)
            report = self.report()
            self.must(lib.seawall_execution_report(x, report))
            self.note_report(report)
        self.must(lib.seawall_execution_fini(x))


def check(row, driver):
    """What is wrong with this row under this driver."""
    run = Run(row, driver)
    if driver == 'blocking':
        run.block()
    else:
        run.step()
    run.unmake()
    wanted = [] if driver == 'blocking' and row.refused else row.expected(driver)
    if run.entries == wanted:
        return []
    return [f'line {row.line}, {driver}: {"; ".join(run.entries)}', f'instead of {"; ".join(wanted)}']


def main():
    gate, rows = Gate(), read()
    for driver in ('stepping', 'coarse', 'blocking'):
        problems = [problem for row in rows if driver != 'blocking' or row.blocks() for problem in check(row, driver)]
        gate.check(f'the {len(rows)} rows of the scenario table, {driver}', problems)
    gate.finish()


try:
    from cffi import FFI
except ImportError:
    without = Gate()
    without.skip('the scenario table from Python', 'no cffi')
    without.finish()
ffi = FFI()
ffi.cdef(FFI_HEADER.read_text(encoding='utf-8'))
lib = ffi.dlopen(str(BUILD / 'src' / 'libseawall.so'))
FAULTS = {'ok': 0, **{text(lib.seawall_fault_name(kind)): kind for kind in range(1, lib.SEAWALL_FAULT_COUNT)}}
STATUSES = {text(lib.seawall_status_name(status)): status for status in range(14)}
CUT = {'fault': FAULTS['timeout'], 'code': 0, 'retry_after': 0}
PREDICATES = {
    'stop': lambda result, attempt, user: lib.SEAWALL_RETRY_STOP,
    'repeat': lambda result, attempt, user: lib.SEAWALL_RETRY_REPEAT,
    'nonsense': lambda result, attempt, user: 77,
    'slow': lambda result, attempt, user: lib.SEAWALL_RETRY_REPEAT if result.code == 503 else lib.SEAWALL_RETRY_STOP,
}
main()
