#include "subjects.h"

#define BLOCK 1000
#define LATER SEAWALL_SECONDS(30)

static void expect(subjects *s, bool right)
{
    if (!right)
        s->wrong++;
}

static void nothing(seawall_timer timer, void *user)
{
    (void)timer;
    (void)user;
}

/* Armed by the thousand and then taken out again, so that one can be told from the other. */
void subject_wheel_arm(void *state, uint64_t count)
{
    seawall_timer timers[BLOCK];
    subjects *s = state;

    while (count > 0) {
        uint64_t some = count < BLOCK ? count : BLOCK, i;

        for (i = 0; i < some; i++)
            expect(s, seawall_wheel_arm(s->wheel, s->now + LATER + (seawall_duration)i * 977777, i, &timers[i]) == SEAWALL_OK);
        for (i = 0; i < some; i++)
            expect(s, seawall_wheel_cancel(s->wheel, timers[i]) == SEAWALL_OK);
        count -= some;
    }
}

void subject_wheel_arm_cancel(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0) {
        seawall_timer timer = 0;

        expect(s, seawall_wheel_arm(s->wheel, s->now + LATER, 0, &timer) == SEAWALL_OK);
        expect(s, seawall_wheel_cancel(s->wheel, timer) == SEAWALL_OK);
    }
}

void subject_wheel_rearm(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0) {
        s->moved_to += 1000;
        expect(s, seawall_wheel_rearm(s->wheel, s->pending, s->moved_to) == SEAWALL_OK);
    }
}

void subject_timers_arm_cancel(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0) {
        seawall_timer timer = 0;

        expect(s, seawall_timers_arm(s->timers, s->now + LATER, nothing, NULL, &timer) == SEAWALL_OK);
        expect(s, seawall_timers_cancel(s->timers, timer) == SEAWALL_OK);
    }
}

/* One of its own each time: the child of a fork would not find another. */
void subject_timers_rearm(void *state, uint64_t count)
{
    subjects *s = state;
    seawall_time to = s->now + LATER;
    seawall_timer timer = 0;

    expect(s, seawall_timers_arm(s->timers, to, nothing, NULL, &timer) == SEAWALL_OK);
    while (count-- > 0) {
        to += 1000;
        expect(s, seawall_timers_rearm(s->timers, timer, to) == SEAWALL_OK);
    }
    expect(s, seawall_timers_cancel(s->timers, timer) == SEAWALL_OK);
}

seawall_status subjects_create_timers(subjects *s, const seawall_platform *platform, seawall_error *error)
{
    seawall_status status = seawall_wheel_create(2 * BLOCK, SEAWALL_MICROSECONDS(100), s->now, platform, &s->wheel, error);

    if (status == SEAWALL_OK)
        status = seawall_wheel_arm(s->wheel, s->now + LATER, 0, &s->pending);
    if (status == SEAWALL_OK)
        status = seawall_timers_create(NULL, platform, &s->timers, error);
    if (status == SEAWALL_OK)
        status = seawall_timers_arm(s->timers, s->now, nothing, NULL, NULL); /* the first of all, so that no other one is */
    s->moved_to = s->now + 2 * LATER;
    return status;
}

void subjects_destroy_timers(subjects *s)
{
    seawall_timers_destroy(s->timers);
    seawall_wheel_destroy(s->wheel);
}
