/*
 * A check's timeout above the interval that its endpoints have passed every look at the file, and was found when the checks were
 * connected: too late, as the file had been taken for good, and nobody could say in which line it was.
 */
#include <string.h>

#include <seawall/loader.h>
#include <seawall/seawall.h>

#include "one_test.h"
#include "support.h"

static char told[2048];
static sw_test_platform on;

static void note(const seawall_problem *problem, void *user)
{
    (void)user;
    (void)strncat(told, problem->text, sizeof(told) - strlen(told) - 1);
    (void)strncat(told, "|", sizeof(told) - strlen(told) - 1);
}

static seawall_loader_config noting(void)
{
    seawall_loader_config config = SEAWALL_LOADER_CONFIG_INIT;

    config.report = note;
    told[0] = '\0';
    return config;
}

static const char *checked(const char *text)
{
    seawall_loader_config config = noting();
    seawall_status status = seawall_loader_check_text(text, strlen(text), "t", &config, &on.platform, NULL);

    ck_assert_int_eq(status, told[0] != '\0' ? SEAWALL_INVALID : SEAWALL_OK);
    return told;
}

#define READY(interval) "[health_endpoint \"/health/ready\"]\ninterval = " interval "\n"
#define ABOVE(timeout, interval) "timeout: " timeout " is above interval, " interval ", which its endpoints have|"

START_TEST(it_is_told_where_it_stands)
{
    ck_assert_str_eq(checked("[health_check \"x\"]\ntimeout = 8s\n"), "t:2: [health_check \"x\"] " ABOVE("8s", "5s"));
    ck_assert_str_eq(checked(READY("8s") "[health_check \"x\"]\ntimeout = 8s\n"), "");
    ck_assert_str_eq(checked("[health_check \"x\"]\ntimeout = 8s\n" READY("7s")),
                     "t:2: [health_check \"x\"] " ABOVE("8s", "7s"));
    /* The interval of an endpoint makes way for its timeout; the shortest of several counts. */
    ck_assert_str_eq(checked("[health_endpoint \"/health/ready\"]\ntimeout = 8s\n[health_check \"x\"]\ntimeout = 8s\n"), "");
    ck_assert_str_eq(checked(READY("20s") "[health_check \"x\"]\nlive = on\ntimeout = 11s\n"),
                     "t:5: [health_check \"x\"] " ABOVE("11s", "10s"));
    ck_assert_str_eq(checked("[health_endpoint]\ninterval = 9s\n[health_endpoint \"/health/ready\"]\nfailure_threshold = 2\n"
                             "[health_check \"x\"]\ntimeout = 8s\n"), "");
    ck_assert_str_eq(checked("[health_endpoint]\ninterval = 9s\n[health_check \"x\"]\ntimeout = 8s\n"),
                     "t:4: [health_check \"x\"] " ABOVE("8s", "5s")); /* the defaults make no endpoint */
    /* What all have from the defaults is told once. */
    ck_assert_str_eq(checked("[health_check]\ntimeout = 8s\n[health_check \"x\"]\n[health_check \"y\"]\n[health_check \"z\"]\n"
                             "interval = 8s\n"), "t:2: [health_check] " ABOVE("8s", "5s"));
    ck_assert_str_eq(checked("[health_check]\ntimeout = 8s\n[health_check \"x\"]\nready = off\n"
                             "[health_check \"y\"]\nlive = on\n"),
                     "t:5: [health_check \"y\"] timeout: set in line 2, and 8s is above interval, 5s, which its endpoints have|");
}
END_TEST

