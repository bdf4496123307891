"""What the codes mean, in words for the controller's reader: short label, explanation, source.

The labels explain the policy pack's reason codes and decide nothing; a test holds codes and sources
against the pack. A code that is not known here is shown as it is.
"""

from typing import Dict, NamedTuple


class Meaning(NamedTuple):
    label: str
    text: str
    law: str  # as in the pack; "": the engine's own rule, no law asks for it

    @property
    def source(self) -> str:
        """The law, for somebody who does not know the pack's rows."""
        return self.law.replace("row content law", "the country's own law").replace(
            "row law", "the country's own law").replace(" rows", "")


UNKNOWN = Meaning("", "This version of the report has no words for this code.", "")

REASONS: Dict[str, Meaning] = {code: Meaning(*words) for code, words in {
    "ALLOW_CONSENT": ("Consent", "The person agreed, for this purpose and channel, and has not "
                      "taken it back.", "GDPR 6(1)(a), 7; ePrivacy 13(1)"),
    "ALLOW_SOFT_OPT_IN": ("Existing customer", "Every condition of the existing-customer exception "
                          "is met.", "PECR reg 22(3); ePrivacy 13(2)"),
    "ALLOW_OPT_OUT_REGIME": ("Opt-out country", "The recipient's country lets a company write to "
                             "business contacts who have not objected; the legitimate interests are "
                             "on record.", "GDPR 6(1)(f); row law"),
    "ALLOW_ROLE_RELATED": ("Offer fits the role", "The recipient's country allows offers that relate "
                           "to the person's work; this one does.",
                           "CPCE L.34-5 / CNIL; SI 336/2011; FI guidance"),
    "ALLOW_IMPLIED_CONSENT": ("Implied consent", "A business relationship that counts as consent is "
                              "recent enough.", "CASL s10(9)-(10)"),
    "ALLOW_INFERRED_CONSENT": ("Inferred consent", "A published work address counts as consent for "
                               "what concerns that work.", "Spam Act Sch 2"),
    "ALLOW_MANUAL_INDIVIDUAL": ("Written by hand", "One message written by hand is no mass "
                                "advertising.", "CH UWG 3(1)(o)"),
    "ALLOW_SERVICE_MESSAGE": ("Service message", "The message is needed for the service and promotes "
                              "nothing.", "GDPR 6(1)(b)/(c)/(f)"),
    "ALLOW_IN_APP_NOTICE": ("Notice in the product", "A general banner is no electronic mail, and "
                            "the user has not objected.", "GDPR 6(1)(f), 21"),
    "ALLOW_RIGHTS_RESPONSE": ("Answer to a request", "A request about rights must be answered, "
                              "whatever else blocks messages.", "GDPR 12; DPA 2018 s164A"),
    "ALLOW_ERASE": ("Erasure", "The data must be erased.", "GDPR 17(1)"),
    "ALLOW_RETAIN": ("Within its period", "The data is within the retention period of its class.",
                     "GDPR 5(1)(e)"),
    "ALLOW_RETAIN_SUPPRESSION": ("Block kept", "A keyed digest is kept so that the block outlives "
                                 "the data.", "GDPR 17(3)(b), 21(3), 6(1)(c)/(f)"),
    "ALLOW_RETAIN_LEGAL_HOLD": ("Legal hold", "The data is stored, and only stored, for a legal "
                                "claim or duty.", "GDPR 17(3)(b),(e), 18(2)"),
    "ALLOW_TRANSFER_ADEQUACY": ("Adequate country", "Every regime that applies calls the destination "
                                "adequate.", "GDPR 45; UK GDPR 45A"),
    "ALLOW_TRANSFER_SAFEGUARD": ("Safeguard signed", "A safeguard is signed and its assessment is on "
                                 "file.", "GDPR 46"),
    "ALLOW_STRICTLY_NECESSARY": ("Strictly necessary", "The access needs no consent because the "
                                 "service cannot do without it.",
                                 "PECR reg 6 and Sch A1; ePrivacy 5(3)"),
    "ALLOW_EXTENSION": ("Extension", "Two more months, and the person was told in time and why.",
                        "GDPR 12(3); UK 12A(3)-(4)"),
    "ALLOW_EXPORT": ("Export", "The copy of the person's data may be produced.", "GDPR 15, 20"),
    "FORWARD_TO_CONTROLLER": ("Passed on", "A processor passes the request on and holds messages "
                              "back meanwhile.", "GDPR 28(3)(e)"),
    "DENY_UNDER_18": ("Under 18", "The person is known or believed to be under 18.",
                      "policy; GDPR 6(1)(f), 8, recital 38"),
    "DENY_OBJECTED": ("Objected", "The person objected; that ends direct marketing on every channel, "
                      "without exception.", "GDPR 21(2)-(3)"),
    "DENY_SUPPRESSED": ("On the block list", "The address or profile is on a suppression list.",
                        "GDPR 21(3); PECR reg 22"),
    "DENY_ERASED_TOMBSTONE": ("Erased before", "Somebody with this identifier was erased and does "
                              "not come back by an import.", "GDPR 17, 21(3)"),
    "DENY_RESTRICTED": ("Restricted", "Processing is restricted: the data is stored and not used.",
                        "GDPR 18(1)-(2)"),
    "DENY_LEGAL_HOLD_STORE_ONLY": ("Held for a claim", "The record is kept for a legal claim alone.",
                                   "GDPR 5(1)(b), 17(3)(e)"),
    "DENY_RETENTION_EXPIRED": ("Kept too long", "The data is past its retention period.",
                               "GDPR 5(1)(e)"),
    "DENY_CONSENT_MISSING": ("No consent", "Consent is needed and none is recorded.",
                             "GDPR 6(1)(a)"),
    "DENY_CONSENT_WITHDRAWN": ("Consent withdrawn", "The person took their consent back.",
                               "GDPR 7(3)"),
    "DENY_CONSENT_EXPIRED": ("Consent expired", "The consent is older than it may be.",
                             "GDPR 5(1)(e); TS 27560 validity_duration"),
    "DENY_CONSENT_STALE_NOTICE": ("Consent outdated", "Purpose, controller or notice changed since "
                                  "the person agreed.", "GDPR 4(11), 6(4), 7"),
    "DENY_CONSENT_SCOPE": ("Consent for something else", "The consent covers another channel, "
                           "purpose or controller.", "GDPR 4(11) specific"),
    "DENY_CONSENT_UNPROVEN": ("Consent without proof", "Nobody can show that the person agreed.",
                              "GDPR 7(1)"),
    "DENY_CONSENT_REQUEST_IS_MARKETING": ("Asking is marketing", "In this country a message that "
                                          "asks for consent is itself barred.",
                                          "AT, DK, LT, PL, SK, CA rows"),
    "DENY_OPT_IN_REQUIRED": ("Prior consent needed", "The recipient's country asks for consent "
                             "before the first message, and none is recorded.", "row law"),
    "DENY_INDIVIDUAL_SUBSCRIBER": ("Private subscriber", "Sole traders and private persons in the UK "
                                   "must agree first.", "PECR reg 22"),
    "DENY_SOFT_OPT_IN_FAILED": ("No existing customer", "A condition of the existing-customer "
                                "exception is missing.", "PECR reg 22(3); ePrivacy 13(2)"),
    "DENY_NOT_ROLE_RELATED": ("Offer does not fit the role", "The country allows only offers that "
                              "relate to the person's work.", "CNIL; SI 336/2011"),
    "DENY_REGISTER_LISTED": ("On the national register", "The person is listed on the country's "
                             "opt-out register.", "PT 13-B; BG 6(2)-(3); AT ECG"),
    "DENY_IMPLIED_CONSENT_EXPIRED": ("Relationship too old", "The business relationship that counted "
                                     "as consent is over.", "CASL s10(10)"),
    "DENY_AUTOMATED_MASS": ("Automated sending", "In this country automated messages need consent, "
                            "and none is recorded.", "CH UWG 3(1)(o)"),
    "DENY_UNKNOWN_JURISDICTION": ("Country unknown", "Without the person's country no law can be "
                                  "applied, so the strictest holds.", "strict default"),
    "DENY_UNKNOWN_RECIPIENT_TYPE": ("Kind of recipient unknown", "It is not known whether this is a "
                                    "company's contact or a private person.", "strict default"),
    "DENY_LIA_MISSING": ("No assessment", "No approved and current assessment of the legitimate "
                         "interests is on file.", "GDPR 5(2), 6(1)(f)"),
    "DENY_ART14_OVERDUE": ("Notice overdue", "The data is older than a month and the person was not "
                           "told where it came from.", "GDPR 14(3)(a)"),
    "DENY_ART14_NOT_INCLUDED": ("Notice missing", "The first message does not say who holds the data "
                                "and where it came from.", "GDPR 14(3)(b)"),
    "DENY_CONTENT_MISSING": ("Message incomplete", "The text lacks something that the countries "
                             "concerned ask for.", "row content law"),
    "DENY_MIXED_PROMO_IN_SERVICE": ("Hidden promotion", "A service message promotes to somebody who "
                                    "may not be marketed to.", "PECR reg 22; Leave.EU v ICO"),
    "DENY_TRACKING_NO_CONSENT": ("Tracking without consent", "The message would follow opens or "
                                 "clicks, and the person has not agreed.", "ePrivacy 5(3); PECR reg 6"),
    "DENY_NO_PROCESSOR_CONTRACT": ("No contract", "There is no processor contract with this "
                                   "organization.", "GDPR 28(3)"),
    "DENY_OUTSIDE_INSTRUCTIONS": ("Outside instructions", "The controller's instructions do not "
                                  "cover this use.", "GDPR 28(3)(a), 28(10), 29"),
    "DENY_SUBPROCESSOR_NOT_AUTHORISED": ("Provider not authorised", "The provider is not, or not "
                                         "yet, an authorised sub-processor.", "GDPR 28(2),(4)"),
    "DENY_TRANSFER_NO_SAFEGUARD": ("No safeguard", "Nothing on record lets the data go to that "
                                   "country.", "GDPR 44-46"),
    "DENY_TRANSFER_ASSESSMENT_MISSING": ("Transfer not assessed", "A safeguard is signed and its "
                                         "assessment is missing.",
                                         "Schrems II; UK GDPR 46(1A)"),
    "DENY_SPECIAL_CATEGORY": ("Sensitive data", "The record or the draft holds data of a special "
                              "category.", "GDPR 9"),
    "DENY_SOLELY_AUTOMATED": ("Automated decision", "A decision with real effect may not be made by "
                              "a machine alone.", "GDPR 22; UK GDPR 22A-22D"),
    "DENY_ERASURE_LEGAL_HOLD": ("Held back from erasure", "A legal hold covers this part.",
                                "GDPR 17(3)(e)"),
    "DENY_PORTABILITY_SCOPE": ("Not portable", "The person did not provide it, or it does not rest "
                               "on consent or contract.", "GDPR 20(1)"),
    "DENY_IDENTITY_UNVERIFIED": ("Identity in doubt", "Reasonable doubt about who asks is open.",
                                 "GDPR 12(6)"),
    "DENY_MANIFESTLY_UNFOUNDED": ("Unfounded request", "The request is manifestly unfounded or "
                                  "excessive, and the person was told why.", "GDPR 12(5)"),
    "DENY_DEADLINE_MISSED": ("Too late", "The step came after its time limit.",
                             "GDPR 12(3), 33(1)"),
    "no_linkedin": ("No LinkedIn profile", "Nothing on file says where to write on LinkedIn.", ""),
    "missing_variable": ("Text has a hole", "The template needs a value that is not known of this "
                         "person.", ""),
    "too_long": ("Text too long", "The text with this person's values is longer than LinkedIn "
                 "takes.", ""),
    "already_sent": ("Already written to", "The send ledger knows this step under one of the "
                     "person's identifiers.", ""),
    "erased": ("Erased meanwhile", "The person was erased before the message left.", ""),
}.items()}

