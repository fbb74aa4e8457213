/* Memory that counts and fails. */
#include <stdlib.h>
#include <string.h>

#include "support.h"

#define MARK UINT64_C(0x5EA3A11B10C5)
#define DIRT 0xA5

/* Stands right before each block. */
typedef struct label {
    uint64_t mark;
    size_t size;
    void *whole;
} label;

/* Bytes before a block: room for the label, and a multiple of the block's alignment. */
static size_t lead_of(size_t alignment)
{
    return (sizeof(label) + alignment - 1) / alignment * alignment;
}

static bool refuses(sw_test_memory *memory)
{
    int64_t number = memory->requests++;
    bool refused = false;

    if (memory->failing == SW_TEST_FAIL_ONCE)
        refused = number == memory->nth;
    else if (memory->failing == SW_TEST_FAIL_FOR_EVER)
        refused = number >= memory->nth;
    else if (memory->failing == SW_TEST_FAIL_EVERY_OTHER)
        refused = number >= memory->nth && (number - memory->nth) % 2 == 0;
    memory->refused += refused;
    return refused;
}

static void *allocate(size_t size, size_t alignment, void *user)
{
    sw_test_memory *memory = user;
    unsigned char *whole = NULL;
    size_t lead;
    label own;

    if (alignment < sizeof(void *) && alignment != 0 && (alignment & (alignment - 1)) == 0)
        alignment = sizeof(void *);
    lead = alignment != 0 ? lead_of(alignment) : 0;

    pthread_mutex_lock(&memory->lock);
    if (size == 0 || alignment == 0 || (alignment & (alignment - 1)) != 0)
        memory->wrong++;
    else if (!refuses(memory))
        whole = aligned_alloc(alignment, (lead + size + alignment - 1) / alignment * alignment);
    if (whole != NULL) {
        memory->blocks++;
        memory->bytes += (int64_t)size;
    }
    pthread_mutex_unlock(&memory->lock);
    if (whole == NULL)
        return NULL;
    own = (label){MARK, size, whole};
    memset(whole, DIRT, lead + size);
    memcpy(whole + lead - sizeof(own), &own, sizeof(own));
    return whole + lead;
}

static void release(void *block, size_t size, void *user)
{
    sw_test_memory *memory = user;
    label *place = (label *)(void *)((unsigned char *)block - sizeof(label));
    label own;

    memcpy(&own, place, sizeof(own));
    pthread_mutex_lock(&memory->lock);
    if (own.mark != MARK || own.size != size) {
        memory->wrong++;
        pthread_mutex_unlock(&memory->lock);
        return;
    }
    memory->blocks--;
    memory->bytes -= (int64_t)size;
    pthread_mutex_unlock(&memory->lock);
    memset(place, DIRT, sizeof(own) + size);
    free(own.whole);
}

void sw_test_memory_init(sw_test_memory *memory)
{
    memset(memory, 0, sizeof(*memory));
    pthread_mutex_init(&memory->lock, NULL);
}

void sw_test_memory_fini(sw_test_memory *memory)
{
    pthread_mutex_destroy(&memory->lock);
}

void sw_test_memory_install(sw_test_memory *memory, seawall_platform *platform)
{
    platform->allocate = allocate;
    platform->release = release;
    platform->memory_user = memory;
}

void sw_test_memory_fail(sw_test_memory *memory, sw_test_failing failing, int64_t nth)
{
    pthread_mutex_lock(&memory->lock);
    memory->failing = failing;
    memory->nth = nth;
    memory->requests = 0;
    memory->refused = 0;
    pthread_mutex_unlock(&memory->lock);
}

bool sw_test_memory_clean(sw_test_memory *memory)
{
    bool clean;

    pthread_mutex_lock(&memory->lock);
    clean = memory->blocks == 0 && memory->bytes == 0 && memory->wrong == 0;
    pthread_mutex_unlock(&memory->lock);
    return clean;
}
