/* The times of many runs beside a plain list, and each run of many beside itself alone. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "group_fixture.h"

#define RUNS 40

/* When each is due, and as the how manieth that was told. */
typedef struct plain_list {
    seawall_time due[RUNS];
    int64_t told[RUNS], count;
} plain_list;

static int32_t plainly_first(const plain_list *list)
{
    int32_t i, first = SW_NO_RUN;

    for (i = 0; i < RUNS; i++) {
        if (list->due[i] == SEAWALL_FOREVER)
            continue;
        if (first == SW_NO_RUN || list->due[i] < list->due[first] ||
            (list->due[i] == list->due[first] && list->told[i] < list->told[first]))
            first = i;
    }
    return first;
}

static int32_t first_of(seawall_group *group)
{
    const sw_group_due *first = sw_group_first_due(group);

    return first != NULL ? first->run : SW_NO_RUN;
}

static void set_due(seawall_group *group, plain_list *list, int32_t index, seawall_time due)
{
    if (list->due[index] != due)
        list->told[index] = list->count++;
    list->due[index] = due;
    sw_group_set_due(group, index, due);
}

START_TEST(the_earliest_comes_first)
{
    uint64_t state = sw_test_seed();
    int64_t count = sw_test_count(20000, 300000), i;
    plain_list list = {.count = 0};
    fixture f;

    set_up(&f, RUNS);
    for (i = 0; i < RUNS; i++)
        list.due[i] = SEAWALL_FOREVER;
    for (i = 0; i < count; i++) {
        uint64_t dice = sw_test_next(&state);

        set_due(f.group, &list, (int32_t)(sw_test_next(&state) % RUNS),
                dice % 4 == 0 ? SEAWALL_FOREVER : (seawall_time)(dice / 4 % 100));
        if (sw_test_next(&state) % 4 < 3) /* else more changes before anybody looks */
            ck_assert_int_eq(first_of(f.group), plainly_first(&list));
    }
    for (i = 0; i < RUNS; i++)
        sw_group_set_due(f.group, (int32_t)i, SEAWALL_FOREVER);
    ck_assert_int_eq(first_of(f.group), SW_NO_RUN);
    ck_assert_int_eq(f.group->due, 0);
    tear_down(&f);
}
END_TEST

typedef struct life {
    uint64_t dice;       /* how its attempts end, and when */
    seawall_run name;
    uint64_t id;         /* of the attempt that goes on; 0: none */
    seawall_time ends;
    seawall_result result;
    char log[400];
} life;

static void write_down(life *l, const char *what, int64_t number, seawall_time at)
{
    size_t length = strlen(l->log);

    snprintf(l->log + length, sizeof(l->log) - length, "%s %" PRId64 "@%" PRId64 " ", what, number, at);
}

static void attempt(life *l, const seawall_step *step, seawall_time now)
{
    uint64_t dice = sw_test_next(&l->dice);

    write_down(l, "start", step->number, now);
    l->id = step->id;
    l->ends = now + (seawall_time)(dice % 30);
    l->result = dice % 3 == 0 ? good : bad;
}

static void alone(fixture *f, life *l, seawall_time now)
{
    void *storage = aligned_alloc(64, (seawall_execution_size(f->bare) + 63) / 64 * 64);
    seawall_report how = SEAWALL_REPORT_INIT;
    seawall_execution *x = NULL;
    seawall_step step;

    ck_assert_int_eq(seawall_execution_init(storage, seawall_execution_size(f->bare), f->bare, NULL, &x), SEAWALL_OK);
    ck_assert_int_eq(seawall_execution_begin_at(x, now, now + MS(25)), SEAWALL_OK);
    do {
        ck_assert_int_eq(seawall_execution_next_at(x, now, &step), SEAWALL_OK);
        if (step.kind == SEAWALL_STEP_START)
            attempt(l, &step, now);
        if (step.kind != SEAWALL_STEP_WAIT)
            continue;
        now = l->id != 0 && l->ends <= step.until ? l->ends : step.until;
        if (l->id != 0 && l->ends <= now) {
            ck_assert_int_eq(seawall_execution_report_at(x, l->id, &l->result, now), SEAWALL_OK);
            l->id = 0;
        }
    } while (step.kind != SEAWALL_STEP_DRAINED);
    ck_assert_int_eq(seawall_execution_report(x, &how), SEAWALL_OK);
    write_down(l, "end", how.status, now);
    ck_assert_int_eq(seawall_execution_fini(x), SEAWALL_OK);
    free(storage);
}

static seawall_time soonest_end(const life *lives, int32_t count)
{
    seawall_time soonest = SEAWALL_FOREVER;
    int32_t i;

    for (i = 0; i < count; i++) {
        if (lives[i].id != 0 && lives[i].ends < soonest)
            soonest = lives[i].ends;
    }
    return soonest;
}

static void together(fixture *f, life *lives, int32_t count, seawall_time now)
{
    int32_t i;

    for (i = 0; i < count; i++)
        ck_assert_int_eq(seawall_group_begin_at(f->group, f->bare, now, now + MS(25), &lives[i], &lives[i].name), SEAWALL_OK);
    while (seawall_group_count(f->group) > 0) {
        seawall_group_step step = next(f, now);
        seawall_report how = SEAWALL_REPORT_INIT;
        life *l = step.user;

        if (step.step.kind == SEAWALL_STEP_START)
            attempt(l, &step.step, now);
        if (step.step.kind == SEAWALL_STEP_FINISHED) {
            ck_assert_int_eq(seawall_group_report(f->group, step.run, &how), SEAWALL_OK);
            write_down(l, "end", how.status, now);
        }
        if (step.step.kind != SEAWALL_STEP_WAIT)
            continue;
        now = soonest_end(lives, count) <= step.step.until ? soonest_end(lives, count) : step.step.until;
        for (i = 0; i < count; i++) {
            if (lives[i].id == 0 || lives[i].ends > now)
                continue;
            report(f, lives[i].name, lives[i].id, &lives[i].result, now);
            lives[i].id = 0;
        }
    }
}

START_TEST(each_runs_as_if_it_were_alone)
{
    static life one[RUNS], many[RUNS];
    uint64_t state = sw_test_seed();
    int64_t rounds = sw_test_count(50, 1000), round;
    int64_t requests;
    fixture f;
    int32_t i;

    set_up(&f, RUNS);
    requests = f.test.memory.requests;
    for (round = 0; round < rounds; round++) {
        for (i = 0; i < RUNS; i++) {
            one[i] = (life){.dice = sw_test_next(&state)};
            many[i] = one[i];
            alone(&f, &one[i], T + round * SEAWALL_SECONDS(1));
        }
        together(&f, many, RUNS, T + round * SEAWALL_SECONDS(1));
        for (i = 0; i < RUNS; i++)
            ck_assert_str_eq(one[i].log, many[i].log);
    }
    ck_assert_int_eq(f.test.memory.requests, requests); /* nothing is allocated on the way */
    tear_down(&f);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("group_many");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, the_earliest_comes_first);
    tcase_add_test(tests, each_runs_as_if_it_were_alone);
    return sw_test_run("group_many", tests);
}
