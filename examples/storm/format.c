#include "format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

char *format_seconds(char *text, double seconds)
{
    if (isnan(seconds))
        snprintf(text, FORMAT_SIZE, "-");
    else if (seconds < 0.0095)
        snprintf(text, FORMAT_SIZE, "%.1f ms", seconds * 1e3);
    else if (seconds < 0.9995)
        snprintf(text, FORMAT_SIZE, "%.0f ms", seconds * 1e3);
    else
        snprintf(text, FORMAT_SIZE, "%.2f s", seconds);
    return text;
}

char *format_share(char *text, double share)
{
    if (isnan(share))
        snprintf(text, FORMAT_SIZE, "-");
    else
        snprintf(text, FORMAT_SIZE, "%.1f %%", share * 100);
    return text;
}

char *format_count(char *text, long count)
{
    char digits[FORMAT_SIZE];
    int length = snprintf(digits, sizeof digits, "%ld", count);
    char *out = text;

    for (int i = 0; i < length && out < text + FORMAT_SIZE - 2; i++) {
        if (i > 0 && digits[i - 1] != '-' && (length - i) % 3 == 0)
            *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
    return text;
}
