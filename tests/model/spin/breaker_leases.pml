/*
 * The breaker's word and its leases in half-open, every interleaving of a few callers. What breaker_probe.c does by
 * compare-and-swap is one step here, and so is every load; between two of them anything may happen. A lease may
 * run out at any moment: time is not modelled.
 *
 * It begins in a half-open round. With one of the mistakes below defined, an assertion must fail (check.py).
 *
 * settings:
 * settings: -DCALLERS=2 -DCALLS=2 -DMAX=2 -DTO_CLOSE=1 -DTO_REOPEN=1
 */
#define PLACES 2 /* probes at once */
#ifndef CALLERS
#define CALLERS 3
#endif
#ifndef CALLS
#define CALLS 1 /* of each caller */
#endif
#ifndef MAX
#define MAX 3 /* of a round */
#endif
#ifndef TO_CLOSE
#define TO_CLOSE 2
#endif
#ifndef TO_REOPEN
#define TO_REOPEN 2
#endif
#define EPOCHS 5 /* so far does the model go */
#define NONE 9

mtype = { CLOSED, OPEN, HALF };
mtype:lease = { FREE, PENDING, LIVE, SETTLING };
mtype:verdict = { SUCCESS, FAILURE, IGNORED };

/* The word. */
mtype state = HALF;
byte epoch = 1, issued, successes, failures;

/* The leases. */
mtype:lease lease[PLACES] = FREE;
byte generation[PLACES], born[PLACES];

/* What we know and the code does not: probes under way by epoch, and those that a round has to answer for. */
byte under_way[EPOCHS], granted[EPOCHS];
byte ended;

#define still(e) (state == HALF && epoch == (e))
#define unchanged(p) (lease[p] == seen && generation[p] == seen_generation && born[p] == seen_born)
#define load_lease(p) seen = lease[p]; seen_generation = generation[p]; seen_born = born[p]

inline move(to)
{
    state = to; epoch++; issued = 0; successes = 0; failures = 0;
    assert(epoch < EPOCHS)
}

/* The place's lease, as seen, becomes ours to settle, is counted, and is free again. `settled`: it was ours. */
inline settle(p, e, v)
{
    settled = false;
    atomic {
        if
#ifdef CLAIM_BY_STORE
        :: true ->
#else
        :: unchanged(p) ->
#endif
            lease[p] = SETTLING; generation[p] = seen_generation; born[p] = seen_born; settled = true
#ifndef CLAIM_BY_STORE
        :: else
#endif
        fi
    }
    if
    :: settled ->
        atomic {
            if
#ifdef COUNT_WITHOUT_EPOCH
            :: state == HALF ->
#else
            :: still(e) ->
#endif
                under_way[e]--;
                if
#ifdef IGNORED_KEEPS_ITS_PLACE
                :: v == IGNORED -> granted[e]--
#else
                :: v == IGNORED -> issued--; granted[e]--
#endif
                :: v == SUCCESS -> successes++
                :: v == FAILURE -> failures++
                fi;
                assert(issued <= MAX && successes + failures <= issued);
                if
                :: failures >= TO_REOPEN || (successes < TO_CLOSE && successes + failures >= MAX) -> decided = true; move(OPEN)
                :: failures < TO_REOPEN && successes >= TO_CLOSE -> decided = true; move(CLOSED)
                :: else
                fi
            :: else
            fi
        }
        if
        :: decided -> decided = false; clear(e)
        :: else
        fi;
        atomic {
            if
#ifdef FREE_BY_STORE
            :: true -> lease[p] = FREE; generation[p] = seen_generation; born[p] = seen_born
#else
            :: lease[p] == SETTLING && generation[p] == seen_generation && born[p] == seen_born -> lease[p] = FREE
            :: else
#endif
            fi
        }
    :: else
    fi
}

/* What a decided round leaves behind; compare-and-swap place by place. */
inline clear(e)
{
    cleared = 0;
    do
    :: cleared < PLACES ->
        atomic {
            if
            :: lease[cleared] != FREE && born[cleared] == e -> lease[cleared] = FREE
            :: else
            fi
        }
        cleared++
    :: else -> break
    od;
    cleared = 0
}

