#include "screen.h"

#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "figures.h"
#include "format.h"
#include "states.h"

#define BAR_CELLS 74
#define LOAD_FULL (PLAN_CALLS_PER_SECOND * PLAN_ATTEMPTS)

#define BOLD "1"
#define DIM "2"
#define RED "31"
#define GREEN "32"
#define YELLOW "33"

static const char *const weather_colors[WEATHER_SPELLS] = {GREEN, YELLOW, RED, "35", "36"};

/* What one side looks like at a moment. */
struct look {
    struct figures figures; /* of the last second */
    int sent, sick, backlog, breaker;
};

void screen_begin(struct screen *screen, const struct plan *plan, const struct record *record)
{
    const char *term = getenv("TERM");

    setlocale(LC_CTYPE, "");
    *screen = (struct screen){.plan = plan, .record = record};
    screen->terminal = isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
    screen->color = screen->terminal && !getenv("NO_COLOR");
    screen->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    for (int i = 0; i < SIDES * SCREEN_CELLS; i++) {
        screen->success[i / SCREEN_CELLS][i % SCREEN_CELLS] = -1;
        screen->load[i / SCREEN_CELLS][i % SCREEN_CELLS] = -1;
    }
    printf("Seawall in a storm: %g s, seed %" PRIu64 ", %d calls a second for each client\n", plan->seconds, plan->seed,
           PLAN_CALLS_PER_SECOND);
    if (screen->terminal)
        printf("\033[?25l"); /* hide the cursor */
    fflush(stdout);
}

int64_t screen_period(const struct screen *screen)
{
    return screen->terminal ? MILLISECONDS(100) : SECONDS(1);
}

static struct look look_at(const struct screen *s, enum side_name side, int64_t now)
{
    struct look look = {.breaker = figures_breaker(s->record, side, now)};

    if (figures_ended(s->plan, s->record, side, now - SECONDS(1), now, &look.figures) != 0)
        look.figures = (struct figures){.success = NAN, .p99 = NAN};
    look.sent = figures_attempts(s->record, side, now - SECONDS(1), now);
    look.sick = atomic_load(&s->record->sides[side].received_sick);
    look.backlog = figures_backlog(s->record, side, now - MILLISECONDS(300), now);
    return look;
}

static void show_line(const struct screen *s, int64_t now)
{
    printf("%3.0f s %-8s", (double)now / 1e9, weather_name(weather_at(&s->plan->weather, now - 1)));
    for (int i = 0; i < SIDES; i++) {
        struct look look = look_at(s, (enum side_name)i, now);
        char share[FORMAT_SIZE], p99[FORMAT_SIZE];

        printf("| %s: ok %7s, p99 %7s, %3d sent/s", i == SIDE_NAKED ? "naked" : "guarded",
               format_share(share, look.figures.success), format_seconds(p99, look.figures.p99), look.sent);
        if (i == SIDE_GUARDED)
            printf(", breaker %s", states_name(look.breaker));
        printf(" ");
    }
    printf("\n");
    fflush(stdout);
}

/* Prints in a colour, without one where there is none. */
static void __attribute__((format(printf, 3, 4))) paint(const struct screen *s, const char *color, const char *format, ...)
{
    va_list list;

    if (s->color)
        printf("\033[%sm", color);
    va_start(list, format);
    vprintf(format, list);
    va_end(list);
    if (s->color)
        printf("\033[0m");
}

static void end_line(struct screen *s)
{
    printf("\033[K\n");
    s->lines++;
}

/* The progress bar is the script: each spell in its colour, what is over filled. */
static void draw_bar(struct screen *s, int64_t now)
{
    const struct weather *weather = &s->plan->weather;
    int column = 0;

    printf("  ");
    for (int i = 0; i < BAR_CELLS; i++) {
        int64_t at = weather->end / BAR_CELLS * i;
        bool over = at < now;

        paint(s, weather_colors[weather_at(weather, at)], "%s", s->utf8 ? (over ? "█" : "░") : over ? "#" : ".");
    }
    end_line(s);
    for (int i = 0; i < WEATHER_SPELLS; i++) {
        int begin = 2 + (int)(BAR_CELLS * weather->spells[i].begin / weather->end);

        printf("%*s", begin > column ? begin - column : 0, "");
        paint(s, weather_colors[i], "%s", weather_name((enum weather_kind)i));
        column = (begin > column ? begin : column) + (int)strlen(weather_name((enum weather_kind)i));
    }
    end_line(s);
}

