/* Defaults of a file that did not go together were refused, although every object of the file that is made with them is right. */
#include <string.h>

#include "one_test.h"
#include "support.h"

static seawall_status check(const char *text)
{
    return seawall_loader_check_text(text, strlen(text), "t", NULL, NULL, NULL);
}

START_TEST(objects_are_judged)
{
    ck_assert_int_eq(check("[circuit_breaker]\nrecovery_multiplier = 2\nrecovery_max = 1s\n"
                           "[circuit_breaker \"a\"]\nrecovery_timeout = 500ms\n"),
                     SEAWALL_OK);
    ck_assert_int_eq(check("[circuit_breaker]\nrecovery_multiplier = 2\nrecovery_max = 1s\n"
                           "[circuit_breaker \"a\"]\nrecovery_timeout = 500ms\n[circuit_breaker \"b\"]\n"),
                     SEAWALL_INVALID);
    ck_assert_int_eq(check("[circuit_breaker]\nrecovery_multiplier = 2\nrecovery_max = 1s\n"), SEAWALL_INVALID);
}
END_TEST

int main(void)
{
    return one_test("regress/defaults_judged_alone", objects_are_judged);
}
