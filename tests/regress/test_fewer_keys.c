/* A reload lowered max_instances while all were held; when nobody held them any more, there were too many for ever. */
#include <stdio.h>

#include "one_test.h"
#include "support.h"

#define MANY 50
#define FEW 10

static void reload(seawall_registry *registry, int max)
{
    char text[128];
    int length = snprintf(text, sizeof(text), "[circuit_breaker \"t\"]\n[keyed \"k\"]\ninstance = circuit_breaker \"t\"\n"
                          "max_instances = %d\n", max);

    ck_assert_int_eq(seawall_registry_reload_text(registry, text, (size_t)length, "t", NULL, NULL), SEAWALL_OK);
}

START_TEST(there_are_never_more)
{
    seawall_keyed_snapshot seen = SEAWALL_KEYED_SNAPSHOT_INIT;
    seawall_breaker *breakers[MANY];
    seawall_registry *registry;
    seawall_keyed *keyed;
    char key[16];
    int i;

    ck_assert_int_eq(seawall_registry_create(NULL, NULL, &registry, NULL), SEAWALL_OK);
    reload(registry, MANY);
    ck_assert_int_eq(seawall_registry_keyed(registry, "k", NULL, NULL, &keyed, NULL, NULL), SEAWALL_OK);
    for (i = 0; i < MANY; i++) {
        (void)snprintf(key, sizeof(key), "%d", i);
        ck_assert_int_eq(seawall_keyed_breaker(keyed, key, &breakers[i], NULL), SEAWALL_OK);
    }
    reload(registry, FEW);
    for (i = 0; i < MANY; i++)
        seawall_breaker_destroy(breakers[i]);
    for (i = 0; i < MANY; i++) {
        (void)snprintf(key, sizeof(key), "new%d", i);
        ck_assert_int_eq(seawall_keyed_breaker(keyed, key, &breakers[0], NULL), SEAWALL_OK);
        seawall_breaker_destroy(breakers[0]);
    }
    ck_assert_int_eq(seawall_keyed_get_snapshot(keyed, &seen), SEAWALL_OK);
    ck_assert_int_le(seen.instances, FEW);
    seawall_keyed_destroy(keyed);
    seawall_registry_destroy(registry);
}
END_TEST

int main(void)
{
    return one_test("regress/fewer_keys", there_are_never_more);
}
