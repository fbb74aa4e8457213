/* seawall-check: is this a configuration, what does it come to, and what is this field? See seawall-check.1. */
#include <seawall/seawall.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

/* For scripts: what is wrong with the file is something else than what is wrong with the command. */
enum { EXIT_GOOD = 0, EXIT_MISTAKES = 1, EXIT_USAGE = 2 };

typedef enum action { ACTION_CHECK, ACTION_PRINT, ACTION_JSON, ACTION_EXPLAIN, ACTION_LIST } action;

typedef struct options {
    action what;
    const char *argument; /* a file, or a field */
    bool environment;
    bool include;
} options;

static int usage(void)
{
    fputs("usage: seawall-check [--env] [--include] [--print | --json] FILE\n"
          "       seawall-check --explain KIND.FIELD\n"
          "       seawall-check --list\n",
          stderr);
    return EXIT_USAGE;
}

/* --- fields --- */

static const char *type_of(const seawall_field *field)
{
    static const char *const names[] = {"", "count", "duration", "rate", "number", "fault kinds", "choice", "switch", "text"};

    return field->type >= 1 && field->type <= 8 ? names[field->type] : "unknown";
}

/* The bounds as a message of the library would say them: by asking for a value beyond them. */
static void print_range(const char *kind, const seawall_field *field)
{
    union {
        unsigned char bytes[4096];
        long double align;
    } config;
    double bounds[2];
    char text[512];
    int i;

    bounds[0] = field->minimum;
    bounds[1] = field->maximum;
    for (i = 0; i < 2; i++) {
        int64_t whole = bounds[i] >= 9.2e18 ? INT64_MAX : (int64_t)bounds[i];
        int32_t narrow = (int32_t)whole;

        if (seawall_config_init(kind, &config, seawall_config_size(kind)) != SEAWALL_OK)
            return;
        if (field->type == SEAWALL_FIELD_RATE || field->type == SEAWALL_FIELD_MULTIPLIER)
            memcpy(config.bytes + field->offset, &bounds[i], sizeof(bounds[i]));
        else if (field->type == SEAWALL_FIELD_DURATION)
            memcpy(config.bytes + field->offset, &whole, sizeof(whole));
        else
            memcpy(config.bytes + field->offset, &narrow, sizeof(narrow));
        if (seawall_config_get(kind, &config, field->key, text, sizeof(text), NULL) == SEAWALL_OK)
            printf("%s%s", i == 0 ? "" : " to ", text);
    }
}

static void print_allowed(const char *kind, const seawall_field *field)
{
    if (field->type == SEAWALL_FIELD_TEXT)
        printf("up to %.0f", field->maximum);
    else if (field->type == SEAWALL_FIELD_FAULTS)
        printf("none, all, or a list of fault kinds");
    else if (field->type == SEAWALL_FIELD_SWITCH)
        printf("off, on");
    else if (field->type == SEAWALL_FIELD_CHOICE)
        printf("%s", field->choices);
    else
        print_range(kind, field);
    if (field->zero)
        printf(", or 0");
    if (field->automatic)
        printf(", or auto");
}

static void print_field(const char *kind, const seawall_field *field)
{
    union {
        unsigned char bytes[4096];
        long double align;
    } config;
    char text[512] = "";

    if (seawall_config_init(kind, &config, seawall_config_size(kind)) != SEAWALL_OK ||
        seawall_config_get(kind, &config, field->key, text, sizeof(text), NULL) != SEAWALL_OK)
        return;
    printf("%s.%s\n    %s\n    %s", kind, field->key, field->text, type_of(field));
    if (field->unit[0] != '\0' && field->type != SEAWALL_FIELD_DURATION)
        printf(" (%s)", field->unit);
    printf(": ");
    print_allowed(kind, field);
    printf("; %s%s%s\n", field->required ? "required" : "default ", field->required ? "" : text,
           field->live ? "; may change while it is in use" : "");
}

