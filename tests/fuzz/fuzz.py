"""Lets libFuzzer loose on a target, beginning with its seeds.

usage: fuzz.py TARGET SEEDS    SEAWALL_FUZZ_SECONDS says for how long (default 60).

What it finds is printed so that it can become a line of the seeds.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = int(os.environ.get('SEAWALL_FUZZ_SECONDS', '60'))


def main():
    target, seeds = Path(sys.argv[1]), Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as scratch:
        corpus, found = Path(scratch) / 'corpus', Path(scratch) / 'found'
        corpus.mkdir()
        found.mkdir()
        for number, line in enumerate(seeds.read_bytes().split(b'\n')):
            (corpus / str(number)).write_bytes(line)
        done = subprocess.run([target, f'-max_total_time={SECONDS}', '-max_len=256', '-timeout=10', '-print_final_stats=1',
                               f'-artifact_prefix={found}/', corpus], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        print(done.stdout.decode(errors='replace')[-4000:])
        for path in sorted(found.iterdir()):
            print(f'{path.name}: {path.read_bytes()!r}')
    sys.exit(1 if done.returncode else 0)


main()
