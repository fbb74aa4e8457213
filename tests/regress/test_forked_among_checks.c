/*
 * A child forked while a thread of its parent was registering or removing a health check had it in one list and not in the
 * other: it was never run, it was counted out without having been counted in, and its going took another one along.
 */
#include "held.h"
#include "one_test.h"
#include "support.h"

static seawall_health *health;
static int runs;

static seawall_health_status look(seawall_health_run *run, void *user)
{
    (void)run;
    (void)user;
    runs++;
    return SEAWALL_HEALTH_PASS;
}

static bool add(const char *name)
{
    seawall_health_check_config config = SEAWALL_HEALTH_CHECK_CONFIG_INIT;
    seawall_health_binding binding = SEAWALL_HEALTH_BINDING_INIT;

    config.interval = SEAWALL_SECONDS(1);
    config.timeout = SEAWALL_MILLISECONDS(500);
    binding.function = look;
    return seawall_health_register(health, name, &config, &binding, NULL) == SEAWALL_OK;
}

static void change(void *arg)
{
    (void)arg;
    (void)add("c");
    (void)seawall_health_check_now(health, "a");
    (void)seawall_health_unregister(health, "b");
    (void)add("d");
}

/* All that there are run, count and go, whichever these are. */
static bool child(void *arg)
{
    seawall_health_snapshot snapshot = SEAWALL_HEALTH_SNAPSHOT_INIT;
    static const char *const names[] = {"a", "b", "c", "d"};
    seawall_time next;
    int32_t count;
    size_t i;

    (void)arg;
    (void)add("b");
    (void)add("c");
    (void)add("d");
    count = seawall_health_count(health);
    if (count != 4 || seawall_health_poll_at(health, seawall_platform_now(NULL) + SEAWALL_SECONDS(3), &next) != SEAWALL_OK ||
        runs != 4 || seawall_health_get_snapshot(health, SEAWALL_HEALTH_READY, &snapshot) != SEAWALL_OK || snapshot.checks != 4 ||
        snapshot.passing != 4 || snapshot.status != SEAWALL_HEALTH_PASS)
        return false;
    for (i = 0; i < 4; i++) {
        if (seawall_health_unregister(health, names[i]) != SEAWALL_OK ||
            seawall_health_get_snapshot(health, SEAWALL_HEALTH_READY, &snapshot) != SEAWALL_OK ||
            snapshot.checks != 3 - (int32_t)i)
            return false;
        if (i < 3 && (seawall_health_poll_at(health, seawall_platform_now(NULL) + SEAWALL_SECONDS(6 + 3 * (int)i), &next) !=
                          SEAWALL_OK || next == SEAWALL_FOREVER))
            return false;
    }
    seawall_health_destroy(health);
    return runs == 4 + 3 + 2 + 1;
}

static bool held_once(int nth)
{
    static held h;
    bool here;

    held_init(&h);
    runs = 0;
    ck_assert_int_eq(seawall_health_create(NULL, &h.platform, &health, NULL), SEAWALL_OK);
    ck_assert(add("a") && add("b"));
    here = held_begin(&h, nth, change, NULL);
    if (here)
        sw_test_in_child(child, NULL);
    held_end(&h);
    seawall_health_destroy(health);
    return here;
}

START_TEST(a_child_has_them_all)
{
    int nth = 0;

    while (held_once(nth))
        nth++;
    ck_assert_int_gt(nth, 5);
}
END_TEST

int main(void)
{
    return one_test("regress/forked_among_checks", a_child_has_them_all);
}
