/* One execution of toys, driven by hand: the tests say what happens when, and read what the machine said and asked. */
#ifndef SEAWALL_TEST_TOY_STAGE_H
#define SEAWALL_TEST_TOY_STAGE_H

#include "toy.h"

#define STAGE_TOYS_MAX 32

typedef struct stage {
    toy toys[STAGE_TOYS_MAX];
    int32_t count;
    seawall_pipeline *pipeline;
    void *storage;
    seawall_execution *execution;
    seawall_report report; /* once finished */
    toy_notes notes;       /* what the toys and the listener noted */
    toy_notes *current;
    toy_notes steps;
    int32_t woken;
} stage;

/* Toys, outermost first, under a pipeline with a listener that notes; `late` as in seawall_pipeline_config. */
void stage_open(stage *s, const toy_config *configs, int32_t count);
void stage_open_late(stage *s, const toy_config *configs, int32_t count, int32_t late);
/* The library's own policies, outermost first, and whoever listens. The pipeline keeps the objects. */
void stage_open_policies(stage *s, const seawall_policy *const *policies, int32_t count, const seawall_platform *platform);
/* Everything must have come to rest. */
void stage_close(stage *s);

void stage_begin(stage *s, seawall_time now, seawall_time deadline);
/* Attempt `id` ends; 0 is success. */
void stage_end(stage *s, uint64_t id, seawall_fault fault, seawall_time now);
void stage_cancel(stage *s, seawall_time now);
void stage_disown(stage *s, uint64_t id, seawall_time now);

/* Every step until wait or drained, as a text: "start 1 by 50, wait 50". */
const char *stage_steps_text(stage *s, seawall_time now);
/* What was noted since the last time. */
const char *stage_notes_text(stage *s);
void stage_listen(const seawall_event *event, void *user); /* `user`: toy_notes ** */
void stage_note_report(toy_notes *notes, const seawall_report *report);

#define stage_steps(s, now, text) ck_assert_str_eq(stage_steps_text(s, now), text)
#define stage_heard(s, text) ck_assert_str_eq(stage_notes_text(s), text)

#endif
