#!/usr/bin/python3
"""Puts known mistakes into a copy of the source, one at a time, and lets the tests find them.

usage: tests/mutants/run.py [SUBJECT [WORD]]

SUBJECT names a list beside this file (default: breaker); with WORD only the mistakes whose name has it are tried. Prints
one line for each mistake, and which test noticed it; exits with 1 if one got through or cannot be made.
"""
import concurrent.futures
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FLAGS = ["-std=gnu11", "-O1", "-w"]

REHEARSAL = "tests/unit/policy/rehearsal.c"
SCENARIOS = ("scenarios", "plain", ["tests/compose/test_scenarios.c",
                                   *(f"tests/compose/{path.name}" for path in sorted((ROOT / "tests/compose").glob("scenario*.c")))])
NET = "tests/unit/health/net_fixture.c"
ROOM = "tests/unit/registry/registry_room.c"
EVENTS = "tests/unit/registry/event_log.c"

# Quick ones first. "delay": with random delays between any two atomic operations; "storms": the long form of "stress".
TESTS = {
    "breaker": [
        ("core", "plain", ["tests/unit/policy/breaker/test_breaker_core.c"]),
        ("rates", "plain", ["tests/unit/policy/breaker/test_breaker_rates.c"]),
        ("windows", "plain", ["tests/unit/policy/breaker/test_breaker_windows.c", "tests/unit/policy/breaker/breaker_fixture.c"]),
        ("time", "plain",
         ["tests/unit/policy/breaker/test_breaker_windows_time.c", "tests/unit/policy/breaker/breaker_fixture.c"]),
        ("history", "plain", ["tests/unit/policy/breaker/test_breaker_history.c", "tests/unit/policy/breaker/breaker_fixture.c"]),
        ("states", "plain", ["tests/unit/policy/breaker/test_breaker_states.c", "tests/unit/policy/breaker/breaker_fixture.c"]),
        ("orders", "plain", ["tests/unit/policy/breaker/test_breaker_orders.c", "tests/unit/policy/breaker/breaker_fixture.c"]),
        ("policy", "plain", ["tests/unit/policy/breaker/test_breaker_policy.c", "tests/unit/policy/breaker/breaker_fixture.c"]),
        ("stripes", "plain", ["tests/unit/policy/breaker/test_breaker_stripes.c", "tests/unit/policy/breaker/breaker_fixture.c"]),
        ("lump", "plain", ["tests/regress/test_failures_in_a_lump.c"]),
        ("loser", "plain", ["tests/regress/test_begun_by_the_loser.c"]),
        ("leftover", "plain", ["tests/regress/test_taken_for_a_leftover.c"]),
        ("deadlines", "plain", ["tests/regress/test_probes_slower_than_recovery.c"]),
        ("queues", "plain", ["tests/regress/test_slow_in_our_own_queue.c"]),
        ("far", "plain", ["tests/regress/test_listener_far_behind.c"]),
        ("fork", "plain", ["tests/regress/test_forked_under_lock.c"]),
        ("aside", "plain", ["tests/unit/policy/breaker/test_breaker_aside.c", "tests/unit/policy/breaker/breaker_fixture.c"]),
        ("growth", "plain", ["tests/unit/policy/breaker/test_breaker_growth.c", "tests/unit/policy/breaker/breaker_fixture.c"]),
        ("reconfigure", "plain",
         ["tests/unit/policy/breaker/test_breaker_reconfigure.c", "tests/unit/policy/breaker/breaker_fixture.c"]),
        ("round", "plain", ["tests/unit/policy/breaker/test_breaker_round.c", "tests/unit/policy/breaker/breaker_fixture.c"]),
        ("knobs", "plain", ["tests/unit/policy/breaker/test_breaker_knobs.c", "tests/unit/policy/breaker/breaker_fixture.c"]),
        ("model", "plain", ["tests/model/test_breaker_model.c", "tests/model/breaker_plain.c"]),
        ("listeners", "checked",
         ["tests/unit/policy/breaker/test_breaker_listeners.c", "tests/unit/policy/breaker/breaker_fixture.c"]),
        ("ages", "plain", ["tests/regress/test_closed_for_ages.c"]),
        ("crowd", "delay", ["tests/stress/test_breaker_windows.c"]),
        ("operators", "delay", ["tests/stress/test_breaker_orders.c"]),
        ("stress", "delay", ["tests/stress/test_breaker_stress.c"]),
        ("storms", "delay", ["tests/stress/test_breaker_stress.c"]),
    ],
    "pool": [
        ("core", "plain", ["tests/unit/policy/pool/test_core.c"]),
        ("model", "plain", ["tests/model/test_pool_model.c", "tests/model/pool_crew.c"]),
        ("plain", "plain", ["tests/unit/policy/pool/test_plain.c", "tests/unit/policy/pool/pool_fixture.c"]),
        ("pool", "plain", ["tests/unit/policy/pool/test_pool.c", "tests/unit/policy/pool/pool_fixture.c"]),
        ("end", "plain", ["tests/unit/policy/pool/test_pool_end.c", "tests/unit/policy/pool/pool_fixture.c",
                          "tests/support/thread_refusal.c"]),
        ("pooled", "plain", ["tests/unit/pipeline/test_pooled.c"]),
        ("unwanted", "plain", ["tests/unit/pipeline/test_pooled_unwanted.c"]),
        ("threads", "plain", ["tests/unit/pipeline/test_pooled_threads.c", "tests/support/thread_refusal.c"]),
        ("hooks", "plain", ["tests/regress/test_hooks_under_lock.c"]),
        ("leaving", "plain", ["tests/regress/test_refused_while_leaving.c", "tests/unit/policy/pool/pool_fixture.c"]),
        ("drops", "plain", ["tests/regress/test_forked_between_drops.c", "tests/unit/policy/pool/pool_fixture.c"]),
        ("attended", "plain", ["tests/regress/test_attended_by_mistake.c"]),
        ("asks", "plain", ["tests/regress/test_listener_asks_another.c"]),
        ("itself", "plain", ["tests/regress/test_listener_drops_itself.c"]),
        ("stop", "plain", ["tests/regress/test_begun_after_the_stop.c", "tests/unit/policy/pool/pool_fixture.c"]),
        ("sweep", "plain", ["tests/regress/test_swept_while_sweeping.c", "tests/unit/policy/pool/pool_fixture.c"]),
        ("kept", "plain", ["tests/regress/test_stayed_for_the_blocked.c", "tests/unit/policy/pool/pool_fixture.c"]),
        ("counted", "plain", ["tests/regress/test_counted_and_taken_back.c", "tests/unit/policy/pool/pool_fixture.c",
                              "tests/support/thread_refusal.c"]),
        ("stranded", "plain", ["tests/regress/test_waited_for_a_thread_not_given.c", "tests/unit/policy/pool/pool_fixture.c",
                               "tests/support/thread_refusal.c"]),
        SCENARIOS,
        ("shares", "plain", ["tests/stress/test_pool_shares.c"]),
        ("pools", "delay", ["tests/stress/test_pool_stress.c"]),
    ],
    "bulkhead": [
        ("permits", "plain", ["tests/unit/sync/test_permits.c", "tests/unit/sync/permits_fixture.c"]),
        ("orders", "plain", ["tests/unit/sync/test_permits_orders.c", "tests/unit/sync/permits_fixture.c"]),
        ("object", "plain", ["tests/unit/policy/bulkhead/test_bulkhead.c", "tests/unit/policy/bulkhead/bulkhead_fixture.c"]),
        ("waiting", "plain", ["tests/unit/policy/bulkhead/test_waiting.c", "tests/unit/policy/bulkhead/bulkhead_fixture.c"]),
        ("policy", "plain", ["tests/unit/policy/bulkhead/test_policy.c", "tests/unit/policy/rehearsal.c"]),
        ("worlds", "plain", ["tests/compose/test_bulkhead_worlds.c"]),
        ("back", "plain", ["tests/regress/test_given_back_at_once.c"]),
        ("fork", "plain", ["tests/regress/test_forked_between_permits.c"]),
        ("model", "plain", ["tests/model/test_bulkhead_model.c"]),
        ("stress", "delay", ["tests/stress/test_bulkhead_stress.c"]),
    ],
    "async": [
        ("async", "checked", ["tests/unit/pipeline/test_async.c", "tests/unit/pipeline/async_fixture.c"]),
        ("ends", "checked", ["tests/unit/pipeline/test_async_ends.c", "tests/unit/pipeline/async_fixture.c"]),
        SCENARIOS,
        ("threads", "delay", ["tests/stress/test_async_stress.c"]),
    ],
    "group": [
        ("group", "checked", ["tests/unit/pipeline/test_group.c", "tests/unit/pipeline/group_fixture.c"]),
        ("wakes", "checked", ["tests/unit/pipeline/test_group_wakes.c", "tests/unit/pipeline/group_fixture.c"]),
        ("many", "checked", ["tests/unit/pipeline/test_group_many.c", "tests/unit/pipeline/group_fixture.c"]),
        ("threads", "delay", ["tests/stress/test_group_stress.c"]),
    ],
    "limiter": [
        ("core", "plain", ["tests/unit/policy/limiter/test_core.c"]),
        ("limiter", "plain", ["tests/unit/policy/limiter/test_limiter.c"]),
        ("policy", "plain", ["tests/unit/policy/limiter/test_policy.c", "tests/unit/policy/rehearsal.c"]),
        ("model", "plain", ["tests/model/test_limiter_model.c"]),
        ("threads", "delay", ["tests/unit/policy/limiter/test_limiter.c"]),
        ("stress", "delay", ["tests/stress/test_limiter_stress.c"]),
    ],
    "retry": [
        ("core", "plain", ["tests/unit/policy/retry/test_core.c"]),
        ("retry", "plain", ["tests/unit/policy/retry/test_retry.c", REHEARSAL]),
        ("policy", "plain", ["tests/unit/policy/retry/test_policy.c", "tests/unit/policy/retry/gate.c", REHEARSAL]),
        ("limits", "plain", ["tests/unit/policy/retry/test_limits.c", "tests/unit/policy/retry/gate.c", REHEARSAL]),
        SCENARIOS,
    ],
    "fallback": [
        ("core", "plain", ["tests/unit/policy/fallback/test_core.c"]),
        ("policy", "plain", ["tests/unit/policy/fallback/test_policy.c", REHEARSAL]),
        SCENARIOS,
    ],
    "budget": [
        ("core", "plain", ["tests/unit/sync/test_budget_core.c"]),
        ("budget", "plain", ["tests/unit/sync/test_budget.c"]),
        ("quiet", "plain", ["tests/regress/test_quiet_hour_in_a_moment.c"]),
        ("purse", "plain", ["tests/regress/test_purse_of_another_size.c"]),
        ("chains", "plain", ["tests/compose/test_chains.c", "tests/compose/chain.c"]),
        ("stress", "delay", ["tests/stress/test_budget_stress.c"]),
    ],
    "health": [
        ("core", "plain", ["tests/unit/health/test_core.c"]),
        ("schedule", "plain", ["tests/unit/health/test_schedule.c", "tests/unit/health/health_fixture.c"]),
        ("reported", "plain", ["tests/regress/test_reported_before_it_returned.c", "tests/unit/health/health_fixture.c"]),
        ("ended", "plain", ["tests/regress/test_ended_after_its_time.c", "tests/unit/health/health_fixture.c"]),
        ("checks", "plain", ["tests/unit/health/test_checks.c", "tests/unit/health/health_fixture.c"]),
        ("render", "plain", ["tests/unit/health/test_render.c", "tests/unit/health/health_fixture.c"]),
        ("workers", "plain", ["tests/unit/health/test_workers.c", "tests/unit/health/health_fixture.c",
                              "tests/support/thread_refusal.c"]),
        ("net_http", "plain", ["tests/unit/health/test_net_http.c"]),
        ("net_target", "plain", ["tests/unit/health/test_net_target.c"]),
        ("net_text", "plain", ["tests/unit/health/test_net_text.c"]),
        ("net_check", "plain", ["tests/unit/health/test_net_check.c"]),
        ("net_loop", "plain", ["tests/unit/health/test_net_loop.c", NET]),
        ("net_sockets", "plain", ["tests/unit/health/test_net_sockets.c", NET]),
        ("net_many", "plain", ["tests/unit/health/test_net_many.c", NET]),
        ("net_pieces", "plain", ["tests/unit/health/test_net_pieces.c", NET]),
        ("network", "plain", ["tests/unit/health/test_network.c", NET, "tests/unit/health/health_fixture.c"]),
        ("sources", "plain", ["tests/unit/registry/test_health_sources.c"]),
        ("holds", "plain", ["tests/unit/registry/test_health_holds.c", ROOM]),
        ("waited", "plain", ["tests/regress/test_held_while_waited_for.c", "tests/unit/health/health_fixture.c"]),
        ("again", "plain", ["tests/regress/test_tripped_during_a_look.c", "tests/unit/health/health_fixture.c"]),
        ("fork_held", "plain", ["tests/regress/test_forked_while_held.c"]),
        ("hold", "plain", ["tests/unit/policy/breaker/test_breaker_hold.c", "tests/unit/policy/breaker/breaker_fixture.c"]),
        ("shorter", "plain", ["tests/regress/test_both_made_shorter.c", "tests/unit/health/health_fixture.c"]),
        ("no longer", "plain", ["tests/regress/test_checks_named_no_longer.c", "tests/unit/health/health_fixture.c"]),
        ("half", "plain", ["tests/regress/test_connected_by_half.c", "tests/unit/health/health_fixture.c"]),
        ("eight", "plain", ["tests/regress/test_eight_on_one_breaker.c", "tests/unit/health/health_fixture.c"]),
        ("several", "plain", ["tests/regress/test_connected_by_several.c", "tests/unit/health/health_fixture.c"]),
        ("stress", "delay", ["tests/stress/test_health_stress.c"]),
        ("net_stress", "delay", ["tests/stress/test_net_stress.c"]),
    ],
    "hedge": [
        ("core", "plain", ["tests/unit/policy/hedge/test_core.c"]),
        ("policy", "plain", ["tests/unit/policy/hedge/test_policy.c"]),
        ("departed", "plain", ["tests/regress/test_hedged_for_the_departed.c"]),
        SCENARIOS,
        ("chains", "plain", ["tests/compose/test_chains.c", "tests/compose/chain.c"]),
    ],
    "chaos": [
        ("core", "plain", ["tests/unit/policy/chaos/test_core.c"]),
        ("policy", "plain", ["tests/unit/policy/chaos/test_policy.c", REHEARSAL]),
        ("minds", "plain", ["tests/regress/test_chaos_of_two_minds.c"]),
        SCENARIOS,
    ],
    "cancel": [
        ("tree", "plain", ["tests/unit/time/test_cancel.c"]),
        ("signal", "plain", ["tests/unit/time/test_cancel_signal.c"]),
        ("token", "plain", ["tests/unit/pipeline/test_token.c", "tests/unit/pipeline/token_fixture.c"]),
        ("host", "plain", ["tests/unit/pipeline/test_token_host.c", "tests/unit/pipeline/token_fixture.c"]),
        ("hard", "plain", ["tests/unit/policy/timeout/test_hard.c"]),
        ("model", "plain", ["tests/model/test_cancel_model.c"]),
        ("memory", "checked", ["tests/unit/time/test_cancel.c"]),
        ("visits", "checked", ["tests/unit/time/test_cancel_signal.c"]),
        ("knock", "plain", ["tests/regress/test_knocked_before_asked.c"]),
        ("forked", "plain", ["tests/regress/test_forked_below_a_token.c"]),
        ("marked", "plain", ["tests/regress/test_forked_and_marked.c"]),
        ("inside", "plain", ["tests/regress/test_interrupted_inside.c"]),
        SCENARIOS,
        ("crowd", "delay", ["tests/stress/test_cancel_stress.c"]),
    ],
    "registry": [
        ("registry", "checked", ["tests/unit/registry/test_registry.c", ROOM]),
        ("pipelines", "plain", ["tests/unit/registry/test_registry_pipelines.c", ROOM]),
        ("keyed", "plain", ["tests/unit/registry/test_keyed.c", ROOM]),
        ("events", "plain", ["tests/unit/registry/test_events.c", EVENTS, ROOM]),
        ("key_events", "plain", ["tests/unit/registry/test_key_events.c", EVENTS, ROOM]),
        ("changes", "plain", ["tests/unit/registry/test_keyed_changes.c"]),
        ("lookups", "plain", ["tests/unit/registry/test_lookups.c", ROOM]),
        ("child", "plain", ["tests/unit/registry/test_fork.c"]),
        ("kinds", "plain", ["tests/unit/registry/test_kinds.c"]),
        ("metrics", "plain", ["tests/unit/registry/test_metrics.c", ROOM]),
        ("bad_files", "plain", ["tests/unit/config/test_bad_files.c", "tests/unit/config/told.c", "tests/unit/config/bad_files.c"]),
        ("loader", "plain", ["tests/unit/config/test_loader.c", "tests/unit/config/told.c"]),
        ("load", "plain", ["tests/unit/config/test_load.c", "tests/unit/config/told.c", ROOM]),
        ("reload", "plain", ["tests/unit/config/test_reload.c", "tests/unit/config/told.c", ROOM]),
        ("round_trip", "plain", ["tests/unit/config/test_round_trip.c", "tests/unit/config/random_settings.c", ROOM]),
        ("gone", "plain", ["tests/regress/test_needed_by_the_gone.c"]),
        ("keys", "plain", ["tests/regress/test_keys_of_an_old_template.c"]),
        ("blanks", "plain", ["tests/regress/test_blanks_in_a_fixed_name.c"]),
        ("list", "plain", ["tests/regress/test_another_list_by_its_blanks.c"]),
        ("turned", "plain", ["tests/regress/test_turned_round_by_a_reload.c"]),
        ("successor", "plain", ["tests/regress/test_waited_for_its_successor.c", EVENTS, ROOM]),
        ("used", "plain", ["tests/regress/test_used_by_an_old_list.c"]),
        ("another", "plain", ["tests/regress/test_left_with_another.c"]),
        ("levels", "plain", ["tests/regress/test_levels_of_the_old_file.c"]),
        ("paces", "plain", ["tests/regress/test_never_to_be_connected.c"]),
        ("template", "plain", ["tests/regress/test_forked_template.c"]),
        ("fork_change", "plain", ["tests/regress/test_forked_in_a_change.c"]),
        ("fork_event", "plain", ["tests/regress/test_forked_in_an_event.c"]),
        ("fork_look", "plain", ["tests/regress/test_forked_while_looking.c"]),
        ("threads", "delay", ["tests/unit/registry/test_registry.c", ROOM]),
    ],
    "polled": [
        ("ring", "checked", ["tests/unit/sync/test_ring.c"]),
        ("polled", "checked", ["tests/unit/pipeline/test_polled.c"]),
        ("untold", "plain", ["tests/regress/test_drained_untold.c"]),
    ],
    "deadline": [
        ("header", "plain", ["tests/unit/base/test_deadline_header.c"]),
    ],
    "mutex": [
        ("port", "plain", ["tests/unit/port/posix/test_port.c"]),
        ("delays", "delay", ["tests/unit/port/posix/test_port.c"]),
    ],
    "port": [
        ("port", "plain", ["tests/unit/port/posix/test_port.c"]),
        ("socket", "plain", ["tests/unit/port/posix/test_socket.c"]),
    ],
    "wheel": [
        ("coarse", "plain", ["tests/unit/time/test_coarse_clock.c"]),
        ("back", "plain", ["tests/regress/test_clock_set_back.c", "tests/unit/health/health_fixture.c"]),
        ("wheel", "plain", ["tests/unit/time/test_wheel.c"]),
        ("model", "plain", ["tests/model/test_wheel_model.c"]),
        ("timers", "plain", ["tests/unit/time/test_timers.c"]),
        ("service", "plain", ["tests/unit/time/test_timer_service.c"]),
        ("fork", "plain", ["tests/unit/time/test_timer_fork.c"]),
        ("stress", "delay", ["tests/stress/test_timers_stress.c"]),
    ],
    "windows": [
        ("windows", "plain", ["tests/unit/stat/test_windows.c"]),
        ("model", "plain", ["tests/model/test_windows_model.c"]),
    ],
}
VARIANTS = {
    "plain": [],
    "checked": ["-fsanitize=address"],
    "delay": ["-DSW_ATOMICS_DELAY"],
}


