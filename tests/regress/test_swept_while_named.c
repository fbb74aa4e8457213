/*
 * A reload did away with what only a name held on to: the breaker and the pool of a check that no set of checks had taken over
 * yet, the pipeline of a fallback that stood in none, the template of keyed instances, the levels of a pool. The registry's print
 * then named sections that it did not have, and could not be read again, or said something else.
 */
#include <string.h>

#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static seawall_registry *registry;

static void begin(void)
{
    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
}

static void set(const char *kind, const char *name, const char *key, const char *value)
{
    ck_assert_int_eq(seawall_registry_set(registry, kind, name, key, value, NULL), SEAWALL_OK);
}

static void reload(const char *text)
{
    seawall_error error = {0};

    ck_assert_msg(seawall_registry_reload_text(registry, text, strlen(text), "t", NULL, &error) == SEAWALL_OK, "%s",
                  error.message);
}

static void cut_origins(char *text)
{
    char *to = text;

    while (*text != '\0') {
        if (*text == '#')
            text += strcspn(text, "\n");
        *to++ = *text++;
    }
    *to = '\0';
}

/* What is printed is the same when it is read again. */
static void prints(int32_t count)
{
    static char text[65536], again[65536];
    seawall_registry *read;
    seawall_error error = {0};

    ck_assert_int_eq(seawall_registry_count(registry), count);
    ck_assert_int_eq(seawall_registry_print(registry, text, sizeof(text), NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &read, NULL), SEAWALL_OK);
    ck_assert_msg(seawall_registry_load_text(read, text, strlen(text), "t", NULL, &error) == SEAWALL_OK, "%s", error.message);
    ck_assert_int_eq(seawall_registry_count(read), count);
    ck_assert_int_eq(seawall_registry_print(read, again, sizeof(again), NULL), SEAWALL_OK);
    cut_origins(text);
    cut_origins(again);
    ck_assert_str_eq(again, text);
    seawall_registry_destroy(read);
}

static void of_the_program(void)
{
    static const char check[] = "[health_check \"h\"]\ncheck = source\n";

    begin();
    set("health_check", "h", "circuit_breaker", "b");
    set("health_check", "h", "thread_pool", "w");
    reload(check);
    prints(7); /* a pool has four levels */
    reload(check);
    prints(7);
    reload(""); /* named by nobody now: they go with the check */
    prints(0);
    seawall_registry_destroy(registry);
}

/* The check keeps the one that it has. */
static void of_a_check_that_names_another(void)
{
    begin();
    reload("[health_check \"h\"]\ncircuit_breaker = \"b\"\n[circuit_breaker \"b\"]\n");
    reload("[health_check \"h\"]\ncircuit_breaker = \"c\"\n[circuit_breaker \"c\"]\n");
    prints(3);
    reload("[health_check \"h\"]\ncircuit_breaker = \"b\"\n[circuit_breaker \"b\"]\n");
    prints(2);
    seawall_registry_destroy(registry);
}

static void of_a_fallback(void)
{
    static const char stands_in[] =
        "[fallback \"f\"]\npipeline = \"p\"\n[pipeline \"p\"]\npolicies = timeout \"t\"\n[timeout \"t\"]\n";

    begin();
    reload(stands_in);
    reload("[fallback \"f\"]\n");
    prints(3);
    reload(stands_in);
    prints(3);
    seawall_registry_destroy(registry);
}

static void of_keys(void)
{
    static const char keyed[] = "[pipeline]\npolicies = retry\n[keyed \"k\"]\ninstance = pipeline\n";

    begin();
    reload(keyed);
    prints(3);
    reload(keyed);
    prints(3);
    seawall_registry_destroy(registry);
}

static void of_a_pool(void)
{
    static const char pool[] = "[priority_level]\nmax_queue_time = 5s\n[thread_pool \"w\"]\ncore_size = 1\nmax_size = 1\n";

    begin();
    reload(pool);
    prints(5);
    reload(pool);
    prints(5);
    reload("");
    prints(0);
    seawall_registry_destroy(registry);
}

START_TEST(what_is_named_stays)
{
    of_the_program();
    of_a_check_that_names_another();
    of_a_fallback();
    of_keys();
    of_a_pool();
}
END_TEST

int main(void)
{
    return one_test("regress/swept_while_named", what_is_named_stays);
}
