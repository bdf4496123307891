// The verbs of a workspace for Python, flat: the package groups them by noun again. Ids arrive as
// text; a malformed one is Error(OL_INVALID_ARGUMENT).
#include <vector>

#include "engine.h"
#include "interrupt.h"

namespace onlyleads::python {
namespace {

Id ToId(const std::string& text) { return Id::from_string(text); }

void BindSenderOptions(py::module_& m) {
  py::class_<SenderOptions>(m, "SenderOptions", "How an account is connected.")
      .def(py::init<>(), "__init__(self, /)\n--\n\nAll defaults.")
      .def_property(
          "member_id", [](const SenderOptions& o) { return o.member_id.to_string(); },
          [](SenderOptions& o, const std::string& text) { o.member_id = ToId(text); })
      .def_readwrite("account_id", &SenderOptions::account_id)
      .def_readwrite("base_url", &SenderOptions::base_url)
      .def_readwrite("api_key", &SenderOptions::api_key)
      .def_readwrite("webhook_secret", &SenderOptions::webhook_secret)
      .def_readwrite("name", &SenderOptions::name)
      .def_readwrite("provider", &SenderOptions::provider)
      .def_readwrite("webhook_header", &SenderOptions::webhook_header)
      .def_readwrite("zone", &SenderOptions::zone)
      .def_readwrite("premium", &SenderOptions::premium)
      .def_readwrite("work_start_min", &SenderOptions::work_start_min)
      .def_readwrite("work_end_min", &SenderOptions::work_end_min)
      .def_readwrite("work_days", &SenderOptions::work_days)
      .def_readwrite("invitations_per_day", &SenderOptions::invitations_per_day)
      .def_readwrite("invitations_per_week", &SenderOptions::invitations_per_week)
      .def_readwrite("messages_per_day", &SenderOptions::messages_per_day)
      .def_readwrite("messages_per_week", &SenderOptions::messages_per_week)
      .def_readwrite("profiles_per_day", &SenderOptions::profiles_per_day)
      .def_readwrite("profiles_per_week", &SenderOptions::profiles_per_week)
      .def_readwrite("min_gap_s", &SenderOptions::min_gap_s)
      .def_readwrite("mandate_scope", &SenderOptions::mandate_scope)
      .def_readwrite("mandate_version", &SenderOptions::mandate_version)
      .def_readwrite("mandate_digest", &SenderOptions::mandate_digest)
      .def_readwrite("mandate_evidence", &SenderOptions::mandate_evidence);
}

void BindProspects(Bound& c) {
  Verb(c, "prospects_count", "(self, /)", "How many people there are.", [](const PyWorkspace& w) {
    return Interruptible(w.engine, [&] { return w.face.prospects().count(); });
  });
  Verb(c, "prospects_find", "(self, email, linkedin, /)",
       "The person with this address, or with this LinkedIn identifier when it is given; None.",
       [](const PyWorkspace& w, const std::string& email,
          const std::string& linkedin) -> py::object {
         const std::optional<Prospect> found = Interruptible(w.engine, [&] {
           return linkedin.empty() ? w.face.prospects().find_by_email(email)
                                   : w.face.prospects().find_by_linkedin(linkedin);
         });
         return found ? py::object(ToDict(*found)) : py::object(py::none());
       });
  Verb(c, "prospects_get", "(self, prospect_id, /)", "One person.",
       [](const PyWorkspace& w, const std::string& id) {
         return ToDict(Interruptible(w.engine, [&] { return w.face.prospects().get(ToId(id)); }));
       });
  Verb(c, "prospects_list", "(self, page_token, limit, /)", "A page of everybody.",
       [](const PyWorkspace& w, const std::string& token, int32_t limit) {
         return ToPage(
             Interruptible(w.engine, [&] { return w.face.prospects().list(token, limit); }));
       });
  Verb(
      c, "prospects_object", "(self, prospect_id, /)",
      "The person objects; what is on its way to them.",
      [](const PyWorkspace& w, const std::string& id) {
        return ToList(Interruptible(w.engine, [&] { return w.face.prospects().object(ToId(id)); }));
      });
  Verb(
      c, "prospects_delete", "(self, prospect_id, /)",
      "Deletes the person; what is on its way to them.",
      [](const PyWorkspace& w, const std::string& id) {
        return ToList(Interruptible(w.engine, [&] { return w.face.prospects().remove(ToId(id)); }));
      });
  Verb(c, "prospects_restrict", "(self, prospect_id, /)",
       "Restricts the person; what is on its way to them.",
       [](const PyWorkspace& w, const std::string& id) {
         return ToList(
             Interruptible(w.engine, [&] { return w.face.prospects().restrict(ToId(id)); }));
       });
  Verb(c, "prospects_lift_restriction", "(self, prospect_id, /)", "Ends a restriction.",
       [](const PyWorkspace& w, const std::string& id) {
         Interruptible(w.engine, [&] { w.face.prospects().lift_restriction(ToId(id)); });
       });
  Verb(c, "prospects_erase", "(self, prospect_id, /)",
       "Erases the person; what is on its way to them.",
       [](const PyWorkspace& w, const std::string& id) {
         return ToList(Interruptible(w.engine, [&] { return w.face.prospects().erase(ToId(id)); }));
       });
  Verb(c, "import_rejects", "(self, import_id, page_token, limit, /)", "A page of rejected rows.",
       [](const PyWorkspace& w, const std::string& id, const std::string& token, int32_t limit) {
         return ToPage(Interruptible(
             w.engine, [&] { return w.face.prospects().import_rejects(ToId(id), token, limit); }));
       });
}

void BindSenders(Bound& c) {
  Verb(c, "member_add", "(self, name, email, /)", "Adds a member; their id.",
       [](const PyWorkspace& w, const std::string& name, const std::string& email) {
         return Interruptible(w.engine, [&] { return w.face.members().add(name, email); })
             .to_string();
       });
  Verb(c, "sender_connect", "(self, options, /)", "Connects an account; the sender's id.",
       [](const PyWorkspace& w, const SenderOptions& options) {
         return Interruptible(w.engine, [&] { return w.face.senders().connect(options); })
             .to_string();
       });
  Verb(c, "sender_list", "(self, /)", "Every sender.", [](const PyWorkspace& w) {
    return ToList(Interruptible(w.engine, [&] { return w.face.senders().list(); }));
  });
  Verb(c, "sender_disconnect", "(self, sender_id, /)", "Stops a sender; what is on its way.",
       [](const PyWorkspace& w, const std::string& id) {
         return ToList(
             Interruptible(w.engine, [&] { return w.face.senders().disconnect(ToId(id)); }));
       });
  Verb(c, "sender_resume", "(self, sender_id, /)", "Clears a stop or a disconnection.",
       [](const PyWorkspace& w, const std::string& id) {
         Interruptible(w.engine, [&] { w.face.senders().resume(ToId(id)); });
       });
  Verb(c, "sender_release", "(self, sender_id, /)", "Ends the reconcile-only mode without looks.",
       [](const PyWorkspace& w, const std::string& id) {
         Interruptible(w.engine, [&] { w.face.senders().release(ToId(id)); });
       });
  Verb(c, "relation_add", "(self, sender_id, prospect_id, /)", "They are connected already.",
       [](const PyWorkspace& w, const std::string& sender_id, const std::string& prospect_id) {
         Interruptible(w.engine,
                       [&] { w.face.relations().add(ToId(sender_id), ToId(prospect_id)); });
       });
}

void BindCampaigns(Bound& c) {
  Verb(c, "campaign_create", "(self, spec_json, external_ref, /)", "Creates a campaign; its id.",
       [](const PyWorkspace& w, const std::string& spec, const std::string& external_ref) {
         return Interruptible(w.engine,
                              [&] { return w.face.campaigns().create(spec, external_ref); })
             .to_string();
       });
  Verb(c, "campaign_list", "(self, /)", "Every campaign.", [](const PyWorkspace& w) {
    return ToList(Interruptible(w.engine, [&] { return w.face.campaigns().list(); }));
  });
  Verb(c, "campaign_enroll", "(self, campaign_id, prospect_ids, /)", "Offers people to a campaign.",
       [](const PyWorkspace& w, const std::string& campaign_id,
          const std::vector<std::string>& prospect_ids) {
         std::vector<Id> ids;
         ids.reserve(prospect_ids.size());
         for (const std::string& id : prospect_ids) ids.push_back(ToId(id));
         return ToList(Interruptible(
             w.engine, [&] { return w.face.campaigns().enroll(ToId(campaign_id), ids); }));
       });
  Verb(c, "campaign_enrollments", "(self, campaign_id, page_token, limit, /)",
       "A page of where people stand.",
       [](const PyWorkspace& w, const std::string& campaign_id, const std::string& token,
          int32_t limit) {
         return ToPage(Interruptible(w.engine, [&] {
           return w.face.campaigns().enrollments(ToId(campaign_id), token, limit);
         }));
       });
  Verb(c, "campaign_render", "(self, campaign_id, prospect_id, step, /)",
       "The text of a step, as one row.",
       [](const PyWorkspace& w, const std::string& campaign_id, const std::string& prospect_id,
          int32_t step) {
         return ToList(Interruptible(w.engine, [&] {
           return w.face.campaigns().render(ToId(campaign_id), ToId(prospect_id), step);
         }));
       });
  Verb(c, "scoring_run", "(self, scorecard_json, /)", "Scores everybody; how many.",
       [](const PyWorkspace& w, const std::string& scorecard) {
         return Interruptible(w.engine, [&] { return w.face.scoring().run(scorecard); });
       });
  Verb(c, "scoring_top", "(self, limit, with_linkedin, /)", "The best of the last run.",
       [](const PyWorkspace& w, int32_t limit, bool with_linkedin) {
         return ToList(
             Interruptible(w.engine, [&] { return w.face.scoring().top(limit, with_linkedin); }));
       });
}

void BindSending(Bound& c) {
  Verb(c, "outbox_list", "(self, page_token, limit, /)", "A page of messages.",
       [](const PyWorkspace& w, const std::string& token, int32_t limit) {
         return ToPage(Interruptible(w.engine, [&] { return w.face.outbox().list(token, limit); }));
       });
  Verb(c, "outbox_cancel", "(self, message_id, /)", "Cancels a message; the answer's number.",
       [](const PyWorkspace& w, const std::string& id) {
         return static_cast<int32_t>(
             Interruptible(w.engine, [&] { return w.face.outbox().cancel(ToId(id)); }));
       });
  Verb(c, "ledger_find", "(self, identifier, /)", "What was sent to an identifier.",
       [](const PyWorkspace& w, const std::string& identifier) {
         return ToList(Interruptible(w.engine, [&] { return w.face.ledger().find(identifier); }));
       });
  Verb(c, "decision_list", "(self, prospect_id, /)", "The decisions on a person.",
       [](const PyWorkspace& w, const std::string& id) {
         return ToList(Interruptible(w.engine, [&] { return w.face.decisions().list(ToId(id)); }));
       });
  Verb(
      c, "disclosure_list", "(self, prospect_id, /)", "What left about a person.",
      [](const PyWorkspace& w, const std::string& id) {
        return ToList(Interruptible(w.engine, [&] { return w.face.disclosures().list(ToId(id)); }));
      });
  Verb(c, "inbox_list", "(self, page_token, limit, /)", "A page of replies.",
       [](const PyWorkspace& w, const std::string& token, int32_t limit) {
         return ToPage(Interruptible(w.engine, [&] { return w.face.inbox().list(token, limit); }));
       });
  Verb(c, "audit_list", "(self, page_token, limit, /)", "A page of audit entries.",
       [](const PyWorkspace& w, const std::string& token, int32_t limit) {
         return ToPage(Interruptible(w.engine, [&] { return w.face.audit().list(token, limit); }));
       });
}

}  // namespace

void BindWorkspace(py::module_& m) {
  BindSenderOptions(m);
  Bound bound(m, "Workspace", "A workspace of the face with its engine.");
  bound.def_property_readonly(
      "org_id", [](const PyWorkspace& w) { return w.face.org_id().to_string(); },
      "The organization's id.");
  BindProspects(bound);
  BindSenders(bound);
  BindCampaigns(bound);
  BindSending(bound);
  BindRetention(m, bound);
  BindSignals(bound);
  BindMandates(bound);
  BindUsage(bound);
}

}  // namespace onlyleads::python
