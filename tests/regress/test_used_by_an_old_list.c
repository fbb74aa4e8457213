/*
 * What a pipeline, a retry, a fallback or keyed instances were made with, and go on to use since it cannot change, was said to go
 * when the file named something else in its place. It could not go as long as these stayed, and kept what the file before had
 * said.
 */
#include "told_changes.h"

static void begin(const char *text)
{
    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    reload(text, NULL);
}

/* Nobody needs anything now: all of it goes. */
static void end(void)
{
    reload("", NULL);
    ck_assert_int_eq(seawall_registry_count(registry), 0);
    seawall_registry_destroy(registry);
}

static void of_a_pipeline(void)
{
    begin("[retry]\nmax_attempts = 3\n[retry \"slow\"]\nmax_attempts = 9\n[pipeline \"p\"]\npolicies = retry \"slow\"\n");
    reload("[retry]\nmax_attempts = 2\n[pipeline \"p\"]\npolicies = retry\n",
           "[retry \"slow\"] max_attempts: 9 -> 2|"
           "[pipeline \"p\"] policies: retry \"slow\" -> retry, left: it cannot change while in use");
    reload("[retry]\nmax_attempts = 4\n[pipeline \"p\"]\npolicies = retry\n",
           "[retry \"slow\"] max_attempts: 2 -> 4|"
           "[pipeline \"p\"] policies: retry \"slow\" -> retry, left: it cannot change while in use");
    end();
}

/* What only the new list names, and has no section, is used by nobody. */
static void of_what_is_named_in_its_place(void)
{
    begin("[retry \"p\"]\nmax_attempts = 9\n[timeout \"p\"]\n[pipeline \"p\"]\npolicies = timeout\n");
    reload("[pipeline \"p\"]\npolicies = retry\n",
           "[retry \"p\"]: named no longer, gone|"
           "[pipeline \"p\"] policies: timeout -> retry, left: it cannot change while in use");
    end();
}

static void of_a_fallback(void)
{
    begin("[pipeline \"a\"]\npolicies = retry\n[retry \"a\"]\nmax_attempts = 9\n[pipeline \"b\"]\npolicies = timeout\n"
          "[fallback \"f\"]\npipeline = a\n");
    reload("[pipeline \"b\"]\npolicies = timeout\n[fallback \"f\"]\npipeline = b\n[retry]\nmax_attempts = 2\n"
           "[pipeline]\npolicies = retry\n",
           "[retry \"a\"] max_attempts: 9 -> 2|"
           "[fallback \"f\"] pipeline: a -> b, left: it cannot change while in use");
    end();
}

static void of_a_budget(void)
{
    begin("[retry_budget \"a\"]\nfloor = 9\n[retry_budget \"b\"]\n[retry \"r\"]\nretry_budget = a\n");
    reload("[retry_budget]\nfloor = 2\n[retry_budget \"b\"]\nfloor = 5\n[retry \"r\"]\nretry_budget = b\n",
           "[retry_budget \"a\"] floor: 9 -> 2|[retry_budget \"b\"] floor: 10 -> 5|"
           "[retry \"r\"] retry_budget: a -> b, left: it cannot change while in use");
    end();
}

static int32_t rate_of_a_key(void)
{
    seawall_limiter_snapshot seen = SEAWALL_LIMITER_SNAPSHOT_INIT;
    seawall_keyed *keyed;
    seawall_limiter *limiter;

    ck_assert_int_eq(seawall_registry_keyed(registry, "k", NULL, NULL, &keyed, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_keyed_limiter(keyed, "x", &limiter, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_limiter_get_snapshot(limiter, &seen), SEAWALL_OK);
    seawall_limiter_destroy(limiter);
    seawall_keyed_destroy(keyed);
    return (int32_t)seen.rate;
}

static void of_keys(void)
{
    begin("[rate_limiter \"a\"]\nrate = 9\n[rate_limiter \"b\"]\nrate = 1\n[keyed \"k\"]\ninstance = rate_limiter \"a\"\n");
    reload("[rate_limiter]\nrate = 2\n[rate_limiter \"b\"]\nrate = 1\n[keyed \"k\"]\ninstance = rate_limiter \"b\"\n",
           "[rate_limiter \"a\"] rate: 9 -> 2|"
           "[keyed \"k\"] instance: rate_limiter \"a\" -> rate_limiter \"b\", left: it cannot change while in use");
    ck_assert_int_eq(rate_of_a_key(), 2);
    end();
}

START_TEST(what_is_used_stays_whatever_the_file_names)
{
    of_a_pipeline();
    of_what_is_named_in_its_place();
    of_a_fallback();
    of_a_budget();
    of_keys();
}
END_TEST

int main(void)
{
    return one_test("regress/used_by_an_old_list", what_is_used_stays_whatever_the_file_names);
}
