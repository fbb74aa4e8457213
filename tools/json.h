/* Texts as JSON, on the standard output. */
#ifndef SEAWALL_CHECK_JSON_H
#define SEAWALL_CHECK_JSON_H

void json_string(const char *text);

#endif
