/*
 * What a template says stood in one place, marked while it was written: a child forked meanwhile found it marked for ever, and
 * looked at it for ever.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/twin.h"
#include "one_test.h"
#include "support.h"

#define CHILDREN (int)sw_test_count(100, 1000)
#define WORDS SW_TWIN_WORDS_MAX

typedef struct rules {
    uint64_t word[WORDS];
} rules;

static SW_TWIN(rules) twin;
static atomic_bool begun, over;

static void write_all(uint64_t value)
{
    rules all;
    int i;

    for (i = 0; i < WORDS; i++)
        all.word[i] = value;
    SW_TWIN_WRITE(&twin, &all);
}

static bool reads_whole(uint64_t *value)
{
    rules all;
    int i;

    SW_TWIN_READ(&twin, &all);
    for (i = 1; i < WORDS; i++) {
        if (all.word[i] != all.word[0])
            return false;
    }
    *value = all.word[0];
    return true;
}

static void *keep_writing(void *user)
{
    uint64_t value = 0;

    atomic_store(&begun, true);
    while (!atomic_load(&over))
        write_all(++value);
    return user;
}

static bool child(void *arg)
{
    uint64_t found, again;

    (void)arg;
    if (!reads_whole(&found) || !reads_whole(&again) || found != again)
        return false;
    write_all(found + 1000);
    return reads_whole(&again) && again == found + 1000;
}

START_TEST(a_child_reads_the_old_or_the_new)
{
    pthread_t thread;
    int i;

    ck_assert_int_eq(pthread_create(&thread, NULL, keep_writing, NULL), 0);
    while (!atomic_load(&begun))
        (void)sched_yield();
    for (i = 0; i < CHILDREN; i++)
        sw_test_in_child(child, NULL);
    atomic_store(&over, true);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
}
END_TEST

int main(void)
{
    return one_test("regress/forked_template", a_child_reads_the_old_or_the_new);
}
