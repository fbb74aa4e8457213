/* The queue of those who wait for a permit. */
#include "sync/permits.h"

/* What the parent's threads were about to do to the queue was never finished, and nobody of them waits here. */
static void forget_queue(sw_permits *p)
{
    p->guarded.first = NULL;
    p->guarded.last = NULL;
    sw_store_u32(&p->waiting, 0);
    if (sw_permits_awaited(sw_load_u64(&p->words.word)))
        (void)sw_sub_u64(&p->words.word, SW_PERMITS_AWAITED);
    sw_store_release_u32(&p->process, sw_port_fork_generation());
}

static bool is_of_this_process(sw_permits *p)
{
    return sw_load_acquire_u32(&p->process) == sw_port_fork_generation();
}

static void lock(sw_permits *p)
{
    sw_mutex_lock(&p->lock);
    if (!is_of_this_process(p))
        forget_queue(p);
}

static void unlock(sw_permits *p)
{
    sw_mutex_unlock(&p->lock);
}

bool sw_permits_retake(sw_permits *p)
{
    if (is_of_this_process(p))
        return false;
    lock(p);
    unlock(p);
    return sw_permits_try(p);
}

/* Makes `awaited` say that somebody queues, unless a permit is left by now: nobody may begin to wait then. */
static bool announce(sw_permits *p)
{
    uint64_t word = sw_load_u64(&p->words.word);

    do {
        if (sw_permits_awaited(word))
            return true;
        if (sw_permits_left(word))
            return false;
    } while (!sw_cas_u64(&p->words.word, &word, word | SW_PERMITS_AWAITED));
    return true;
}

static void append(sw_permits *p, sw_waiter *w)
{
    int32_t waiting = (int32_t)sw_load_relaxed_u32(&p->waiting) + 1;

    w->next = NULL;
    w->previous = p->guarded.last;
    if (w->previous != NULL)
        w->previous->next = w;
    else
        p->guarded.first = w;
    p->guarded.last = w;
    sw_store_release_u32(&p->waiting, (uint32_t)waiting);
    if (waiting > p->guarded.most_waiting)
        p->guarded.most_waiting = waiting;
}

static void take_out(sw_permits *p, const sw_waiter *w)
{
    if (w->previous != NULL)
        w->previous->next = w->next;
    else
        p->guarded.first = w->next;
    if (w->next != NULL)
        w->next->previous = w->previous;
    else
        p->guarded.last = w->previous;
    sw_store_release_u32(&p->waiting, sw_load_relaxed_u32(&p->waiting) - 1);
    if (p->guarded.first == NULL)
        (void)sw_sub_u64(&p->words.word, SW_PERMITS_AWAITED);
}

/* Takes a permit for the queue's first. */
static bool take_one(sw_permits *p)
{
    uint64_t word = sw_load_u64(&p->words.word);

    do {
        if (!sw_permits_left(word))
            return false;
    } while (!sw_cas_u64(&p->words.word, &word, word + SW_PERMITS_TAKEN));
    sw_permits_note(p, word);
    return true;
}

/* The last thing that is done to a waiter: from here on it may be gone. */
static void tell(sw_waiter *w, sw_waiter_state state)
{
    sw_store_release_u32(&w->state, (uint32_t)state);
}

/* Grants one permit to a waiter, if there are both, and says whom to wake. */
static bool grant(sw_permits *p, seawall_time now, seawall_waker *waker)
{
    bool granted;

    lock(p);
    while (p->guarded.first != NULL && p->guarded.first->until < now) {
        sw_waiter *late = p->guarded.first;

        take_out(p, late);
        p->guarded.refused[SW_PERMITS_TIMED_OUT]++;
        tell(late, SW_WAITER_PASSED_OVER);
    }
    granted = p->guarded.first != NULL && take_one(p);
    if (granted) {
        sw_waiter *next = p->guarded.first;

        take_out(p, next);
        p->guarded.waited++;
        *waker = next->waker;
        tell(next, SW_WAITER_GRANTED);
    }
    unlock(p);
    return granted;
}

void sw_permits_serve(sw_permits *p, seawall_time now)
{
    seawall_waker waker;

    while (grant(p, now, &waker)) {
        if (waker.wake != NULL)
            waker.wake(waker.cookie, waker.user);
    }
}

bool sw_permits_settle(sw_permits *p, uint64_t before, bool *serve)
{
    bool out = sw_permits_out(before);

    if (!out) /* somebody may have queued meanwhile, as all seemed to be out */
        before = sw_add_u64(&p->words.word, SW_PERMITS_ONE);
    *serve = sw_permits_awaited(before);
    return out;
}

void sw_permits_note(sw_permits *p, uint64_t before)
{
    uint32_t in_use = (uint32_t)sw_permits_in_use(before) + 1;
    uint32_t most = sw_load_relaxed_u32(&p->words.most);

    while (in_use > most && !sw_cas_u32(&p->words.most, &most, in_use)) {
    }
    if (sw_permits_laps(before))
        (void)sw_add_u32(&p->words.laps, 1);
}

