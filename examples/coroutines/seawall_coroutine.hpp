/*
 * Guarded calls under C++20 coroutines: one header over an execution group and poll(2), to be copied and changed.
 *
 *     attempt fetch(loop &l, int fd) { ... co_await l.readable(fd); ... co_return result; }
 *     seawall_report report = co_await l.guarded(pipeline, deadline, [&](const seawall_step &) { return fetch(l, fd); });
 *
 * An attempt is a coroutine, and a cancelled one goes on from where it waits. The caller goes on when the result is known; what a
 * late attempt needs lives until the run is drained. All of it is on the loop's one thread.
 */
#ifndef EXAMPLES_SEAWALL_COROUTINE_HPP
#define EXAMPLES_SEAWALL_COROUTINE_HPP

#include <algorithm>
#include <coroutine>
#include <exception>
#include <functional>
#include <poll.h>
#include <seawall/seawall.h>
#include <stdexcept>
#include <vector>

namespace coro {

class loop;
class wait_for_descriptor;

/* A coroutine that nobody waits for: what begins guarded calls. */
struct task {
    struct promise_type {
        task get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
};

/* One attempt, as the operation begins it; co_returns how it ended. */
struct attempt {
    struct promise_type;
    using handle = std::coroutine_handle<promise_type>;
    struct reporter {
        bool await_ready() noexcept { return false; }
        void await_suspend(handle ended) noexcept;
        void await_resume() noexcept {}
    };
    struct promise_type {
        loop *home = nullptr;
        struct call *of = nullptr;
        uint64_t id = 0;
        wait_for_descriptor *waiting = nullptr;
        bool cancelled = false;
        seawall_result result = {};

        attempt get_return_object() { return {handle::from_promise(*this)}; }
        std::suspend_always initial_suspend() noexcept { return {}; }
        reporter final_suspend() noexcept { return {}; }
        void return_value(const seawall_result &how) { result = how; }
        void unhandled_exception() { result.fault = SEAWALL_FAULT_OTHER; }
    };

    handle coroutine;
};

using operation = std::function<attempt(const seawall_step &)>;

/* One run of the group, from its begin until it is drained. */
struct call {
    operation begin;
    seawall_run run = 0;
    std::coroutine_handle<> caller;
    seawall_report report = SEAWALL_REPORT_INIT;
    std::vector<attempt::handle> attempts = {};
};

/* co_await in an attempt: true when the descriptor is readable, false when the attempt has been cancelled. */
class wait_for_descriptor {
public:
    wait_for_descriptor(loop &l, int fd) : home(l), descriptor(fd) {}
    bool await_ready() { return false; }
    bool await_suspend(attempt::handle who);
    bool await_resume();

    loop &home;
    int descriptor;
    attempt::handle waiting = {};
};

class loop {
public:
    loop(const seawall_pipeline *largest, int32_t capacity)
    {
        seawall_group_config config = SEAWALL_GROUP_CONFIG_INIT;

        config.capacity = capacity;
        if (seawall_group_create(&config, largest, nullptr, &group, nullptr) != SEAWALL_OK ||
            seawall_group_descriptor(group, &bell) != SEAWALL_OK)
            throw std::runtime_error("no memory or no descriptor for a group");
    }
    ~loop() { (void)seawall_group_destroy(group); }
    loop(const loop &) = delete;
    loop &operator=(const loop &) = delete;

    /* [guarded] */
    /* co_await in a task: a guarded call of this operation. */
    auto guarded(const seawall_pipeline *pipeline, seawall_time deadline, operation begin)
    {
        struct awaiter {
            loop &home;
            const seawall_pipeline *pipeline;
            seawall_time deadline;
            operation begin;
            call *run = nullptr;
            seawall_report report = SEAWALL_REPORT_INIT;

            bool await_ready() { return false; }
            /* False: the group is full, and the caller goes on at once. */
            bool await_suspend(std::coroutine_handle<> caller)
            {
                run = new call{.begin = std::move(begin), .caller = caller};
                report.status = seawall_group_begin_at(home.group, pipeline, home.now(), deadline, run, &run->run);
                if (report.status == SEAWALL_OK)
                    return true;
                delete run;
                run = nullptr;
                return false;
            }
            seawall_report await_resume() { return run ? run->report : report; }
        };
        return awaiter{*this, pipeline, deadline, std::move(begin)};
    }
    /* [guarded end] */

