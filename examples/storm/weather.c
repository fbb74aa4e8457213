#include "weather.h"

#include "clock.h"

/* Shares of the time up to the recovery, and the recovery's own share and least length. */
static const double before_share[WEATHER_SPELLS - 1] = {4.0 / 17, 5.0 / 17, 4.0 / 17, 4.0 / 17};
static const double back_share = 8.0 / 25;
static const double back_seconds_min = 5;

void weather_write(struct weather *weather, double seconds)
{
    double back = seconds * back_share > back_seconds_min ? seconds * back_share : back_seconds_min;
    double at = 0;

    for (int i = 0; i < WEATHER_SPELLS; i++) {
        double length = i < WEATHER_SPELLS - 1 ? (seconds - back) * before_share[i] : back;

        weather->spells[i] = (struct weather_spell){
            .kind = (enum weather_kind)i,
            .begin = (int64_t)(at * 1e9),
            .end = (int64_t)((at + length) * 1e9),
        };
        at += length;
    }
    weather->end = weather->spells[WEATHER_SPELLS - 1].end;
}

enum weather_kind weather_at(const struct weather *weather, int64_t at)
{
    int i = 0;

    while (i < WEATHER_SPELLS - 1 && at >= weather->spells[i].end)
        i++;
    return weather->spells[i].kind;
}

int64_t weather_outage_begin(const struct weather *weather)
{
    return weather->spells[WEATHER_SLOW].begin;
}

int64_t weather_outage_end(const struct weather *weather)
{
    return weather->spells[WEATHER_DOWN].end;
}

const char *weather_name(enum weather_kind kind)
{
    static const char *const names[WEATHER_SPELLS] = {"healthy", "slow", "503", "killed", "back"};

    return names[kind];
}

const char *weather_text(enum weather_kind kind)
{
    static const char *const texts[WEATHER_SPELLS] = {
        "the upstream answers as fast as it can",
        "each answer takes longer than anybody waits",
        "each answer is a 503 with Retry-After",
        "the process was killed: connects are refused",
        "the upstream was started anew, its cache is cold",
    };

    return texts[kind];
}
