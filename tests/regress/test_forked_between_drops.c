/*
 * Who was told of the first of two jobs that a stop had dropped forked, and returned in the child: it told of the parent's other
 * job as well, and counted that in a pool that had begun anew and did not know of it. To destroy it waited for ever.
 */
#include <unistd.h>

#include "../unit/policy/pool/pool_fixture.h"
#include "one_test.h"

static int told;
static pid_t child;

static void fork_first(const seawall_job_result *result, void *arg)
{
    (void)result;
    (void)arg;
    if (told++ > 0)
        return;
    child = fork();
    if (child == 0)
        sw_test_limit_child();
}

START_TEST(the_child_goes_on)
{
    seawall_pool_config config = sw_test_pool_config(1, 1, 2);
    seawall_job_options options = SEAWALL_JOB_OPTIONS_INIT;
    seawall_status stopped;
    staying held = {0};
    int i;

    sw_test_pool_begin(&config);
    ck_assert_int_eq(seawall_pool_submit(f.pool, NULL, sw_test_stay, &held, NULL), SEAWALL_OK);
    sw_test_await_begun(&held);
    options.done = fork_first;
    for (i = 0; i < 2; i++)
        ck_assert_int_eq(seawall_pool_submit(f.pool, &options, sw_test_echo, NULL, NULL), SEAWALL_OK);
    stopped = seawall_pool_stop(f.pool);
    if (child == 0) {
        seawall_pool_destroy(f.pool);
        _exit(stopped == SEAWALL_OK && told == 1 ? 0 : 1);
    }
    sw_test_await_child(child);
    ck_assert_int_eq(stopped, SEAWALL_OK);
    ck_assert_int_eq(told, 2);
    sw_test_let_go(&held);
    sw_test_pool_end();
}
END_TEST

int main(void)
{
    return one_test("regress/forked_between_drops", the_child_goes_on);
}
