/* Telling a mistake: to the callback, and the first one to the error. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "config/problem.h"

#include "base/error.h"

#define MESSAGE_SIZE 512
#define SECTION_SIZE 320 /* a kind that is cut, a name in quotes */
#define KEY_SIZE 64
#define FILE_SIZE 512
#define ALL_SIZE (FILE_SIZE + SECTION_SIZE + KEY_SIZE + MESSAGE_SIZE + 32)

bool sw_problems_full(const sw_problems *problems)
{
    return problems->count >= SEAWALL_PROBLEMS_MAX;
}

/* One line, whatever others have written into it; not cut within a UTF-8 character. */
static void tidy(char *text, size_t size)
{
    size_t length = strlen(text);
    char *c;

    if (length + 1 == size) {
        while (length > 0 && ((unsigned char)text[length - 1] & 0xC0) == 0x80)
            length--;
        if (length > 0 && ((unsigned char)text[length - 1] & 0x80) != 0)
            length--;
        text[length] = '\0';
    }
    for (c = text; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = '?';
    }
}

static void describe_section(const sw_place *place, char section[SECTION_SIZE])
{
    char kind[41], name[SW_TEXT_SIZE];

    section[0] = '\0';
    if (place->kind == NULL)
        return;
    (void)snprintf(kind, sizeof(kind), "%s", place->kind);
    if (place->name == NULL) {
        (void)snprintf(section, SECTION_SIZE, "[%s]", kind);
    } else {
        (void)sw_quote((sw_span){place->name, strlen(place->name)}, name);
        (void)snprintf(section, SECTION_SIZE, "[%s %s]", kind, name);
    }
    tidy(section, SECTION_SIZE);
}

static void join(const seawall_problem *problem, char text[ALL_SIZE])
{
    char place[32] = "";

    if (problem->line > 0)
        (void)snprintf(place, sizeof(place), ":%d", (int)problem->line);
    (void)snprintf(text, ALL_SIZE, "%s%s: %s%s%s%s%s", problem->file, place, problem->section,
                   problem->section[0] != '\0' && problem->key[0] != '\0' ? " " : "", problem->key,
                   problem->section[0] != '\0' || problem->key[0] != '\0' ? ": " : "", problem->message);
}

static void fill_error(seawall_error *error, const sw_place *place, const seawall_problem *problem)
{
    char path[SECTION_SIZE + KEY_SIZE] = "";

    if (place->kind != NULL && place->key != NULL)
        (void)snprintf(path, sizeof(path), "%.100s.%s", place->kind, problem->key);
    else if (place->kind != NULL)
        (void)snprintf(path, sizeof(path), "%.100s", place->kind);
    (void)sw_error(error, SEAWALL_INVALID, path, "%s", problem->text);
}

void sw_problem(sw_problems *problems, const sw_place *place, const char *format, ...)
{
    char file[FILE_SIZE], section[SECTION_SIZE], key[KEY_SIZE] = "", message[MESSAGE_SIZE], text[ALL_SIZE];
    seawall_problem problem = {sizeof(problem), place->line, file, section, key, message, text};
    va_list arguments;

    if (sw_problems_full(problems))
        return;
    (void)snprintf(file, sizeof(file), "%s", place->file);
    tidy(file, sizeof(file));
    describe_section(place, section);
    if (place->key != NULL)
        (void)snprintf(key, sizeof(key), "%s", place->key);
    tidy(key, sizeof(key));
    va_start(arguments, format);
    if (vsnprintf(message, sizeof(message), format, arguments) < 0)
        message[0] = '\0';
    va_end(arguments);
    tidy(message, sizeof(message));
    join(&problem, text);
    if (problems->count++ == 0)
        fill_error(problems->error, place, &problem);
    if (problems->report != NULL)
        problems->report(&problem, problems->user);
}
