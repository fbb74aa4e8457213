/* A drill: the dependency is broken on purpose, and the pipeline shows how it takes it. Simulated time: it runs in no time. */
#include <seawall/seawall.h>
#include <stdio.h>

#define CHECK(call)                                                                                          \
    do {                                                                                                     \
        if ((call) != SEAWALL_OK)                                                                            \
            return 1;                                                                                        \
    } while (0)

static seawall_fault query(seawall_attempt *attempt, void *arg)
{
    (void)attempt;
    seawall_manual_clock_advance(arg, SEAWALL_MILLISECONDS(5));
    return SEAWALL_FAULT_NONE;
}

/* How many of a thousand calls succeed, a tenth of a second apart. */
static int succeed(const seawall_pipeline *pipeline, seawall_manual_clock *clock)
{
    int i, good = 0;

    for (i = 0; i < 1000; i++) {
        good += seawall_call(pipeline, query, clock, NULL) == SEAWALL_OK;
        seawall_manual_clock_advance(clock, SEAWALL_MILLISECONDS(100));
    }
    return good;
}

int main(void)
{
    seawall_policy policies[2] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};
    const seawall_policy *order[] = {&policies[0], &policies[1]};
    seawall_chaos_snapshot snapshot = SEAWALL_CHAOS_SNAPSHOT_INIT;
    seawall_platform platform;
    seawall_manual_clock *clock;
    seawall_random *random;
    seawall_retry *retry;
    seawall_pipeline *pipeline;
    int calm, drill, after;

    CHECK(seawall_platform_init(&platform, sizeof(platform)));
    CHECK(seawall_manual_clock_create(0, true, &clock, NULL));
    CHECK(seawall_random_create(42, &random, NULL));
    seawall_manual_clock_install(clock, &platform);
    seawall_random_install(random, &platform);

    /* [create] */
    seawall_chaos_config config = SEAWALL_CHAOS_CONFIG_INIT;
    seawall_chaos *chaos;

    config.fault_rate = 0.2; /* every fifth query is lost ... */
    config.latency_rate = 0.1;
    config.latency = SEAWALL_MILLISECONDS(50); /* ... and every tenth is slow to begin */
    CHECK(seawall_chaos_create(&config, &platform, &chaos, NULL));
    CHECK(seawall_chaos_policy(chaos, "chaos", &policies[1])); /* innermost: it stands for the dependency */
    /* [create end] */

    CHECK(seawall_retry_create(NULL, &platform, &retry, NULL));
    CHECK(seawall_retry_policy(retry, "retry", &policies[0]));
    CHECK(seawall_pipeline_create(NULL, order, 2, &platform, &pipeline, NULL));

    calm = succeed(pipeline, clock);
    /* [drill] */
    CHECK(seawall_chaos_set_enabled(chaos, true)); /* from any thread, at any time */
    drill = succeed(pipeline, clock);
    CHECK(seawall_chaos_set_enabled(chaos, false));
    CHECK(seawall_chaos_get_snapshot(chaos, &snapshot));
    /* [drill end] */
    after = succeed(pipeline, clock);

    printf("of 1000 calls succeeded: %d in calm, %d in the drill, %d after it\n", calm, drill, after);
    printf("in the drill %lld of %lld attempts were lost and %lld were held up\n", (long long)snapshot.faults,
           (long long)snapshot.runs, (long long)snapshot.delays);

    seawall_pipeline_destroy(pipeline);
    seawall_retry_destroy(retry);
    seawall_chaos_destroy(chaos);
    seawall_random_destroy(random);
    seawall_manual_clock_destroy(clock);
    return calm == 1000 && after == 1000 && drill > 950 && snapshot.faults > 0 ? 0 : 1;
}