static bool queue_locked(sw_permits *p, sw_waiter *w, seawall_time deadline, seawall_time now, sw_permits_refusal *why)
{
    seawall_time own = seawall_time_add(now, p->guarded.max_wait);

    w->until = deadline < own ? deadline : own;
    if (!sw_permits_place(p)) {
        *why = SW_PERMITS_FULL;
        return false;
    }
    if (w->until <= now) {
        *why = SW_PERMITS_TIMED_OUT;
        p->guarded.refused[SW_PERMITS_TIMED_OUT]++;
        return false;
    }
    while (p->guarded.first == NULL && !announce(p)) {
        if (sw_permits_try(p)) {
            tell(w, SW_WAITER_GRANTED);
            return true;
        }
    }
    append(p, w);
    tell(w, SW_WAITER_QUEUED);
    return true;
}

bool sw_permits_queue(sw_permits *p, sw_waiter *w, const seawall_waker *waker, seawall_time deadline, seawall_time now,
                      sw_permits_refusal *why)
{
    bool queued;

    w->waker = *waker;
    w->process = sw_port_fork_generation();
    lock(p);
    queued = queue_locked(p, w, deadline, now, why);
    unlock(p);
    if (!queued && *why == SW_PERMITS_FULL)
        sw_permits_refuse(p);
    return queued;
}

/* Its time is over or somebody called it off: is it out of the queue, without a permit? */
static bool quit_locked(sw_permits *p, sw_waiter *w, sw_permits_refusal why)
{
    switch (sw_waiter_stands(w)) {
    case SW_WAITER_GRANTED:
        return false;
    case SW_WAITER_QUEUED:
        if (w->process == sw_port_fork_generation())
            take_out(p, w);
        p->guarded.refused[why]++;
        tell(w, SW_WAITER_IDLE);
        return true;
    default: /* passed over, and counted then */
        return true;
    }
}

bool sw_permits_quit(sw_permits *p, sw_waiter *w, sw_permits_refusal why)
{
    bool out;

    lock(p);
    out = quit_locked(p, w, why);
    unlock(p);
    return out;
}

bool sw_permits_look(sw_permits *p, sw_waiter *w, seawall_time now, sw_permits_refusal *why)
{
    sw_waiter_state state = sw_waiter_stands(w);
    bool forgotten = w->process != sw_port_fork_generation();

    if (state == SW_WAITER_GRANTED || (state == SW_WAITER_QUEUED && now < w->until && !forgotten))
        return true;
    *why = forgotten ? SW_PERMITS_CANCELLED : SW_PERMITS_TIMED_OUT;
    return !sw_permits_quit(p, w, *why);
}

static void limit_locked(sw_permits *p, int32_t limit, bool *serve)
{
    uint64_t word = sw_load_u64(&p->words.word);

    while (!sw_cas_u64(&p->words.word, &word, sw_permits_limited(word, (uint32_t)limit))) {
    }
    *serve = sw_permits_awaited(word);
}

void sw_permits_resize(sw_permits *p, int32_t limit, bool *serve)
{
    lock(p);
    limit_locked(p, limit, serve);
    unlock(p);
}

void sw_permits_reconfigure(sw_permits *p, const sw_permits_rules *rules, bool *serve)
{
    lock(p);
    if (rules->limit != p->guarded.limit)
        limit_locked(p, rules->limit, serve);
    else
        *serve = sw_permits_awaited(sw_load_u64(&p->words.word));
    p->guarded.limit = rules->limit;
    p->guarded.max_waiting = rules->max_waiting;
    p->guarded.max_wait = rules->max_wait;
    sw_store_release_u32(&p->places, rules->max_wait > 0 ? (uint32_t)rules->max_waiting : 0);
    unlock(p);
}

void sw_permits_init(sw_permits *p, const sw_permits_rules *rules)
{
    bool serve;

    sw_mutex_init(&p->lock);
    sw_permits_reconfigure(p, rules, &serve);
}

/* A lap is noted after the grant that begins it: who looks between the two has seen more before. */
static int64_t granted_locked(sw_permits *p, uint32_t laps, uint64_t word)
{
    int64_t granted = (int64_t)((uint64_t)laps << SW_PERMITS_GRANTED_BITS | sw_permits_granted(word));

    if (granted < p->guarded.seen)
        granted += INT64_C(1) << SW_PERMITS_GRANTED_BITS;
    p->guarded.seen = granted;
    return granted;
}

void sw_permits_see(sw_permits *p, sw_permits_view *view)
{
    uint32_t laps;
    uint64_t word;

    lock(p);
    laps = sw_load_u32(&p->words.laps);
    word = sw_permits_righted(sw_load_u64(&p->words.word));
    *view = (sw_permits_view){
        .rules = {(int32_t)sw_permits_limit(word), p->guarded.max_waiting, p->guarded.max_wait},
        .in_use = (int32_t)sw_permits_in_use(word),
        .most_in_use = (int32_t)sw_load_relaxed_u32(&p->words.most),
        .waiting = (int32_t)sw_load_relaxed_u32(&p->waiting),
        .most_waiting = p->guarded.most_waiting,
        .granted = granted_locked(p, laps, word),
        .waited = p->guarded.waited,
        .refused = {[SW_PERMITS_FULL] = (int64_t)sw_load_relaxed_u64(&p->refused),
                    [SW_PERMITS_TIMED_OUT] = p->guarded.refused[SW_PERMITS_TIMED_OUT],
                    [SW_PERMITS_CANCELLED] = p->guarded.refused[SW_PERMITS_CANCELLED]},
    };
    unlock(p);
}
