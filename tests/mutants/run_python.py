#!/usr/bin/python3
"""Puts known mistakes into a copy of the Python binding, one at a time, and lets its tests find them.

usage: tests/mutants/run_python.py [WORD]

The list is python.txt; with WORD only the mistakes whose name has it are tried. The library is that of SEAWALL_BUILD (default:
build/quick). Prints one line for each mistake, and which test noticed it; exits with 1 if one got through.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from run import ROOT, read_list

BUILD = pathlib.Path(os.environ.get("SEAWALL_BUILD", ROOT / "build" / "quick"))
LIBRARY = BUILD / "src" / "libseawall.so.0"
BINDING = ROOT / "bindings" / "python"
# Quick ones first.
TESTS = ["settings", "faults", "cancel", "guard", "own", "events", "permits", "asyncio", "pool", "registry", "threads", "lifetime",
         "health", "scenarios"]


class Stage:
    """The package as it is tested, a file of which can be exchanged."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.right = self.folder / "right"
        subprocess.run([sys.executable, BINDING / "generate.py", BUILD / "include" / "seawall" / "seawall_ffi.h", LIBRARY,
                        self.folder], check=True, stdout=subprocess.DEVNULL)
        (self.folder / "seawall").rename(self.right)

    def put(self, mutant=None):
        """The package with this mistake; a text if it cannot be made."""
        wrong = self.folder / "seawall"
        shutil.rmtree(wrong, ignore_errors=True)
        shutil.copytree(self.right, wrong, ignore=shutil.ignore_patterns("__pycache__"))
        if mutant is None:
            return None
        path = wrong / mutant["file"]
        text = path.read_text(encoding="utf-8")
        old, new = "\n".join(mutant["-"]), "\n".join(mutant["+"])
        if text.count(old) != 1:
            return f"its text stands {text.count(old)} times in {mutant['file']}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        compile(path.read_text(encoding="utf-8"), str(path), "exec")
        return None

    def passes(self, test):
        settings = {**os.environ, "PYTHONPATH": str(self.folder), "SEAWALL_LIBRARY": str(LIBRARY), "SEAWALL_BUILD": str(BUILD),
                    "PYTHONDONTWRITEBYTECODE": "1"}
        tests = BINDING / "tests"
        with subprocess.Popen([sys.executable, tests / "tap.py", tests / f"test_{test}.py"], env=settings,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            try:
                return running.wait(timeout=60) == 0
            except subprocess.TimeoutExpired:
                running.kill()
                return False


def main():
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(folder)
        stage.put()
        for test in TESTS:
            if not stage.passes(test):
                sys.exit(f"{test} fails without any mistake")
        for mutant in read_list(pathlib.Path(__file__).with_name("python.txt")):
            if word not in mutant["name"]:
                continue
            trouble = stage.put(mutant)
            if trouble:
                sys.exit(f"{mutant['name']}: {trouble}")
            found = next((test for test in TESTS if not stage.passes(test)), None)
            survivors += found is None
            print(f"{found or 'NOT FOUND':10} {mutant['name']}", flush=True)
    sys.exit(1 if survivors else 0)


if __name__ == "__main__":
    main()
