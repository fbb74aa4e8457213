"""Objects by name, from a configuration file, and what they have done as metrics."""
import sys
import tempfile
from pathlib import Path

import seawall

CONTENT = '''
[circuit_breaker]
failure_threshold = 5

[circuit_breaker "database"]
recovery_timeout = 10s

[retry "database"]
max_attempts = 2
base_delay   = 1ms

[pipeline "database"]
policies = retry, circuit_breaker
'''

with tempfile.TemporaryDirectory() as directory:
    path = Path(directory) / 'seawall.conf'
    path.write_text(CONTENT, encoding='utf-8')

    # [load]
    try:
        registry = seawall.Registry.from_file(path)
    except seawall.ConfigError as error:
        for problem in error.problems:  # every mistake, with file and line
            print(problem, file=sys.stderr)
        raise

    query = registry.pipeline('database').guard(lambda sql: f'the rows of {sql}')
    print(query('select 1'))
    print(registry.circuit_breaker('database').snapshot())
    print(registry.describe('circuit_breaker', 'database', 'failure_threshold'))
    # [load end]

metrics = registry.metrics()
print(metrics.splitlines()[0])
assert 'seawall_circuit_breaker_state{name="database",state="closed"} 1' in metrics

try:
    seawall.check_text('[circuit_breaker "x"]\nfailure_treshold = 3\n')
except seawall.ConfigError as error:
    print(error)
