/* onlyleads/scoring.h: how well a person fits, with the factors that make the score.
 *
 * A scorecard is a JSON document:
 *   {"factors": [{"name": "seniority", "field": "title", "points": 30,
 *                 "any_of": ["chief", "vp", "head of"]}, ...]}
 * field is title, industry, country, company or city; a factor gives its points when one of any_of
 * occurs in the field (whole words, case-insensitive, Unicode; country: equality of the code).
 * Points may be negative. A score is the sum of its factors, always.
 */
#ifndef ONLYLEADS_SCORING_H_
#define ONLYLEADS_SCORING_H_

#include "onlyleads/prospects.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Scores everybody of the organization with this scorecard, replacing earlier scores; people who
 * objected are not scored (GDPR 21(2) covers profiling for direct marketing). *out_scored: how
 * many. */
OL_API int32_t ol_scoring_run(ol_workspace* workspace, ol_str scorecard_json, int64_t* out_scored,
                              ol_error* err);

/* The best, highest score first, ties by id: prospect_id, score, factors (JSON list of {"name",
 * "points"}). with_linkedin 1: only people with a LinkedIn identifier. */
OL_API int32_t ol_scoring_top(ol_workspace* workspace, int32_t limit, int32_t with_linkedin,
                              ol_rows** out, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_SCORING_H_ */
