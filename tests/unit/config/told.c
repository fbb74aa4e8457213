/* Keeping what is told. */
#include "told.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool printable(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            return false;
    }
    return true;
}

static bool made_of_its_parts(const seawall_problem *problem)
{
    return problem->size == sizeof(*problem) && strncmp(problem->text, problem->file, strlen(problem->file)) == 0 &&
           strstr(problem->text, problem->section) != NULL && strstr(problem->text, problem->key) != NULL &&
           strstr(problem->text, problem->message) != NULL && problem->message[0] != '\0' && problem->line >= 0;
}

void told_problem(const seawall_problem *problem, void *user)
{
    told *all = user;
    int added = snprintf(all->text + all->length, TOLD_SIZE - all->length, "%s%s", all->count > 0 ? "|" : "", problem->text);

    all->length += (size_t)added < TOLD_SIZE - all->length ? (size_t)added : TOLD_SIZE - 1 - all->length;
    all->count++;
    all->tidy = all->tidy && printable(problem->text) && made_of_its_parts(problem);
}

seawall_status told_check(told *all, const char *text, size_t length, const seawall_platform *platform, seawall_error *error)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;

    all->text[0] = '\0';
    all->length = 0;
    all->count = 0;
    all->tidy = true;
    config.report = told_problem;
    config.report_user = all;
    return seawall_loader_check_text(text, length, "t", &config, platform, error);
}

size_t told_slurp(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "rb");
    size_t length;

    ck_assert_msg(file != NULL, "%s", path);
    length = fread(text, 1, size, file);
    (void)fclose(file);
    ck_assert_uint_lt(length, size);
    return length;
}

const char *told_source(const char *path)
{
    static char whole[4096];
    const char *root = getenv("SEAWALL_SOURCE");

    (void)snprintf(whole, sizeof(whole), "%s/%s", root != NULL ? root : ".", path);
    return whole;
}
