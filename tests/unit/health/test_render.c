/* Endpoints as text: what stands in it, whatever the names and messages are; sizes; what to answer to whom. */
#include "health_fixture.h"
#include "suite.h"

#define PASS SEAWALL_HEALTH_PASS
#define FAIL SEAWALL_HEALTH_FAIL
#define ROOM 4096

static set s;
static char text[ROOM];

static void begin(void)
{
    set_up(&s);
}

static const char *line_of(seawall_health_endpoint endpoint)
{
    ck_assert_int_eq(seawall_health_line(s.health, endpoint, text, sizeof(text), NULL), SEAWALL_OK);
    return text;
}

static const char *json_of(seawall_health_endpoint endpoint)
{
    ck_assert_int_eq(seawall_health_json(s.health, endpoint, text, sizeof(text), NULL), SEAWALL_OK);
    return text;
}

static void has(const char *what)
{
    ck_assert_msg(strstr(text, what) != NULL, "no %s in %s", what, text);
}

static void has_not(const char *what)
{
    ck_assert_msg(strstr(text, what) == NULL, "%s in %s", what, text);
}

START_TEST(an_empty_set_is_whole_json)
{
    ck_assert_str_eq(json_of(SEAWALL_HEALTH_LIVE), "{\"status\":\"pass\",\"checks\":{}}");
    ck_assert_str_eq(json_of(SEAWALL_HEALTH_READY), "{\"status\":\"fail\",\"notes\":[\"the start is not over\"],\"checks\":{}}");
    poll_for(&s, 0);
    ck_assert_str_eq(json_of(SEAWALL_HEALTH_READY), "{\"status\":\"pass\",\"checks\":{}}");
    ck_assert_str_eq(line_of(SEAWALL_HEALTH_READY), "pass");
    ck_assert_int_eq(seawall_health_drain(s.health), SEAWALL_OK);
    ck_assert_str_eq(line_of(SEAWALL_HEALTH_READY), "fail (draining)");
    tear_down(&s);
}
END_TEST

START_TEST(a_check_tells_what_it_has_to_say)
{
    seawall_health_check_config config = plain();
    script orders = {.answer = PASS, .message = "all well", .takes = 1234567, .of = &s};

    config.failure_threshold = 1;
    (void)strcpy(config.tags, "store, \"primary\"");
    add(&s, "database", &orders, &config);
    (void)json_of(SEAWALL_HEALTH_READY);
    has("\"database:responseTime\":[{\"status\":\"warn\",\"componentType\":\"component\"");
    has("\"output\":\"unknown: it has not been run yet\"");
    has_not("observedValue");
    poll_for(&s, 0);
    (void)json_of(SEAWALL_HEALTH_READY);
    has("{\"status\":\"pass\",\"checks\":{\"database:responseTime\":[{\"status\":\"pass\"");
    has("\"observedValue\":1.234,\"observedUnit\":\"ms\",\"time\":\"20");
    has("\"tags\":[\"store\",\"\\\"primary\\\"\"]");
    has_not("all well"); /* output is omitted when passing */
    ck_assert_str_eq(line_of(SEAWALL_HEALTH_READY), "pass: database pass");
    orders.answer = FAIL;
    poll_for(&s, S(1));
    (void)json_of(SEAWALL_HEALTH_READY);
    has("\"output\":\"all well\"");
    has("\"consecutiveFailures\":1");
    ck_assert_str_eq(line_of(SEAWALL_HEALTH_READY), "fail: database fail (all well)");
    ck_assert_str_eq(line_of(SEAWALL_HEALTH_LIVE), "pass");
    ck_assert_str_eq(line_of(SEAWALL_HEALTH_WHOLE), "fail: database fail (all well)");
    tear_down(&s);
}
END_TEST

START_TEST(hostile_names_break_nothing)
{
    script orders = {.answer = FAIL, .message = "\"},{\"status\":\"pass\" \x1b[2J\xC3"};
    seawall_health_check_config config = plain();

    config.failure_threshold = 1;
    add(&s, "a\"b\\c\n\x01\xFF\xC3\xA4", &orders, &config);
    poll_for(&s, 0);
    (void)json_of(SEAWALL_HEALTH_READY);
    has("\"a\\\"b\\\\c\\u000a\\u0001\\\\xff\xC3\xA4:responseTime\"");
    has("\"output\":\"\\\"},{\\\"status\\\":\\\"pass\\\" \\u001b[2J\\\\xc3\"");
    (void)line_of(SEAWALL_HEALTH_READY);
    has("a\"b\\c\\x0a\\x01\\xff\xC3\xA4 fail (\"},{\"status\":\"pass\" \\x1b[2J\\xc3)");
    tear_down(&s);
}
END_TEST

