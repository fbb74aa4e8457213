/*
 * The only user of <stdatomic.h>. Every shared word of the library goes through here, so that a build can count the
 * expensive operations (SW_ATOMICS_COUNT) or put random delays between any two of them (SW_ATOMICS_DELAY).
 *
 * The plain names are sequentially consistent; _acquire, _release and _relaxed say otherwise.
 */
#ifndef SW_BASE_ATOMIC_H
#define SW_BASE_ATOMIC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#if ATOMIC_LLONG_LOCK_FREE != 2
#error "Seawall needs lock-free 64-bit atomics"
#endif

#if defined(SW_ATOMICS_COUNT)
/* Read-modify-writes and sequentially consistent stores of this thread so far: what takes a lock prefix on x86. */
extern _Thread_local uint64_t sw_atomic_locked_count;
#define SW_ATOMIC_BEFORE() ((void)0)
#define SW_ATOMIC_LOCKED() ((void)sw_atomic_locked_count++)
#elif defined(SW_ATOMICS_DELAY)
/* Sometimes spins, sometimes yields, mostly does nothing. */
void sw_atomic_delay(void);
#define SW_ATOMIC_BEFORE() sw_atomic_delay()
#define SW_ATOMIC_LOCKED() ((void)0)
#else
#define SW_ATOMIC_BEFORE() ((void)0)
#define SW_ATOMIC_LOCKED() ((void)0)
#endif

/* Between two looks at a word that another thread is about to change. */
#if defined(__x86_64__)
#define sw_pause() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define sw_pause() __asm__ __volatile__("yield")
#else
#define sw_pause() ((void)0)
#endif

#define SW_ATOMIC_DEFINE(type, suffix)                                                                       \
    typedef struct sw_atomic_##suffix {                                                                      \
        _Atomic type value;                                                                                  \
    } sw_atomic_##suffix;                                                                                    \
    static inline type sw_load_relaxed_##suffix(sw_atomic_##suffix *a)                                       \
    {                                                                                                        \
        SW_ATOMIC_BEFORE();                                                                                  \
        return atomic_load_explicit(&a->value, memory_order_relaxed);                                        \
    }                                                                                                        \
    static inline type sw_load_acquire_##suffix(sw_atomic_##suffix *a)                                       \
    {                                                                                                        \
        SW_ATOMIC_BEFORE();                                                                                  \
        return atomic_load_explicit(&a->value, memory_order_acquire);                                        \
    }                                                                                                        \
    static inline type sw_load_##suffix(sw_atomic_##suffix *a)                                               \
    {                                                                                                        \
        SW_ATOMIC_BEFORE();                                                                                  \
        return atomic_load_explicit(&a->value, memory_order_seq_cst);                                        \
    }                                                                                                        \
    static inline void sw_store_relaxed_##suffix(sw_atomic_##suffix *a, type value)                          \
    {                                                                                                        \
        SW_ATOMIC_BEFORE();                                                                                  \
        atomic_store_explicit(&a->value, value, memory_order_relaxed);                                       \
    }                                                                                                        \
    static inline void sw_store_release_##suffix(sw_atomic_##suffix *a, type value)                          \
    {                                                                                                        \
        SW_ATOMIC_BEFORE();                                                                                  \
        atomic_store_explicit(&a->value, value, memory_order_release);                                       \
    }                                                                                                        \
    static inline void sw_store_##suffix(sw_atomic_##suffix *a, type value)                                  \
    {                                                                                                        \
        SW_ATOMIC_BEFORE();                                                                                  \
        SW_ATOMIC_LOCKED();                                                                                  \
        atomic_store_explicit(&a->value, value, memory_order_seq_cst);                                       \
    }                                                                                                        \
    static inline type sw_add_##suffix(sw_atomic_##suffix *a, type value) /* answers the value before */     \
    {                                                                                                        \
        SW_ATOMIC_BEFORE();                                                                                  \
        SW_ATOMIC_LOCKED();                                                                                  \
        return atomic_fetch_add_explicit(&a->value, value, memory_order_seq_cst);                            \
    }                                                                                                        \
    static inline type sw_sub_##suffix(sw_atomic_##suffix *a, type value) /* answers the value before */     \
    {                                                                                                        \
        SW_ATOMIC_BEFORE();                                                                                  \
        SW_ATOMIC_LOCKED();                                                                                  \
        return atomic_fetch_sub_explicit(&a->value, value, memory_order_seq_cst);                            \
    }                                                                                                        \
    static inline type sw_exchange_##suffix(sw_atomic_##suffix *a, type value)                               \
    {                                                                                                        \
        SW_ATOMIC_BEFORE();                                                                                  \
        SW_ATOMIC_LOCKED();                                                                                  \
        return atomic_exchange_explicit(&a->value, value, memory_order_seq_cst);                             \
    }                                                                                                        \
    /* Strong; on failure *expected is what was found. */                                                    \
    static inline bool sw_cas_##suffix(sw_atomic_##suffix *a, type *expected, type desired)                  \
    {                                                                                                        \
        SW_ATOMIC_BEFORE();                                                                                  \
        SW_ATOMIC_LOCKED();                                                                                  \
        return atomic_compare_exchange_strong_explicit(&a->value, expected, desired, memory_order_seq_cst,   \
                                                       memory_order_seq_cst);                                \
    }

SW_ATOMIC_DEFINE(uint64_t, u64)
SW_ATOMIC_DEFINE(uint32_t, u32)

/*
 * What was stored before is there when what is stored after is: in the child of a fork that comes between them, too. For plain
 * memory under a lock, which the child finds in any state.
 */
static inline void sw_order_stores(void)
{
    SW_ATOMIC_BEFORE();
    atomic_thread_fence(memory_order_release);
}

#endif
