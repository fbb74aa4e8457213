/*
 * Random traces on a rate limiter, beside a plain model of it: permits tried, reserved, asked about and given back, time, drains,
 * resets and changes of every setting. The model knows one instant, in 128 bits: when the bucket will be full. Every
 * answer and every snapshot must agree, to the nanosecond.
 */
#include "suite.h"
#include "support.h"

__extension__ typedef __int128 wide;

#define SCALE 10                   /* all in units of 2^-10 ns, into which an interval is rounded up */
#define REACH (INT64_C(1) << 46)   /* what lies further from the last change is a change, too */
#define LARGEST ((wide)1 << 55)    /* bucket that the limiter keeps at this scale */
#define PERMITS 6

typedef struct model {
    wide full; /* since the test's start */
    wide interval;
    int32_t burst;
    seawall_time changed; /* when permits given before became worthless for the last time */
    int64_t changes;
    seawall_limiter_snapshot counts;
} model;

/* One that may be given back. */
typedef struct ticket {
    seawall_permit permit;
    wide full, cost;
    int64_t changes;
    bool held;
} ticket;

static sw_test_platform test;
static seawall_limiter *limiter;
static model m;
static ticket tickets[PERMITS];
static seawall_time now;
static uint64_t state;

static int64_t below(int64_t n)
{
    return (int64_t)(sw_test_next(&state) % (uint64_t)n);
}

/* libcheck's own assertions write a file each, also when they hold. */
static void must_be(const char *what, int64_t is, int64_t expected)
{
    if (is != expected)
        ck_abort_msg("SEAWALL_SEED=%llu: %s is %lld and not %lld", (unsigned long long)sw_test_seed(), what, (long long)is,
                     (long long)expected);
}

static wide units(seawall_time at)
{
    return (wide)(at - SW_TEST_START) << SCALE;
}

static seawall_duration rounded_up(wide span)
{
    return (seawall_duration)((span + (1 << SCALE) - 1) >> SCALE);
}

static wide bucket(void)
{
    return m.interval * m.burst;
}

static seawall_duration wait_for(int32_t n)
{
    wide from = m.full > units(now) ? m.full : units(now);
    wide lack = from + n * m.interval - bucket() - units(now);

    return lack > 0 ? rounded_up(lack) : 0;
}

/* True if a reservation, or the end of a drain, is yet to come. */
static bool promised(void)
{
    return m.full - bucket() > units(now);
}

static void empty_until(seawall_time at)
{
    m.full = units(at) + bucket();
    m.changed = at;
    m.changes++;
}

static void change(wide interval, int32_t burst)
{
    wide missing = m.full > units(now) ? m.full - units(now) : 0;
    seawall_time last = SW_TEST_START + rounded_up(m.full - bucket());
    bool wait = promised();

    missing = (missing * interval + m.interval - 1) / m.interval;
    m.interval = interval;
    m.burst = burst;
    empty_until(wait ? last : now);
    if (!wait && missing < bucket())
        m.full = units(now) + missing;
}

/* The limiter looks, and moves its zero if that has become too far away. */
static void look(void)
{
    if (now >= m.changed && now - m.changed >= REACH)
        change(m.interval, m.burst);
}

/* A permit is good for giving back as long as nothing has happened since. */
static void took(int32_t n, const seawall_permit *permit)
{
    ticket *t = &tickets[below(PERMITS)];

    m.full = (m.full > units(now) ? m.full : units(now)) + n * m.interval;
    m.counts.granted += n;
    if (permit != NULL)
        *t = (ticket){*permit, m.full, n * m.interval, m.changes, true};
}

static void request(void)
{
    int32_t n = 1 + (int32_t)below(m.burst + (below(20) == 0));
    seawall_duration most = below(3) == 0 ? 0 : below(rounded_up(4 * m.interval) + 1), wait = -1, expected;
    seawall_permit permit;
    seawall_status status;
    bool tried = below(2) == 0;

    look();
    if (n > m.burst) {
        must_be("try_acquire", seawall_limiter_try_acquire_at(limiter, n, now, &permit, &wait), SEAWALL_INVALID);
        return;
    }
    expected = wait_for(n);
    if (tried)
        status = seawall_limiter_try_acquire_at(limiter, n, now, &permit, &wait);
    else
        status = seawall_limiter_reserve_at(limiter, n, most, now, &permit, &wait);
    must_be("status", status, expected <= (tried ? 0 : most) ? SEAWALL_OK : SEAWALL_LIMITED);
    must_be("wait", wait, tried && expected == 0 ? -1 : expected);
    if (status == SEAWALL_OK)
        took(n, &permit);
    else
        m.counts.refused++;
}

static void ask(void)
{
    int32_t n = 1 + (int32_t)below(m.burst);
    seawall_duration wait;

    look();
    must_be("peek", seawall_limiter_peek_at(limiter, n, now, &wait), SEAWALL_OK);
    must_be("wait", wait, wait_for(n));
}

