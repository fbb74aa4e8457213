/* Pipelines as they would be, with those that stand in for them. */
#ifndef SW_CONFIG_CHAIN_H
#define SW_CONFIG_CHAIN_H

#include "config/document.h"
#include "registry/member_kind.h"

/*
 * Once every section is judged: tells of pipelines that would stand in for themselves, of too many in a row, of too many
 * policies, and of members without a section that cannot do with the defaults, of which there is one for each kind, unless the
 * registry where all of it goes may have them already.
 */
void sw_judge_chains(sw_document *document, const sw_member_config *defaults, seawall_registry *registry, sw_problems *problems);

#endif
