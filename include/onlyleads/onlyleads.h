/* onlyleads/onlyleads.h: everything. */
#ifndef ONLYLEADS_ONLYLEADS_H_
#define ONLYLEADS_ONLYLEADS_H_

#include "onlyleads/arrow.h"
#include "onlyleads/audit.h"
#include "onlyleads/campaigns.h"
#include "onlyleads/engine.h"
#include "onlyleads/error.h"
#include "onlyleads/host.h"
#include "onlyleads/inbox.h"
#include "onlyleads/organizations.h"
#include "onlyleads/policy.h"
#include "onlyleads/prospects.h"
#include "onlyleads/rows.h"
#include "onlyleads/scoring.h"
#include "onlyleads/sending.h"
#include "onlyleads/types.h"

#endif /* ONLYLEADS_ONLYLEADS_H_ */
