/** @file
 * onlyleads/policy.h: the decision, asked without sending.
 *
 * The decision pack is data compiled in from src/domain/policy/rules.json: facts about privacy and
 * e-marketing law in 35 jurisdictions and a strict default, each row with its sources and a
 * confidence. It is the same code and the same data that decide every message of every campaign.
 *
 * The pack decides in a fixed order: blocks first (minors, erasure, restriction, holds, retention),
 * then the processor's own duties (GDPR 28, chapter V), the person's objection (GDPR 21(2)) and
 * suppressions, consent (GDPR 7), the recipient country's e-marketing regime (ePrivacy Directive
 * 2002/58/EC Article 13 and its national laws, UK PECR, CAN-SPAM, CASL, the Australian Spam Act),
 * the legitimate-interests assessment (GDPR 6(1)(f)), the Article 14 notice, the message's content.
 *
 * It states facts about law and is no legal advice.
 */
#ifndef ONLYLEADS_POLICY_H_
#define ONLYLEADS_POLICY_H_

#include "onlyleads/rows.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Decides over a JSON object of facts.
 *
 * facts_json: for example {"recipient_country": "DE", "channel": "email", "recipient_type":
 * "corporate_named", "profile": "strict"}; missing keys take the pack's scenario_defaults, which
 * list every key. The answer is a page with one "json" document: verdict (ALLOW or DENY), reason (a
 * code of the pack), lawful_basis, obligations (what the message must hold), trace (the steps in
 * order). *out is yours: ol_rows_free.
 *
 * Pure: no engine, no clock, nothing stored, no personal data needed. Errors: OL_INVALID_JSON;
 * OL_INVALID_ARGUMENT names an unknown key or a value of the wrong kind; OL_LIMIT beyond 16 MiB or
 * a depth of 64. Never blocks. Any thread, callbacks and a forked child included.
 */
OL_API int32_t ol_policy_evaluate(ol_str facts_json, ol_rows** out, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_POLICY_H_ */
