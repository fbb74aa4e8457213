/* The text that Prometheus reads. */
#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/hedge/hedge_object.h"
#include "registry_room.h"

#include "suite.h"

#define ROOM 131072

static char text[ROOM];

static void render(room *r)
{
    size_t needed = 0;

    ck_assert_int_eq(seawall_metrics_render(r->registry, text, sizeof(text), &needed), SEAWALL_OK);
    ck_assert_uint_eq(needed, strlen(text) + 1);
}

static bool has_line(const char *line)
{
    const char *at = text;
    size_t length = strlen(line);

    for (; (at = strstr(at, line)) != NULL; at++) {
        if ((at == text || at[-1] == '\n') && at[length] == '\n')
            return true;
    }
    return false;
}

static void says(const char *line)
{
    ck_assert_msg(has_line(line), "not said: %s\n%s", line, text);
}

/* --- what any scraper asks of the form --- */

typedef struct family {
    char name[128];
    bool counter;
    bool histogram;
    bool ended;
    int samples;
} family;

typedef struct form {
    family families[128];
    int count;
} form;

static family *family_of(form *all, const char *name, size_t length)
{
    int i;

    for (i = 0; i < all->count; i++) {
        if (strlen(all->families[i].name) == length && strncmp(all->families[i].name, name, length) == 0)
            return &all->families[i];
    }
    return NULL;
}

static bool good_name(const char *name, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if (!isalnum((unsigned char)name[i]) && name[i] != '_')
            return false;
    }
    return length > 8 && strncmp(name, "seawall_", 8) == 0;
}

/* HELP, then TYPE, once, before all samples, which stand together. */
static void head(form *all, const char *line, size_t length)
{
    const char *name = line + 7;
    size_t width = strcspn(name, " ");
    family *it = family_of(all, name, width);

    if (strncmp(line, "# HELP ", 7) == 0) {
        ck_assert_ptr_null(it);
        ck_assert(good_name(name, width));
        if (all->count > 0)
            all->families[all->count - 1].ended = true;
        it = &all->families[all->count++];
        memcpy(it->name, name, width);
        ck_assert_uint_gt(length, 7 + width + 1);
        return;
    }
    ck_assert_int_eq(strncmp(line, "# TYPE ", 7), 0);
    ck_assert_ptr_nonnull(it);
    ck_assert_int_eq(it->samples, 0);
    it->counter = strncmp(name + width, " counter", 8) == 0;
    it->histogram = strncmp(name + width, " histogram\n", 11) == 0;
    ck_assert(it->counter || it->histogram || strncmp(name + width, " gauge\n", 7) == 0);
    ck_assert_int_eq(it->counter, width > 6 && strncmp(name + width - 6, "_total", 6) == 0);
}

/* Behind the labels, in which a quote ends a value unless a backslash stands before it. */
static const char *pass_labels(const char *at)
{
    ck_assert_int_eq(*at++, '{');
    for (;;) {
        size_t width = strspn(at, "abcdefghijklmnopqrstuvwxyz_");

        ck_assert_uint_gt(width, 0);
        at += width;
        ck_assert_int_eq(strncmp(at, "=\"", 2), 0);
        for (at += 2; *at != '"'; at++) {
            ck_assert_int_ne(*at, '\n');
            if (*at == '\\')
                ck_assert(*++at == '\\' || *at == '"' || *at == 'n');
        }
        if (*++at == '}')
            return at + 1;
        ck_assert_int_eq(*at++, ',');
    }
}

/* A histogram's samples have endings of their own. */
static family *family_of_sample(form *all, const char *line, size_t width)
{
    static const char *const endings[] = {"_bucket", "_sum", "_count"};
    family *it = family_of(all, line, width);
    size_t i;

    for (i = 0; it == NULL && i < 3; i++) {
        size_t length = strlen(endings[i]);

        if (width > length && strncmp(line + width - length, endings[i], length) == 0)
            it = family_of(all, line, width - length);
        ck_assert(it == NULL || it->histogram);
    }
    return it;
}

