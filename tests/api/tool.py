"""seawall-check: what it says, where, and how it ends."""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from gate import Gate

TOOL = sys.argv[1]
GOOD = '[circuit_breaker "a"]\nfailure_threshold = 4\n[pipeline "p"]\npolicies = retry, circuit_breaker "a"\n'
BAD = '[circuit_breaker "a"]\nfailure_treshold = 4\n[retri]\n'


def run(*arguments, **environment):
    done = subprocess.run([TOOL, *arguments], capture_output=True, text=True, check=False, env={**os.environ, **environment})
    return done.returncode, done.stdout, done.stderr


def wrong(got, code, out=None, err=None):
    problems = [f'exit code {got[0]}, not {code}'] if got[0] != code else []
    problems += [f'{part!r} not in {text!r}' for part, text in ((out, got[1]), (err, got[2])) if part is not None and part not in text]
    return problems


def json_of(path):
    code, out, _ = run('--json', path)
    objects = {(it['kind'], it['name']): it['fields'] for it in json.loads(out)['objects']}
    threshold = objects['circuit_breaker', 'a']['failure_threshold']
    policies = objects['pipeline', 'p']['policies']['value']
    expected = {'value': '4', 'origin': 'file', 'file': str(path), 'line': 2}
    return [] if (code, threshold, policies) == (0, expected, 'retry, circuit_breaker "a"') else [f'{code} {threshold} {policies}']


def flood(path):
    """A file with more mistakes than are told says so, and one with as many as are seen does not."""
    path.write_text('x\n' * 20000)
    many = run(path)
    path.write_text('x\n' * 999)
    few = run(path)
    lines, told = many[2].splitlines(), f'{path}: after 1000 mistakes the rest is not looked at'
    problems = [f'{len(lines)} lines, of which the last is {lines[-1]!r}'] if (many[0], len(lines), lines[-1]) != (1, 1001, told) else []
    return problems + ([f'{few[2].splitlines()[-1]!r} after 999'] if (few[0], len(few[2].splitlines())) != (1, 999) else [])


LINKS = {
    'retry.retry_budget': 'name of a section: retry_budget; default none',
    'hedge.retry_budget': 'name of a section: retry_budget; default none',
    'fallback.pipeline': 'name of a section: pipeline; default none',
    'health_check.circuit_breaker': 'name of a section: circuit_breaker; default none',
    'pipeline.policies': 'list of policies: timeout, attempt_timeout, retry, circuit_breaker, rate_limiter, bulkhead, hedge, fallback, chaos, '
                         'thread_pool; required',
    'keyed.instance': 'kind, or kind "name": retry_budget, circuit_breaker, retry, timeout, rate_limiter, bulkhead, hedge, fallback, chaos, '
                      'pipeline; required',
}


def links():
    """Keys that name other sections are explained and listed as well; what may be named is what the loader takes."""
    problems = [line for key, said in LINKS.items() for line in wrong(run('--explain', key), 0, out=f'{key}\n') + wrong(run('--explain', key), 0, out=f'    {said}\n')]
    text, listed = run('--list')[1], json.loads(run('--json', '--list')[1])
    of_text = [line for line in text.splitlines() if not line.startswith(' ')]
    problems += [f'{key} is not listed' for key in LINKS if key not in of_text]
    if [f'{it["kind"]}.{it["key"]}' for it in listed] != of_text:
        problems.append('text and JSON list different keys')
    one = json.loads(run('--explain', 'keyed.instance', '--json')[1])
    if len(one) != 1 or one[0] not in listed or one[0]['required'] is not True or 'default' in one[0] or one[0]['live']:
        problems.append(f'{one} as JSON')
    delay = next((it for it in listed if (it['kind'], it['key']) == ('retry', 'base_delay')), {})
    if (delay.get('type'), delay.get('required'), delay.get('live')) != ('duration', False, True) or not delay.get('default'):
        problems.append(f'{delay} as JSON')
    return problems


def takes(words, section):
    """Whether the loader takes each of these."""
    problems = []
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / 'one.conf'
        for word in words.split(', '):
            path.write_text(f'{section} = {word}\n[rate_limiter]\nrate = 1\n[pipeline]\npolicies = retry\n', encoding='utf-8')
            problems += wrong(run(str(path)), 0)
    return problems


def full(*arguments):
    """What cannot be written is no success."""
    with open('/dev/full', 'wb') as device:
        done = subprocess.run([TOOL, *arguments], stdout=device, stderr=subprocess.PIPE, text=True, check=False)
    return wrong((done.returncode, '', done.stderr), 2, err='standard output')


def main():
    gate = Gate()
    with tempfile.TemporaryDirectory() as directory:
        good, bad = Path(directory) / 'good.conf', Path(directory) / 'bad.conf'
        good.write_text(GOOD, encoding='utf-8')
        bad.write_text(BAD, encoding='utf-8')
        again = Path(directory) / 'again.conf'
        again.write_text(run('--print', str(good))[1], encoding='utf-8')
        gate.check('a file that is right', wrong(run(str(good)), 0) + [line for line in run(str(good))[1:] if line])
        gate.check('every mistake', wrong(run(str(bad)), 1, err='2: [circuit_breaker "a"] failure_treshold: unknown key; did you mean')
                   + wrong(run(str(bad)), 1, err='3: [retri]: unknown kind'))
        many = Path(directory) / 'many.conf'  # more than a registry has room for unless it is told
        many.write_text(''.join(f'[timeout "{i}"]\n' for i in range(100001)), encoding='utf-8')
        gate.check('many names', wrong(run(str(many)), 0))
        gate.check('more mistakes than are told', flood(Path(directory) / 'flood.conf'))
        gate.check('no file', wrong(run(directory), 1, err='it is a directory'))
        gate.check('print', wrong(run('--print', str(good)), 0, out=f'failure_threshold = 4  # {good}:2\n'))
        gate.check('print to what is full', full('--print', str(good)) + full('--json', str(good)) + full('--list'))
        gate.check('what is printed is right', wrong(run(str(again)), 0))
        gate.check('json', json_of(good))
        gate.check('env', wrong(run('--env', '--print', str(good), SEAWALL__CIRCUIT_BREAKER__A__FAILURE_THRESHOLD='9'), 0,
                                out='failure_threshold = 9  # SEAWALL__CIRCUIT_BREAKER__A__FAILURE_THRESHOLD\n'))
        gate.check('env is off', wrong(run('--print', str(good), SEAWALL__CIRCUIT_BREAKER__A__FAILURE_THRESHOLD='9'), 0,
                                       out='failure_threshold = 4  #'))
    gate.check('explain', wrong(run('--explain', 'circuit_breaker.recovery_timeout'), 0, out='duration: 1ms to 87600h; default 30s'))
    gate.check('explain nothing', wrong(run('--explain', 'circuit_breaker.x'), 1, err='there is no key "circuit_breaker.x"'))
    gate.check('links', links())
    gate.check('policies are taken', takes(LINKS['pipeline.policies'].split(': ')[1].split(';')[0], '[pipeline "p"]\npolicies'))
    gate.check('instances are taken', takes(LINKS['keyed.instance'].split(': ')[1].split(';')[0], '[keyed "k"]\ninstance'))
    gate.check('list', wrong(run('--list'), 0, out='retry.jitter\n'))
    gate.check('usage', [line for words in ([], ['a', 'b'], ['--list', 'a'], ['--explain'], ['--x']) for line in wrong(run(*words), 2, err='usage:')])
    gate.finish()


main()
