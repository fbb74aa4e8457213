/* What the library's own threads need before they begin to work. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "port/port.h"

#define NAME_SIZE 16

_Static_assert(sizeof(sigset_t) <= sizeof(sw_signals), "a set of signals fits into its storage");

void sw_port_block_signals(sw_signals *before)
{
    sigset_t all;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, (sigset_t *)(void *)before->storage);
}

void sw_port_restore_signals(const sw_signals *before)
{
    (void)pthread_sigmask(SIG_SETMASK, (const sigset_t *)(const void *)before->storage, NULL);
}

void sw_port_open_signals(uint64_t signals)
{
    sigset_t open;
    int i;

    if (signals == 0)
        return;
    (void)sigemptyset(&open);
    for (i = 0; i < 64; i++) {
        if ((signals >> i & 1) != 0)
            (void)sigaddset(&open, i + 1);
    }
    (void)pthread_sigmask(SIG_UNBLOCK, &open, NULL);
}

void sw_port_name_thread(const char *name)
{
    char cut[NAME_SIZE] = "";

    memcpy(cut, name, strnlen(name, sizeof(cut) - 1));
    (void)prctl(PR_SET_NAME, (unsigned long)(uintptr_t)cut, 0, 0, 0);
}

void sw_port_wait_exactly(void)
{
    (void)prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
}