proctype caller()
{
    byte calls, my_epoch, place, open_place, cleared;
    byte seen_generation, seen_born, free_generation, free_born;
    mtype:lease seen = FREE, free_lease = FREE;
    bool settled, decided, used_up, taken;
    mtype:verdict v;

next:
    if
    :: calls == CALLS -> goto done
    :: else -> calls++
    fi;

again:
    atomic {
        my_epoch = epoch; used_up = (issued >= MAX); place = 0; open_place = NONE;
        seen = FREE; seen_generation = 0; seen_born = 0; free_lease = FREE; free_generation = 0; free_born = 0; taken = false;
        if
        :: state == CLOSED && epoch == EPOCHS - 1 -> goto next
        :: state == CLOSED && epoch < EPOCHS - 1 -> if :: move(OPEN) :: skip fi; goto next
        :: state == OPEN && epoch == EPOCHS - 1 -> goto next
        :: state == OPEN && epoch < EPOCHS - 1 -> if :: move(HALF); goto again :: goto next fi
        :: state == HALF && epoch == EPOCHS - 1 -> goto next /* a transition out of it would leave the model */
        :: state == HALF && epoch < EPOCHS - 1
        fi
    }

    /* look */
    do
    :: place < PLACES ->
        atomic { load_lease(place) }
        if
        :: seen != FREE && seen_born == my_epoch ->
            if
            :: seen == LIVE -> settle(place, my_epoch, FAILURE); goto again /* it has run out */
            :: true
            fi
        :: else ->
            if
            :: open_place == NONE ->
                atomic { open_place = place; free_lease = seen; free_generation = seen_generation; free_born = seen_born }
            :: else
            fi
        fi;
        place++
    :: else -> break
    od;
#ifndef NO_LAST_LOOK
    if
    :: !still(my_epoch) -> goto again
    :: else
    fi;
#endif
    if
    :: used_up || open_place == NONE -> goto next /* refused */
    :: else
    fi;

    /* take */
    place = open_place;
    atomic {
        if
#ifdef TAKE_BY_STORE
        :: true ->
#else
        :: lease[place] == free_lease && generation[place] == free_generation && born[place] == free_born ->
#endif
            lease[place] = PENDING; generation[place] = (free_generation + 1) % 8; born[place] = my_epoch; taken = true
#ifndef TAKE_BY_STORE
        :: else
#endif
        fi;
        seen_generation = (free_generation + 1) % 8; seen_born = my_epoch
    }
    if
    :: !taken -> goto again
    :: else
    fi;
    atomic {
        if
#ifdef ISSUE_WITHOUT_EPOCH
        :: state == HALF && issued < MAX -> issued++
#else
        :: still(my_epoch) && issued < MAX ->
#ifndef NOT_COUNTED_AS_ISSUED
            issued++
#endif
#endif
        :: else -> taken = false
        fi
    }
    if
    :: !taken ->
        atomic {
            if
            :: lease[place] == PENDING && generation[place] == seen_generation && born[place] == my_epoch -> lease[place] = FREE
            :: else
            fi
        }
        goto again
    :: else
    fi;
    atomic {
        if
        :: lease[place] == PENDING && generation[place] == seen_generation && born[place] == my_epoch ->
            lease[place] = LIVE; seen = LIVE;
            if
            :: still(my_epoch) ->
                under_way[my_epoch]++; granted[my_epoch]++;
                assert(under_way[my_epoch] <= PLACES);
                assert(granted[my_epoch] <= MAX)
            :: else -> under_way[my_epoch]++ /* the round ended meanwhile: it has a permit, and a stale one */
            fi
        :: else -> goto again
        fi
    }

    /* the probe ends, or is never heard of again */
    if
    :: v = SUCCESS
    :: v = FAILURE
    :: v = IGNORED
    :: goto next
    fi;
    settle(place, my_epoch, v);
    goto next;

done:
    atomic {
        ended++;
        if
        /* All is quiet. What the round still waits for is held by somebody, and so can run out. */
        :: ended == CALLERS && state == HALF ->
            place = 0; cleared = 0;
            do
            :: place < PLACES ->
                if
                :: lease[place] == LIVE && born[place] == epoch -> cleared++
                :: else -> assert(lease[place] == FREE || born[place] != epoch)
                fi;
                place++
            :: else -> break
            od;
            assert(issued - successes - failures == cleared)
        :: else
        fi
    }
}

init
{
    byte i;

    atomic {
        do
        :: i < CALLERS -> run caller(); i++
        :: else -> break
        od
    }
}