def read_list(path):
    mutants = []
    for line in path.read_text().splitlines():
        mark, rest = line[:1], line[2:]
        if mark == "=":
            mutants.append({"name": rest, "file": None, "-": [], "+": []})
        elif mark == "@":
            mutants[-1]["file"] = rest
        elif mark in ("-", "+") and mutants:
            mutants[-1][mark].append(rest)
    return mutants


def in_parallel(work, items):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as crew:
        return list(crew.map(work, items))


class Workshop:
    """Objects of the right source, made once, and programs linked from them behind some objects that take their places."""

    def __init__(self, folder, tests):
        self.folder = pathlib.Path(folder)
        self.tests = tests
        # A copy, so that work may go on meanwhile.
        self.root = self.folder / "right"
        for part in ("src", "include", "tests"):
            shutil.copytree(ROOT / part, self.root / part)
        table = self.root / "tests" / "compose" / "scenarios.txt"
        (table.parent / "scenario_table.h").write_text(f'#define SCENARIO_TABLE "{table}"\n')
        # left_out.c stands in for the loader where that is not built.
        sources = [path for path in sorted((self.root / "src").rglob("*.c")) if path.name != "left_out.c"]
        self.check = subprocess.run(["pkg-config", "--cflags", "--libs", "check"], capture_output=True, text=True,
                                    check=True).stdout.split()
        support = sorted((self.root / "tests" / "support").glob("*.c"))
        variants = {variant for _, variant, _ in tests}
        # The test programs' own objects stand in no library: each is linked by name.
        parts = {(source, variant) for variant in variants for source in [*sources, *support]}
        parts |= {(self.root / file, variant) for _, variant, files in tests for file in files}
        in_parallel(lambda part: self.compile(part, self.root / "src", self.folder), sorted(parts))
        for variant in variants:
            for name, members in (("right", sources), ("support", support)):
                objects = [self.object_of((source, variant), self.folder) for source in members]
                subprocess.run(["ar", "rc", self.folder / f"lib{name}-{variant}.a", *objects], check=True)
        self.parts = sorted(part for part in parts if part[0] not in support)

    def object_of(self, part, folder):
        source, variant = part
        return folder / f"{variant}-{str(source.relative_to(self.root)).replace('/', '-')}.o"

    def compile(self, part, inside, folder):
        """An object of this source, which sees the headers in `inside` and stands there itself if it is one of the library's."""
        source, variant = part
        out = self.object_of(part, folder)
        if source.is_relative_to(self.root / "src"):
            source = inside / source.relative_to(self.root / "src")
        tests = self.root / "tests"
        done = subprocess.run(["gcc", *FLAGS, *VARIANTS[variant], *self.check, "-MMD", "-I", inside, "-I", self.root / "include",
                               "-I", tests / "support", "-I", tests, "-c", source, "-o", out], capture_output=True, text=True)
        if done.returncode != 0:
            raise ValueError(done.stderr)
        return out

    def sees(self, part, path):
        """Whether this source is, or includes, that one."""
        return f"{path} " in self.object_of(part, self.folder).with_suffix(".d").read_text().replace("\n", " ")

    def passes(self, test, wrong=None):
        """Whether the test passes, with the objects in `wrong` in the places of the right ones."""
        name, variant, files = test
        folder = wrong or self.folder
        names = [self.object_of((self.root / file, variant), self.folder).name for file in files]
        objects = [folder / each if (folder / each).exists() else self.folder / each for each in names]
        objects += [each for each in folder.glob(f"{variant}-src-*.o") if wrong]
        program = folder / f"test_{name}"
        subprocess.run(["gcc", *FLAGS, *VARIANTS[variant], *objects, self.folder / f"libsupport-{variant}.a",
                        self.folder / f"libright-{variant}.a", "-o", program, *self.check, "-lm", "-lpthread"], check=True)
        # Leaks are a tool's business; a wrong access is what these runs are after.
        settings = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0", "CK_TAP_LOG_FILE_NAME": "-", "CK_VERBOSITY": "silent",
                    "CK_DEFAULT_TIMEOUT": "30"}  # beside other work threads take turns for longer than libcheck's four seconds
        if name in ("stress", "operators", "service", "fork", "group", "many", "port", "delays", "ends", "pools", "shares"):
            settings["CK_TIMEOUT_MULTIPLIER"] = "0.1"
        if name == "storms":
            settings["SEAWALL_TEST_DEEP"] = "1"
        running = subprocess.Popen([program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors="replace",
                                   env=settings, start_new_session=True)
        # Politely: libcheck then ends its children, too, which are in groups of their own; and everybody in its own group.
        patience = threading.Timer(120, running.terminate)
        patience.start()
        try:
            # The first failure is enough.
            failed = any(line.startswith("not ok") for line in running.stdout)
            if failed:
                running.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                return running.wait(timeout=10) == 0 and not failed
            return False
        finally:
            patience.cancel()
            running.kill()
            running.wait()

    def try_one(self, number, mutant):
        """Whether a test notices this mistake, and its name, or what is wrong with the mistake itself."""
        path = self.root / mutant["file"]
        text = path.read_text()
        old, new = "\n".join(mutant["-"]), "\n".join(mutant["+"])
        if text.count(old) != 1:
            return False, f"ITS TEXT STANDS {text.count(old)} TIMES IN {mutant['file']}:"
        wrong = self.folder / f"wrong-{number}"
        shutil.copytree(self.root / "src", wrong / "src")
        (wrong / mutant["file"]).write_text(text.replace(old, new))
        try:
            for part in self.parts:
                if self.sees(part, path):
                    self.compile(part, wrong / "src", wrong)
            noticed = next((test[0] for test in self.tests if not self.passes(test, wrong)), None)
            return noticed is not None, noticed or "NOT FOUND"
        except ValueError as trouble:
            return False, f"{trouble} CANNOT BE MADE:"
        finally:
            shutil.rmtree(wrong)


def main():
    subject = sys.argv[1] if len(sys.argv) > 1 else "breaker"
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    mutants = [each for each in read_list(pathlib.Path(__file__).with_name(subject + ".txt")) if word in each["name"]]
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        try:
            shop = Workshop(folder, TESTS[subject])
        except ValueError as trouble:
            sys.exit(str(trouble))
        for test, passed in zip(shop.tests, in_parallel(shop.passes, shop.tests)):
            if not passed:
                sys.exit(f"{test[0]} fails without any mistake")
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as crew:
            for mutant, (noticed, note) in zip(mutants, crew.map(shop.try_one, range(len(mutants)), mutants)):
                survivors += not noticed
                print(f"{note:10} {mutant['name']}", flush=True)
    print(f"{len(mutants) - survivors} of {len(mutants)} noticed")
    sys.exit(1 if survivors else 0)


if __name__ == "__main__":
    main()
