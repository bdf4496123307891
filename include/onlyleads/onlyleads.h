/** @file
 * onlyleads/onlyleads.h: everything.
 *
 * One include for the whole C ABI, in C99 or C++17. The headers and what they are about:
 *   types.h          text, ids, version, the rules that hold for all of the ABI
 *   error.h          codes, flags, ol_error
 *   rows.h           pages of results
 *   host.h           clock, randomness and log of the host
 *   transport.h      HTTP carried by the host
 *   engine.h         opening, running, closing
 *   organizations.h  organizations, members, senders
 *   mandates.h       members' authorisations to send
 *   usage.h          what members did in the host's product
 *   prospects.h      people: import, list, object, restrict, erase
 *   signals.h        what people did that tells of interest
 *   scoring.h        scorecards
 *   policy.h         the decision, asked without sending
 *   campaigns.h      sequences and enrollments
 *   sending.h        outbox, ledger, decisions, disclosures
 *   inbox.h          webhooks and replies
 *   audit.h          the record and its proof
 * Each compiles alone. C++ programs include onlyleads.hpp instead: the same nouns and verbs with
 * RAII, exceptions and std types.
 */
#ifndef ONLYLEADS_ONLYLEADS_H_
#define ONLYLEADS_ONLYLEADS_H_

#include "onlyleads/audit.h"
#include "onlyleads/campaigns.h"
#include "onlyleads/engine.h"
#include "onlyleads/error.h"
#include "onlyleads/host.h"
#include "onlyleads/inbox.h"
#include "onlyleads/mandates.h"
#include "onlyleads/organizations.h"
#include "onlyleads/policy.h"
#include "onlyleads/prospects.h"
#include "onlyleads/rows.h"
#include "onlyleads/scoring.h"
#include "onlyleads/sending.h"
#include "onlyleads/signals.h"
#include "onlyleads/transport.h"
#include "onlyleads/types.h"
#include "onlyleads/usage.h"

#endif /* ONLYLEADS_ONLYLEADS_H_ */