START_TEST(credentials_of_a_target_are_never_shown)
{
    seawall_health_check_config config = plain();

    config.check = SEAWALL_HEALTH_ENDPOINT_TEST;
    (void)strcpy(config.target, "http://root:sesame@127.0.0.1:1/health?token=secret");
    ck_assert_int_eq(seawall_health_register(s.health, "x", &config, NULL, NULL), SEAWALL_OK);
    (void)json_of(SEAWALL_HEALTH_READY);
    has("\"target\":\"http://***@127.0.0.1:1/health");
    has_not("sesame");
    has_not("root");
    has_not("secret");
    tear_down(&s);
}
END_TEST

START_TEST(sizes_are_told)
{
    script orders = {.answer = PASS};
    size_t needed = 0, again = 0, i;
    char small[ROOM];

    add(&s, "x", &orders, NULL);
    ck_assert_int_eq(seawall_health_json(s.health, SEAWALL_HEALTH_READY, NULL, 0, &needed), SEAWALL_TOO_SMALL);
    (void)json_of(SEAWALL_HEALTH_READY);
    ck_assert_uint_eq(needed, strlen(text) + 1);
    for (i = 0; i < needed; i++) {
        memset(small, 'z', sizeof(small));
        ck_assert_int_eq(seawall_health_json(s.health, SEAWALL_HEALTH_READY, small, i, &again), SEAWALL_TOO_SMALL);
        ck_assert_uint_eq(again, needed);
        ck_assert_int_eq(small[0], 'z');
    }
    ck_assert_int_eq(seawall_health_json(s.health, SEAWALL_HEALTH_READY, small, needed, NULL), SEAWALL_OK);
    ck_assert_str_eq(small, text);
    ck_assert_int_eq(seawall_health_json(s.health, SEAWALL_HEALTH_READY, NULL, 5, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_health_json(NULL, SEAWALL_HEALTH_READY, small, 5, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_health_line(s.health, 4, small, 5, NULL), SEAWALL_INVALID);
    ck_assert_int_eq(seawall_health_line(s.health, -1, small, 5, NULL), SEAWALL_INVALID);
    tear_down(&s);
}
END_TEST

static const struct {
    const char *path;
    seawall_status status;
    int32_t http;
} paths[] = {
    {"/health/live", SEAWALL_OK, 200},         {"/health/ready", SEAWALL_OK, 503},  {"/health/startup", SEAWALL_OK, 200},
    {"/health", SEAWALL_OK, 503},              {"/health/ready?x=1", SEAWALL_OK, 503}, {"/health/live/", SEAWALL_INVALID, 7},
    {"/health/liveness", SEAWALL_INVALID, 7},  {"", SEAWALL_INVALID, 7},            {"/", SEAWALL_INVALID, 7},
    {"/health/LIVE", SEAWALL_INVALID, 7},      {NULL, SEAWALL_INVALID, 7},
};

START_TEST(paths_are_answered)
{
    script orders = {.answer = FAIL};
    int32_t http = 7;

    add(&s, "x", &orders, NULL);
    poll_for(&s, S(5));
    ck_assert_int_eq(seawall_health_respond(s.health, paths[_i].path, &http, text, sizeof(text), NULL), paths[_i].status);
    ck_assert_int_eq(http, paths[_i].http);
    if (paths[_i].status == SEAWALL_OK)
        has(http == 200 ? "{\"status\":\"pass\"" : "{\"status\":\"fail\"");
    tear_down(&s);
}
END_TEST

START_TEST(an_optional_check_says_so)
{
    seawall_health_check_config config = plain();
    script orders = {.answer = SEAWALL_HEALTH_LATER};

    config.required = 0;
    add(&s, "x", &orders, &config);
    poll_for(&s, 0);
    (void)json_of(SEAWALL_HEALTH_READY);
    has("\"required\":false");
    has("{\"status\":\"warn\"");
    tear_down(&s);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("render");

    tcase_add_checked_fixture(tests, begin, NULL);
    tcase_add_test(tests, an_empty_set_is_whole_json);
    tcase_add_test(tests, a_check_tells_what_it_has_to_say);
    tcase_add_test(tests, hostile_names_break_nothing);
    tcase_add_test(tests, credentials_of_a_target_are_never_shown);
    tcase_add_test(tests, sizes_are_told);
    tcase_add_loop_test(tests, paths_are_answered, 0, (int)(sizeof(paths) / sizeof(paths[0])));
    tcase_add_test(tests, an_optional_check_says_so);
    return sw_test_run("health render", tests);
}
