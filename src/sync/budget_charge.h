/* What a retry asks of its budget, with the time as a number. */
#ifndef SW_SYNC_BUDGET_CHARGE_H
#define SW_SYNC_BUDGET_CHARGE_H

#include <seawall/retry_budget.h>

/*
 * seawall_retry_budget_try_charge_at for a retry that begins at `due`, which may be much later. It counts from now on until it
 * has left the window that it began in, so that nobody has to tell that it began.
 */
seawall_status sw_budget_charge(seawall_retry_budget *budget, seawall_time now, seawall_time due, seawall_retry_charge *charge);

#endif
