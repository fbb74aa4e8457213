/* Whether checks can be run as often as the endpoints that they feed say. */
#ifndef SW_CONFIG_PACE_H
#define SW_CONFIG_PACE_H

#include "config/whole.h"

/* Once sections have been judged by themselves: tells each check whose timeout is above the interval that its endpoints have. */
void sw_judge_paces(sw_wholes *wholes);

#endif
