"""The rows of the scenario table, tests/compose/scenarios.txt: the head of the file states the grammar."""
import re

from gate import SOURCE

TABLE = SOURCE / 'tests' / 'compose' / 'scenarios.txt'
UNITS = {'ns': 1, 'us': 10**3, 'ms': 10**6, 's': 10**9, 'm': 60 * 10**9, 'h': 3600 * 10**9, '': 1}
MS, FOREVER = UNITS['ms'], 2**63 - 1


def duration(text):
    if text == 'inf':
        return FOREVER
    number, unit = re.fullmatch(r'(-?[\d.]+)([a-z]*)', text).groups()
    return round(float(number) * UNITS[unit])


def settings(words):
    return dict(word.split('=', 1) for word in words)


class Row:
    def __init__(self, line, name):
        self.line, self.name = line, name
        self.objects, self.chains, self.calls, self.happenings = {}, {}, [], []
        self.draws, self.refused, self.log, self.late = [], '', [], []

    def read(self, line):
        word, _, rest = line.partition(' ')
        words = rest.split()
        if word in ('call', 'call:'):
            self.read_call(line[4:])
        elif word == 'chain':
            self.chains[words[0]] = words[1:]
        elif word == 'at':
            self.happenings.append((duration(words[0]), words[1], words[2], int((words + ['1'])[3])))
        elif word == 'random':
            self.draws = [min(int(float(share) * 2**64), 2**64 - 1) for share in words]
        elif word == 'refused':
            self.refused = rest
        elif word in ('log', 'late'):
            getattr(self, word).append(rest)
        else:
            self.objects[words[0]] = (word, settings(words[1:]))

    def read_call(self, text):
        head, _, tail = text.partition(':')
        call = {'attempts': self.calls[-1]['attempts'] if self.calls else [], 'at': 0, 'deadline': FOREVER, 'cancel': FOREVER}
        call.update({key: duration(value) for key, value in settings(head.split()).items()})
        if tail:
            call['attempts'] = [piece.split() for piece in tail.split(',')]
        self.calls.append(call)

    def attempt(self, call, number):
        lasts, end, *rest = call['attempts'][min(number, len(call['attempts'])) - 1]
        more = settings(rest)
        return duration(lasts), end, int(more.get('code', 0)), duration(more.get('retry_after', '0')), duration(more.get('stops', '1ms'))

    def expected(self, driver):
        lines = self.late if driver == 'coarse' and self.late != ['same'] else self.log
        entries = '; '.join(lines).split('; ')
        return [entry for entry in entries if driver != 'blocking' or not entry.startswith('finished@')]

    def blocks(self):
        return all(attempt[1] != 'lost' for call in self.calls for attempt in call['attempts'])


def read():
    rows = []
    for number, line in enumerate(TABLE.read_text(encoding='utf-8').splitlines(), 1):
        if line.startswith('= '):
            rows.append(Row(number, line[2:]))
        elif line and not line.startswith('#'):
            rows[-1].read(line)
    return rows
