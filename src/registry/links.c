/* The keys of sections that name other members, for the public. */
#include <string.h>

#include "base/name.h"
#include "base/writer.h"
#include "registry/member_kind.h"

static const char *const forms[] = {
    [SEAWALL_LINK_MEMBER] = "member",
    [SEAWALL_LINK_INSTANCE] = "instance",
    [SEAWALL_LINK_POLICIES] = "policies",
};

const char *seawall_link_form_name(seawall_link_form form)
{
    return SW_NAME(forms, form);
}

static void write_one(sw_writer *to, const char *word)
{
    sw_write(to, to->length > 0 ? ", " : "");
    sw_write(to, word);
}

static void write_kinds(const sw_link *link, sw_writer *to)
{
    int32_t i;

    if (link->form == SEAWALL_LINK_MEMBER)
        write_one(to, sw_member_kinds[link->kind].config->name);
    for (i = 0; link->form == SEAWALL_LINK_INSTANCE && i < SW_MEMBER_KINDS; i++) {
        if (sw_member_kinds[i].keyable)
            write_one(to, sw_member_kinds[i].config->name);
    }
    for (i = 0; link->form == SEAWALL_LINK_POLICIES && i < sw_policy_word_count; i++)
        write_one(to, sw_policy_words[i].word);
    sw_write_end(to);
}

seawall_status seawall_config_link(const char *kind, int32_t index, seawall_link *link)
{
    int32_t number = kind != NULL ? sw_member_kind_named((sw_span){kind, strlen(kind)}) : -1;
    seawall_link full = {.size = sizeof(full)};
    const sw_link *it;
    sw_writer kinds = {full.kinds, sizeof(full.kinds), 0};

    if (number < 0 || link == NULL || index != 0 || sw_member_kinds[number].link.key == NULL)
        return SEAWALL_INVALID;
    it = &sw_member_kinds[number].link;
    full.form = it->form;
    full.key = it->key;
    full.text = it->text;
    full.required = sw_link_is_required(it);
    write_kinds(it, &kinds);
    return SW_GIVE(full, kinds, link);
}
