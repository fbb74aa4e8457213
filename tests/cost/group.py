#!/usr/bin/python3
"""Instructions of a run in a group, whatever else is in flight: they may not grow with it.

usage: group.py RUN

RUN is the program built from run_group.c. Counted by callgrind as instructions.py does, inside the group's functions: begun,
asked, reported, asked until it is drained. What more in flight costs beyond that is memory that is in no cache, which is a
matter of time and not of instructions. Exits with 77 where there is no valgrind.
"""

import shutil
import sys

from instructions import Uncounted, collected

FUNCTIONS = ["seawall_group_begin_at", "seawall_group_next_at", "seawall_group_report_at"]
SIZES = [1, 100, 10000, 100000]
FEWER, MORE = 1000, 3000
LIMIT = 2400  # a run alone
GROWTH = 1.06  # beside others: the heap has more levels, and lines are fetched ahead


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if shutil.which("valgrind") is None:
        print("no valgrind: nothing was counted")
        return 77
    counts = {}
    for size in SIZES:
        try:
            more = collected([sys.argv[1], str(size)], str(MORE), FUNCTIONS)
            counts[size] = (more - collected([sys.argv[1], str(size)], str(FEWER), FUNCTIONS)) / (MORE - FEWER)
        except Uncounted as reason:
            sys.exit(f"{size} in flight: {reason}")
        print(f"{size:>8} in flight: {counts[size]:.0f} instructions", flush=True)
    alone = counts[SIZES[0]]
    if not 0 < alone <= LIMIT:
        sys.exit(f"a run alone takes {alone:.0f} instructions, where {LIMIT} is the limit")
    grown = [size for size in SIZES if counts[size] > alone * GROWTH]
    if grown:
        sys.exit(f"with {grown[0]} in flight a run takes more than {GROWTH} times that")
    return 0


if __name__ == "__main__":
    sys.exit(main())
