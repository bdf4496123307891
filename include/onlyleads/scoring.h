/** @file
 * onlyleads/scoring.h: how well a person fits, with the factors that make the score.
 *
 * A scorecard is a JSON document:
 *
 *     {"factors": [{"name": "seniority", "field": "title", "points": 30,
 *                   "any_of": ["chief", "vp", "head of"]}, ...]}
 *
 * field is title, industry, country, company or city; a factor gives its points when one of any_of
 * occurs in the field (whole words, case-insensitive, Unicode; country: equality of the code).
 * Points lie between -1e9 and 1e9. A score is the sum of its factors, always: it can be explained
 * to the person it is about (GDPR 13(2)(f), 14(2)(g), 15(1)(h)).
 *
 * A scorecard may also weigh what people did (signals.h); factors may then be left out:
 *
 *     "signals": [{"kind": "comment", "points": 8, "half_life_days": 14, "max_points": 20}, ...]
 *
 * A signal of the kind gives points * 0.5^(age / half_life_days), age being the days from the
 * signal to the scoring run. The sum of a kind is at most max_points (absent: no bound) and stands
 * among the factors as "signal:<kind>". Each kind at most once; the numbers lie between 1e-6 and
 * 1e9. A score fades only by being computed again: run the scorecard as often as it should.
 *
 * Threads: any; calls queue behind the engine's lock. Blocking: on the lock and the disk.
 */
#ifndef ONLYLEADS_SCORING_H_
#define ONLYLEADS_SCORING_H_

#include "onlyleads/prospects.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Scores everybody of the organization with this scorecard, replacing earlier scores.
 *
 * People who objected are not scored: GDPR 21(2) covers profiling for direct marketing; nor are
 * those whose processing is restricted (GDPR 18). *out_scored is how many were. Errors:
 * OL_INVALID_JSON; OL_INVALID_ARGUMENT names the factor or signal by its position and what is wrong
 * with it; OL_LIMIT beyond 16 MiB; OL_CANCELLED, and the earlier scores stay.
 */
OL_API int32_t ol_scoring_run(ol_workspace* workspace, ol_str scorecard_json, int64_t* out_scored,
                              ol_error* err);

/** The best of the last run, highest score first, ties by id; empty before the first.
 *
 * Columns: prospect_id, score (double), factors (JSON list of {"name", "points"} that adds up to
 * the score). limit: rows, 0: 1,000, at most 10,000; there is no next page. with_linkedin 1: only
 * people with a LinkedIn identifier; 0: everybody; else OL_INVALID_ARGUMENT. *out: ol_rows_free.
 */
OL_API int32_t ol_scoring_top(ol_workspace* workspace, int32_t limit, int32_t with_linkedin,
                              ol_rows** out, ol_error* err);

#ifdef __cplusplus
}
#endif

#endif /* ONLYLEADS_SCORING_H_ */
