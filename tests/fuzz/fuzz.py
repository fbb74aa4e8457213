"""Lets libFuzzer loose on a target, beginning with its seeds, whose words it may use as well.

usage: fuzz.py TARGET SEEDS [INPUTS TEXTS]    so many inputs; else SEAWALL_FUZZ_SECONDS says for how long (default 10).

TEXTS is for a target that makes so many inputs of each of libFuzzer's; they all count. SEAWALL_FUZZ_INPUTS and SEAWALL_FUZZ_TEXTS
take the place of both; with SEAWALL_FUZZ_SECONDS beside them what comes first is the end. SEAWALL_FUZZ_LENGTH is that of libFuzzer's
longest input (default 256), and SEAWALL_FUZZ_JOBS processes share the work (default 1). SEAWALL_FUZZ_KEEP names a directory where the
inputs that were worth keeping stay, and how many there have been: the next run with the same directory goes on from there, and its
number of inputs is that of all runs. So scripts/test --soak does.

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
INPUTS = os.environ.get('SEAWALL_FUZZ_INPUTS') or (sys.argv[3] if len(sys.argv) > 3 and not SECONDS else None)
TEXTS = int(os.environ.get('SEAWALL_FUZZ_TEXTS') or sys.argv[4]) if len(sys.argv) > 4 else 1
# Stacks of allocations are asked for when something is found, and formats are the compiler's to check; a little of what was freed is
# kept, for as long as it stays in the caches. Scheduling by entropy takes longer than most inputs.
ASAN_OPTIONS = os.environ.get('ASAN_OPTIONS', '') + ':malloc_context_size=2:check_printf=0:quarantine_size_mb=2:thread_local_quarantine_size_kb=16'
OPTIONS = [f'-max_len={os.environ.get("SEAWALL_FUZZ_LENGTH", 256)}', '-timeout=10', '-entropic=0', '-print_final_stats=1']


def limits(before, known):
    """How much is enough, in libFuzzer's words, who counts what it knows already and reads first."""
    left = known - (-max(0, int(INPUTS) - before) // (JOBS * TEXTS)) if INPUTS else 0
    return ([f'-runs={left}'] if INPUTS else []) + ([f'-max_total_time={SECONDS or 10}'] if SECONDS or not INPUTS else [])


def culprit(target, path):
    """The text that was too much, of those that an input stands for."""
    environment = {**os.environ, 'SEAWALL_FUZZ_TEXTS': str(TEXTS), 'SEAWALL_FUZZ_SHOW': '1'}
    run = subprocess.run([target, '-timeout=10', path], env=environment, stderr=subprocess.PIPE, check=False)
    shown = re.findall('^reads ([0-9a-f]*)$', run.stderr.decode(errors='replace'), re.MULTILINE)
    return bytes.fromhex(shown[-1]) if shown and run.returncode != 0 else path.read_bytes()


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
    known = sum(1 for _ in corpus.iterdir())
    command = [target, *limits(before, known), *OPTIONS, f'-dict={words}', f'-artifact_prefix={found}/', corpus]
    environment = {**os.environ, 'ASAN_OPTIONS': ASAN_OPTIONS, 'SEAWALL_FUZZ_TEXTS': str(TEXTS)}
    jobs, logs, inputs = [], [keep / f'log-{job}' for job in range(JOBS)], 0
    for log in logs:
        with log.open('wb') as to:  # a pipe would fill while another job is listened to
            jobs.append(subprocess.Popen(command, stdout=to, stderr=subprocess.STDOUT, env=environment))
    good = all([job.wait() == 0 for job in jobs])
    for log in logs:
        said = log.read_text(errors='replace')
        print(said[-4000 // JOBS:])
        inputs += TEXTS * sum(max(0, int(number) - known) for number in re.findall(r'stat::number_of_executed_units: (\d+)', said))
    finds = sorted(path for path in found.iterdir() if not path.name.startswith('slow-unit-'))
    for path in finds:  # those of earlier runs as well, until somebody takes them away
        print(f'{path.name}: {culprit(target, path)!r}', flush=True)
    return good and not finds, inputs


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