START_TEST(it_is_told_with_all_the_others)
{
    ck_assert_str_eq(checked("[health_check \"x\"]\ntimeout = 8s\njitter = 2\n"),
                     "t:3: [health_check \"x\"] jitter: 2 is above 1|t:2: [health_check \"x\"] " ABOVE("8s", "5s"));
    ck_assert_str_eq(checked("[health_check \"x\"]\ntimeout = 8s\n[health_check \"y\"]\ntimeout = 9s\n"),
                     "t:2: [health_check \"x\"] " ABOVE("8s", "5s") "t:4: [health_check \"y\"] " ABOVE("9s", "5s"));
    /* What is wrong by itself is told once, and what depends on it is not judged. */
    ck_assert_str_eq(checked("[health_check \"x\"]\ntimeout = 8s\ninterval = 7s\n"),
                     "t:2: [health_check \"x\"] timeout: 8s is above interval, 7s|");
    ck_assert_ptr_null(strstr(checked("[health_check \"x\"]\ntimeout = 8s\n" READY("soon")), "endpoints"));
    ck_assert_ptr_null(strstr(checked("[health_check \"x\"]\ntimeout = 8s\nready = perhaps\n"), "endpoints"));
    ck_assert_ptr_null(strstr(checked("[health_check \"x\"]\ntimeout = 8s\nintervall = 9s\n"), "endpoints"));
    ck_assert_ptr_null(strstr(checked("[health_check \"x\"]\ntimeout = 8s\nready = perhaps\nlive = on\n"), "endpoints"));
}
END_TEST

static seawall_registry *registry;

static seawall_status put(const char *text, bool again)
{
    seawall_loader_config config = noting();

    return again ? seawall_registry_reload_text(registry, text, strlen(text), "t", &config, NULL)
                 : seawall_registry_load_text(registry, text, strlen(text), "t", &config, NULL);
}

START_TEST(what_the_registry_knows_counts)
{
    ck_assert_int_eq(seawall_registry_create(NULL, &on.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(put(READY("20s") "[health_check \"x\"]\ntimeout = 15s\n", false), SEAWALL_OK);
    ck_assert_int_eq(put("[health_check \"y\"]\ntimeout = 18s\n", false), SEAWALL_OK);
    ck_assert_int_eq(put("[health_check \"z\"]\ntimeout = 21s\n", false), SEAWALL_INVALID);
    ck_assert_str_eq(told, "t:2: [health_check \"z\"] " ABOVE("21s", "20s"));
    /* A reload takes the place of what files said. */
    ck_assert_int_eq(put("[health_check \"y\"]\ntimeout = 18s\n", true), SEAWALL_INVALID);
    ck_assert_str_eq(told, "t:2: [health_check \"y\"] " ABOVE("18s", "5s"));
    ck_assert_int_eq(seawall_registry_set(registry, "health_check", "w", "timeout", "30s", NULL), SEAWALL_OK);
    ck_assert_int_eq(put("[health_check \"w\"]\n", false), SEAWALL_INVALID);
    ck_assert_str_eq(told, "t:1: [health_check \"w\"] timeout: set elsewhere, and 30s is above interval, 20s, which its "
                           "endpoints have|");
    seawall_registry_destroy(registry);
}
END_TEST

START_TEST(an_endpoint_of_a_later_file_is_judged)
{
    ck_assert_int_eq(seawall_registry_create(NULL, &on.platform, &registry, NULL), SEAWALL_OK);
    ck_assert_int_eq(put("[health_check \"x\"]\ntimeout = 4s\n[health_check \"y\"]\n", false), SEAWALL_OK);
    ck_assert_int_eq(put(READY("3s"), false), SEAWALL_INVALID);
    ck_assert_str_eq(told, "t:2: [health_endpoint \"/health/ready\"] interval: health_check \"x\", which there is: 4s is above "
                           "interval, 3s, which its endpoints have|");
    ck_assert_int_eq(put(READY("4s"), false), SEAWALL_OK);
    seawall_registry_destroy(registry);
}
END_TEST

static void begin(void)
{
    sw_test_platform_init(&on, false);
}

static void end(void)
{
    sw_test_platform_fini(&on);
}

int main(void)
{
    TCase *tests = tcase_create("regress");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, it_is_told_where_it_stands);
    tcase_add_test(tests, it_is_told_with_all_the_others);
    tcase_add_test(tests, what_the_registry_knows_counts);
    tcase_add_test(tests, an_endpoint_of_a_later_file_is_judged);
    return sw_test_run("regress/never_to_be_connected", tests);
}
