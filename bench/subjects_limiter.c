#include "subjects.h"

static void expect(subjects *s, bool right)
{
    if (!right)
        s->wrong++;
}

void subject_limiter(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0)
        expect(s, seawall_limiter_try_acquire(s->plenty, 1, NULL, NULL) == SEAWALL_OK);
}

void subject_limiter_at(void *state, uint64_t count)
{
    subjects *s = state;

    while (count-- > 0) {
        s->limiter_now += SEAWALL_MICROSECONDS(1);
        expect(s, seawall_limiter_try_acquire_at(s->timed, 1, s->limiter_now, NULL, NULL) == SEAWALL_OK);
    }
}

void subject_limiter_refusal(void *state, uint64_t count)
{
    subjects *s = state;
    seawall_duration wait;

    while (count-- > 0)
        expect(s, seawall_limiter_try_acquire(s->used_up, 1, NULL, &wait) == SEAWALL_LIMITED);
}

void subject_limiter_refusal_at(void *state, uint64_t count)
{
    subjects *s = state;
    seawall_duration wait;

    while (count-- > 0)
        expect(s, seawall_limiter_try_acquire_at(s->used_up, 1, s->limiter_now, NULL, &wait) == SEAWALL_LIMITED);
}

seawall_status subjects_create_limiters(subjects *s, const seawall_platform *platform, seawall_error *error)
{
    seawall_limiter_config config = SEAWALL_LIMITER_CONFIG_INIT;
    seawall_status status;

    config.rate = 1000000000;
    s->limiter_now = seawall_time_add(s->now, SEAWALL_SECONDS(1)); /* after they were made */
    status = seawall_limiter_create(&config, platform, &s->plenty, error);
    if (status == SEAWALL_OK)
        status = seawall_limiter_create(&config, platform, &s->timed, error);
    config.rate = 1;
    config.period = SEAWALL_SECONDS(86400);
    if (status == SEAWALL_OK)
        status = seawall_limiter_create(&config, platform, &s->used_up, error);
    if (status == SEAWALL_OK)
        status = seawall_limiter_try_acquire(s->used_up, 1, NULL, NULL);
    return status;
}

void subjects_destroy_limiters(subjects *s)
{
    seawall_limiter_destroy(s->plenty);
    seawall_limiter_destroy(s->timed);
    seawall_limiter_destroy(s->used_up);
}
