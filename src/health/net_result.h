/* How a network check ended. */
#ifndef SW_HEALTH_NET_RESULT_H
#define SW_HEALTH_NET_RESULT_H

#include <seawall/fault.h>

#define SW_NET_MESSAGE_SIZE 160

typedef struct sw_net_result {
    seawall_fault fault;        /* SEAWALL_FAULT_NONE: it passed */
    int64_t code;               /* the HTTP status, errno, or getaddrinfo's error; 0 if there is none */
    seawall_duration duration;
    char message[SW_NET_MESSAGE_SIZE]; /* one line of printable ASCII; "" if there is nothing to say */
} sw_net_result;

/* Sets all but the duration. The format is printf's, without floating point; what is not printable becomes a question mark. */
__attribute__((format(printf, 4, 5))) void sw_net_conclude(sw_net_result *result, seawall_fault fault, int64_t code,
                                                           const char *format, ...);

#endif
