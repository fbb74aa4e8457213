#include "transfers.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "clock.h"

#define EVENTS 64
#define LONGEST SECONDS(1)

static int watch(CURL *easy, curl_socket_t socket, int what, void *user, void *known)
{
    const struct transfers *transfers = user;
    struct epoll_event event = {.data.fd = socket};

    (void)easy;
    (void)known;
    if (what == CURL_POLL_REMOVE) {
        (void)epoll_ctl(transfers->epoll, EPOLL_CTL_DEL, socket, NULL); /* it may be closed already */
        return 0;
    }
    event.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    if (epoll_ctl(transfers->epoll, EPOLL_CTL_MOD, socket, &event) == 0)
        return 0;
    return epoll_ctl(transfers->epoll, EPOLL_CTL_ADD, socket, &event);
}

static int note_due(CURLM *multi, long milliseconds, void *user)
{
    struct transfers *transfers = user;

    (void)multi;
    transfers->due = milliseconds < 0 ? INT64_MAX : clock_now() + MILLISECONDS(milliseconds);
    return 0;
}

int transfers_open(struct transfers *transfers, int bell, long connections)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = bell};

    *transfers = (struct transfers){.multi = curl_multi_init(), .epoll = epoll_create1(EPOLL_CLOEXEC), .bell = bell};
    transfers->due = INT64_MAX;
    if (transfers->epoll < 0 || !transfers->multi || epoll_ctl(transfers->epoll, EPOLL_CTL_ADD, bell, &event) != 0)
        return -1;
    curl_multi_setopt(transfers->multi, CURLMOPT_SOCKETFUNCTION, watch);
    curl_multi_setopt(transfers->multi, CURLMOPT_SOCKETDATA, transfers);
    curl_multi_setopt(transfers->multi, CURLMOPT_TIMERFUNCTION, note_due);
    curl_multi_setopt(transfers->multi, CURLMOPT_TIMERDATA, transfers);
    curl_multi_setopt(transfers->multi, CURLMOPT_MAXCONNECTS, connections);
    return 0;
}

void transfers_close(struct transfers *transfers)
{
    curl_multi_cleanup(transfers->multi);
    if (transfers->epoll >= 0)
        close(transfers->epoll);
}

int transfers_start(struct transfers *transfers, CURL *easy)
{
    return curl_multi_add_handle(transfers->multi, easy) == CURLM_OK ? 0 : -1;
}

void transfers_stop(struct transfers *transfers, CURL *easy)
{
    curl_multi_remove_handle(transfers->multi, easy);
}

static void act(struct transfers *transfers, curl_socket_t socket, int what)
{
    int running;

    curl_multi_socket_action(transfers->multi, socket, what, &running);
}

/* Rounded up: who wakes too early would only sleep again. */
static int milliseconds_until(int64_t until)
{
    int64_t left = until - clock_now();

    return left <= 0 ? 0 : (int)(((left < LONGEST ? left : LONGEST) + MILLISECONDS(1) - 1) / MILLISECONDS(1));
}

void transfers_wait(struct transfers *transfers, int64_t until)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(transfers->epoll, events, EVENTS, milliseconds_until(until < transfers->due ? until : transfers->due));

    for (int i = 0; i < count; i++) {
        uint32_t said = events[i].events;

        if (events[i].data.fd != transfers->bell)
            act(transfers, events[i].data.fd,
                (said & EPOLLIN ? CURL_CSELECT_IN : 0) | (said & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                    (said & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0));
    }
    if (clock_now() >= transfers->due) {
        transfers->due = INT64_MAX;
        act(transfers, CURL_SOCKET_TIMEOUT, 0);
    }
}

CURL *transfers_ended(struct transfers *transfers, CURLcode *error)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(transfers->multi, &left)) != NULL) {
        CURL *easy = message->easy_handle;

        if (message->msg != CURLMSG_DONE)
            continue;
        *error = message->data.result; /* the message is gone with the handle */
        transfers_stop(transfers, easy);
        return easy;
    }
    return NULL;
}
