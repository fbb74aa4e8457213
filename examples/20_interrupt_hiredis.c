/*
 * A hiredis command, interrupted: the server takes it and never answers. The hook shuts the connection down, and the command
 * ends.
 */
#include <hiredis/hiredis.h>

#include "unanswered.h"

/* [hiredis] */
static void unblock(void *user)
{
    shutdown(((redisContext *)user)->fd, SHUT_RDWR);
}

static seawall_fault increment(seawall_attempt *attempt, void *arg)
{
    seawall_cancel_hook hook = SEAWALL_CANCEL_HOOK_INIT;
    seawall_cancel *cancel;
    redisContext *redis = arg;
    redisReply *reply;
    bool answered;

    if (seawall_attempt_token(attempt, &cancel) != SEAWALL_OK)
        return SEAWALL_FAULT_LOCAL_RESOURCES;
    if (seawall_cancel_add_hook(cancel, &hook, unblock, redis) != SEAWALL_OK)
        return SEAWALL_FAULT_IGNORED; /* cancelled before it began */
    reply = redisCommand(redis, "INCR visitors");
    seawall_cancel_remove_hook(cancel, &hook); /* the context is ours again */
    answered = reply != NULL && reply->type == REDIS_REPLY_INTEGER;
    if (reply != NULL)
        freeReplyObject(reply);
    return answered ? SEAWALL_FAULT_NONE : SEAWALL_FAULT_SERVICE_UNAVAILABLE;
}
/* [hiredis end] */

int main(void)
{
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_pipeline *pipeline;
    seawall_timers *timers;
    redisContext *redis;
    int port, server = silent_server(&port);
    seawall_status status;

    if (server < 0 || seawall_timers_create(NULL, NULL, &timers, NULL) != SEAWALL_OK ||
        seawall_timers_start(timers, NULL) != SEAWALL_OK)
        return 1;
    pipeline = limited_to(SEAWALL_MILLISECONDS(200), timers);
    redis = redisConnect("127.0.0.1", port);
    if (pipeline == NULL || redis == NULL || redis->err != 0)
        return 1;
    status = seawall_call(pipeline, increment, redis, &report);
    printf("%s after %.1f s; the connection says \"%s\"\n", seawall_status_name(status), (double)report.elapsed / 1e9,
           redis->errstr);
    redisFree(redis);
    seawall_pipeline_destroy(pipeline);
    seawall_timers_destroy(timers);
    close(server);
    return status != SEAWALL_TIMED_OUT;
}
