/*
 * Counted permits and their queue, every interleaving of a few callers, one who moves the limit and one who gives back what he does
 * not have. What permits.c does by compare-and-swap or by one addition is one step here; so is what it does to the queue between
 * two looks at the word, under the lock. Between any two steps anything may happen. A waiter's time may be over at any moment, unless
 * he is patient; time itself is not modelled.
 *
 * When nothing can happen any more everybody must have been served or refused, and every permit be back. With one of the mistakes
 * below defined, an assertion must fail (check.py).
 *
 * settings: -DCALLERS=3 -DCALLS=1
 * settings: -DCALLERS=2 -DCALLS=2
 * settings: -DCALLERS=3 -DCALLS=1 -DRESIZER=1
 * settings: -DCALLERS=2 -DCALLS=1 -DTHIEF=1
 * settings: -DCALLERS=3 -DCALLS=1 -DRESIZER=1 -DKEEPERS=1
 */
#ifndef RESIZER
#define RESIZER 0
#endif
#ifndef THIEF
#define THIEF 0
#endif
#ifndef KEEPERS
#define KEEPERS 0 /* nobody gives anything back, and the limit is only raised: to what all need */
#endif
#define WRAP 8 /* the room for `in_use` in the word */

mtype:place = { IDLE, QUEUED, GRANTED, PASSED_OVER };

/* The word. */
byte in_use, limit = 1;
bool awaited;

/* Under the lock. */
bool locked;
byte queue[CALLERS], length;

mtype:place place[CALLERS] = IDLE;
bool patient[CALLERS];

/* What we know and the code does not. */
byte inside, ended, running;

#define left (in_use < limit)
#define free (left && !awaited)

inline take_lock() { atomic { !locked -> locked = true } }
inline give_lock() { locked = false }

/* A permit is somebody's from here on. */
inline took()
{
    in_use++; inside++;
    assert(inside <= limit || RESIZER)
}

/* Takes the one at `n` out of the queue. */
inline take_out(n)
{
    atomic {
        i = n;
        do
        :: i + 1 < length -> queue[i] = queue[i + 1]; i++
        :: else -> break
        od;
        length--; queue[length] = 0; i = 0
    }
    if
    :: length == 0 -> awaited = false
    :: else
    fi
}

inline serve()
{
    do
    :: take_lock();
        do
        :: length > 0 && !patient[queue[0]] -> /* his time may be over */
            who = queue[0]; take_out(0); place[who] = PASSED_OVER
        :: break
        od;
        handed = false;
#ifdef UNLINKED_BEFORE_THE_PERMIT_IS_TAKEN
        if
        :: length > 0 ->
            who = queue[0]; take_out(0);
            if
            :: atomic { left -> took() }; handed = true; place[who] = GRANTED
            :: atomic { !left }
            fi
        :: else
        fi;
#else
        if
        :: length > 0 ->
            if
            :: atomic { left -> took() }; handed = true;
                who = queue[0]; take_out(0); place[who] = GRANTED
            :: atomic { !left }
            fi
        :: else
        fi;
#endif
        give_lock();
        if
        :: handed
#ifdef ONLY_ONE_IS_SERVED
            -> break
#endif
        :: !handed -> break
        fi
    od;
    handed = false; who = 0
}

/* Gives a permit back, and serves whoever waits for it. */
inline put()
{
#ifdef AWAITED_IS_READ_BEFORE
    waits = awaited;
    atomic { inside--; in_use = (in_use + WRAP - 1) % WRAP };
#else
    atomic { inside--; in_use = (in_use + WRAP - 1) % WRAP; waits = awaited };
#endif
    if
    :: waits -> waits = false; serve()
    :: else
    fi
}

/* Makes `awaited` say that somebody queues, unless a permit is left. */
inline announce()
{
#ifdef ANNOUNCED_WITHOUT_LOOKING
    awaited = true; said = true;
#else
#ifdef LOOKED_BEFORE_ANNOUNCING
    if
    :: atomic { awaited || !left }; awaited = true; said = true
    :: atomic { !awaited && left }; said = false
    fi;
#else
    if
    :: atomic { awaited || !left -> awaited = true }; said = true
    :: atomic { !awaited && left }; said = false
    fi;
#endif
#endif
}

