/*
 * Holding a breaker open, for nobody knows how long: what a registry's checks do while they fail.
 *
 * Who holds it is one of its listeners, and there may be several: it is let go when the last of them lets it go. The word itself
 * says that it is held, so that an order that somebody gives meanwhile, which makes another word, is never taken for the hold,
 * whatever comes between a look and an act. An order goes before a hold:
 *
 * - what is forced open, disabled or metrics-only by order is left as it is;
 * - what was ordered to be anything else while it was held is held no more, until a holder holds it anew;
 * - a forced opening whose time has come is no order any longer.
 */
#ifndef SW_POLICY_BREAKER_HOLD_H
#define SW_POLICY_BREAKER_HOLD_H

#include <seawall/breaker.h>

/* The listener holds it from now on. Any thread, under no lock of the breaker; again does no harm, and follows an order. */
void sw_breaker_hold(seawall_breaker *breaker, seawall_breaker_listener_fn listener, void *user);
/* The listener holds it no more; what nobody holds is let probe at once. Does no harm if it did not. */
void sw_breaker_let_go(seawall_breaker *breaker, seawall_breaker_listener_fn listener, void *user);
/*
 * Whether the listener holds it; for the listener itself, told of this transition. Where the time of a forced opening has come,
 * and nothing was ordered since, it is the holders' again.
 */
bool sw_breaker_hold_on(seawall_breaker *breaker, const seawall_breaker_transition *transition,
                        seawall_breaker_listener_fn listener, void *user);

#endif
