/* Texts that hold a secret, as they may be shown. */
#ifndef SW_BASE_SECRET_H
#define SW_BASE_SECRET_H

#include "base/field.h"
#include "base/text.h"

/* Bytes that hold what is shown of a text, the NUL included: stars may be longer than what they stand for. */
#define SW_SHOWN_SIZE (SW_TEXT_SIZE + 8)

/* The field's text with *** for each secret in it. */
void sw_secret_show(const sw_field *field, const char *text, char shown[SW_SHOWN_SIZE]);

/* Whether the stars still stand for one. */
bool sw_secret_is_hidden(const sw_field *field, sw_span text);

#endif
