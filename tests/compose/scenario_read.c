/* Reads the scenario table. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "scenario_read.h"

static int line_number;

/* The table is read before any test runs, so a mistake in it ends the program. */
__attribute__((format(printf, 1, 2), noreturn)) static void mistake(const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "scenarios.txt, line %d: ", line_number);
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n");
    exit(EXIT_FAILURE);
}

static void copy(char *to, size_t size, const char *from)
{
    if (strlen(from) >= size)
        mistake("too long: %s", from);
    memcpy(to, from, strlen(from) + 1);
}

bool scenario_word(const char **rest, char *word, size_t size)
{
    size_t length;

    *rest += strspn(*rest, " \n");
    length = strcspn(*rest, " \n");
    if (length >= size)
        mistake("too long a word: %s", *rest);
    memcpy(word, *rest, length);
    word[length] = '\0';
    *rest += length;
    return length > 0;
}

bool scenario_cut(char *word, char **value)
{
    char *equals = strchr(word, '=');

    if (equals == NULL)
        return false;
    *equals = '\0';
    *value = equals + 1;
    return true;
}

seawall_duration scenario_duration(const char *text)
{
    seawall_duration duration = 0;

    if (sw_parse_duration(sw_trim(text), &duration) != SW_TEXT_GOOD)
        mistake("no duration: %s", text);
    return duration;
}

seawall_fault scenario_fault(const char *text)
{
    seawall_fault fault = SEAWALL_FAULT_NONE;

    if (strcmp(text, "ok") != 0 && seawall_fault_from_name(text, &fault) != SEAWALL_OK)
        mistake("no fault: %s", text);
    return fault;
}

static void object(scenario_row *row, const char *kind, const char *rest)
{
    scenario_object *o = &row->objects[row->object_count++];

    if (row->object_count > SCENARIO_OBJECTS)
        mistake("too many");
    copy(o->kind, sizeof(o->kind), kind);
    if (!scenario_word(&rest, o->name, sizeof(o->name)))
        mistake("no name");
    copy(o->settings, sizeof(o->settings), rest);
}

static void chain(scenario_row *row, const char *rest)
{
    scenario_chain *c = &row->chains[row->chain_count++];

    if (row->chain_count > SCENARIO_CHAINS)
        mistake("too many");
    if (!scenario_word(&rest, c->name, sizeof(c->name)))
        mistake("no name");
    copy(c->objects, sizeof(c->objects), rest);
}

/* "5ms internal code=500 retry_after=2s stops=3ms" */
static void attempt(scenario_attempt *a, char *text)
{
    const char *rest = text;
    char word[SCENARIO_NAME], *value = NULL;

    *a = (scenario_attempt){.stops = SEAWALL_MILLISECONDS(1)};
    if (!scenario_word(&rest, word, sizeof(word)))
        mistake("an empty attempt");
    a->lasts = scenario_duration(word);
    if (!scenario_word(&rest, word, sizeof(word)))
        mistake("an attempt without an end");
    a->lost = strcmp(word, "lost") == 0;
    a->result.fault = a->lost ? SEAWALL_FAULT_NONE : scenario_fault(word);
    while (scenario_word(&rest, word, sizeof(word))) {
        if (!scenario_cut(word, &value))
            mistake("%s", word);
        if (strcmp(word, "code") == 0)
            a->result.code = strtoll(value, NULL, 10);
        else if (strcmp(word, "retry_after") == 0)
            a->result.retry_after = scenario_duration(value);
        else if (strcmp(word, "stops") == 0)
            a->stops = scenario_duration(value);
        else
            mistake("%s", word);
    }
}

