/* seawall-check: is this a configuration, what does it come to, and what is this key? See seawall-check.1. */
#include <seawall/seawall.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "json.h"

extern char **environ;

/* For scripts: what is wrong with the file is something else than what is wrong with the command. */
enum { EXIT_GOOD = 0, EXIT_MISTAKES = 1, EXIT_USAGE = 2 };

typedef enum action { ACTION_CHECK, ACTION_PRINT, ACTION_EXPLAIN, ACTION_LIST } action;

typedef struct options {
    action what;
    const char *argument; /* a file, or a key */
    bool json;
    bool environment;
    bool include;
} options;

static int usage(void)
{
    fputs("usage: seawall-check [--env] [--include] [--print | --json] FILE\n"
          "       seawall-check [--json] --explain KIND.KEY\n"
          "       seawall-check [--json] --list\n",
          stderr);
    return EXIT_USAGE;
}

/* --- files --- */

static void tell(const seawall_problem *problem, void *user)
{
    int *told = user;

    fprintf(stderr, "%s\n", problem->text);
    ++*told;
}

static int print_text(seawall_registry *registry)
{
    size_t size = 0;
    char *text;

    (void)!seawall_registry_print(registry, NULL, 0, &size);
    text = malloc(size);
    if (text == NULL || seawall_registry_print(registry, text, size, NULL) != SEAWALL_OK) {
        free(text);
        return EXIT_USAGE;
    }
    fputs(text, stdout);
    free(text);
    return EXIT_GOOD;
}

static void print_value(seawall_registry *registry, const seawall_member *member, const char *key, bool first)
{
    static const char *const origins[] = {"default", "call", "file", "environment"};
    seawall_origin origin = {.size = sizeof(origin)};
    char text[8192];

    if (seawall_registry_describe(registry, member->kind, member->name, key, text, sizeof(text), NULL, &origin) != SEAWALL_OK)
        return;
    printf("%s\n      ", first ? "" : ",");
    json_string(key);
    printf(": {\"value\": ");
    json_string(text);
    printf(", \"origin\": \"%s\", \"file\": ", origins[origin.kind]);
    json_string(origin.file);
    printf(", \"line\": %d}", (int)origin.line);
}

/* One object after the other: asked for by number, 20,000 of them would take seconds. */
typedef struct listing {
    seawall_registry *registry;
    bool begun;
} listing;

static void print_member(const seawall_member *member, const void *snapshot, void *user)
{
    seawall_link link = {.size = sizeof(link)};
    listing *all = user;
    int32_t i;

    (void)snapshot;
    printf("%s    {\"kind\": \"%s\", \"name\": ", all->begun ? ",\n" : "", member->kind);
    all->begun = true;
    json_string(member->name);
    printf(", \"fields\": {");
    for (i = 0; i < seawall_config_field_count(member->kind); i++) {
        seawall_field field = {.size = sizeof(field)};

        if (seawall_config_field(member->kind, i, &field) == SEAWALL_OK)
            print_value(all->registry, member, field.key, i == 0);
    }
    for (i = 0; seawall_config_link(member->kind, i, &link) == SEAWALL_OK; i++)
        print_value(all->registry, member, link.key, false);
    printf("}}");
}

static int print_json(seawall_registry *registry)
{
    listing all = {registry, false};

    printf("{\n  \"objects\": [\n");
    if (seawall_registry_snapshot(registry, print_member, &all) != SEAWALL_OK)
        return EXIT_USAGE;
    printf("\n  ]\n}\n");
    return EXIT_GOOD;
}

static int check(const options *given)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;
    seawall_registry_config room = SEAWALL_REGISTRY_CONFIG_INIT;
    seawall_registry *registry;
    seawall_error error = {0};
    seawall_status status;
    int result = EXIT_GOOD, told = 0;

    room.max_members = 10000000; /* more than a file has room for: how many it may be is the program's affair */
    if (seawall_registry_create(&room, NULL, &registry, &error) != SEAWALL_OK) {
        fprintf(stderr, "seawall-check: %s\n", error.message);
        return EXIT_USAGE;
    }
    config.report = tell;
    config.report_user = &told;
    config.include = given->include;
    config.environment = given->environment ? (const char *const *)environ : NULL;
    status = seawall_registry_load_file(registry, given->argument, &config, &error);
    if (told == SEAWALL_PROBLEMS_MAX)
        fprintf(stderr, "%s: after %d mistakes the rest is not looked at\n", given->argument, told);
    if (status == SEAWALL_OK && given->json)
        result = print_json(registry);
    else if (status == SEAWALL_OK && given->what == ACTION_PRINT)
        result = print_text(registry);
    else if (status == SEAWALL_INVALID)
        result = EXIT_MISTAKES;
    else if (status != SEAWALL_OK) {
        fprintf(stderr, "seawall-check: %s\n", error.message);
        result = EXIT_USAGE;
    }
    seawall_registry_destroy(registry);
    return result;
}

static bool parse(int argc, char **argv, options *given)
{
    int i;

    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--env") == 0)
            given->environment = true;
        else if (strcmp(argv[i], "--include") == 0)
            given->include = true;
        else if (strcmp(argv[i], "--print") == 0)
            given->what = ACTION_PRINT;
        else if (strcmp(argv[i], "--json") == 0)
            given->json = true;
        else if (strcmp(argv[i], "--explain") == 0)
            given->what = ACTION_EXPLAIN;
        else if (strcmp(argv[i], "--list") == 0)
            given->what = ACTION_LIST;
        else if (strncmp(argv[i], "--", 2) == 0 || given->argument != NULL)
            return false;
        else
            given->argument = argv[i];
    }
    return (given->argument == NULL) == (given->what == ACTION_LIST);
}

static int act(const options *given)
{
    if (given->what == ACTION_LIST)
        return explain(NULL, given->json) > 0 ? EXIT_GOOD : EXIT_USAGE;
    if (given->what != ACTION_EXPLAIN)
        return check(given);
    if (explain(given->argument, given->json) > 0)
        return EXIT_GOOD;
    fprintf(stderr, "seawall-check: there is no key \"%s\"; see seawall-check --list\n", given->argument);
    return EXIT_MISTAKES;
}

int main(int argc, char **argv)
{
    options given = {ACTION_CHECK, NULL, false, false, false};
    int result;

    if (!parse(argc, argv, &given))
        return usage();
    result = act(&given);
    /* Half a configuration must not pass for one. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("seawall-check: standard output");
        return EXIT_USAGE;
    }
    return result;
}