STAGES = {"enroll": "when the campaign was offered", "enqueue": "when the message was written",
          "claim": "at the moment of sending"}
CHANNELS = {"linkedin_invite_note": "invitation", "linkedin_message": "message",
            "linkedin_inmail": "InMail", "email": "e-mail"}
BASES = {"consent": "consent, GDPR 6(1)(a)", "contract": "contract, GDPR 6(1)(b)",
         "legal_obligation": "legal obligation, GDPR 6(1)(c)",
         "vital_interests": "vital interests, GDPR 6(1)(d)",
         "public_task": "public task, GDPR 6(1)(e)",
         "legitimate_interests": "legitimate interests, GDPR 6(1)(f)",
         "recognised_legitimate_interests": "recognised legitimate interests, UK GDPR 6(1)(ea)"}
LABELS = {"opt_out": "wants no more messages", "privacy_request": "asks about their data",
          "auto_reply": "automatic", "reply": "for a person to read"}
PROBLEMS = {"changed": "an entry was changed", "removed": "an entry is missing",
            "reordered": "entries are out of order", "cut_tail": "the end was cut off",
            "head_forged": "the seal of the chain is forged",
            "rolled_back": "it is older than the ledger outside the database, a copy was put back"}


def meaning(code: str) -> Meaning:
    return REASONS.get(code, UNKNOWN._replace(label=code))
