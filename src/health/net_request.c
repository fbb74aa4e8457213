/* The bytes that a network check sends: an HTTP request, with Basic authorization (RFC 7617). */
#include "base/error.h"
#include "health/net_request.h"

/* Three bytes become four characters; of fewer, the rest is padding. */
typedef struct base64 {
    sw_writer *writer;
    uint32_t bits;
    int32_t count; /* bytes in them */
} base64;

static void encode_rest(base64 *to)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = to->bits << 8 * (3 - to->count);
    int32_t i;

    for (i = 0; i < 4; i++) {
        const char *c = i <= to->count ? &alphabet[bits >> (18 - 6 * i) & 63] : "=";

        sw_write_bytes(to->writer, c, 1);
    }
    to->bits = 0;
    to->count = 0;
}

static void encode(base64 *to, unsigned char byte)
{
    to->bits = to->bits << 8 | byte;
    if (++to->count == 3)
        encode_rest(to);
}

/* The byte that stands at `*at`, percent sign or not, which moves behind it; -1 for half an escape. */
static int next_byte(sw_span user, size_t *at)
{
    int high, low;

    if (user.start[*at] != '%')
        return (unsigned char)user.start[(*at)++];
    high = *at + 2 < user.length ? sw_hex_digit(user.start[*at + 1]) : -1;
    low = *at + 2 < user.length ? sw_hex_digit(user.start[*at + 2]) : -1;
    *at += 3;
    return high >= 0 && low >= 0 ? high * 16 + low : -1;
}

seawall_status sw_net_check_user(const char *key, sw_span user, seawall_error *error)
{
    size_t at = 0;

    while (at < user.length) {
        int byte = next_byte(user, &at);

        if (byte < 0)
            return sw_error(error, SEAWALL_INVALID, key, "%s: a percent sign in the user or password begins no escape", key);
        if (byte < 0x20 || byte == 0x7F)
            return sw_error(error, SEAWALL_INVALID, key, "%s: the user or password contains a control character", key);
    }
    return SEAWALL_OK;
}

static void write_authorization(sw_span user, sw_writer *writer)
{
    base64 to = {writer, 0, 0};
    bool password = false;
    size_t at = 0;

    if (user.start == NULL)
        return;
    sw_write(writer, "Authorization: Basic ");
    while (at < user.length) {
        password = password || user.start[at] == ':';
        encode(&to, (unsigned char)next_byte(user, &at));
    }
    if (!password)
        encode(&to, ':');
    if (to.count > 0)
        encode_rest(&to);
    sw_write(writer, "\r\n");
}

void sw_net_write_get(const sw_net_target *target, sw_writer *writer)
{
    sw_write(writer, "GET ");
    if (target->request.length == 0 || target->request.start[0] != '/')
        sw_write(writer, "/");
    sw_write_bytes(writer, target->request.start, target->request.length);
    sw_write(writer, " HTTP/1.1\r\nHost: ");
    sw_write_bytes(writer, target->authority.start, target->authority.length);
    sw_write(writer, "\r\nUser-Agent: Seawall-health-check\r\nAccept: */*\r\nConnection: close\r\n");
    write_authorization(target->user, writer);
    sw_write(writer, "\r\n");
}
