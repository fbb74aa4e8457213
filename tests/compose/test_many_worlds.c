/* Enough random worlds to meet rare ones; fewer where a sanitizer slows each of them. */
#include "worlds.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SLOW 1
#endif
#endif

int main(void)
{
#ifdef SLOW
    return worlds_suite("compose/many_worlds", 5000);
#else
    return worlds_suite("compose/many_worlds", 50000);
#endif
}
