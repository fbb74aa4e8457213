/* A retry used alone: it says whether and when to try again; the waiting is yours. */
#define _GNU_SOURCE /* so that -std=c11 hides no function of the system */
#include <seawall/seawall.h>
#include <stdio.h>
#include <time.h>

static seawall_fault connect_to_server(int64_t attempt)
{
    return attempt < 2 ? SEAWALL_FAULT_CONNECTION_TIMEOUT : SEAWALL_FAULT_NONE; /* the third try gets through */
}

static void sleep_until(seawall_time t)
{
    seawall_duration left = seawall_time_until(t, seawall_platform_now(NULL));
    struct timespec rest = {(time_t)(left / SEAWALL_SECONDS(1)), (long)(left % SEAWALL_SECONDS(1))};

    (void)nanosleep(&rest, NULL);
}

int main(void)
{
    seawall_retry_config config = SEAWALL_RETRY_CONFIG_INIT;
    seawall_retry *retry;
    seawall_error error;

    config.base_delay = SEAWALL_MILLISECONDS(10);
    if (seawall_retry_create(&config, NULL, &retry, &error) != SEAWALL_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }

    /* [loop] */
    seawall_retry_run run = SEAWALL_RETRY_RUN_INIT;
    seawall_status status;
    bool again;

    do {
        seawall_result result = {.fault = connect_to_server(run.attempts)};

        status = seawall_retry_next(retry, &run, &result, SEAWALL_FOREVER, &again);
        if (again)
            sleep_until(run.again_at);
    } while (again);
    /* [loop end] */

    printf("%s after %lld attempts; the first fault was %s\n", seawall_status_name(status), (long long)run.attempts,
           seawall_fault_name(run.first));
    seawall_retry_destroy(retry);
    return status == SEAWALL_OK && run.attempts == 3 ? 0 : 1;
}
