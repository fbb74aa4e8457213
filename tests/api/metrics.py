"""What seawall_metrics_render writes, promtool reads without a complaint."""
import shutil
import subprocess
import sys

from gate import Gate, output


def main():
    gate = Gate()
    text = output([sys.argv[1]])
    promtool = shutil.which('promtool')
    gate.check('there is a text', [] if '# TYPE seawall_circuit_breaker_state gauge' in text else text)
    if promtool is None:
        gate.skip('promtool check metrics', 'promtool (package prometheus) not found')
        gate.finish()
    done = subprocess.run([promtool, 'check', 'metrics'], input=text, capture_output=True, text=True, check=False)
    gate.check('promtool check metrics', [line for line in (done.stdout + done.stderr).splitlines() if line] if done.returncode else [])
    gate.finish()


main()
