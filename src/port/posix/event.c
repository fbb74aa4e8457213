/* Events: Linux's eventfd. */
#define _GNU_SOURCE
#include <sys/eventfd.h>
#include <unistd.h>

#include "port/port.h"

int32_t sw_port_event_open(void)
{
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

/* The count cannot be full: nobody rings 2^64 times. */
void sw_port_event_ring(int32_t event)
{
    const uint64_t one = 1;

    if (write(event, &one, sizeof(one)) < 0)
        return;
}

void sw_port_event_clear(int32_t event)
{
    uint64_t count;

    if (read(event, &count, sizeof(count)) < 0) /* it was not rung */
        return;
}

void sw_port_event_close(int32_t event)
{
    (void)close(event);
}