static void draw_cells(const struct screen *s, const double *values, double full)
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const marks[] = {"_", ".", ":", "-", "=", "+", "*", "#"};

    for (int i = 0; i < SCREEN_CELLS; i++) {
        int level = (int)(values[i] / full * 7.999);

        level = level > 7 ? 7 : level;
        if (values[i] < 0)
            printf(" ");
        else
            printf("%s", (s->utf8 ? blocks : marks)[level]);
    }
}

static const char *share_color(double share)
{
    return isnan(share) ? DIM : share >= 0.95 ? GREEN : share >= 0.5 ? YELLOW : RED;
}

/* Brings the graphs' current cell up to date; the earlier ones stay. */
static void update_cells(struct screen *s, int64_t now)
{
    int64_t length = s->plan->weather.end / SCREEN_CELLS;
    int cell = (int)(now / length);

    if (now < 0 || cell >= SCREEN_CELLS)
        return;
    for (int i = 0; i < SIDES; i++) {
        struct figures figures;
        int64_t begin = cell * length;

        if (figures_ended(s->plan, s->record, (enum side_name)i, begin, now, &figures) == 0 && !isnan(figures.success))
            s->success[i][cell] = figures.success;
        if (now - begin > MILLISECONDS(200))
            s->load[i][cell] = figures_attempts(s->record, (enum side_name)i, begin, now) / ((double)(now - begin) / 1e9);
    }
}

static void draw_sides(struct screen *s, const struct look looks[SIDES])
{
    char text[FORMAT_SIZE];

    printf("  %-11s", "success");
    for (int i = 0; i < SIDES; i++) {
        paint(s, share_color(looks[i].figures.success), "%8s ", format_share(text, looks[i].figures.success));
        draw_cells(s, s->success[i], 1);
        printf(" ");
    }
    end_line(s);
    printf("  %-11s", "p99");
    for (int i = 0; i < SIDES; i++)
        printf("%8s %*s", format_seconds(text, looks[i].figures.p99), SCREEN_CELLS + 1, "");
    end_line(s);
    printf("  %-11s", "sent");
    for (int i = 0; i < SIDES; i++) {
        printf("%6d/s ", looks[i].sent);
        draw_cells(s, s->load[i], LOAD_FULL);
        printf(" ");
    }
    end_line(s);
    printf("  %-11s", "in upstream");
    for (int i = 0; i < SIDES; i++)
        printf("%8d %*s", looks[i].backlog, SCREEN_CELLS + 1, "");
    end_line(s);
    printf("  %-11s", "sick hits");
    for (int i = 0; i < SIDES; i++)
        printf("%8s %*s", format_count(text, looks[i].sick), SCREEN_CELLS + 1, "");
    end_line(s);
    printf("  %-11s%8s %*s", "breaker", "none", SCREEN_CELLS + 1, "");
    paint(s, states_color(looks[SIDE_GUARDED].breaker), "%9s", states_name(looks[SIDE_GUARDED].breaker));
    end_line(s);
}

static void draw(struct screen *s, int64_t now)
{
    const struct weather *weather = &s->plan->weather;
    enum weather_kind kind = weather_at(weather, now);
    struct look looks[SIDES];

    if (s->lines > 0)
        printf("\033[%dA", s->lines);
    s->lines = 0;
    for (int i = 0; i < SIDES; i++)
        looks[i] = look_at(s, (enum side_name)i, now);
    update_cells(s, now);
    end_line(s);
    draw_bar(s, now);
    end_line(s);
    printf("  %4.1f s  ", now < 0 ? 0.0 : (double)now / 1e9);
    paint(s, weather_colors[kind], "%s", now < weather->end ? weather_text(kind) : "the last calls come in");
    end_line(s);
    end_line(s);
    printf("  %-11s", "last second");
    paint(s, BOLD, "%8s %*s%9s", "naked", SCREEN_CELLS + 1, "", "guarded");
    end_line(s);
    draw_sides(s, looks);
    fflush(stdout);
}

void screen_show(struct screen *screen, int64_t now)
{
    if (screen->terminal)
        draw(screen, now);
    else if (now >= SECONDS(1))
        show_line(screen, now);
}

void screen_end(struct screen *screen)
{
    if (screen->terminal)
        printf("\033[?25h");
    fflush(stdout);
}