/* "at=5ms deadline=50ms cancel=20ms: ATTEMPT, ATTEMPT". Without attempts: those of the call before. */
static void call(scenario_row *row, const char *rest)
{
    scenario_call *c = &row->calls[row->call_count++];
    char head[SCENARIO_TEXT], *tail, *piece, word[SCENARIO_NAME], *value = NULL;
    const char *words = head;

    if (row->call_count > SCENARIO_CALLS)
        mistake("too many");
    *c = row->call_count > 1 ? c[-1] : *c;
    c->at = 0;
    c->limit = c->cancel = SEAWALL_FOREVER;
    copy(head, sizeof(head), rest);
    tail = strchr(head, ':');
    if (tail != NULL)
        *tail++ = '\0';
    while (scenario_word(&words, word, sizeof(word))) {
        if (!scenario_cut(word, &value))
            mistake("%s", word);
        if (strcmp(word, "at") == 0)
            c->at = scenario_duration(value);
        else if (strcmp(word, "deadline") == 0)
            c->limit = scenario_duration(value);
        else if (strcmp(word, "cancel") == 0)
            c->cancel = scenario_duration(value);
        else
            mistake("%s", word);
    }
    if (tail == NULL)
        return;
    for (c->count = 0; (piece = strsep(&tail, ",")) != NULL;) {
        if (c->count >= SCENARIO_ATTEMPTS)
            mistake("too many");
        attempt(&c->attempts[c->count++], piece);
    }
}

/* "30ms release places 2" */
static void happening(scenario_row *row, const char *rest)
{
    scenario_happening *h = &row->happenings[row->happening_count++];
    char word[SCENARIO_NAME];

    if (row->happening_count > SCENARIO_HAPPENINGS)
        mistake("too many");
    *h = (scenario_happening){.count = 1};
    if (!scenario_word(&rest, word, sizeof(word)))
        mistake("too few words");
    h->at = scenario_duration(word);
    if (row->happening_count > 1 && h->at < h[-1].at)
        mistake("out of order");
    if (!scenario_word(&rest, h->what, sizeof(h->what)) || !scenario_word(&rest, h->object, sizeof(h->object)))
        mistake("too few words");
    if (scenario_word(&rest, word, sizeof(word)))
        h->count = (int32_t)strtol(word, NULL, 10);
}

static void draws(scenario_row *row, const char *rest)
{
    char word[SCENARIO_NAME];

    while (scenario_word(&rest, word, sizeof(word))) {
        if (row->draw_count >= SCENARIO_DRAWS)
            mistake("too many");
        if (sw_parse_number(sw_trim(word), &row->draws[row->draw_count++]) != SW_TEXT_GOOD)
            mistake("no number: %s", word);
    }
}

/* Several lines of one log are one. */
static void log_line(char *log, const char *rest)
{
    size_t length = strlen(log);

    if (length + strlen(rest) + 3 >= SCENARIO_TEXT)
        mistake("too long a log");
    strcat(log, length > 0 ? "; " : "");
    strcat(log, rest);
}

static void understand(scenario_row *row, const char *line)
{
    const char *rest = line;
    char word[SCENARIO_NAME];

    if (!scenario_word(&rest, word, sizeof(word)))
        mistake("nothing");
    rest += strspn(rest, " ");
    if (strcmp(word, "chain") == 0)
        chain(row, rest);
    else if (strcmp(word, "call") == 0 || strcmp(word, "call:") == 0)
        call(row, line + strlen("call"));
    else if (strcmp(word, "at") == 0)
        happening(row, rest);
    else if (strcmp(word, "random") == 0)
        draws(row, rest);
    else if (strcmp(word, "refused") == 0)
        copy(row->refused, sizeof(row->refused), rest);
    else if (strcmp(word, "log") == 0)
        log_line(row->log, rest);
    else if (strcmp(word, "late") == 0)
        log_line(row->late, rest);
    else
        object(row, word, rest);
}

scenario_row *scenario_read(const char *path, int *count)
{
    FILE *file = fopen(path, "r");
    scenario_row *rows = NULL;
    char line[SCENARIO_TEXT];
    int made = 0;

    if (file == NULL)
        mistake("%s cannot be read", path);
    for (line_number = 1; fgets(line, sizeof(line), file) != NULL; line_number++) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '=') {
            rows = realloc(rows, (size_t)++made * sizeof(*rows));
            if (rows == NULL)
                mistake("no memory");
            memset(&rows[made - 1], 0, sizeof(*rows));
            copy(rows[made - 1].name, SCENARIO_NAME, line + 2);
            rows[made - 1].line = line_number;
        } else if (line[0] != '#' && line[0] != '\0') {
            if (made == 0)
                mistake("before the first row");
            understand(&rows[made - 1], line);
        }
    }
    (void)fclose(file);
    *count = made;
    return rows;
}
