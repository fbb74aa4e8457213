/* A system that gives no threads, for suites that name thread_refusal.c among their sources. */
#ifndef SEAWALL_TEST_THREAD_REFUSAL_H
#define SEAWALL_TEST_THREAD_REFUSAL_H

/* The next `given` threads are given, the `refused` after them are not, and then all are again. */
void sw_test_refuse_threads(int given, int refused);

/* Called once by the thread that is refused one next, before it hears of that. */
void sw_test_at_next_refusal(void (*meanwhile)(void));

#endif
