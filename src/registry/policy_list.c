/* Lists of policies as text. */
#include "registry/policy_list.h"

#include <string.h>

#include "registry/member_kind.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void skip(sw_span *rest, size_t count)
{
    rest->start += count;
    rest->length -= count;
}

static void skip_blanks(sw_span *rest)
{
    while (rest->length > 0 && is_blank(*rest->start))
        skip(rest, 1);
}

static sw_span take_word(sw_span *rest)
{
    sw_span word = {rest->start, 0};

    while (rest->length > 0 && !is_blank(*rest->start) && *rest->start != ',' && *rest->start != '"') {
        word.length++;
        skip(rest, 1);
    }
    return word;
}

/* What stands in quotes, where a backslash makes a quote or a backslash of what follows, and nothing else: as in a file. */
static const char *take_name(sw_span *rest, char name[SEAWALL_NAME_SIZE_MAX + 1])
{
    size_t length = 0;

    skip(rest, 1);
    for (; rest->length > 0 && *rest->start != '"'; skip(rest, 1)) {
        if (*rest->start == '\\') {
            skip(rest, 1);
            if (rest->length > 0 && *rest->start != '"' && *rest->start != '\\')
                return "a backslash in quotes stands before a quote or a backslash only";
        }
        if (rest->length == 0)
            break;
        if (length == SEAWALL_NAME_SIZE_MAX)
            return "a name is longer than 63 bytes";
        name[length++] = *rest->start;
    }
    name[length] = '\0';
    if (rest->length == 0)
        return "the quotes are not closed";
    skip(rest, 1);
    if (sw_plain_length((sw_span){name, length}) < length)
        return "a name is no UTF-8, or has a control character";
    return length > 0 ? NULL : "a name is empty";
}

const char *sw_policy_list_next(sw_span *list, sw_policy_item *item, bool *last)
{
    const char *wrong = NULL;

    skip_blanks(list);
    item->word = take_word(list);
    item->name[0] = '\0';
    skip_blanks(list);
    if (item->word.length == 0)
        return "a policy is missing: the list is made of kind or kind \"name\", with commas between them";
    if (list->length > 0 && *list->start == '"')
        wrong = take_name(list, item->name);
    if (wrong != NULL)
        return wrong;
    skip_blanks(list);
    *last = list->length == 0;
    if (!*last && *list->start != ',')
        return "a comma is missing: the list is made of kind or kind \"name\", with commas between them";
    if (!*last)
        skip(list, 1);
    return NULL;
}

static bool same_item(const sw_policy_item *a, const sw_policy_item *b)
{
    return a->word.length == b->word.length && memcmp(a->word.start, b->word.start, a->word.length) == 0 &&
           strcmp(a->name, b->name) == 0;
}

bool sw_policy_lists_agree(const char *a, const char *b)
{
    sw_span rest_a = {a, strlen(a)}, rest_b = {b, strlen(b)};
    bool last_a = false, last_b = false;

    if (strcmp(a, b) == 0)
        return true;
    while (!last_a && !last_b) {
        sw_policy_item item_a, item_b;

        if (sw_policy_list_next(&rest_a, &item_a, &last_a) != NULL || sw_policy_list_next(&rest_b, &item_b, &last_b) != NULL ||
            !same_item(&item_a, &item_b))
            return false;
    }
    return last_a == last_b;
}

const char *sw_instance_item(const char *text, sw_policy_item *item, int32_t *kind)
{
    sw_span rest = {text, strlen(text)};
    bool last = false;
    const char *wrong = sw_policy_list_next(&rest, item, &last);

    if (wrong != NULL || !last)
        return "one kind, or kind \"name\", is what each key gets one of";
    *kind = sw_member_kind_named(item->word);
    return *kind >= 0 && sw_member_kinds[*kind].keyable ? NULL : "that is no kind of which each key could have one";
}