/* Every field, or the one that is meant. Answers how many there were. */
static int print_fields(const char *only)
{
    int32_t kind, i;
    int found = 0;

    for (kind = 0; kind < seawall_config_kind_count(); kind++) {
        const char *name = seawall_config_kind(kind);
        size_t length = strlen(name);

        for (i = 0; i < seawall_config_field_count(name); i++) {
            seawall_field field = {.size = sizeof(field)};

            if (seawall_config_field(name, i, &field) != SEAWALL_OK)
                continue;
            if (only != NULL &&
                (strncmp(only, name, length) != 0 || only[length] != '.' || strcmp(only + length + 1, field.key) != 0))
                continue;
            print_field(name, &field);
            found++;
        }
    }
    return found;
}

/* --- files --- */

static void tell(const seawall_problem *problem, void *user)
{
    (void)user;
    fprintf(stderr, "%s\n", problem->text);
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

static void print_string(const char *text)
{
    putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            putchar('\\');
        if ((unsigned char)*text < 0x20)
            printf("\\u%04x", (unsigned)*text);
        else
            putchar(*text);
    }
    putchar('"');
}

static void print_value(seawall_registry *registry, const seawall_member *member, const char *key, bool first)
{
    static const char *const origins[] = {"default", "call", "file", "environment"};
    seawall_origin origin = {.size = sizeof(origin)};
    char text[8192];

    if (seawall_registry_describe(registry, member->kind, member->name, key, text, sizeof(text), NULL, &origin) != SEAWALL_OK)
        return;
    printf("%s\n      ", first ? "" : ",");
    print_string(key);
    printf(": {\"value\": ");
    print_string(text);
    printf(", \"origin\": \"%s\", \"file\": ", origins[origin.kind]);
    print_string(origin.file);
    printf(", \"line\": %d}", (int)origin.line);
}

static void print_member(seawall_registry *registry, const seawall_member *member)
{
    static const char *const links[] = {"retry_budget", "pipeline", "policies", "instance", "circuit_breaker"};
    int32_t i;

    printf("    {\"kind\": \"%s\", \"name\": ", member->kind);
    print_string(member->name);
    printf(", \"fields\": {");
    for (i = 0; i < seawall_config_field_count(member->kind); i++) {
        seawall_field field = {.size = sizeof(field)};

        if (seawall_config_field(member->kind, i, &field) == SEAWALL_OK)
            print_value(registry, member, field.key, i == 0);
    }
    for (i = 0; i < (int32_t)(sizeof(links) / sizeof(links[0])); i++)
        print_value(registry, member, links[i], false);
    printf("}}");
}

static int print_json(seawall_registry *registry)
{
    int32_t i;

    printf("{\n  \"objects\": [\n");
    for (i = 0; i < seawall_registry_count(registry); i++) {
        seawall_member member = {.size = sizeof(member)};

        if (seawall_registry_member(registry, i, &member) != SEAWALL_OK)
            return EXIT_USAGE;
        printf("%s", i > 0 ? ",\n" : "");
        print_member(registry, &member);
    }
    printf("\n  ]\n}\n");
    return EXIT_GOOD;
}

static int check(const options *given)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;
    seawall_registry *registry;
    seawall_error error = {0};
    seawall_status status;
    int result = EXIT_GOOD;

    if (seawall_registry_create(NULL, NULL, &registry, &error) != SEAWALL_OK) {
        fprintf(stderr, "seawall-check: %s\n", error.message);
        return EXIT_USAGE;
    }
    config.report = tell;
    config.include = given->include;
    config.environment = given->environment ? (const char *const *)environ : NULL;
    status = seawall_registry_load_file(registry, given->argument, &config, &error);
    if (status == SEAWALL_OK && given->what == ACTION_PRINT)
        result = print_text(registry);
    else if (status == SEAWALL_OK && given->what == ACTION_JSON)
        result = print_json(registry);
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
            given->what = ACTION_JSON;
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

int main(int argc, char **argv)
{
    options given = {ACTION_CHECK, NULL, false, false};

    if (!parse(argc, argv, &given))
        return usage();
    if (given.what == ACTION_LIST)
        return print_fields(NULL) > 0 ? EXIT_GOOD : EXIT_USAGE;
    if (given.what != ACTION_EXPLAIN)
        return check(&given);
    if (print_fields(given.argument) > 0)
        return EXIT_GOOD;
    fprintf(stderr, "seawall-check: there is no field \"%s\"; see seawall-check --list\n", given.argument);
    return EXIT_MISTAKES;
}
