/* The script of the storm: which weather the upstream has, and when. Times are nanoseconds since the start of the run. */
#ifndef STORM_WEATHER_H
#define STORM_WEATHER_H

#include <stdbool.h>
#include <stdint.h>

enum weather_kind {
    WEATHER_HEALTHY, /* answers as fast as it can */
    WEATHER_SLOW,    /* each answer takes longer than anybody waits */
    WEATHER_ERRORS,  /* each answer is a 503 with Retry-After */
    WEATHER_DOWN,    /* the process was killed: connects are refused */
    WEATHER_BACK     /* started anew, with a cold cache */
};

struct weather_spell {
    enum weather_kind kind;
    int64_t begin, end;
};

#define WEATHER_SPELLS 5

struct weather {
    struct weather_spell spells[WEATHER_SPELLS];
    int64_t end;
};

/* Divides a run of so many seconds. What comes after the storm keeps enough time to watch a recovery. */
void weather_write(struct weather *weather, double seconds);

/* The weather at an instant; the first spell before the start, the last one after the end. */
enum weather_kind weather_at(const struct weather *weather, int64_t at);

/* The outage: from the first slow answer until the upstream is started again. */
int64_t weather_outage_begin(const struct weather *weather);
int64_t weather_outage_end(const struct weather *weather);

const char *weather_name(enum weather_kind kind);
const char *weather_text(enum weather_kind kind);

#endif
