/* Which versions serve which. */
#ifndef SW_BASE_VERSION_H
#define SW_BASE_VERSION_H

#include <stdbool.h>
#include <stdint.h>

/* Whether a library of one version serves a program built with the headers of the other, numbers as seawall_version has them. */
bool sw_version_serves(int32_t library, int32_t program);

#endif
