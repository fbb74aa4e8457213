/* How a network check ended. */
#include <stdarg.h>
#include <stdio.h>

#include "health/net_result.h"

void sw_net_conclude(sw_net_result *result, seawall_fault fault, int64_t code, const char *format, ...)
{
    va_list arguments;
    char *c;

    result->fault = fault;
    result->code = code;
    va_start(arguments, format);
    if (vsnprintf(result->message, sizeof(result->message), format, arguments) < 0)
        result->message[0] = '\0';
    va_end(arguments);
    for (c = result->message; *c != '\0'; c++) {
        if (*c < 0x20 || *c > 0x7E)
            *c = '?';
    }
}
