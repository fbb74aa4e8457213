/* Endpoints as text: JSON after draft-inadarei-api-health-check-06, and one line. */
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "base/writer.h"
#include "health/health_config.h"
#include "health/health_object.h"
#include "time/platform.h"

/* What all of one rendering is made from. */
typedef struct view {
    const seawall_health *health;
    seawall_health_endpoint endpoint;
    seawall_time now;     /* of the platform's clock */
    int64_t wall_seconds; /* since 1970, of the same moment */
} view;

/* --- JSON --- */

/* A byte as "\x1b": what is no UTF-8, so that any bytes can be told. */
static void write_byte(sw_writer *to, const char *prefix, unsigned char byte)
{
    static const char hex[] = "0123456789abcdef";

    sw_write(to, prefix);
    sw_write_bytes(to, &hex[byte >> 4], 1);
    sw_write_bytes(to, &hex[byte & 15], 1);
}

/* Bytes at the beginning that can be told as they are: no control characters, whole characters of UTF-8; in JSON no quotes. */
static size_t ordinary(const char *text, size_t left, bool json)
{
    size_t length = 0;

    while (length < left) {
        unsigned char c = (unsigned char)text[length];
        size_t step = c < 0x80 ? 1 : sw_utf8_character(text + length, left - length);

        if (step == 0 || c < 0x20 || c == 0x7F || (json && (c == '"' || c == '\\')))
            break;
        length += step;
    }
    return length;
}

static void write_escaped(sw_writer *to, unsigned char c)
{
    if (c >= 0x80)
        write_byte(to, "\\\\x", c);
    else if (c < 0x20 || c == 0x7F)
        write_byte(to, "\\u00", c);
    else
        sw_write(to, c == '"' ? "\\\"" : "\\\\");
}

static void write_text(sw_writer *to, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        size_t length = ordinary(text, left, true);

        sw_write_bytes(to, text, length);
        if (length == 0) {
            write_escaped(to, (unsigned char)*text);
            length = 1;
        }
        text += length;
        left -= length;
    }
}

static void write_member(sw_writer *to, const char *key, const char *text)
{
    sw_write(to, ",\"");
    sw_write(to, key);
    sw_write(to, "\":\"");
    write_text(to, text);
    sw_write(to, "\"");
}

static void write_padded(sw_writer *to, int64_t number)
{
    if (number < 10)
        sw_write(to, "0");
    sw_write_integer(to, number);
}

/* Days since 1970 as a date of the Gregorian calendar (Hinnant's algorithm: eras of 400 years that begin in March). */
static void write_date(sw_writer *to, int64_t days)
{
    int64_t shifted = days + 719468, era = shifted / 146097, day_of_era = shifted - era * 146097;
    int64_t year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year + year / 4 - year / 100), month = (5 * day_of_year + 2) / 153;

    year += era * 400 + (month >= 10);
    sw_write_integer(to, year);
    sw_write(to, "-");
    write_padded(to, month < 10 ? month + 3 : month - 9);
    sw_write(to, "-");
    write_padded(to, day_of_year - (153 * month + 2) / 5 + 1);
}

/* A time of the platform's clock as the calendar has it. */
static void write_time(sw_writer *to, const view *of, seawall_time when)
{
    int64_t seconds = of->wall_seconds - seawall_time_until(of->now, when) / SEAWALL_SECONDS(1);

    if (seconds < 0)
        seconds = 0;
    write_date(to, seconds / 86400);
    sw_write(to, "T");
    write_padded(to, seconds / 3600 % 24);
    sw_write(to, ":");
    write_padded(to, seconds / 60 % 60);
    sw_write(to, ":");
    write_padded(to, seconds % 60);
    sw_write(to, "Z");
}

/* Milliseconds with three places. */
static void write_milliseconds(sw_writer *to, seawall_duration duration)
{
    int64_t thousandths = duration / 1000 % 1000;

    sw_write_integer(to, duration / 1000000);
    sw_write(to, thousandths < 10 ? ".00" : thousandths < 100 ? ".0" : ".");
    sw_write_integer(to, thousandths);
}

