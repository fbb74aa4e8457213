#!/usr/bin/python3
"""Instructions per operation, counted by callgrind: the noise-proof companion of bench/.

usage: instructions.py RUN [SUBJECT ...]

RUN is the program built from run.c. For each subject it is run twice, and the difference is divided by the
difference of the counts, so that start-up and ending cancel out. "inside" counts what runs from the first
instruction of the named public functions until they return; "in all" adds the caller's own share of the loop. Limits
are held against "inside", in whole instructions. Some subjects read the real clock or have a thread of their own, and
a stalled machine can send one operation in thousands another way: what is out of bounds is counted again, and fails
only if it is so each time. Exits with 77 where there is no valgrind.
"""

import re
import shutil
import subprocess
import sys
import tempfile

FEWER = 1000
MORE = 3000
COUNTS = 3  # of a subject that is out of bounds

CALL = ["seawall_call"]
MACHINE = ["seawall_execution_begin_at", "seawall_execution_next_at", "seawall_execution_report_at"]

# subject: (its public functions, the most instructions inside; None: printed only)
SUBJECTS = {
    "breaker_success_at": (["seawall_breaker_try_acquire_at", "seawall_breaker_report_at"], 42),
    "breaker_success": (["seawall_breaker_try_acquire", "seawall_breaker_report"], 42),
    "rates_count_at": (["seawall_breaker_try_acquire_at", "seawall_breaker_report_at"], 42),
    "rates_time_at": (["seawall_breaker_try_acquire_at", "seawall_breaker_report_at"], 42),
    "rates_count_10_percent": (["seawall_breaker_try_acquire", "seawall_breaker_report"], None),
    "rates_time_10_percent": (["seawall_breaker_try_acquire", "seawall_breaker_report"], None),
    "rates_slow_at": (["seawall_breaker_try_acquire_at", "seawall_breaker_report_at"], None),
    "breaker_refusal_at": (["seawall_breaker_try_acquire_at"], 45),
    "breaker_snapshot_at": (["seawall_breaker_get_snapshot_at"], None),
    "retry_success_at": (["seawall_retry_next_at"], 25),
    "bulkhead": (["seawall_bulkhead_try_acquire", "seawall_bulkhead_release"], 60),
    "bulkhead_until": (["seawall_bulkhead_acquire_until", "seawall_bulkhead_release_at"], 60),
    "bulkhead_refusal": (["seawall_bulkhead_try_acquire"], None),
    "bulkhead_snapshot": (["seawall_bulkhead_get_snapshot"], None),
    "limiter_at": (["seawall_limiter_try_acquire_at"], 40),
    "limiter_refusal_at": (["seawall_limiter_try_acquire_at"], 100),
    "call_bulkhead": (CALL, None),
    "wheel_arm": (["seawall_wheel_arm"], 40),
    "wheel_arm_cancel": (["seawall_wheel_arm", "seawall_wheel_cancel"], None),
    "wheel_rearm": (["seawall_wheel_rearm"], None),
    "timers_arm_cancel": (["seawall_timers_arm", "seawall_timers_cancel"], None),
    "timers_rearm": (["seawall_timers_rearm"], None),
    # One load, and what tells a NULL and makes a bool.
    "cancel_asked": (["seawall_cancel_is_cancelled"], 8),
    "cancel_hook": (["seawall_cancel_add_hook", "seawall_cancel_remove_hook"], None),
    "cancel_call": (["seawall_call_with"], None),
    "cancel_call_hook": (["seawall_call_with"], None),
    "pool_submit": (["seawall_pool_submit"], 65), # for who wants its handle
    "pool_job": (["seawall_pool_submit"], None),
    "pool_plain_job": (["seawall_pool_submit"], 60),
    "call_none": (CALL, None),
    "call_three": (CALL, 460),
    "call_three_report": (CALL, None),
    "call_four": (CALL, None),
    "call_refused": (CALL, None),
    "call_one": (CALL, None),
    "call_five": (CALL, None),
    "call_one_refused": (CALL, None),
    "call_three_refused": (CALL, None),
    "call_five_refused": (CALL, None),
    "execution_wait": (["seawall_execution_next_at"], None),
    "execution_run": (MACHINE, None),
}


class Uncounted(Exception):
    """The program did not do what was to be counted."""


def collected(program, count, functions):
    """Instructions of one run of a program and its arguments: inside the functions, or in all if there are none."""
    with tempfile.NamedTemporaryFile(suffix=".callgrind") as out:
        command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out.name]
        command += ["--toggle-collect=" + name for name in functions]
        done = subprocess.run(command + program + [count], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Uncounted(f"exit code {done.returncode}\n{done.stderr}")
        with open(out.name, encoding="utf-8") as profile:
            return int(re.search(r"^(?:totals|summary): (\d+)", profile.read(), re.MULTILINE).group(1))


def per_operation(program, subject, functions):
    more = collected([program, subject], str(MORE), functions)
    return (more - collected([program, subject], str(FEWER), functions)) / (MORE - FEWER)


def complaint(program, subject):
    """Counts a subject and prints its line. What is wrong with it, or None."""
    functions, limit = SUBJECTS[subject]
    try:
        inside = per_operation(program, subject, functions)
        in_all = per_operation(program, subject, [])
    except Uncounted as reason:
        return f"{subject}: {reason}"
    print(f"{subject:<22}{inside:>9.1f}{in_all:>9.1f}{limit if limit else '':>8}", flush=True)
    if inside <= 0 or inside > in_all:
        return f"{subject}: counted {inside:.1f} inside {in_all:.1f}, which cannot be"
    if limit is not None and round(inside) > limit:
        return f"{subject}: {inside:.1f} instructions are above {limit}"
    return None


def lasting_complaint(program, subject):
    for _ in range(COUNTS):
        wrong = complaint(program, subject)
        if wrong is None:
            return None
        print(wrong, flush=True)
    return wrong


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if shutil.which("valgrind") is None:
        print("no valgrind: nothing was counted")
        return 77
    print(f"{'subject':<22}{'inside':>9}{'in all':>9}{'limit':>8}")
    wrong = [lasting_complaint(sys.argv[1], subject) for subject in sys.argv[2:] or SUBJECTS]
    wrong = [line for line in wrong if line is not None]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
