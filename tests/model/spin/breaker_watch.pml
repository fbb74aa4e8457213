/*
 * The breaker's word with WATCH, its stripes and the keeper of its window, every interleaving of a few reports. What
 * breaker_window.c does by compare-and-swap is one step here, and so is every load, add and store; between two of them anything
 * may happen. The window is by count and holds everything, so that it is two totals; the consecutive rule is off, or one of THRESHOLD.
 *
 * It begins closed. Every thread has one outcome. When all reports have returned, the breaker is open if and only if the failures
 * are enough for what was reported. With HEALERS it begins open, and the calls come when one of them has closed it: what was let
 * through in an epoch is then in its window, however late the others come. With one of the mistakes below defined, an assertion must fail (check.py).
 *
 * settings: -DTHREADS=3 -DFAILURES=2 -DMINIMUM=3
 * settings: -DTHREADS=3 -DFAILURES=1 -DMINIMUM=2
 * settings: -DTHREADS=3 -DFAILURES=2 -DMINIMUM=2 -DORDERS=1
 * settings: -DTHREADS=4 -DFAILURES=2 -DMINIMUM=4
 * settings: -DTHREADS=2 -DFAILURES=1 -DMINIMUM=2 -DHEALERS=2
 */
#ifndef ORDERS
#define ORDERS 0 /* how often an operator closes it anew meanwhile */
#endif
#ifndef HEALERS
#define HEALERS 0 /* who closes it once if it is open, and is content if somebody else was quicker */
#endif
#define EPOCHS 6
#define ALL (THREADS + ORDERS + HEALERS)

/* The word: closed or open, its epoch, WATCH. */
bool open = (HEALERS > 0), watch = false;
byte epoch = (HEALERS > 0);

/* Stripes, of which each thread has its own. */
byte good[THREADS], bad[THREADS];

/* The window and who has it: a mark that somebody has asked again. */
bool kept = false, again = false;
byte window_epoch = 0, seen_good, seen_bad, base_good, base_bad;
/* Where the window of an epoch begins, written before it. */
byte begun_epoch = 0, begun_good, begun_bad;

/* What we know and the code does not. */
byte returned, counters;
byte own_good[EPOCHS], own_bad[EPOCHS]; /* counted with a permit of that epoch */

#define enough(f, n) ((f) * 2 >= (n)) /* half of them */

/* All stripes, one load after the other. */
inline collect()
{
    stripe = 0; all_good = 0; all_bad = 0;
    do
    :: stripe < THREADS -> all_good = all_good + good[stripe]; all_bad = all_bad + bad[stripe]; stripe++
    :: else -> break
    od;
    stripe = 0
}

/* The keeper: counts, asks the rules, and looks again after every change of the word. */
inline judge()
{
    skip;
look:
    atomic { my_epoch = epoch; my_watch = watch; my_open = open }
    if
    :: my_open -> goto judged
    :: else
    fi;
    collect();
    if
    :: window_epoch != my_epoch ->
        atomic {
            if
            :: begun_epoch == my_epoch -> window_epoch = my_epoch; base_good = begun_good; base_bad = begun_bad
            :: else -> goto judged
            fi
        }
    :: else
    fi;
    seen_good = all_good - base_good; seen_bad = all_bad - base_bad;
    if
    :: seen_good + seen_bad >= MINIMUM && enough(seen_bad, seen_good + seen_bad) ->
        atomic {
            if
            :: epoch == my_epoch && watch == my_watch && !open -> open = true; watch = false; epoch++; goto judged
            :: else -> goto look
            fi
        }
    :: seen_good + seen_bad < MINIMUM && enough(seen_bad, MINIMUM) && !my_watch ->
        atomic {
            if
#ifdef NEVER_WATCHES
            :: true -> goto judged
#else
            :: epoch == my_epoch && watch == my_watch && !open -> watch = true
            :: else
#endif
            fi
        }
#ifdef WATCHES_WITHOUT_LOOKING_AGAIN
        goto judged;
#endif
        goto look
    :: else
    fi;
judged:
    skip
}

inline ask()
{
    atomic {
        if
#ifdef EVERYBODY_COUNTS
        :: kept -> mine = true
#endif
#ifdef LEAVES_NO_MARK
        :: kept -> mine = false
#else
        :: kept -> again = true; mine = false
#endif
        :: !kept -> kept = true; again = false; mine = true
        fi
    }
    if
    :: mine ->
        do
        ::
            counters++;
            assert(counters == 1);
            judge();
            counters--;
            atomic {
                if
#ifdef GIVES_BACK_BY_STORE
                :: true -> kept = false; again = false; mine = false
#else
                :: !again -> kept = false; mine = false
                :: again -> again = false
#endif
                fi
            }
            if
            :: !mine -> break
            :: else
            fi
        od
    :: else
    fi
}

