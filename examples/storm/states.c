#include "states.h"

#include <seawall/breaker.h>

struct look {
    const char *name, *color, *class;
};

static const struct look *find(int state)
{
    static const struct look closed = {"closed", "32", "closed"}, open = {"open", "31", "open"};
    static const struct look half_open = {"half-open", "33", "half-open"};

    switch (state) {
    case SEAWALL_BREAKER_CLOSED:
        return &closed;
    case SEAWALL_BREAKER_HALF_OPEN:
        return &half_open;
    default:
        return &open;
    }
}

const char *states_name(int state)
{
    return find(state)->name;
}

const char *states_color(int state)
{
    return find(state)->color;
}

const char *states_class(int state)
{
    return find(state)->class;
}
