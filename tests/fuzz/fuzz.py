"""Lets libFuzzer loose on a target, beginning with its seeds, whose words it may use as well.

usage: fuzz.py TARGET SEEDS [RUNS]    so many inputs; else SEAWALL_FUZZ_SECONDS says for how long (default 10).

SEAWALL_FUZZ_RUNS takes the place of RUNS; with SEAWALL_FUZZ_SECONDS beside it what comes first is the end. SEAWALL_FUZZ_JOBS processes
share the work (default 1). SEAWALL_FUZZ_KEEP names a directory where the inputs that were worth keeping stay, and how many there have
been: the next run with the same directory goes on from there, and its number of inputs is that of all runs. So scripts/test --soak
does.

What it finds is printed so that it can become a line of the seeds.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = os.environ.get('SEAWALL_FUZZ_SECONDS')
JOBS = int(os.environ.get('SEAWALL_FUZZ_JOBS', 1))
KEEP = os.environ.get('SEAWALL_FUZZ_KEEP')
# Stacks of allocations are asked for when something is found; scheduling by entropy takes longer than most inputs.
ASAN_OPTIONS = os.environ.get('ASAN_OPTIONS', '') + ':malloc_context_size=2'
OPTIONS = ['-max_len=256', '-timeout=10', '-entropic=0', '-print_final_stats=1']


def limits(before):
    """How much is enough, in libFuzzer's words."""
    runs = os.environ.get('SEAWALL_FUZZ_RUNS') or (sys.argv[3] if len(sys.argv) > 3 and not SECONDS else None)
    left = max(0, int(runs) - before) // JOBS if runs else 0
    return ([f'-runs={left}'] if runs else []) + ([f'-max_total_time={SECONDS or 10}'] if SECONDS or not runs else [])


def plant(seeds, corpus, words):
    """Each line of the seeds becomes an input, each of their words one of the dictionary."""
    text = seeds.read_bytes()
    for number, line in enumerate(text.split(b'\n')):
        (corpus / str(number)).write_bytes(line)
    words.write_bytes(b''.join(b'"%s"\n' % word for word in sorted(set(re.findall(rb'[A-Za-z_]{3,}', text)))))


def fuzz(target, seeds, keep, before):
    """Answers whether nothing was found, and how many inputs there were."""
    corpus, found, words = keep / 'corpus', keep / 'found', keep / 'words'
    for directory in (corpus, found):
        directory.mkdir(parents=True, exist_ok=True)
    plant(seeds, corpus, words)
    command = [target, *limits(before), *OPTIONS, f'-dict={words}', f'-artifact_prefix={found}/', corpus]
    jobs, logs, inputs = [], [keep / f'log-{job}' for job in range(JOBS)], 0
    for log in logs:
        with log.open('wb') as to:  # a pipe would fill while another job is listened to
            jobs.append(subprocess.Popen(command, stdout=to, stderr=subprocess.STDOUT, env={**os.environ, 'ASAN_OPTIONS': ASAN_OPTIONS}))
    good = all([job.wait() == 0 for job in jobs])
    for log in logs:
        said = log.read_text(errors='replace')
        print(said[-4000 // JOBS:])
        inputs += sum(int(number) for number in re.findall(r'stat::number_of_executed_units: (\d+)', said))
    for path in sorted(found.iterdir()):
        print(f'{path.name}: {path.read_bytes()!r}')
    return good, inputs


def main():
    target, seeds = Path(sys.argv[1]), Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as scratch:
        keep = Path(KEEP) / seeds.name if KEEP else Path(scratch)
        counter = keep / 'inputs'
        before = int(counter.read_text()) if counter.exists() else 0
        good, inputs = fuzz(target, seeds, keep, before)
        counter.write_text(f'{before + inputs}\n')
        print(f'{inputs} inputs, {before + inputs} in all')
    sys.exit(0 if good else 1)


main()
