/*
 * oneTBB: an arena of two workers and a place for the producer, who only puts jobs there. It has no way to wait for one such job
 * but to be told by it, so the producer looks at a flag.
 */
#include <atomic>
#include <thread>

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

extern "C" {
#include "pool_peers.h"
}

namespace {

constexpr int workers = 2;
constexpr int looks = 1000; // before others may have the CPU

struct state {
    tbb::global_control threads{tbb::global_control::max_allowed_parallelism, workers + 1};
    tbb::task_arena arena{workers + 1, 1};
    std::atomic<bool> ended{false};
};

void *create()
{
    state *made = new state;

    made->arena.initialize();
    return made;
}

void destroy(void *p)
{
    delete static_cast<state *>(p);
}

bool submit(void *p)
{
    static_cast<state *>(p)->arena.enqueue([] { pool_peer_job(); });
    return true;
}

bool round_trip(void *p)
{
    state *s = static_cast<state *>(p);
    int look = 0;

    s->ended.store(false, std::memory_order_relaxed);
    s->arena.enqueue([s] {
        pool_peer_job();
        s->ended.store(true, std::memory_order_release);
    });
    while (!s->ended.load(std::memory_order_acquire)) {
        if (++look % looks == 0)
            std::this_thread::yield();
    }
    return true;
}

} // namespace

extern "C" const pool_peer pool_peer_tbb = {"oneTBB", create, destroy, submit, nullptr, round_trip};
