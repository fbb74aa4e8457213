/* Texts that hold a secret, as they may be shown. */
#include "base/secret.h"

#include <string.h>

#include "base/writer.h"

#define STARS "***"

static size_t word_length(sw_span text)
{
    size_t i = 0;

    while (i < text.length && ((text.start[i] >= 'a' && text.start[i] <= 'z') || (text.start[i] >= 'A' && text.start[i] <= 'Z')))
        i++;
    return i;
}

/* Of "scheme://user:password@host/path?query" what stands before the '@', and the query. */
static void find_in_url(sw_span text, sw_span secrets[2])
{
    size_t start = word_length(text) + strlen("://"), end = start, at;
    const char *query;

    if (start > text.length || memcmp(text.start + start - strlen("://"), "://", strlen("://")) != 0)
        return;
    while (end < text.length && strchr("/?#", text.start[end]) == NULL)
        end++;
    for (at = end; at > start && text.start[at - 1] != '@';)
        at--;
    if (at > start)
        secrets[0] = (sw_span){text.start + start, at - 1 - start};
    query = memchr(text.start + end, '?', text.length - end);
    if (query != NULL)
        secrets[1] = (sw_span){query + 1, text.length - (size_t)(query + 1 - text.start)};
}

/* In their order; a start of NULL: there is none. */
static void find(const sw_field *field, sw_span text, sw_span secrets[2])
{
    secrets[0] = (sw_span){NULL, 0};
    secrets[1] = secrets[0];
    if (field->secret == SW_SECRET_ALL && text.length > 0)
        secrets[0] = text;
    else if (field->secret == SW_SECRET_OF_URL)
        find_in_url(text, secrets);
}

void sw_secret_show(const sw_field *field, const char *text, char shown[SW_SHOWN_SIZE])
{
    sw_writer to = {shown, SW_SHOWN_SIZE, 0};
    const char *rest = text;
    sw_span secrets[2];
    size_t i;

    find(field, (sw_span){text, strlen(text)}, secrets);
    for (i = 0; i < 2; i++) {
        if (secrets[i].start == NULL)
            continue;
        sw_write_bytes(&to, rest, (size_t)(secrets[i].start - rest));
        sw_write(&to, STARS);
        rest = secrets[i].start + secrets[i].length;
    }
    sw_write(&to, rest);
    sw_write_end(&to);
}

bool sw_secret_is_hidden(const sw_field *field, sw_span text)
{
    sw_span secrets[2];

    find(field, text, secrets);
    return (secrets[0].start != NULL && sw_span_is(secrets[0], STARS)) ||
           (secrets[1].start != NULL && sw_span_is(secrets[1], STARS));
}
