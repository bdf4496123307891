/* onlyleads/policy.h: the decision, asked without sending.
 *
 * The decision pack is data compiled in from src/domain/policy/rules.json: facts about privacy and
 * e-marketing law in 35 jurisdictions and a strict default. Not legal advice.
 */
#ifndef ONLYLEADS_POLICY_H_
#define ONLYLEADS_POLICY_H_

#include "onlyleads/rows.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Decides over a JSON object of facts; missing keys take the pack's scenario_defaults. The answer
 * is a JSON document: verdict (ALLOW or DENY), reason, lawful_basis, obligations, trace. Pure: no
 * engine, no clock, nothing stored. OL_INVALID_ARGUMENT names an unknown key or a value of the
 * wrong kind. Any thread. */
OL_API int32_t ol_policy_evaluate(ol_str facts_json, ol_rows** out, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_POLICY_H_ */