proctype report(byte me; bool fails)
{
    byte stripe, all_good, all_bad, my_epoch, tag;
    bool my_watch, my_open, mine, asks, my_tag_watch;

    /* It was let through in the first closed epoch, or in one that a healer has begun, and looks whether that is still on. */
    atomic {
        HEALERS == 0 || epoch > 1;
        if
        :: open || (HEALERS == 0 && epoch > 0) -> goto done /* refused, or stale */
        :: else -> tag = epoch; my_tag_watch = watch
        fi
    }
    if
#ifdef ASKS_BEFORE_IT_COUNTS
    :: fails -> asks = true
#else
    :: fails -> atomic { bad[me]++; own_bad[tag]++ }; asks = true
#endif
    :: else ->
#ifdef LOOKS_BEFORE_IT_COUNTS
        asks = watch;
        atomic { good[me]++; own_good[tag]++ }
#else
        atomic { good[me]++; own_good[tag]++ };
        asks = watch
#endif
#ifdef NO_SECOND_LOOK
        ; asks = my_tag_watch
#endif
    fi;
    if
    :: asks -> ask()
    :: else
    fi;
#ifdef ASKS_BEFORE_IT_COUNTS
    if
    :: fails -> atomic { bad[me]++; own_bad[tag]++ }
    :: else
    fi;
#endif
done:
    atomic {
        returned++;
        if
        :: returned == ALL -> run settled()
        :: else
        fi
    }
}

/* Writes down where the window of the next epoch begins. */
inline begin()
{
    atomic {
        if
        :: begun_epoch > my_epoch + 1
        :: else -> begun_epoch = my_epoch + 1; begun_good = all_good; begun_bad = all_bad
        fi
    }
}

/* From what it was to closed, in the next epoch; `won` if nobody was quicker. */
inline close()
{
#ifndef BEGINS_AFTERWARDS
    collect();
#endif
#ifdef LOSERS_BEGIN_IT_TOO
    begin();
#endif
    atomic {
        if
        :: epoch == my_epoch && watch == my_watch && open == my_open -> open = false; watch = false; epoch++; won = true
        :: else -> won = false
        fi
    }
    if
    :: won ->
#ifdef BEGINS_AFTERWARDS
        collect();
#endif
#ifndef LOSERS_BEGIN_IT_TOO
        begin();
#endif
#ifndef NOBODY_ASKS_WHEN_IT_HAS_BEGUN
        ask()
#endif
    :: else
    fi
}

/* Closes it anew, whatever it is. */
proctype operator()
{
    byte stripe, all_good, all_bad, my_epoch;
    bool my_watch, my_open, mine, won;

    do
    ::
        atomic { my_epoch = epoch; my_watch = watch; my_open = open }
        close();
        if
        :: won -> break
        :: else
        fi
    od;
    atomic {
        returned++;
        if
        :: returned == ALL -> run settled()
        :: else
        fi
    }
}

/* Closes it if it is open, unless somebody else does. */
proctype healer()
{
    byte stripe, all_good, all_bad, my_epoch;
    bool my_watch, my_open, mine, won;

    atomic { my_epoch = epoch; my_watch = watch; my_open = open }
    if
    :: my_open -> close()
    :: else
    fi;
    atomic {
        returned++;
        if
        :: returned == ALL -> run settled()
        :: else
        fi
    }
}

/* All reports have returned. */
proctype settled()
{
    byte i, all_good, all_bad;

    atomic {
        assert(!kept);
        do
        :: i < THREADS -> all_good = all_good + good[i]; all_bad = all_bad + bad[i]; i++
        :: else -> break
        od;
        assert(open || epoch == 0 || begun_epoch == epoch);
        if
        :: !open ->
            if
            :: epoch > 0 ->
                assert(begun_good + own_good[epoch] <= all_good && begun_bad + own_bad[epoch] <= all_bad);
                all_good = all_good - begun_good; all_bad = all_bad - begun_bad
            :: else
            fi;
            /* It stayed closed: what is in the window is not enough, or below the minimum. */
            assert(all_good + all_bad < MINIMUM || !enough(all_bad, all_good + all_bad));
            assert(epoch > 0 || all_good + all_bad == THREADS)
        :: else
        fi
    }
}

init
{
    byte i;

    atomic {
        do
        :: i < FAILURES -> run report(i, true); i++
        :: i >= FAILURES && i < THREADS -> run report(i, false); i++
        :: i == THREADS -> break
        od;
        i = 0;
        do
        :: i < ORDERS -> run operator(); i++
        :: else -> break
        od;
        i = 0;
        do
        :: i < HEALERS -> run healer(); i++
        :: else -> break
        od
    }
}