static void write_tags(sw_writer *to, const char *tags)
{
    sw_span rest = sw_trim(tags);
    char one[SW_TEXT_SIZE];
    bool first = true;

    if (rest.length == 0)
        return;
    sw_write(to, ",\"tags\":[");
    while (rest.length > 0) {
        sw_span item = sw_next_item(&rest);

        memcpy(one, item.start, item.length);
        one[item.length] = '\0';
        sw_write(to, first ? "\"" : ",\"");
        write_text(to, one);
        sw_write(to, "\"");
        first = false;
    }
    sw_write(to, "]");
}

/* Where a check has never been run there is nothing to be observed. */
static void write_observed(sw_writer *to, const view *of, const sw_health_entry *entry)
{
    seawall_duration value = entry->state.duration;

    if (entry->state.runs == 0)
        return;
    if (entry->config.check == SEAWALL_HEALTH_HEARTBEAT)
        value = seawall_time_until(of->now, entry->fed);
    sw_write(to, ",\"observedValue\":");
    write_milliseconds(to, value);
    sw_write(to, ",\"observedUnit\":\"ms\",\"time\":\"");
    write_time(to, of, entry->state.last_run);
    sw_write(to, "\"");
}

static void write_check(sw_writer *to, const view *of, const sw_health_entry *entry)
{
    static const char *const types[] = {"component", "datastore", "datastore", "component", "component", "component"};
    const sw_health_state *state = &entry->state;

    sw_write(to, "\"");
    write_text(to, entry->name);
    sw_write(to, entry->config.check == SEAWALL_HEALTH_HEARTBEAT ? ":silence" : ":responseTime");
    sw_write(to, "\":[{\"status\":\"");
    /* The draft knows no unknown. */
    sw_write(to, state->status == SEAWALL_HEALTH_UNKNOWN ? "warn" : seawall_health_status_name(state->status));
    sw_write(to, "\"");
    write_member(to, "componentType", types[entry->config.check]);
    write_observed(to, of, entry);
    if (state->status == SEAWALL_HEALTH_UNKNOWN)
        write_member(to, "output", entry->message[0] != '\0' ? entry->message : "unknown: it has not been run yet");
    else if (state->status != SEAWALL_HEALTH_PASS && entry->message[0] != '\0')
        write_member(to, "output", entry->message);
    if (sw_health_net_target(entry) != NULL)
        write_member(to, "target", sw_health_net_target(entry));
    if (state->status == SEAWALL_HEALTH_UNKNOWN)
        sw_write(to, ",\"unknown\":true");
    if (state->phase == SW_HEALTH_STUCK)
        sw_write(to, ",\"stuck\":true");
    if (!entry->rules.required)
        sw_write(to, ",\"required\":false");
    if (state->fails > 0) {
        sw_write(to, ",\"consecutiveFailures\":");
        sw_write_integer(to, state->fails);
    }
    write_tags(to, entry->config.tags);
    sw_write(to, "}]");
}

static bool informs(const view *of, const sw_health_entry *entry)
{
    return of->endpoint == SEAWALL_HEALTH_WHOLE || (entry->rules.endpoints & SW_HEALTH_BIT(of->endpoint)) != 0;
}

/* Why an endpoint is as it is where no check says so. */
static const char *note_of(const view *of)
{
    const sw_health_sum *sum = &of->health->sum;

    if (of->endpoint == SEAWALL_HEALTH_LIVE)
        return NULL;
    if (sum->draining && of->endpoint != SEAWALL_HEALTH_STARTUP)
        return "draining";
    return sum->started ? NULL : "the start is not over";
}

