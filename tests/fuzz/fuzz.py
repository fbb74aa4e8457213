"""Lets libFuzzer loose on a target, beginning with its seeds.

usage: fuzz.py TARGET SEEDS [RUNS]    so many inputs; else SEAWALL_FUZZ_SECONDS says for how long (default 10).

SEAWALL_FUZZ_RUNS takes the place of RUNS; with SEAWALL_FUZZ_SECONDS beside it what comes first is the end. So scripts/test --soak does.

What it finds is printed so that it can become a line of the seeds.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = os.environ.get('SEAWALL_FUZZ_SECONDS')


def limits():
    """How much is enough, in libFuzzer's words."""
    runs = os.environ.get('SEAWALL_FUZZ_RUNS') or (sys.argv[3] if len(sys.argv) > 3 and not SECONDS else None)
    return ([f'-runs={runs}'] if runs else []) + ([f'-max_total_time={SECONDS or 10}'] if SECONDS or not runs else [])


def main():
    target, seeds = Path(sys.argv[1]), Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as scratch:
        corpus, found = Path(scratch) / 'corpus', Path(scratch) / 'found'
        corpus.mkdir()
        found.mkdir()
        for number, line in enumerate(seeds.read_bytes().split(b'\n')):
            (corpus / str(number)).write_bytes(line)
        done = subprocess.run([target, *limits(), '-max_len=256', '-timeout=10', '-print_final_stats=1',
                               f'-artifact_prefix={found}/', corpus], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        print(done.stdout.decode(errors='replace')[-4000:])
        for path in sorted(found.iterdir()):
            print(f'{path.name}: {path.read_bytes()!r}')
    sys.exit(1 if done.returncode else 0)


main()
