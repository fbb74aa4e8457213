/* Breakers with windows: by count, by time, and one that times its calls. None of them ever opens. */
#include "subjects.h"

static void expect(subjects *s, bool right)
{
    if (!right)
        s->wrong++;
}

/* Every so many calls one fails; 0: none does. */
static void calls(subjects *s, seawall_breaker *breaker, uint64_t count, uint64_t every)
{
    uint64_t left = every;

    while (count-- > 0) {
        seawall_fault fault = SEAWALL_FAULT_NONE;
        seawall_permit permit;

        if (every != 0 && --left == 0) {
            left = every;
            fault = SEAWALL_FAULT_SERVICE_UNAVAILABLE;
        }
        expect(s, seawall_breaker_try_acquire(breaker, &permit, NULL) == SEAWALL_OK);
        expect(s, seawall_breaker_report(breaker, &permit, fault) == SEAWALL_OK);
    }
}

static void calls_at(subjects *s, seawall_breaker *breaker, uint64_t count)
{
    while (count-- > 0) {
        seawall_permit permit;

        expect(s, seawall_breaker_try_acquire_at(breaker, s->now, &permit, NULL) == SEAWALL_OK);
        expect(s, seawall_breaker_report_at(breaker, &permit, SEAWALL_FAULT_NONE, s->now) == SEAWALL_OK);
    }
}

void subject_rates_count(void *state, uint64_t count)
{
    calls(state, ((subjects *)state)->by_count, count, 0);
}

void subject_rates_count_at(void *state, uint64_t count)
{
    calls_at(state, ((subjects *)state)->by_count, count);
}

void subject_rates_count_1_percent(void *state, uint64_t count)
{
    calls(state, ((subjects *)state)->by_count, count, 100);
}

void subject_rates_count_10_percent(void *state, uint64_t count)
{
    calls(state, ((subjects *)state)->by_count, count, 10);
}

void subject_rates_time(void *state, uint64_t count)
{
    calls(state, ((subjects *)state)->by_time, count, 0);
}

void subject_rates_time_at(void *state, uint64_t count)
{
    calls_at(state, ((subjects *)state)->by_time, count);
}

void subject_rates_time_1_percent(void *state, uint64_t count)
{
    calls(state, ((subjects *)state)->by_time, count, 100);
}

void subject_rates_time_10_percent(void *state, uint64_t count)
{
    calls(state, ((subjects *)state)->by_time, count, 10);
}

void subject_rates_slow(void *state, uint64_t count)
{
    calls(state, ((subjects *)state)->timing, count, 0);
}

void subject_rates_slow_at(void *state, uint64_t count)
{
    calls_at(state, ((subjects *)state)->timing, count);
}

seawall_status subjects_create_rates(subjects *s, const seawall_platform *platform, seawall_error *error)
{
    seawall_breaker_config config = SEAWALL_BREAKER_CONFIG_INIT;
    seawall_status status;

    config.failure_threshold = 65535;
    config.failure_rate = 1;
    status = seawall_breaker_create(&config, platform, &s->by_count, error);
    config.window = SEAWALL_BREAKER_WINDOW_TIME;
    if (status == SEAWALL_OK)
        status = seawall_breaker_create(&config, platform, &s->by_time, error);
    config.slow_call_rate = 1;
    if (status == SEAWALL_OK)
        status = seawall_breaker_create(&config, platform, &s->timing, error);
    return status;
}

void subjects_destroy_rates(subjects *s)
{
    seawall_breaker_destroy(s->by_count);
    seawall_breaker_destroy(s->by_time);
    seawall_breaker_destroy(s->timing);
}
