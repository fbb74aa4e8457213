#define _GNU_SOURCE /* so that -std=c11 hides no function of the system */
#include "processes.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load.h"
#include "loop.h"
#include "upstream.h"

#define READY_WITHIN SECONDS(20)
#define LEAD MILLISECONDS(300)

/* In the child: 0. It dies with its parent, and leaves Ctrl-C to it. */
static pid_t fork_child(void)
{
    pid_t parent = getpid();
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGINT, SIG_IGN);
        if (getppid() != parent)
            _exit(1);
    }
    return child;
}

static int start_upstream(struct processes *p, enum side_name side, bool warm)
{
    pid_t child = fork_child();

    if (child == 0)
        _exit(upstream_run(p->plan, p->record, side, p->port[side], warm));
    p->upstream[side] = child;
    return child > 0 ? 0 : -1;
}

static int start_client(struct processes *p, enum side_name side)
{
    const struct client *client = side == SIDE_NAKED ? &client_naked : &client_guarded;
    pid_t child = fork_child();

    if (child == 0 && p->loop && side == SIDE_GUARDED)
        _exit(loop_run(p->plan, p->record, p->port[side]));
    if (child == 0)
        _exit(load_run(p->plan, p->record, side, client, p->port[side]));
    p->client[side] = child;
    return child > 0 ? 0 : -1;
}

static bool all_ready(struct processes *p, int wanted)
{
    int64_t until = clock_now() + READY_WITHIN;

    while (atomic_load(&p->record->ready) < wanted) {
        if (clock_now() > until || waitpid(-1, NULL, WNOHANG) > 0)
            return false;
        clock_sleep_until(clock_now() + MILLISECONDS(5));
    }
    return true;
}

static int give_up(struct processes *p, const char *what)
{
    fprintf(stderr, "storm: %s\n", what);
    processes_stop(p);
    return -1;
}

int processes_start(struct processes *p, const struct plan *plan, struct record *record, bool loop)
{
    *p = (struct processes){.plan = plan, .record = record, .loop = loop};
    for (int i = 0; i < SIDES; i++) {
        if (upstream_reserve_port(&p->port[i]) < 0)
            return give_up(p, "no free port on 127.0.0.1");
    }
    for (int i = 0; i < SIDES; i++) {
        if (start_upstream(p, (enum side_name)i, true) != 0 || start_client(p, (enum side_name)i) != 0)
            return give_up(p, "a process cannot be started");
    }
    if (!all_ready(p, 2 * SIDES))
        return give_up(p, "a process of the run did not come up");
    atomic_store(&record->start, clock_now() + LEAD);
    return 0;
}

static void kill_one(pid_t *child)
{
    if (*child > 0) {
        kill(*child, SIGKILL);
        waitpid(*child, NULL, 0);
    }
    *child = 0;
}

void processes_kill_upstreams(struct processes *p)
{
    for (int i = 0; i < SIDES; i++)
        kill_one(&p->upstream[i]);
}

int processes_restart_upstreams(struct processes *p)
{
    for (int i = 0; i < SIDES; i++) {
        if (start_upstream(p, (enum side_name)i, false) != 0)
            return give_up(p, "a process cannot be started");
    }
    return 0;
}

/* Takes note if it has ended. */
static void look_after(struct processes *p, pid_t *child, const char *what, bool may_end)
{
    int status;

    if (*child <= 0 || waitpid(*child, &status, WNOHANG) != *child)
        return;
    *child = 0;
    if (may_end && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return;
    p->failed = true;
    fprintf(stderr, "storm: a%s ended unexpectedly\n", what);
}

bool processes_run(struct processes *p)
{
    for (int i = 0; i < SIDES; i++) {
        look_after(p, &p->client[i], " client", true);
        look_after(p, &p->upstream[i], "n upstream", false);
    }
    return !p->failed && (p->client[SIDE_NAKED] > 0 || p->client[SIDE_GUARDED] > 0);
}

void processes_stop(struct processes *p)
{
    for (int i = 0; i < SIDES; i++) {
        kill_one(&p->client[i]);
        kill_one(&p->upstream[i]);
    }
}
