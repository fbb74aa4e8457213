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
        gate.check('no file', wrong(run(directory), 1, err='it is a directory'))
        gate.check('print', wrong(run('--print', str(good)), 0, out=f'failure_threshold = 4  # {good}:2\n'))
        gate.check('what is printed is right', wrong(run(str(again)), 0))
        gate.check('json', json_of(good))
        gate.check('env', wrong(run('--env', '--print', str(good), SEAWALL__CIRCUIT_BREAKER__A__FAILURE_THRESHOLD='9'), 0,
                                out='failure_threshold = 9  # SEAWALL__CIRCUIT_BREAKER__A__FAILURE_THRESHOLD\n'))
        gate.check('env is off', wrong(run('--print', str(good), SEAWALL__CIRCUIT_BREAKER__A__FAILURE_THRESHOLD='9'), 0,
                                       out='failure_threshold = 4  #'))
    gate.check('explain', wrong(run('--explain', 'circuit_breaker.recovery_timeout'), 0, out='duration: 1ms to 87600h; default 30s'))
    gate.check('explain nothing', wrong(run('--explain', 'circuit_breaker.x'), 1, err='there is no field "circuit_breaker.x"'))
    gate.check('list', wrong(run('--list'), 0, out='retry.jitter\n'))
    gate.check('usage', [line for words in ([], ['a', 'b'], ['--list', 'a'], ['--explain'], ['--x']) for line in wrong(run(*words), 2, err='usage:')])
    gate.finish()


main()