static void sample(form *all, const char *line)
{
    size_t width = strcspn(line, "{");
    family *it = family_of_sample(all, line, width);
    const char *value = pass_labels(line + width);
    char *end;
    double number;

    ck_assert_ptr_nonnull(it);
    ck_assert(!it->ended);
    it->samples++;
    ck_assert_int_eq(*value++, ' ');
    number = strtod(value, &end);
    ck_assert_int_eq(*end, '\n');
    ck_assert(!it->counter || number >= 0);
}

static void is_well_formed(void)
{
    static form all;
    const char *line;
    int i;

    memset(&all, 0, sizeof(all));
    for (line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        ck_assert_ptr_nonnull(strchr(line, '\n'));
        if (*line == '#')
            head(&all, line, strcspn(line, "\n"));
        else
            sample(&all, line);
    }
    for (i = 0; i < all.count; i++)
        ck_assert_msg(all.families[i].samples > 0, "%s", all.families[i].name);
}

/* --- what is said --- */

static void make_one_of_each(room *r)
{
    seawall_pipeline *pipeline;

    room_set(r, "rate_limiter", NULL, "rate", "5");
    room_set(r, "retry", NULL, "retry_budget", "shared");
    ck_assert_msg(seawall_registry_pipeline(r->registry, "a \"quoted\\\" name",
                                            "timeout, fallback, retry, hedge, circuit_breaker, rate_limiter, bulkhead, chaos",
                                            &pipeline, NULL, &r->error) == SEAWALL_OK,
                  "%s", r->error.message);
    seawall_pipeline_destroy(pipeline);
}

START_TEST(nothing_is_said_of_nothing)
{
    room r;

    room_init(&r);
    render(&r);
    ck_assert_str_eq(text, "");
    room_fini(&r);
}
END_TEST

START_TEST(every_family_is_well_formed)
{
    seawall_breaker *breaker;
    room r;

    room_init(&r);
    make_one_of_each(&r);
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "\xC3\xA9", NULL, &breaker, NULL, NULL), SEAWALL_OK);
    seawall_breaker_destroy(breaker);
    render(&r);
    is_well_formed();
    says("seawall_circuit_breaker_state{name=\"a \\\"quoted\\\\\\\" name\",state=\"closed\"} 1");
    says("seawall_circuit_breaker_state{name=\"\xC3\xA9\",state=\"closed\"} 1");
    says("seawall_hedge_delay_seconds{name=\"a \\\"quoted\\\\\\\" name\"} +Inf");
    says("seawall_retry_budget_tokens{name=\"shared\"} -1");
    says("seawall_bulkhead_max_concurrent{name=\"a \\\"quoted\\\\\\\" name\"} 25");
    room_fini(&r);
}
END_TEST