    wait_for_descriptor readable(int fd) { return {*this, fd}; }

    /* Until nothing is in flight. */
    void run()
    {
        for (;;) {
            seawall_time until = look();

            if (seawall_group_count(group) == 0)
                return;
            sleep(until);
        }
    }

    seawall_time now() const { return seawall_platform_now(nullptr); }

private:
    friend class wait_for_descriptor;
    friend struct attempt::reporter;

    /* [look] */
    seawall_time look()
    {
        for (;;) {
            seawall_group_step next;

            if (seawall_group_next_at(group, now(), &next) != SEAWALL_OK)
                std::terminate();
            call *of = static_cast<call *>(next.user);
            switch (next.step.kind) {
            case SEAWALL_STEP_START:
                start(of, next.step);
                break;
            case SEAWALL_STEP_CANCEL:
                cancel(of, next.step.id);
                break;
            case SEAWALL_STEP_FINISHED:
                if (seawall_group_report(group, next.run, &of->report) != SEAWALL_OK)
                    std::terminate();
                of->caller.resume(); /* it may begin other calls, here and now */
                break;
            case SEAWALL_STEP_DRAINED:
                delete of;
                break;
            default:
                return next.step.until;
            }
        }
    }
    /* [look end] */

    void start(call *of, const seawall_step &step)
    {
        attempt::handle begun = of->begin(step).coroutine;

        begun.promise().home = this;
        begun.promise().of = of;
        begun.promise().id = step.id;
        of->attempts.push_back(begun);
        begun.resume();
    }

    void cancel(call *of, uint64_t id)
    {
        for (attempt::handle running : of->attempts) {
            attempt::promise_type &promise = running.promise();

            if (promise.id != id)
                continue;
            promise.cancelled = true;
            if (promise.waiting != nullptr)
                wake(promise.waiting);
            return;
        }
    }

    void ended(attempt::handle who)
    {
        attempt::promise_type &promise = who.promise();
        std::vector<attempt::handle> &all = promise.of->attempts;

        all.erase(std::find(all.begin(), all.end(), who));
        (void)seawall_group_report_at(group, promise.of->run, promise.id, &promise.result, now());
    }

    void wake(wait_for_descriptor *wait)
    {
        waits.erase(std::find(waits.begin(), waits.end(), wait));
        wait->waiting.promise().waiting = nullptr;
        wait->waiting.resume();
    }

    void sleep(seawall_time until)
    {
        std::vector<pollfd> descriptors{{bell, POLLIN, 0}};
        std::vector<wait_for_descriptor *> asleep = waits;

        for (const wait_for_descriptor *wait : asleep)
            descriptors.push_back({wait->descriptor, POLLIN, 0});
        (void)poll(descriptors.data(), descriptors.size(), seawall_poll_milliseconds(seawall_time_until(until, now())));
        for (size_t i = 0; i < asleep.size(); i++) {
            if (descriptors[i + 1].revents != 0)
                wake(asleep[i]); /* which ends that attempt's wait and nobody else's: the others are woken in look */
        }
    }

    seawall_group *group = nullptr;
    int32_t bell = -1;
    std::vector<wait_for_descriptor *> waits;
};

inline void attempt::reporter::await_suspend(handle who) noexcept
{
    who.promise().home->ended(who);
    who.destroy();
}

inline bool wait_for_descriptor::await_suspend(attempt::handle who)
{
    if (who.promise().cancelled)
        return false;
    waiting = who;
    who.promise().waiting = this;
    home.waits.push_back(this);
    return true;
}

inline bool wait_for_descriptor::await_resume()
{
    return waiting && !waiting.promise().cancelled;
}

} // namespace coro

#endif
