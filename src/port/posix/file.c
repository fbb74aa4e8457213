/* Reading a file whole. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "port/port.h"

/* Of a file that is longer than it says, so that it does not grow byte by byte. */
#define NEXT_ROOM 4096

const char sw_port_no_memory[] = "no memory";
const char sw_port_too_large[] = "the file is too large";

static const char *why(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return "there is no such file";
    case EACCES:
    case EPERM:
        return "the file may not be read";
    case EMFILE:
    case ENFILE:
        return "the system gives no descriptor";
    case ENAMETOOLONG:
        return "the path is too long";
    case EISDIR:
        return "it is a directory";
    case ELOOP:
        return "it is a symbolic link, or there are too many";
    default:
        return "the file cannot be read";
    }
}

static const char *not_regular(const struct stat *about)
{
    if (S_ISDIR(about->st_mode))
        return "it is a directory";
    return S_ISREG(about->st_mode) ? NULL : "it is no regular file";
}

typedef struct buffer {
    char *text;
    size_t size;
    size_t room; /* one byte of it stays free */
    const seawall_platform *platform;
} buffer;

static bool make_room(buffer *to, size_t room)
{
    char *bigger = sw_allocate(to->platform, room, 1);

    if (bigger == NULL)
        return false;
    if (to->size > 0)
        memcpy(bigger, to->text, to->size);
    sw_release(to->platform, to->text, to->room);
    to->text = bigger;
    to->room = room;
    return true;
}

/* Some files do not know their size beforehand, and others grow or shrink meanwhile. */
static const char *read_all(int descriptor, size_t most, size_t expected, buffer *to)
{
    if (!make_room(to, expected + 2)) /* the second byte finds out whether that was all */
        return sw_port_no_memory;
    for (;;) {
        ssize_t got = read(descriptor, to->text + to->size, to->room - 1 - to->size);

        if (got == 0)
            return NULL;
        if (got < 0 && errno != EINTR)
            return why(errno);
        to->size += got > 0 ? (size_t)got : 0;
        if (to->size > most)
            return sw_port_too_large;
        if (to->size == to->room - 1 && !make_room(to, 2 * to->room > NEXT_ROOM ? 2 * to->room : NEXT_ROOM))
            return sw_port_no_memory;
    }
}

static const char *read_regular(int descriptor, size_t most, buffer *to)
{
    struct stat about;
    const char *wrong;

    if (fstat(descriptor, &about) != 0)
        return why(errno);
    wrong = not_regular(&about);
    if (wrong != NULL)
        return wrong;
    if (about.st_size < 0 || (uintmax_t)about.st_size > most)
        return sw_port_too_large;
    return read_all(descriptor, most, (size_t)about.st_size, to);
}

const char *sw_port_read_file(const char *path, bool follow, size_t most, const seawall_platform *platform, char **text,
                              size_t *size, size_t *room)
{
    buffer to = {NULL, 0, 0, platform};
    const char *wrong;
    /* Opening a FIFO would wait for its writer, and opening a terminal could make it ours. */
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | (follow ? 0 : O_NOFOLLOW));

    if (descriptor < 0)
        return why(errno);
    wrong = read_regular(descriptor, most, &to);
    (void)close(descriptor);
    if (wrong != NULL) {
        sw_release(platform, to.text, to.room);
        return wrong;
    }
    *text = to.text;
    *size = to.size;
    *room = to.room;
    return NULL;
}
