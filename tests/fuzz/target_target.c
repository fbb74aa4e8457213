/*
 * Targets of checks: what is read can be shown without what is secret, what is shown can be read again, and no URL says more to a
 * server than one request. What is refused is not repeated where it may hold a password.
 */
#include "fuzz.h"

#include <string.h>

#include "health/net_check.h"

#define SECRET "sEcReT"
#define UNTOUCHED 77

static void asks_once(const sw_net_target *target, const char *text)
{
    sw_net_settings settings = SW_NET_SETTINGS_INIT;
    sw_net_check *check = NULL;
    size_t i, ends = 0;

    settings.kind = SW_NET_HEALTH_ENDPOINT;
    settings.target = text;
    if (sw_net_check_create(&settings, seawall_platform_default(), &check, NULL) != SEAWALL_OK) {
        fuzz_must(target->user.start != NULL, "only the user may yet be wrong");
        return;
    }
    for (i = 0; i < check->request.length; i++) {
        unsigned char c = (unsigned char)check->request.start[i];

        fuzz_must((c >= 0x20 && c < 0x7F) || c == '\r' || c == '\n', "it is printable");
        ends += c == '\r' || c == '\n';
    }
    fuzz_must(ends == 2 * (size_t)(target->user.start != NULL ? 7 : 6), "it has its own lines and no other");
    fuzz_must(memcmp(check->request.start + check->request.length - 4, "\r\n\r\n", 4) == 0, "it ends once");
    sw_net_check_destroy(check);
}

static void read_one(const char *text, bool url)
{
    sw_net_target target = {.port = UNTOUCHED}, again;
    char shown[SW_NET_SHOWN_SIZE];

    if (sw_net_target_parse("k", text, url, &target, NULL) != SEAWALL_OK) {
        fuzz_must(target.port == UNTOUCHED, "what is refused touches nothing");
        return;
    }
    fuzz_must(target.host.length > 0 && target.host.length <= SW_NET_HOST_MAX, "there is a host");
    fuzz_must(target.place == SW_NET_AT_SOCKET || target.port > 0, "there is a port");
    fuzz_must((target.place == SW_NET_AT_URL) == url, "a URL where one was asked for");
    fuzz_must(sw_net_target_show(&target, text, shown) == strlen(shown), "it can be shown");
    fuzz_must(sw_net_target_parse("k", shown, url, &again, NULL) == SEAWALL_OK, "what is shown can be read");
    fuzz_must(again.port == target.port && again.host.length == target.host.length &&
                  memcmp(again.host.start, target.host.start, target.host.length) == 0,
              "and leads to the same place");
    if (url)
        asks_once(&target, text);
}

/* With a password in front of it, whatever the rest. */
static void keeps_secrets(const char *text)
{
    char whole[FUZZ_TEXT_SIZE + 32] = "http://u:" SECRET "@", shown[SW_NET_SHOWN_SIZE];
    seawall_error error = {.message = ""};
    sw_net_target target;

    strcat(whole, text);
    if (sw_net_target_parse("k", whole, true, &target, &error) == SEAWALL_OK) {
        (void)sw_net_target_show(&target, whole, shown);
        fuzz_must(strstr(text, SECRET) != NULL || strstr(shown, SECRET) == NULL, "a password is not shown");
    } else {
        fuzz_must(strstr(text, SECRET) != NULL || strstr(error.message, SECRET) == NULL, "a password is not told");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[FUZZ_TEXT_SIZE];

    (void)fuzz_text(data, size, text);
    read_one(text, false);
    read_one(text, true);
    keeps_secrets(text);
    return 0;
}
