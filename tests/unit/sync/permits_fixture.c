/* Permits and people who want them. */
#include "permits_fixture.h"

#include <check.h>

sw_permits permits;

static void wake(uint64_t cookie, void *user)
{
    person *p = user;

    ck_assert_uint_eq(cookie, 77);
    ck_assert(granted(p));
    (void)view(); /* under no lock: it may call whatever it likes */
    p->woken++;
}

void begin(int32_t limit, int32_t max_waiting, seawall_duration max_wait)
{
    const sw_permits_rules rules = {limit, max_waiting, max_wait};

    permits = (sw_permits){.places = {0}};
    sw_permits_init(&permits, &rules);
}

sw_permits_view view(void)
{
    sw_permits_view v;

    sw_permits_see(&permits, &v);
    return v;
}

bool queue(person *p, seawall_time deadline, seawall_time now, sw_permits_refusal *why)
{
    const seawall_waker waker = {wake, 77, p};

    return sw_permits_queue(&permits, &p->waiter, &waker, deadline, now, why);
}

void queues(person *p, seawall_time deadline, seawall_time now)
{
    sw_permits_refusal why;

    ck_assert(queue(p, deadline, now, &why));
    ck_assert_int_eq(sw_waiter_stands(&p->waiter), SW_WAITER_QUEUED);
}

void give(seawall_time now)
{
    bool serve;

    ck_assert(sw_permits_give(&permits, &serve));
    ck_assert_int_eq(serve, permits.guarded.first != NULL);
    if (serve)
        sw_permits_serve(&permits, now);
}

bool granted(person *p)
{
    return sw_waiter_stands(&p->waiter) == SW_WAITER_GRANTED;
}
