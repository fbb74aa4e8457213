#!/usr/bin/python3
"""Runs a Spin model, and then each of its mistakes, which must be found.

usage: check.py MODEL

A line "settings: -D..." in the model's first comment is one way to run it. It must hold with all of them. A name that
the model tests but never defines is a mistake, which must be found with one of them. Exits with 77 where there is no spin.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def errors(model, mistake, options):
    """How many errors the search finds, and how many states it visits."""
    with tempfile.TemporaryDirectory() as folder:
        define = [f"-D{mistake}"] if mistake else []
        # The preprocessor that spin calls by itself knows nothing of mtypes with names; run it here.
        text = subprocess.run(["cpp", "-P", *define, *options, model], capture_output=True, text=True, check=True).stdout
        pathlib.Path(folder, "model.pml").write_text(text)
        made = subprocess.run(["spin", "-a", "model.pml"], cwd=folder, capture_output=True, text=True)
        if made.returncode != 0:
            sys.exit(made.stdout + made.stderr)
        # To optimize takes four seconds, which a mistake that is found at once does not give back.
        subprocess.run(["gcc", "-O0" if mistake else "-O2", "-w", "-DSAFETY", "-DMEMLIM=8000", "-DVECTORSZ=2048", "-o", "pan", "pan.c"],
                       cwd=folder, check=True)
        out = subprocess.run(["./pan", "-m1000000", "-w24", "-E"], cwd=folder, capture_output=True, text=True).stdout
        if "max search depth too small" in out or "out of memory" in out:
            sys.exit(out)
        found = re.search(r"errors: (\d+)", out)
        states = re.search(r"(\d+(?:\.\d+)?(?:e\+\d+)?) states, stored", out)
        if not found or not states:
            sys.exit(out)
        return int(found.group(1)), float(states.group(1))


def main():
    if not shutil.which("spin"):
        sys.exit(77)
    model = pathlib.Path(sys.argv[1]).resolve()
    text = model.read_text()
    settings = [line.split() for line in re.findall(r"settings:(.*)", text)]
    mistakes = set(re.findall(r"^#ifn?def (\w+)", text, re.MULTILINE)) - set(re.findall(r"^#define (\w+)", text, re.MULTILINE))
    bad = 0
    for setting in settings:
        found, states = errors(model, None, setting)
        bad += found
        print(f"{'WRONG' if found else 'right':10} as it is {' '.join(setting)} ({states:.0f} states)", flush=True)
    for mistake in sorted(mistakes):
        found = any(errors(model, mistake, setting)[0] for setting in settings)
        bad += not found
        print(f"{'found' if found else 'NOT FOUND':10} {mistake.lower().replace('_', ' ')}", flush=True)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