static void give_back(void)
{
    ticket *t = &tickets[below(PERMITS)];
    bool last = t->full == m.full && t->changes == m.changes;

    if (!t->held)
        return;
    must_be("refund", seawall_limiter_refund(limiter, &t->permit), last ? SEAWALL_OK : SEAWALL_STALE);
    must_be("refund", seawall_limiter_refund(limiter, &t->permit), SEAWALL_INVALID);
    t->held = false;
    if (last)
        m.full -= t->cost;
    m.counts.refunded += last;
    m.counts.lost += !last;
}

static void draw(seawall_limiter_config *config, wide *interval)
{
    static const seawall_duration periods[] = {SEAWALL_MICROSECONDS(1), SEAWALL_MILLISECONDS(1), SEAWALL_SECONDS(1),
                                               SEAWALL_SECONDS(60)};
    int64_t most;

    config->period = periods[below(4)];
    most = config->period < 1000000000 ? config->period : 1000000000;
    config->rate = (int32_t)(1 + below(1 + (most - 1) / (INT64_C(1) << below(30))));
    *interval = (((wide)config->period << SCALE) + config->rate - 1) / config->rate;
    config->burst = 1 + (int32_t)below(20);
    if (*interval * config->burst > LARGEST)
        config->burst = 1;
}

static void reconfigure(void)
{
    seawall_limiter_config config = SEAWALL_LIMITER_CONFIG_INIT;
    wide interval;

    draw(&config, &interval);
    must_be("reconfigure", seawall_limiter_reconfigure(limiter, &config, NULL), SEAWALL_OK);
    change(interval, config.burst);
    m.counts.rate = config.rate;
    m.counts.period = config.period;
    m.counts.burst = config.burst;
}

static void drain(void)
{
    seawall_time until = now - 10 + below(rounded_up(3 * m.interval) + 20);
    seawall_time last = SW_TEST_START + rounded_up(m.full - bucket()), end = until > now ? until : now;

    must_be("drain_until", seawall_limiter_drain_until(limiter, until), SEAWALL_OK);
    if (promised() && last > end)
        end = last;
    empty_until(end);
}

static void reset(void)
{
    must_be("reset", seawall_limiter_reset(limiter), SEAWALL_OK);
    m.full = units(now);
    m.changed = now;
    m.changes++;
}

static void compare(void)
{
    seawall_limiter_snapshot is = SEAWALL_LIMITER_SNAPSHOT_INIT;
    wide missing;

    look();
    missing = m.full > units(now) ? m.full - units(now) : 0;
    must_be("get_snapshot", seawall_limiter_get_snapshot_at(limiter, now, &is), SEAWALL_OK);
    must_be("available", is.available, missing < bucket() ? (int32_t)((bucket() - missing) / m.interval) : 0);
    must_be("wait", is.wait, wait_for(1));
    must_be("rate", is.rate, m.counts.rate);
    must_be("period", is.period, m.counts.period);
    must_be("burst", is.burst, m.counts.burst);
    must_be("granted", is.granted, m.counts.granted);
    must_be("refused", is.refused, m.counts.refused);
    must_be("refunded", is.refunded, m.counts.refunded);
    must_be("lost", is.lost, m.counts.lost);
}

static void pass_time(void)
{
    if (below(3) == 0)
        return;
    now += below(rounded_up(2 * m.interval) + 1);
    if (below(5000) == 0)
        now += REACH - below(4);
}

static void one_step(void)
{
    int64_t kind = below(1000);

    pass_time();
    if (kind >= 980) /* these read the clock */
        seawall_manual_clock_set(test.clock, now);
    if (kind < 600)
        request();
    else if (kind < 750)
        ask();
    else if (kind < 950)
        give_back();
    else if (kind < 980)
        compare();
    else if (kind < 990)
        reconfigure();
    else if (kind < 998)
        drain();
    else
        reset();
}

static void begin(void)
{
    seawall_limiter_config config = SEAWALL_LIMITER_CONFIG_INIT;

    sw_test_platform_init(&test, true);
    now = SW_TEST_START;
    m = (model){.changed = now};
    draw(&config, &m.interval);
    m.burst = config.burst;
    m.counts.rate = config.rate;
    m.counts.period = config.period;
    m.counts.burst = config.burst;
    ck_assert_int_eq(seawall_limiter_create(&config, &test.platform, &limiter, NULL), SEAWALL_OK);
}

START_TEST(it_does_what_the_model_does)
{
    int64_t steps = sw_test_count(30000, 1000000), i;

    state = sw_test_seed();
    begin();
    for (i = 0; i < steps; i++)
        one_step();
    compare();
    ck_assert_int_gt(m.counts.granted, steps / 20);
    ck_assert_int_gt(m.counts.refused, steps / 20);
    ck_assert_int_gt(m.counts.refunded, steps / 100);
    ck_assert_int_gt(m.counts.lost, steps / 100);
    seawall_limiter_destroy(limiter);
    sw_test_platform_fini(&test);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("rate limiter");

    tcase_add_test(tests, it_does_what_the_model_does);
    return sw_test_run("rate limiter and its model", tests);
}