START_TEST(a_breaker_is_in_one_state)
{
    static const char *const states[] = {"closed", "open", "half_open", "forced_open", "disabled", "metrics_only"};
    char line[128];
    seawall_breaker *breaker;
    seawall_permit permit;
    room r;
    size_t i;

    room_init(&r);
    room_set(&r, "circuit_breaker", "db", "failure_threshold", "1");
    room_set(&r, "circuit_breaker", "db", "recovery_timeout", "1500ms");
    ck_assert_int_eq(seawall_registry_breaker(r.registry, "db", NULL, &breaker, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_report(breaker, &permit, SEAWALL_FAULT_INTERNAL), SEAWALL_OK);
    ck_assert_int_eq(seawall_breaker_try_acquire(breaker, &permit, NULL), SEAWALL_OPEN);
    render(&r);
    for (i = 0; i < 6; i++) {
        (void)snprintf(line, sizeof(line), "seawall_circuit_breaker_state{name=\"db\",state=\"%s\"} %d", states[i], i == 1);
        says(line);
    }
    says("seawall_circuit_breaker_calls_total{name=\"db\",result=\"failure\"} 1");
    says("seawall_circuit_breaker_calls_total{name=\"db\",result=\"success\"} 0");
    says("seawall_circuit_breaker_refused_total{name=\"db\"} 1");
    says("seawall_circuit_breaker_opened_total{name=\"db\"} 1");
    /* Seconds with a fraction: open for 1.5 s, give or take a tick. */
    ck_assert_ptr_nonnull(strstr(text, "seawall_circuit_breaker_remaining_seconds{name=\"db\"} 1.5"));
    ck_assert_int_eq(seawall_breaker_force_open(breaker, SEAWALL_FOREVER), SEAWALL_OK);
    render(&r);
    says("seawall_circuit_breaker_state{name=\"db\",state=\"forced_open\"} 1");
    says("seawall_circuit_breaker_remaining_seconds{name=\"db\"} +Inf");
    ck_assert_int_eq(seawall_registry_remove(r.registry, "circuit_breaker", "db"), SEAWALL_OK);
    render(&r);
    ck_assert_str_eq(text, "");
    seawall_breaker_destroy(breaker);
    room_fini(&r);
}
END_TEST

START_TEST(a_text_has_its_size)
{
    size_t needed = 0, again = 0;
    char *exact;
    room r;

    room_init(&r);
    make_one_of_each(&r);
    ck_assert_int_eq(seawall_metrics_render(r.registry, NULL, 0, &needed), SEAWALL_TOO_SMALL);
    exact = malloc(needed);
    ck_assert_int_eq(seawall_metrics_render(r.registry, exact, needed - 1, &again), SEAWALL_TOO_SMALL);
    ck_assert_uint_eq(needed, again);
    ck_assert_str_eq(exact, "");
    ck_assert_int_eq(seawall_metrics_render(r.registry, exact, needed, NULL), SEAWALL_OK);
    ck_assert_uint_eq(strlen(exact) + 1, needed);
    free(exact);
    ck_assert_int_eq(seawall_metrics_render(NULL, text, sizeof(text), NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_metrics_render(r.registry, NULL, 1, NULL), SEAWALL_INVALID);
    room_fini(&r);
}
END_TEST

/* While objects come and go: every text is whole. */
typedef struct crowd {
    seawall_registry *registry;
    int rounds;
    int wrong[4];
} crowd;

static void come_and_look(int index, void *arg)
{
    static char texts[4][16384];
    crowd *all = arg;
    int i;

    for (i = 0; i < all->rounds; i++) {
        seawall_bulkhead *bulkhead;

        if (index < 2) {
            if (seawall_registry_bulkhead(all->registry, i % 2 == 0 ? "a" : "b", NULL, &bulkhead, NULL, NULL) == SEAWALL_OK)
                seawall_bulkhead_destroy(bulkhead);
            (void)seawall_registry_remove(all->registry, "bulkhead", i % 2 == 0 ? "a" : "b");
        } else if (seawall_metrics_render(all->registry, texts[index], sizeof(texts[index]), NULL) != SEAWALL_OK) {
            all->wrong[index]++;
        }
    }
}

START_TEST(objects_may_come_and_go)
{
    seawall_platform platform = *seawall_platform_default();
    sw_test_threads threads;
    sw_test_memory memory;
    crowd all = {.rounds = (int)sw_test_count(200, 10000)};

    sw_test_memory_init(&memory);
    sw_test_memory_install(&memory, &platform);
    ck_assert_int_eq(seawall_registry_create(NULL, &platform, &all.registry, NULL), SEAWALL_OK);
    sw_test_start(&threads, 4, come_and_look, &all);
    sw_test_join(&threads);
    ck_assert_int_eq(all.wrong[2] + all.wrong[3], 0);
    seawall_registry_destroy(all.registry);
    ck_assert(sw_test_memory_clean(&memory));
    sw_test_memory_fini(&memory);
}
END_TEST

START_TEST(a_histogram_adds_up)
{
    seawall_hedge *hedge;
    room r;

    room_init(&r);
    ck_assert_int_eq(seawall_registry_hedge(r.registry, "x", NULL, &hedge, NULL, NULL), SEAWALL_OK);
    sw_histogram_record(&hedge->history, SEAWALL_MILLISECONDS(2));
    sw_histogram_record(&hedge->history, SEAWALL_MILLISECONDS(30));
    sw_histogram_record(&hedge->history, SEAWALL_SECONDS(3600));
    render(&r);
    is_well_formed();
    says("# TYPE seawall_hedge_latency_seconds histogram");
    says("seawall_hedge_latency_seconds_bucket{name=\"x\",le=\"0.001\"} 0");
    says("seawall_hedge_latency_seconds_bucket{name=\"x\",le=\"0.0025\"} 1");
    says("seawall_hedge_latency_seconds_bucket{name=\"x\",le=\"0.025\"} 1");
    says("seawall_hedge_latency_seconds_bucket{name=\"x\",le=\"0.05\"} 2");
    says("seawall_hedge_latency_seconds_bucket{name=\"x\",le=\"50\"} 2");
    says("seawall_hedge_latency_seconds_bucket{name=\"x\",le=\"+Inf\"} 3");
    says("seawall_hedge_latency_seconds_sum{name=\"x\"} 3600.032");
    says("seawall_hedge_latency_seconds_count{name=\"x\"} 3");
    seawall_hedge_destroy(hedge);
    room_fini(&r);
}
END_TEST

static void count_snapshots(const seawall_member *member, const void *snapshot, void *user)
{
    int *seen = user;
    uint32_t size;

    ck_assert_uint_eq(member->size, sizeof(*member));
    ck_assert_str_eq(member->name, "x");
    if (snapshot == NULL) {
        seen[0]++;
        return;
    }
    memcpy(&size, snapshot, sizeof(size));
    seen[1]++;
    if (strcmp(member->kind, "circuit_breaker") == 0)
        ck_assert_uint_eq(size, sizeof(seawall_breaker_snapshot));
    if (strcmp(member->kind, "keyed") == 0)
        ck_assert_int_eq(((const seawall_keyed_snapshot *)snapshot)->max_instances, 1000);
}

START_TEST(all_are_looked_at)
{
    int seen[2] = {0, 0};
    seawall_keyed *keyed;
    seawall_pipeline *pipeline;
    room r;

    room_init(&r);
    ck_assert_int_eq(seawall_registry_keyed(r.registry, "x", NULL, "circuit_breaker", &keyed, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_pipeline(r.registry, "x", "retry, timeout", &pipeline, NULL, NULL), SEAWALL_OK);
    ck_assert_int_eq(seawall_registry_snapshot(r.registry, count_snapshots, seen), SEAWALL_OK);
    ck_assert_int_eq(seen[0], 3); /* pipeline, retry, timeout */
    ck_assert_int_eq(seen[1], 2);
    ck_assert_int_eq(seawall_registry_snapshot(NULL, count_snapshots, seen), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_registry_snapshot(r.registry, NULL, seen), SEAWALL_INVALID);
    render(&r);
    says("seawall_keyed_max_instances{name=\"x\"} 1000");
    seawall_keyed_destroy(keyed);
    seawall_pipeline_destroy(pipeline);
    room_fini(&r);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("metrics");

    tcase_add_test(tests, nothing_is_said_of_nothing);
    tcase_add_test(tests, every_family_is_well_formed);
    tcase_add_test(tests, a_breaker_is_in_one_state);
    tcase_add_test(tests, a_text_has_its_size);
    tcase_add_test(tests, objects_may_come_and_go);
    tcase_add_test(tests, a_histogram_adds_up);
    tcase_add_test(tests, all_are_looked_at);
    return sw_test_run("metrics", tests);
}
