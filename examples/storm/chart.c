#include "chart.h"

#include <math.h>

#include "states.h"

static double x_at(const struct chart *c, double seconds)
{
    double share = seconds / c->seconds;

    return c->left + c->width * (share < 0 ? 0 : share > 1 ? 1 : share);
}

static double y_at(const struct chart *c, double value)
{
    double share = c->logarithmic ? log(fmax(value, c->low) / c->low) / log(c->high / c->low)
                                  : (value - c->low) / (c->high - c->low);

    return c->top + c->height * (1 - fmin(fmax(share, 0), 1));
}

void chart_panel(struct chart *c, double height, const char *title, const double *marks, const char *const *labels,
                 int count)
{
    c->top += c->height + CHART_TITLE_HEIGHT;
    c->height = height;
    fprintf(c->out, "<text class=\"title\" x=\"%.0f\" y=\"%.1f\">%s</text>\n", c->left, c->top - 9, title);
    for (int i = 0; i < count; i++) {
        double y = y_at(c, marks[i]);

        fprintf(c->out, "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", c->left,
                c->left + c->width, y, y);
        fprintf(c->out, "<text class=\"mark\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", c->left - 6, y + 3.5, labels[i]);
    }
}

/* Steps rather than slopes: a part's value holds for the whole of it. */
void chart_curve(const struct chart *c, const double values[SERIES_PARTS], enum side_name side)
{
    bool pen_down = false;

    fprintf(c->out, "<path class=\"curve %s\" d=\"", side == SIDE_NAKED ? "naked" : "guarded");
    for (int i = 0; i < SERIES_PARTS; i++) {
        double part = c->seconds / SERIES_PARTS;

        if (isnan(values[i])) {
            pen_down = false;
            continue;
        }
        fprintf(c->out, "%c%.1f %.1fH%.1f", pen_down ? 'L' : 'M', x_at(c, i * part), y_at(c, values[i]),
                x_at(c, (i + 1) * part));
        pen_down = true;
    }
    fprintf(c->out, "\"/>\n");
}

static const char *const weather_classes[WEATHER_SPELLS] = {"healthy", "slow", "errors", "down", "back"};

void chart_weather(const struct chart *c, const struct weather *weather, double top, double bottom)
{
    for (int i = 0; i < WEATHER_SPELLS; i++) {
        const struct weather_spell *spell = &weather->spells[i];
        double from = x_at(c, (double)spell->begin / 1e9), to = x_at(c, (double)spell->end / 1e9);

        fprintf(c->out,
                "<rect class=\"band %s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s</title></rect>\n",
                weather_classes[spell->kind], from, top, to - from, bottom - top, weather_text(spell->kind));
    }
}

void chart_weather_names(const struct chart *c, const struct weather *weather, double y)
{
    for (int i = 0; i < WEATHER_SPELLS; i++) {
        const struct weather_spell *spell = &weather->spells[i];
        double middle = (x_at(c, (double)spell->begin / 1e9) + x_at(c, (double)spell->end / 1e9)) / 2;

        fprintf(c->out, "<text class=\"weather\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", middle, y, weather_name(spell->kind));
    }
}

static void state_strip(const struct chart *c, int state, double from, double to)
{
    fprintf(c->out,
            "<rect class=\"state %s\" x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%d\">"
            "<title>%s, %.2f to %.2f s</title></rect>\n",
            states_class(state), x_at(c, from), c->top, fmax(x_at(c, to) - x_at(c, from), 0), CHART_STRIP_HEIGHT,
            states_name(state), from, to);
}

void chart_states(struct chart *c, const struct record *record, const struct plan *plan)
{
    const struct side_record *side = &record->sides[SIDE_GUARDED];
    int count = atomic_load(&side->change_count);
    double from = 0;

    c->top += c->height + CHART_TITLE_HEIGHT;
    c->height = CHART_STRIP_HEIGHT;
    fprintf(c->out, "<text class=\"title\" x=\"%.0f\" y=\"%.1f\">breaker: "
                    "<tspan class=\"closed\">&#9632;</tspan> closed <tspan class=\"open\">&#9632;</tspan> open "
                    "<tspan class=\"half-open\">&#9632;</tspan> half-open</text>\n",
            c->left, c->top - 9);
    for (int i = 0; i <= count; i++) {
        double to = i < count ? (double)side->changes[i].at / 1e9 : plan->seconds;

        if (from < plan->seconds)
            state_strip(c, i == 0 ? 0 : side->changes[i - 1].state, from, fmin(to, plan->seconds));
        from = to;
    }
}

void chart_axis(struct chart *c)
{
    static const double steps[] = {1, 2, 5, 10, 20, 50};
    double step = 100;
    double y = c->top + c->height + 15;

    for (int i = (int)(sizeof steps / sizeof steps[0]) - 1; i >= 0; i--) {
        if (c->width / (c->seconds / steps[i]) >= 36) /* room for a label */
            step = steps[i];
    }
    for (double at = 0; at <= c->seconds; at += step)
        fprintf(c->out, "<text class=\"axis\" x=\"%.1f\" y=\"%.1f\">%g s</text>\n", x_at(c, at), y, at);
}

void chart_style(FILE *out)
{
    static const char *const dark =
        "--ground:#16191d;--text:#e4e7ea;--faint:#9aa4ad;--line:#353c44;--naked:#ff8c5a;--guarded:#4cc3ff;"
        "--good:#3fb56b;--bad:#e0524d;--half:#e8b33c;--slow:#e8b33c2b;--errors:#e0524d33;--down:#8b949e40;--back:#4cc3ff16";

    fprintf(out, ":root{color-scheme:light dark;--ground:#fff;--text:#1d2429;--faint:#5d6872;--line:#dde2e6;--naked:#d2501a;"
                 "--guarded:#0a6fb3;--good:#2f9e5b;--bad:#cf3b36;--half:#d99a10;--slow:#f3c33f3d;--errors:#e0524d2e;"
                 "--down:#6d767f38;--back:#0a6fb30f}\n"
                 "@media(prefers-color-scheme:dark){:root{%s}}\n",
            dark);
    fprintf(out, "svg text{font:12px system-ui,-apple-system,'Segoe UI',sans-serif;fill:var(--text)}\n"
                 "svg .mark{text-anchor:end;fill:var(--faint);font-size:11px}\n"
                 "svg .axis,svg .weather{text-anchor:middle;fill:var(--faint);font-size:11px}\n"
                 "svg .weather{fill:var(--text);font-weight:600}\n"
                 "svg .title{font-weight:600}\n"
                 "svg .grid{stroke:var(--line);stroke-width:1}\n"
                 "svg .curve{fill:none;stroke-width:2;stroke-linejoin:round}\n"
                 "svg .curve.naked{stroke:var(--naked)}svg .curve.guarded{stroke:var(--guarded)}\n"
                 "svg .naked.key{fill:var(--naked)}svg .guarded.key{fill:var(--guarded)}\n"
                 "svg .band{fill:none}svg .band.slow{fill:var(--slow)}svg .band.errors{fill:var(--errors)}"
                 "svg .band.down{fill:var(--down)}svg .band.back{fill:var(--back)}\n"
                 "svg .closed{fill:var(--good)}svg .open{fill:var(--bad)}svg .half-open{fill:var(--half)}\n"
                 "svg .card{fill:var(--ground);stroke:var(--line)}svg .big{font-size:20px;font-weight:700}"
                 "svg .small{font-size:12px;fill:var(--faint)}svg .head{font-size:16px;font-weight:700}\n");
}
