/* No operation calls the system: each runs in a child whose kernel traps every call but the one that ends it. */
#define _GNU_SOURCE

#include <check.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "table.h"

#define OPERATIONS 1000
#define SKIPPED 77

enum { SEALED_WELL = 0, SEALED_TRAPPED = 3, SEALED_CANNOT = 4, SEALED_WRONG = 5 };

static int *trapped; /* the number of the system call that was made; shared with the child */

static void on_trap(int signal_number, siginfo_t *info, void *context)
{
    (void)signal_number;
    (void)context;
    *trapped = info->si_syscall;
    _exit(SEALED_TRAPPED);
}

/* From here on this process can only end. */
static bool seal(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
    };
    struct sock_fprog program = {.len = sizeof(filter) / sizeof(filter[0]), .filter = filter};
    struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};

    return sigaction(SIGSYS, &action, NULL) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* Runs `body` sealed in a child, after running it once unsealed; answers how that ended. */
static int sealed(bool (*body)(void *arg), void *arg)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        if (!body(arg))
            _exit(SEALED_WRONG);
        if (!seal())
            _exit(SEALED_CANNOT);
        _exit(body(arg) ? SEALED_WELL : SEALED_WRONG);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return SEALED_CANNOT;
    return WEXITSTATUS(status);
}

static bool nothing(void *arg)
{
    (void)arg;
    return true;
}

static bool get_pid(void *arg)
{
    (void)arg;
    return getppid() != -1;
}

static bool read_clock(void *arg)
{
    struct timespec t;

    (void)arg;
    return clock_gettime(CLOCK_MONOTONIC, &t) == 0;
}

struct run {
    subjects *s;
    const cost_row *row;
};

static bool operations(void *arg)
{
    struct run *run = arg;

    run->row->loop(run->s, OPERATIONS);
    return run->s->wrong == 0;
}

START_TEST(test_seal_traps)
{
    *trapped = -1;
    ck_assert_int_eq(sealed(get_pid, NULL), SEALED_TRAPPED);
    ck_assert_int_eq(*trapped, SYS_getppid);
}
END_TEST

START_TEST(test_system_calls)
{
    static subjects s;
    struct run run = {&s, &cost_table[_i]};
    int ended;

    if (run.row->loop == subject_pool_job || run.row->loop == subject_pool_plain_job)
        return; /* its caller sleeps; the worker is sealed below */
    /* Where the machine's clock cannot be read without the kernel, its price is not ours. */
    if (run.row->clock_reads > 0 && sealed(read_clock, NULL) == SEALED_TRAPPED)
        return;
    ck_assert_int_eq(subjects_create(&s, NULL), SEAWALL_OK);
    *trapped = -1;
    ended = sealed(operations, &run);
    ck_assert_msg(ended == SEALED_WELL, "%s: ended with %d, system call %d", run.row->name, ended, *trapped);
    subjects_destroy(&s);
}
END_TEST

static void seal_worker(bool begins)
{
    if (!begins)
        _exit(SEALED_WELL);
    if (!seal())
        _exit(SEALED_CANNOT);
}

static void (*const chains[])(void *state, uint64_t count) = {subject_pool_job, subject_pool_plain_job};

/* A worker seals itself in the first job of a chain, and the last one ends the process. */
START_TEST(test_worker)
{
    static subjects s;
    pid_t child;
    int status;

    if (sealed(read_clock, NULL) == SEALED_TRAPPED)
        return;
    ck_assert_int_eq(subjects_create(&s, NULL), SEAWALL_OK);
    *trapped = -1;
    child = fork();
    if (child == 0) {
        chains[_i](&s, OPERATIONS);
        s.chain_edge = seal_worker;
        chains[_i](&s, OPERATIONS);
        _exit(SEALED_WRONG);
    }
    ck_assert_int_gt(child, 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == SEALED_WELL, "ended with %d, system call %d", status, *trapped);
    subjects_destroy(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("system calls");
    TCase *tcase = tcase_create("per operation");
    SRunner *runner;
    int failed;

    trapped = mmap(NULL, sizeof(*trapped), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (trapped == MAP_FAILED || sealed(nothing, NULL) != SEALED_WELL)
        return SKIPPED; /* no seccomp here */
    runner = srunner_create(suite);
    tcase_add_test(tcase, test_seal_traps);
    tcase_add_loop_test(tcase, test_system_calls, 0, COST_ROWS);
    tcase_add_loop_test(tcase, test_worker, 0, 2);
    suite_add_tcase(suite, tcase);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
