/*
 * Timers: a blocked read that is ended at its deadline by a service with a thread of its own; the same service driven by a
 * loop with poll(2) and no thread; and a bare wheel, to which the time is told.
 */
#include <errno.h>
#include <poll.h>
#include <seawall/seawall.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* [interrupt] */
/* On the service's thread: short, and nothing that blocks. The reader of this socket then sees the end of the stream. */
static void give_up(seawall_timer timer, void *user)
{
    (void)timer;
    shutdown(*(int *)user, SHUT_RDWR);
}

/* Reads one answer, for at most `limit`. */
static ssize_t read_until(seawall_timers *timers, int *connection, char *buffer, size_t size, seawall_duration limit)
{
    seawall_time deadline = seawall_time_add(seawall_platform_now(NULL), limit);
    seawall_timer timer;
    ssize_t got;

    if (seawall_timers_arm(timers, deadline, give_up, connection, &timer) != SEAWALL_OK)
        return -1; /* full: do not begin what nobody would end */
    got = read(*connection, buffer, size);
    /* From here on nobody touches the connection behind our back. If the timer has fired, it was no end of the stream. */
    if (seawall_timers_cancel_wait(timers, timer) != SEAWALL_OK) {
        errno = ETIMEDOUT;
        return -1;
    }
    return got;
}
/* [interrupt end] */

static int with_a_thread(void)
{
    int pair[2];
    char buffer[16];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return 1;
    /* [start] */
    seawall_timers_config config = SEAWALL_TIMERS_CONFIG_INIT;
    config.capacity = 1000;
    config.name = "deadlines";

    seawall_timers *timers;
    seawall_error error;
    if (seawall_timers_create(&config, NULL, &timers, &error) != SEAWALL_OK ||
        seawall_timers_start(timers, &error) != SEAWALL_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    /* [start end] */
    if (write(pair[1], "hello", 5) != 5)
        return 1;
    printf("an answer in time: %d bytes\n", (int)read_until(timers, &pair[0], buffer, sizeof(buffer), SEAWALL_SECONDS(10)));
    if (read_until(timers, &pair[0], buffer, sizeof(buffer), SEAWALL_MILLISECONDS(20)) != -1 || errno != ETIMEDOUT)
        return 1;
    printf("no answer in time\n");
    /* [look] */
    seawall_timers_snapshot snapshot = SEAWALL_TIMERS_SNAPSHOT_INIT;
    if (seawall_timers_get_snapshot(timers, &snapshot) == SEAWALL_OK)
        printf("%d armed, %d removed, %d fired\n", (int)snapshot.armed_ever, (int)snapshot.cancelled, (int)snapshot.fired);
    /* [look end] */
    seawall_timers_destroy(timers);
    close(pair[0]);
    close(pair[1]);
    return snapshot.fired == 1 && snapshot.cancelled == 1 ? 0 : 1;
}

static void count(seawall_timer timer, void *user)
{
    (void)timer;
    ++*(int *)user;
}

static int with_a_loop(void)
{
    seawall_timers *timers;
    int ticks = 0;

    if (seawall_timers_create(NULL, NULL, &timers, NULL) != SEAWALL_OK)
        return 1;
    if (seawall_timers_arm(timers, seawall_platform_now(NULL) + SEAWALL_MILLISECONDS(5), count, &ticks, NULL) != SEAWALL_OK)
        return 1;
    /* [loop] */
    struct pollfd woken = {.events = POLLIN};
    if (seawall_timers_descriptor(timers, &woken.fd) != SEAWALL_OK)
        return 1;
    while (ticks == 0) {
        seawall_time due;

        if (seawall_timers_next_due(timers, &due) != SEAWALL_OK)
            return 1;
        poll(&woken, 1, seawall_poll_milliseconds(seawall_time_until(due, seawall_platform_now(NULL))));
        if (seawall_timers_advance(timers, NULL) != SEAWALL_OK)
            return 1;
    }
    /* [loop end] */
    printf("the loop's timer fired\n");
    seawall_timers_destroy(timers);
    return 0;
}

static int with_a_wheel(void)
{
    seawall_wheel *wheel;
    int fired = 0;

    /* [wheel] */
    seawall_timer idle;
    if (seawall_wheel_create(100, SEAWALL_MILLISECONDS(1), 0, NULL, &wheel, NULL) != SEAWALL_OK)
        return 1;
    if (seawall_wheel_arm(wheel, SEAWALL_SECONDS(30), 42, &idle) != SEAWALL_OK)
        return 1;
    if (seawall_wheel_rearm(wheel, idle, SEAWALL_SECONDS(60)) != SEAWALL_OK) /* it was heard of: one store */
        return 1;

    seawall_expiry expiry;
    seawall_wheel_advance(wheel, SEAWALL_SECONDS(61)); /* the time is what the caller says it is */
    while (seawall_wheel_take(wheel, &expiry)) {
        printf("connection %d was idle\n", (int)expiry.cookie);
        fired++;
    }
    /* [wheel end] */
    seawall_wheel_destroy(wheel);
    return fired == 1 ? 0 : 1;
}

int main(void)
{
    return with_a_thread() != 0 || with_a_loop() != 0 || with_a_wheel() != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
