#include "health_fixture.h"

void set_up(set *s)
{
    memset(s, 0, sizeof(*s));
    sw_test_platform_init(&s->test, false);
    ck_assert_int_eq(seawall_health_create(NULL, &s->test.platform, &s->health, NULL), SEAWALL_OK);
}

void tear_down(set *s)
{
    seawall_health_destroy(s->health);
    sw_test_platform_fini(&s->test);
}

static void poll_now(set *s)
{
    ck_assert_int_eq(seawall_health_poll_at(s->health, seawall_manual_clock_now(s->test.clock), &s->next), SEAWALL_OK);
}

void poll_until(set *s, seawall_time until)
{
    poll_now(s);
    while (s->next <= until) {
        if (s->next > seawall_manual_clock_now(s->test.clock))
            seawall_manual_clock_set(s->test.clock, s->next);
        poll_now(s);
    }
    if (seawall_manual_clock_now(s->test.clock) < until)
        seawall_manual_clock_set(s->test.clock, until);
}

void poll_for(set *s, seawall_duration how_long)
{
    poll_until(s, seawall_manual_clock_now(s->test.clock) + how_long);
}

static seawall_health_status obey(seawall_health_run *run, void *user)
{
    script *orders = user;

    orders->runs++;
    orders->ticket = run->ticket;
    orders->deadline = run->deadline;
    if (orders->of != NULL)
        seawall_manual_clock_advance(orders->of->test.clock, orders->takes);
    if (orders->message != NULL)
        (void)strncat(run->message, orders->message, sizeof(run->message) - 1);
    return orders->answer;
}

static void release(void *user)
{
    ((script *)user)->released++;
}

seawall_health_binding bind_to(script *orders)
{
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;

    binding.function = obey;
    binding.release = release;
    binding.user = orders;
    return binding;
}

seawall_health_check_config plain(void)
{
    seawall_health_check_config config = SEAWALL_HEALTH_CHECK_CONFIG_INIT;

    config.interval = S(1);
    config.timeout = MS(500);
    config.jitter = 0;
    return config;
}

void add(set *s, const char *name, script *orders, const seawall_health_check_config *config)
{
    const seawall_health_check_config usual = plain();
    seawall_health_binding binding = bind_to(orders);
    seawall_error error = {0};

    if (config == NULL)
        config = &usual;
    ck_assert_msg(seawall_health_register(s->health, name, config, &binding, &error) == SEAWALL_OK, "%s", error.message);
}

seawall_health_check_snapshot look_at(set *s, const char *name)
{
    seawall_health_check_snapshot snapshot = {.size = sizeof(snapshot)};

    ck_assert_int_eq(seawall_health_get_check(s->health, name, &snapshot), SEAWALL_OK);
    return snapshot;
}

seawall_health_snapshot look_at_endpoint(set *s, seawall_health_endpoint endpoint)
{
    seawall_health_snapshot snapshot = {.size = sizeof(snapshot)};

    ck_assert_int_eq(seawall_health_get_snapshot(s->health, endpoint, &snapshot), SEAWALL_OK);
    return snapshot;
}
