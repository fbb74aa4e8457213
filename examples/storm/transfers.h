/* libcurl's transfers under epoll: started, stopped, and waited for together with one more descriptor. */
#ifndef STORM_TRANSFERS_H
#define STORM_TRANSFERS_H

#include <curl/curl.h>
#include <stdint.h>

struct transfers {
    CURLM *multi;
    int epoll;
    int bell;    /* a descriptor of somebody else's that ends a wait */
    int64_t due; /* when libcurl wants to be called; INT64_MAX: not by the clock */
};

/* -1 for want of memory or descriptors; to be closed even then. */
int transfers_open(struct transfers *transfers, int bell, long connections);
void transfers_close(struct transfers *transfers);

int transfers_start(struct transfers *transfers, CURL *easy);
void transfers_stop(struct transfers *transfers, CURL *easy);

/* Sleeps until then, or until a transfer or the bell has something to say, and moves the transfers on. */
void transfers_wait(struct transfers *transfers, int64_t until);
/* The next one that has ended, and is stopped by that; NULL: none. */
CURL *transfers_ended(struct transfers *transfers, CURLcode *error);

#endif
