/* One call where a host would make two or three: for hosts to whom every call is dear. */
#include "pipeline/machine.h"

seawall_status seawall_execution_exchange_at(seawall_execution *x, uint64_t id, const seawall_result *result, seawall_time now,
                                             seawall_report *report, seawall_step *step)
{
    seawall_step next;
    seawall_status status = SEAWALL_OK;
    bool known;

    if (step == NULL || (id == 0) != (result == NULL) || !sw_report_fits(report))
        return SEAWALL_INVALID;
    if (id != 0)
        status = seawall_execution_report_at(x, id, result, now);
    if (status == SEAWALL_OK)
        status = seawall_execution_next_at(x, now, &next);
    if (status != SEAWALL_OK)
        return status;
    known = next.kind == SEAWALL_STEP_FINISHED;
    if (known && x->live == 0)
        status = seawall_execution_next_at(x, now, &next);
    if (known && report != NULL)
        (void)sw_execution_tell(x, report);
    *step = next;
    return status;
}