inline join_queue()
{
    take_lock();
    do
    :: length == 0 -> announce();
        if
        :: said -> break
        :: !said ->
            if
            :: atomic { free -> took() }; place[me] = GRANTED; break
            :: atomic { !free }
            fi
        fi
    :: length > 0 -> break
    od;
    said = false;
    if
    :: place[me] == IDLE -> atomic { queue[length] = me; length++; place[me] = QUEUED }
    :: else
    fi;
    give_lock()
}

/* His time is over: is he out of the queue? */
inline quit()
{
#ifdef QUIT_WITHOUT_LOOKING
    if
    :: place[me] == QUEUED -> take_lock(); where = 0;
#else
    take_lock(); where = 0;
    if
    :: place[me] == QUEUED ->
#endif
        do
        :: where < length && queue[where] != me -> where++
        :: else -> break
        od;
        if
        :: where < length -> take_out(where)
        :: else
        fi;
        where = 0; place[me] = PASSED_OVER
#ifdef QUIT_WITHOUT_LOOKING
        ; give_lock()
    :: else
    fi
#else
    :: else
    fi;
    give_lock()
#endif
}

proctype Caller(byte me)
{
    byte calls, i, who, where;
    bool handed, waits, said;

    do
    :: calls < CALLS ->
        calls++;
        atomic { if :: patient[me] = true :: patient[me] = false fi };
        if
#ifdef A_TRY_OVERTAKES
        :: atomic { left -> assert(length == 0); took() }; place[me] = GRANTED
        :: atomic { !left }; join_queue()
#else
        :: atomic { free -> assert(length == 0); took() }; place[me] = GRANTED
        :: atomic { !free }; join_queue()
#endif
        fi;
        if
        :: place[me] == GRANTED || place[me] == PASSED_OVER
        :: !patient[me] -> quit()
        fi;
        if
        :: place[me] == GRANTED && !KEEPERS -> place[me] = IDLE; put()
        :: place[me] == GRANTED && KEEPERS -> break
        :: place[me] == PASSED_OVER -> place[me] = IDLE
        fi
    :: calls == CALLS -> break
    od;
    ended++
}

/* More permits, and fewer again. */
proctype Resizer()
{
    byte i, who;
    bool handed, waits;

    take_lock(); atomic { limit = (KEEPERS -> CALLERS : 2); waits = awaited }; give_lock();
    if
    :: waits -> waits = false;
#ifdef NOBODY_IS_SERVED_WHEN_THERE_ARE_MORE
        skip
#else
        serve()
#endif
    :: else
    fi;
    if
    :: KEEPERS
    :: !KEEPERS -> take_lock(); atomic { limit = 1; waits = awaited }; give_lock();
        if
        :: waits -> waits = false; serve()
        :: else
        fi
    fi;
    ended++
}

/* Gives back what nobody has; the count runs under, and is put right. */
proctype Thief()
{
    byte i, who;
    bool handed, waits;

    if
    :: atomic { in_use == 0 -> in_use = WRAP - 1 };
        atomic { in_use = (in_use + 1) % WRAP; waits = awaited };
#ifdef WHO_CAME_MEANWHILE_IS_LEFT_BEHIND
        waits = false;
#endif
        if
        :: waits -> waits = false; serve()
        :: else
        fi
    :: skip
    fi;
    ended++
}

init
{
    byte n;

    atomic {
        do
        :: n < CALLERS -> run Caller(n); n++
        :: else -> break
        od;
        running = n + RESIZER + THIEF;
        if
        :: RESIZER -> run Resizer()
        :: else
        fi;
        if
        :: THIEF -> run Thief()
        :: else
        fi
    };
    timeout; /* nothing else can happen */
    assert(ended == running);
    assert(inside == in_use && (KEEPERS || in_use == 0));
    assert(length == 0 && !awaited)
}
