/*
 * A libcurl transfer, interrupted: the server takes the request and never answers. The hook wakes curl_multi_poll, which any
 * thread may do.
 */
#include <curl/curl.h>
#include <seawall/seawall.h>
#include <stdio.h>

#include "unanswered.h"

/* [curl] */
static void wake_up(void *user)
{
    curl_multi_wakeup(user);
}

/* Until the transfer has ended, or nobody wants it any more; blocked in curl_multi_poll meanwhile. */
static CURLcode transfer(CURLM *multi, const seawall_cancel *cancel)
{
    CURLMsg *message = NULL;
    int running = 1, left;

    while (running != 0 && !seawall_cancel_is_cancelled(cancel)) {
        if (curl_multi_perform(multi, &running) != CURLM_OK)
            return CURLE_FAILED_INIT;
        if (running != 0 && curl_multi_poll(multi, NULL, 0, 60000, NULL) != CURLM_OK)
            return CURLE_FAILED_INIT;
    }
    message = curl_multi_info_read(multi, &left);
    return message != NULL ? message->data.result : CURLE_ABORTED_BY_CALLBACK;
}

static seawall_fault fetch(seawall_attempt *attempt, void *arg)
{
    seawall_cancel_hook hook = SEAWALL_CANCEL_HOOK_INIT;
    seawall_cancel *cancel;
    CURLM *multi = curl_multi_init();
    CURL *easy = curl_easy_init();
    CURLcode result = CURLE_ABORTED_BY_CALLBACK;

    if (multi != NULL && easy != NULL && seawall_attempt_token(attempt, &cancel) == SEAWALL_OK) {
        curl_easy_setopt(easy, CURLOPT_URL, arg);
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
        curl_multi_add_handle(multi, easy);
        if (seawall_cancel_add_hook(cancel, &hook, wake_up, multi) == SEAWALL_OK) {
            result = transfer(multi, cancel);
            seawall_cancel_remove_hook(cancel, &hook);
        }
        curl_multi_remove_handle(multi, easy);
    }
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
    return seawall_fault_from_curl_code((int32_t)result, SEAWALL_PHASE_REQUEST);
}
/* [curl end] */

int main(void)
{
    seawall_report report = SEAWALL_REPORT_INIT;
    seawall_pipeline *pipeline = NULL;
    seawall_timers *timers;
    char url[64];
    int port, server = silent_server(&port);
    seawall_status status;

    if (server < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        seawall_timers_create(NULL, NULL, &timers, NULL) != SEAWALL_OK || seawall_timers_start(timers, NULL) != SEAWALL_OK)
        return 1;
    pipeline = limited_to(SEAWALL_MILLISECONDS(200), timers);
    if (pipeline == NULL)
        return 1;
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/", port);
    status = seawall_call(pipeline, fetch, url, &report);
    printf("%s after %.1f s\n", seawall_status_name(status), (double)report.elapsed / 1e9);
    seawall_pipeline_destroy(pipeline);
    seawall_timers_destroy(timers);
    curl_global_cleanup();
    close(server);
    return status != SEAWALL_TIMED_OUT;
}
