/* A breaker's states, as they are shown. */
#ifndef STORM_STATES_H
#define STORM_STATES_H

const char *states_name(int state);  /* "half-open" */
const char *states_color(int state); /* of a terminal */
const char *states_class(int state); /* in the report's style sheet */

#endif
