/*
 * Toy policies: small, scripted, and written as a user would write them, against the public headers alone. Each notes
 * what it is asked and what it answers, and counts frames, so that "every frame whose enter did not refuse ends
 * exactly once" is checked wherever a toy is used.
 */
#ifndef SEAWALL_TEST_TOY_H
#define SEAWALL_TEST_TOY_H

#include <pthread.h>
#include <seawall/seawall.h>

/* A text that grows. */
typedef struct toy_notes {
    char *text;
    size_t length;
    size_t capacity;
} toy_notes;

__attribute__((format(printf, 2, 3))) void toy_note(toy_notes *notes, const char *format, ...);
/* "failed internal x2 code 7 after 5 by 1": attempts behind the x, the policy behind "by". */
void toy_note_outcome(toy_notes *notes, const seawall_outcome *outcome);
/* An instant or "never". */
void toy_note_time(toy_notes *notes, const char *before, seawall_time t);
void toy_notes_clear(toy_notes *notes);
void toy_notes_free(toy_notes *notes);

/* A well-mixed function of two numbers: what "random" means in a world that must be the same under every driver. */
uint64_t toy_hash(uint64_t seed, uint64_t n);

enum toy_kind {
    TOY_PLAIN,    /* proceeds and passes */
    TOY_GATE,     /* counted permits, FIFO waiters */
    TOY_LIMITED,  /* one grant every `delay` */
    TOY_AGAIN,    /* repeats a failure `count` times, `delay` later each */
    TOY_HEDGE,    /* `count` extra runs, one every `delay`; the first success wins */
    TOY_CUT,      /* cuts after `delay`, with `status` */
    TOY_DIVERT,   /* runs the alternative after a failure */
    TOY_NONSENSE, /* answers what makes no sense */
    TOY_SCRIPT    /* answers what the test wrote down */
};

/* What a toy answers to one verb. */
typedef struct toy_says {
    seawall_answer answer;
    seawall_time at;   /* wait, again */
    seawall_time tick; /* 0: none asked for */
    seawall_time by;   /* shorten; 0: not */
    seawall_status status;
    seawall_duration retry_after;
    bool bare; /* the answer alone, without the call that gives its details */
} toy_says;

typedef struct toy toy;

typedef struct toy_config {
    enum toy_kind kind;
    const char *name;
    int32_t count;
    int32_t waiting; /* gate: the longest queue */
    seawall_duration delay;
    seawall_status status;
    bool detach;
    bool dropless; /* for kinds whose leave always ends the frame */
    bool ticking;  /* nonsense: ticks as well */
    bool tickless; /* without tick, whatever the kind */
    int32_t width;
    uint64_t seed;
    const toy_says *script; /* one for each verb, in the order they come; after the end the first answer of each verb */
    const seawall_pipeline *alternative; /* kept by the pipeline */
    void (*hook)(toy *t, char verb, seawall_turn *turn,
                 void *user); /* called in every verb: 'e', 'l', 't', 'd'; and 'w' when enter is about to answer wait */
    void *hook_user;
} toy_config;

struct toy_waiter {
    struct toy_waiter *next, *previous;
    seawall_waker waker;
    bool queued, granted;
};

/* A frame. What comes after `began` belongs to the kinds. */
typedef struct toy_frame {
    bool began;
    bool ended;
    bool noted_wait;
    bool diverted;
    int32_t count;
    seawall_time until;
    seawall_time asked; /* the tick asked for */
    union {
        struct toy_waiter waiter;
        seawall_outcome best;
    } of;
} toy_frame;

struct toy {
    toy_config config;
    seawall_policy policy;
    toy_notes **notes; /* whose turn it is; NULL or a NULL in it: nobody reads them */
    pthread_mutex_t lock;
    int64_t begun;
    int64_t ended;
    int64_t references;
    const char *broken; /* the first promise found broken */
    /* gate */
    int32_t held, queued, most;
    struct toy_waiter *first, *last;
    /* limited */
    seawall_time next;
    /* script */
    int32_t said;
};

/* What a verb is told. */
typedef struct toy_asked {
    seawall_turn *turn;
    seawall_time now;
    seawall_outcome *outcome;
    int32_t inner;
    bool diverted;
} toy_asked;

/* A kind's verbs fill in what the toy says; a verb that is NULL says the obvious. */
typedef struct toy_verbs {
    const char *name;
    void (*enter)(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says);
    void (*leave)(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says);
    void (*tick)(toy *t, toy_frame *f, const toy_asked *asked, toy_says *says);
    void (*drop)(toy *t, toy_frame *f, const toy_asked *asked);
} toy_verbs;

extern const toy_verbs toy_gate, toy_limited, toy_again, toy_hedge, toy_cut, toy_divert, toy_nonsense, toy_script;

void toy_init(toy *t, const toy_config *config, toy_notes **notes);

/* A pipeline of toys, outermost first; the other parameters as seawall_pipeline_create's. */
seawall_pipeline *toy_pipeline(const seawall_pipeline_config *config, const toy *toys, int32_t count,
                               const seawall_platform *platform);
void toy_fini(toy *t);
void toy_break(toy *t, const char *promise);
/* The first broken promise of a toy at rest, or NULL. */
const char *toy_at_rest(toy *t);

#endif
