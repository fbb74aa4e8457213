/*
 * A configuration file that is watched: whenever it is written, or another one is renamed over it, the registry reloads it in
 * place. It is the directory that is watched, as a file that is renamed over another is a new one.
 */
#define _GNU_SOURCE /* so that -std=c11 hides no function of the system */
#include <errno.h>
#include <poll.h>
#include <seawall/seawall.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

/* [reload] */
static void tell_problem(const seawall_problem *problem, void *user)
{
    (void)user;
    printf("  %s\n", problem->text);
}

static void tell_change(const seawall_change *change, void *user)
{
    (void)user;
    printf("  %s\n", change->text);
}

static seawall_status reload(seawall_registry *registry, const char *path)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;

    config.report = tell_problem;
    config.change = tell_change;
    return seawall_registry_reload_file(registry, path, &config, NULL);
}
/* [reload end] */

/* [watch] */
static int watch(const char *directory)
{
    int descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

    if (descriptor >= 0 && inotify_add_watch(descriptor, directory, IN_CLOSE_WRITE | IN_MOVED_TO) < 0) {
        (void)close(descriptor);
        return -1;
    }
    return descriptor;
}

/* Reads all that is there to read, so that many writes in a row are one reload. Whether one of them was of this file. */
static bool was_written(int descriptor, const char *name)
{
    union {
        struct inotify_event event;
        char bytes[4096];
    } all;
    bool found = false;
    ssize_t length;

    while ((length = read(descriptor, &all, sizeof(all))) > 0) {
        const char *at = all.bytes;

        while (at < all.bytes + length) {
            const struct inotify_event *event = (const struct inotify_event *)(const void *)at;

            /* If the kernel has dropped some, one of them may have been it. */
            found = found || (event->mask & IN_Q_OVERFLOW) != 0 || (event->len > 0 && strcmp(event->name, name) == 0);
            at += sizeof(*event) + event->len;
        }
    }
    return found;
}
/* [watch end] */

/* --- what an operator does --- */

static char directory[64];

static const char *path_of(const char *name)
{
    static char path[2][128];
    static int turn;

    turn = 1 - turn;
    (void)snprintf(path[turn], sizeof(path[turn]), "%s/%s", directory, name);
    return path[turn];
}

static bool write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    bool written = file != NULL && fputs(text, file) >= 0;

    return file != NULL && fclose(file) == 0 && written;
}

static bool wait_and_reload(seawall_registry *registry, int descriptor, seawall_status *status)
{
    struct pollfd event = {descriptor, POLLIN, 0};

    do {
        if (poll(&event, 1, 10000) <= 0)
            return false;
    } while (!was_written(descriptor, "seawall.conf"));
    *status = reload(registry, path_of("seawall.conf"));
    return true;
}

static bool run(seawall_registry *registry, int descriptor)
{
    seawall_status status = SEAWALL_INVALID;

    printf("Written:\n");
    if (!write_file("seawall.conf", "[circuit_breaker \"database\"]\nfailure_threshold = 5\n") ||
        !wait_and_reload(registry, descriptor, &status) || status != SEAWALL_OK)
        return status == SEAWALL_UNSUPPORTED;
    printf("Renamed over:\n");
    if (!write_file("new.conf", "[circuit_breaker \"database\"]\nfailure_threshold = 9\n[bulkhead \"database\"]\n") ||
        rename(path_of("new.conf"), path_of("seawall.conf")) != 0 || !wait_and_reload(registry, descriptor, &status) ||
        status != SEAWALL_OK)
        return false;
    printf("With a mistake, so that all stays as it is:\n");
    if (!write_file("new.conf", "[circuit_breaker \"database\"]\nfailure_treshold = 1\n") ||
        rename(path_of("new.conf"), path_of("seawall.conf")) != 0 || !wait_and_reload(registry, descriptor, &status))
        return false;
    return status == SEAWALL_INVALID && seawall_registry_count(registry) == 2;
}

int main(void)
{
    const char *where = getenv("TMPDIR");
    seawall_registry *registry;
    int descriptor;
    bool good;

    (void)snprintf(directory, sizeof(directory), "%.40s/seawall-XXXXXX", where != NULL ? where : "/tmp");
    if (mkdtemp(directory) == NULL || seawall_registry_create(NULL, NULL, &registry, NULL) != SEAWALL_OK)
        return 1;
    descriptor = watch(directory);
    good = descriptor >= 0 && run(registry, descriptor);
    if (descriptor >= 0)
        (void)close(descriptor);
    (void)unlink(path_of("seawall.conf"));
    (void)unlink(path_of("new.conf"));
    (void)rmdir(directory);
    seawall_registry_destroy(registry);
    return good ? 0 : 1;
}
