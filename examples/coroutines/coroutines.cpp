/*
 * A hundred tasks on one thread, each a guarded call of an operation that is a coroutine: it sends a request over a socket of its
 * own and waits for the answer. The server, on a thread of its own, is too busy for some requests and forgets others.
 */
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "seawall_coroutine.hpp"

namespace {

constexpr int TASKS = 100;

/*
 * Descriptors come over one socket, as numbers: client and server are one process. Every 5th request is refused, every 17th
 * forgotten.
 */
void serve(int incoming)
{
    std::vector<int> forgotten;
    int connection, count = 0;
    char request;

    while (read(incoming, &connection, sizeof connection) == sizeof connection && connection >= 0) {
        bool known = read(connection, &request, 1) == 1;

        if (++count % 17 == 0) {
            forgotten.push_back(connection);
            continue;
        }
        (void)!write(connection, known && count % 5 != 0 ? "!" : "?", 1);
        close(connection);
    }
    for (int left : forgotten)
        close(left);
}

struct tally {
    int succeeded = 0, attempts = 0, cancelled = 0;
};

/* [attempt] */
coro::attempt fetch(coro::loop &loop, int server, tally &sum)
{
    seawall_result result = {};
    int pair[2];
    char answer = '?';

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        result.fault = seawall_fault_from_errno(errno, SEAWALL_PHASE_CONNECT);
        co_return result;
    }
    (void)!write(pair[0], "?", 1);
    (void)!write(server, &pair[1], sizeof pair[1]);
    if (!co_await loop.readable(pair[0])) { /* cancelled: late, or another was faster */
        sum.cancelled++;
        result.fault = SEAWALL_FAULT_TIMEOUT;
    } else if (read(pair[0], &answer, 1) != 1 || answer != '!') {
        result.fault = SEAWALL_FAULT_SERVICE_UNAVAILABLE;
    }
    close(pair[0]);
    co_return result;
}

coro::task visit(coro::loop &loop, const seawall_pipeline *pipeline, int server, tally &sum)
{
    seawall_report report = co_await loop.guarded(pipeline, SEAWALL_FOREVER, [&loop, server, &sum](const seawall_step &) {
        return fetch(loop, server, sum);
    });

    sum.succeeded += report.status == SEAWALL_OK;
    sum.attempts += report.attempts;
}
/* [attempt end] */

seawall_pipeline *make_pipeline()
{
    seawall_retry_config again = SEAWALL_RETRY_CONFIG_INIT;
    seawall_timeout_config limit = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_bulkhead_config room = SEAWALL_BULKHEAD_CONFIG_INIT;
    seawall_policy policies[3] = {SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT, SEAWALL_POLICY_INIT};
    const seawall_policy *outermost_first[] = {&policies[0], &policies[1], &policies[2]};
    seawall_pipeline *pipeline = nullptr;
    seawall_bulkhead *bulkhead = nullptr;
    seawall_retry *retry = nullptr;
    seawall_timeout *timeout = nullptr;

    again.max_attempts = 10;
    again.base_delay = SEAWALL_MILLISECONDS(1);
    again.retryable_errors |= SEAWALL_FAULT_BIT(SEAWALL_FAULT_TIMEOUT);
    limit.attempt_timeout = SEAWALL_MILLISECONDS(100);
    room.max_concurrent = 20;
    room.max_waiting = TASKS;
    room.max_wait = SEAWALL_FOREVER;
    if (seawall_retry_create(&again, nullptr, &retry, nullptr) != SEAWALL_OK ||
        seawall_bulkhead_create(&room, nullptr, &bulkhead, nullptr) != SEAWALL_OK ||
        seawall_timeout_create(&limit, nullptr, &timeout, nullptr) != SEAWALL_OK ||
        seawall_retry_policy(retry, "retry", &policies[0]) != SEAWALL_OK ||
        seawall_bulkhead_policy(bulkhead, "room", &policies[1]) != SEAWALL_OK ||
        seawall_timeout_attempt_policy(timeout, "attempt", &policies[2]) != SEAWALL_OK ||
        seawall_pipeline_create(nullptr, outermost_first, 3, nullptr, &pipeline, nullptr) != SEAWALL_OK)
        std::exit(1);
    seawall_retry_destroy(retry); /* the pipeline keeps them */
    seawall_bulkhead_destroy(bulkhead);
    seawall_timeout_destroy(timeout);
    return pipeline;
}

} // namespace

int main()
{
    seawall_pipeline *pipeline = make_pipeline();
    const int no_more = -1;
    tally sum;
    int requests[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, requests) != 0)
        return 1;
    std::thread server(serve, requests[1]);
    {
        coro::loop loop(pipeline, TASKS);

        for (int i = 0; i < TASKS; i++)
            visit(loop, pipeline, requests[0], sum);
        loop.run();
    }
    (void)!write(requests[0], &no_more, sizeof no_more);
    server.join();
    close(requests[0]);
    close(requests[1]);
    seawall_pipeline_destroy(pipeline);
    std::printf("%d of %d succeeded, with %d attempts, of which %d were cancelled\n", sum.succeeded, TASKS, sum.attempts,
                sum.cancelled);
    return sum.succeeded == TASKS && sum.attempts > TASKS && sum.cancelled > 0 ? 0 : 1;
}
