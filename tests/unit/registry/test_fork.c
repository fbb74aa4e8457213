/* What the child of a fork makes of what it finds in a registry, one thing at a time. */
#include <check.h>
#include <seawall/seawall.h>

#include "registry/members.h"
#include "suite.h"

static seawall_registry *registry;
static seawall_retry *retry;
static sw_entry *entry;

static void begin(void)
{
    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_retry(registry, "r", NULL, &retry, NULL, NULL), SEAWALL_OK);
    entry = sw_entry_find(registry, SW_MEMBER_RETRY, "r");
    ck_assert_ptr_nonnull(entry);
}

static void end(void)
{
    seawall_retry_destroy(retry);
    seawall_registry_destroy(registry);
}

/* Who looks in the child is to be waited for; who looked in the parent is not. */
START_TEST(lookers_are_counted_anew)
{
    uint32_t ours;

    begin();
    ours = sw_load_u32(&entry->uses);
    sw_store_u32(&entry->uses, (ours ^ (SW_LOOKERS + 1)) + 3); /* three of another process */
    ck_assert(sw_entry_enter(entry));
    ck_assert_uint_eq(sw_load_u32(&entry->uses), ours + 1);
    ck_assert(sw_entry_enter(entry));
    ck_assert_uint_eq(sw_load_u32(&entry->uses), ours + 2);
    sw_entry_leave(registry, entry);
    sw_entry_leave(registry, entry);
    sw_store_u32(&entry->uses, (ours ^ (SW_LOOKERS + 1)) + 3);
    ck_assert_int_eq(seawall_registry_remove(registry, "retry", "r"), SEAWALL_OK); /* waits for nobody */
    end();
}
END_TEST

/* Nobody goes on writing a config that a thread of the parent was writing. */
START_TEST(a_half_written_config_is_over)
{
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_registry_answer answer = SEAWALL_REGISTRY_CREATED;
    seawall_retry *again;

    begin();
    (void)sw_add_u32(&entry->version, 1);
    registry->process--;
    ck_assert_int_eq(seawall_registry_retry(registry, "r", &config, &again, &answer, NULL), SEAWALL_OK);
    ck_assert_ptr_eq(again, retry);
    ck_assert_int_eq(answer, SEAWALL_REGISTRY_EXISTS);
    ck_assert_uint_eq(sw_load_u32(&entry->version) % 2, 0);
    seawall_retry_destroy(again);
    end();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("fork");

    tcase_add_test(tests, lookers_are_counted_anew);
    tcase_add_test(tests, a_half_written_config_is_over);
    return sw_test_run("registry fork", tests);
}
