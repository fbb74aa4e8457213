/*
 * What the examples of interrupted calls share: a server on this machine that never answers, and a pipeline that does not wait
 * for it.
 */
#ifndef EXAMPLE_UNANSWERED_H
#define EXAMPLE_UNANSWERED_H

#include <netinet/in.h>
#include <seawall/seawall.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Answers its descriptor and writes its port; -1 if there is none. The kernel takes connections for it, and what they send. */
static inline int silent_server(int *port)
{
    struct sockaddr_in address;
    socklen_t size = sizeof(address);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (server < 0)
        return -1;
    if (bind(server, (struct sockaddr *)&address, size) != 0 || listen(server, 16) != 0 ||
        getsockname(server, (struct sockaddr *)&address, &size) != 0) {
        close(server);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return server;
}

/* A pipeline of one policy: a hard timeout. */
static inline seawall_pipeline *limited_to(seawall_duration limit, seawall_timers *timers)
{
    /* [pipeline] */
    seawall_timeout_config limits = SEAWALL_TIMEOUT_CONFIG_INIT;
    seawall_pipeline_config config = SEAWALL_PIPELINE_CONFIG_INIT;
    seawall_policy policy = SEAWALL_POLICY_INIT;
    const seawall_policy *policies[] = {&policy};
    seawall_pipeline *pipeline = NULL;
    seawall_timeout *timeout;

    limits.request_timeout = limit;
    limits.mode = SEAWALL_TIMEOUT_HARD;
    config.timers = timers; /* started: who interrupts */
    if (seawall_timeout_create(&limits, NULL, &timeout, NULL) != SEAWALL_OK)
        return NULL;
    if (seawall_timeout_policy(timeout, "timeout", &policy) != SEAWALL_OK ||
        seawall_pipeline_create(&config, policies, 1, NULL, &pipeline, NULL) != SEAWALL_OK)
        fprintf(stderr, "no pipeline\n");
    seawall_timeout_destroy(timeout);
    /* [pipeline end] */
    return pipeline;
}

#endif
