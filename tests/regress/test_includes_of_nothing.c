/* Each file that was included took 4096 bytes, were it empty: a file of includes took hundreds of times its size. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "one_test.h"
#include "support.h"

#define INCLUDES 1000
#define LINE     "include=e\n"

static size_t held, most;

static void *take(size_t size, size_t alignment, void *user)
{
    (void)alignment; /* malloc's is enough for all that the loader keeps */
    (void)user;
    held += size;
    if (held > most)
        most = held;
    return malloc(size);
}

static void give(void *memory, size_t size, void *user)
{
    (void)user;
    held -= size;
    free(memory);
}

static void write_file(const char *path, const char *line, int times)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    for (; times > 0; times--)
        ck_assert_int_ge(fputs(line, file), 0);
    (void)fclose(file);
}

START_TEST(they_take_little)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;
    const char *where = getenv("TMPDIR");
    char directory[256], path[300], empty[300];
    seawall_platform platform;

    ck_assert_int_eq(seawall_platform_init(&platform, sizeof(platform)), SEAWALL_OK);
    platform.allocate = take;
    platform.release = give;
    config.include = 1;
    (void)snprintf(directory, sizeof(directory), "%.200s/seawall-XXXXXX", where != NULL ? where : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    (void)snprintf(path, sizeof(path), "%s/main", directory);
    (void)snprintf(empty, sizeof(empty), "%s/e", directory);
    write_file(path, LINE, INCLUDES);
    write_file(empty, "", 0);
    ck_assert_int_eq(seawall_loader_check_file(path, &config, &platform, NULL), SEAWALL_OK);
    ck_assert_uint_eq(held, 0);
    ck_assert_uint_lt(most, 60 * INCLUDES * (sizeof(LINE) - 1));
    (void)unlink(path);
    (void)unlink(empty);
    (void)rmdir(directory);
}
END_TEST

int main(void)
{
    return one_test("regress/includes_of_nothing", they_take_little);
}