static void write_json(sw_writer *to, const view *of)
{
    bool first = true;
    size_t i;

    sw_write(to, "{\"status\":\"");
    sw_write(to, seawall_health_status_name(sw_health_grade(&of->health->sum, of->endpoint)));
    sw_write(to, "\"");
    if (note_of(of) != NULL) {
        sw_write(to, ",\"notes\":[\"");
        sw_write(to, note_of(of));
        sw_write(to, "\"]");
    }
    sw_write(to, ",\"checks\":{");
    for (i = 0; i < of->health->entries.count; i++) {
        const sw_health_entry *entry = sw_health_entry_at(of->health, i);

        if (!informs(of, entry))
            continue;
        sw_write(to, first ? "" : ",");
        write_check(to, of, entry);
        first = false;
    }
    sw_write(to, "}}");
}

/* --- one line --- */

/* Control characters and what is no UTF-8 would break the line, or the terminal. */
static void write_plain(sw_writer *to, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        size_t length = ordinary(text, left, false);

        sw_write_bytes(to, text, length);
        if (length == 0) {
            write_byte(to, "\\x", (unsigned char)*text);
            length = 1;
        }
        text += length;
        left -= length;
    }
}

static void write_line(sw_writer *to, const view *of)
{
    const char *between = ": ";
    size_t i;

    sw_write(to, seawall_health_status_name(sw_health_grade(&of->health->sum, of->endpoint)));
    if (note_of(of) != NULL) {
        sw_write(to, " (");
        sw_write(to, note_of(of));
        sw_write(to, ")");
    }
    for (i = 0; i < of->health->entries.count; i++) {
        const sw_health_entry *entry = sw_health_entry_at(of->health, i);

        if (!informs(of, entry))
            continue;
        sw_write(to, between);
        between = ", ";
        write_plain(to, entry->name);
        sw_write(to, " ");
        sw_write(to, seawall_health_status_name(entry->state.status));
        if (entry->state.status != SEAWALL_HEALTH_PASS && entry->message[0] != '\0') {
            sw_write(to, " (");
            write_plain(to, entry->message);
            sw_write(to, ")");
        }
    }
}

/* --- both --- */

typedef void (*form)(sw_writer *to, const view *of);

static seawall_status render(seawall_health *health, seawall_health_endpoint endpoint, form how, int32_t *http_status, char *text,
                             size_t size, size_t *needed)
{
    sw_writer count = {NULL, 0, 0}, to = {text, size, 0};
    view of = {health, endpoint, 0, (int64_t)time(NULL)};

    if (health == NULL || endpoint < SEAWALL_HEALTH_LIVE || endpoint > SEAWALL_HEALTH_WHOLE || (text == NULL && size > 0))
        return SEAWALL_INVALID;
    sw_health_enter(health);
    sw_mutex_lock(&health->lock);
    of.now = sw_health_now(health, sw_now(health->platform));
    if (http_status != NULL)
        *http_status = sw_health_http(sw_health_grade(&health->sum, endpoint));
    how(&count, &of);
    if (count.length < size)
        how(&to, &of);
    sw_mutex_unlock(&health->lock);
    if (needed != NULL)
        *needed = count.length + 1;
    if (count.length >= size)
        return SEAWALL_TOO_SMALL;
    sw_write_end(&to);
    return SEAWALL_OK;
}

seawall_status seawall_health_json(seawall_health *health, seawall_health_endpoint endpoint, char *text, size_t size,
                                   size_t *needed)
{
    return render(health, endpoint, write_json, NULL, text, size, needed);
}

seawall_status seawall_health_line(seawall_health *health, seawall_health_endpoint endpoint, char *text, size_t size,
                                   size_t *needed)
{
    return render(health, endpoint, write_line, NULL, text, size, needed);
}

seawall_status seawall_health_respond(seawall_health *health, const char *path, int32_t *http_status, char *body, size_t size,
                                      size_t *needed)
{
    if (path == NULL || http_status == NULL)
        return SEAWALL_INVALID;
    return render(health, sw_health_endpoint_named(path, strcspn(path, "?")), write_json, http_status, body, size, needed);
}
