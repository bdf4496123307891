// The verbs of a workspace for Python, flat: the package groups them by noun again. Ids arrive as
// text; a malformed one is Error(OL_INVALID_ARGUMENT).
#include <vector>

#include "engine.h"

namespace onlyleads::python {
namespace {

Id ToId(const std::string& text) { return Id::from_string(text); }

void BindSenderOptions(py::module_& m) {
  py::class_<SenderOptions>(m, "SenderOptions")
      .def(py::init<>())
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
  c.def("prospects_count",
        [](const PyWorkspace& w) { return Unlocked([&] { return w.face.prospects().count(); }); });
  c.def("prospects_find",
        [](const PyWorkspace& w, const std::string& email,
           const std::string& linkedin) -> py::object {
          const std::optional<Prospect> found = Unlocked([&] {
            return linkedin.empty() ? w.face.prospects().find_by_email(email)
                                    : w.face.prospects().find_by_linkedin(linkedin);
          });
          return found ? py::object(ToDict(*found)) : py::object(py::none());
        });
  c.def("prospects_get", [](const PyWorkspace& w, const std::string& id) {
    return ToDict(Unlocked([&] { return w.face.prospects().get(ToId(id)); }));
  });
  c.def("prospects_list", [](const PyWorkspace& w, const std::string& token, int32_t limit) {
    const Rows rows = Unlocked([&] { return w.face.prospects().list(token, limit); });
    py::list people;
    for (const Row row : rows) people.append(ToDict(read_prospect(row)));
    return Page(std::move(people), rows.next_page());
  });
  c.def("prospects_object", [](const PyWorkspace& w, const std::string& id) {
    return ToList(Unlocked([&] { return w.face.prospects().object(ToId(id)); }));
  });
  c.def("prospects_restrict", [](const PyWorkspace& w, const std::string& id) {
    return ToList(Unlocked([&] { return w.face.prospects().restrict(ToId(id)); }));
  });
  c.def("prospects_lift_restriction", [](const PyWorkspace& w, const std::string& id) {
    Unlocked([&] { w.face.prospects().lift_restriction(ToId(id)); });
  });
  c.def("prospects_erase", [](const PyWorkspace& w, const std::string& id) {
    return ToList(Unlocked([&] { return w.face.prospects().erase(ToId(id)); }));
  });
  c.def("import_rejects",
        [](const PyWorkspace& w, const std::string& id, const std::string& token, int32_t limit) {
          return ToPage(
              Unlocked([&] { return w.face.prospects().import_rejects(ToId(id), token, limit); }));
        });
}

void BindSenders(Bound& c) {
  c.def("member_add", [](const PyWorkspace& w, const std::string& name, const std::string& email) {
    return Unlocked([&] { return w.face.members().add(name, email); }).to_string();
  });
  c.def("sender_connect", [](const PyWorkspace& w, const SenderOptions& options) {
    return Unlocked([&] { return w.face.senders().connect(options); }).to_string();
  });
  c.def("sender_list", [](const PyWorkspace& w) {
    return ToList(Unlocked([&] { return w.face.senders().list(); }));
  });
  c.def("sender_disconnect", [](const PyWorkspace& w, const std::string& id) {
    return ToList(Unlocked([&] { return w.face.senders().disconnect(ToId(id)); }));
  });
  c.def("sender_resume", [](const PyWorkspace& w, const std::string& id) {
    Unlocked([&] { w.face.senders().resume(ToId(id)); });
  });
  c.def("relation_add",
        [](const PyWorkspace& w, const std::string& sender_id, const std::string& prospect_id) {
          Unlocked([&] { w.face.relations().add(ToId(sender_id), ToId(prospect_id)); });
        });
}

void BindCampaigns(Bound& c) {
  c.def("campaign_create", [](const PyWorkspace& w, const std::string& spec,
                              const std::string& external_ref) {
    return Unlocked([&] { return w.face.campaigns().create(spec, external_ref); }).to_string();
  });
  c.def("campaign_list", [](const PyWorkspace& w) {
    return ToList(Unlocked([&] { return w.face.campaigns().list(); }));
  });
  c.def("campaign_enroll", [](const PyWorkspace& w, const std::string& campaign_id,
                              const std::vector<std::string>& prospect_ids) {
    std::vector<Id> ids;
    ids.reserve(prospect_ids.size());
    for (const std::string& id : prospect_ids) ids.push_back(ToId(id));
    return ToList(Unlocked([&] { return w.face.campaigns().enroll(ToId(campaign_id), ids); }));
  });
  c.def("campaign_enrollments", [](const PyWorkspace& w, const std::string& campaign_id,
                                   const std::string& token, int32_t limit) {
    return ToPage(
        Unlocked([&] { return w.face.campaigns().enrollments(ToId(campaign_id), token, limit); }));
  });
  c.def("campaign_render", [](const PyWorkspace& w, const std::string& campaign_id,
                              const std::string& prospect_id, int32_t step) {
    return ToList(Unlocked(
        [&] { return w.face.campaigns().render(ToId(campaign_id), ToId(prospect_id), step); }));
  });
  c.def("scoring_run", [](const PyWorkspace& w, const std::string& scorecard) {
    return Unlocked([&] { return w.face.scoring().run(scorecard); });
  });
  c.def("scoring_top", [](const PyWorkspace& w, int32_t limit, bool with_linkedin) {
    return ToList(Unlocked([&] { return w.face.scoring().top(limit, with_linkedin); }));
  });
}

void BindSending(Bound& c) {
  c.def("outbox_list", [](const PyWorkspace& w, const std::string& token, int32_t limit) {
    return ToPage(Unlocked([&] { return w.face.outbox().list(token, limit); }));
  });
  c.def("outbox_cancel", [](const PyWorkspace& w, const std::string& id) {
    return static_cast<int32_t>(Unlocked([&] { return w.face.outbox().cancel(ToId(id)); }));
  });
  c.def("ledger_find", [](const PyWorkspace& w, const std::string& identifier) {
    return ToList(Unlocked([&] { return w.face.ledger().find(identifier); }));
  });
  c.def("decision_list", [](const PyWorkspace& w, const std::string& id) {
    return ToList(Unlocked([&] { return w.face.decisions().list(ToId(id)); }));
  });
  c.def("disclosure_list", [](const PyWorkspace& w, const std::string& id) {
    return ToList(Unlocked([&] { return w.face.disclosures().list(ToId(id)); }));
  });
  c.def("inbox_list", [](const PyWorkspace& w, const std::string& token, int32_t limit) {
    return ToPage(Unlocked([&] { return w.face.inbox().list(token, limit); }));
  });
  c.def("audit_list", [](const PyWorkspace& w, const std::string& token, int32_t limit) {
    return ToPage(Unlocked([&] { return w.face.audit().list(token, limit); }));
  });
}

}  // namespace

void BindWorkspace(py::module_& m) {
  BindSenderOptions(m);
  Bound bound(m, "Workspace");
  bound.def_property_readonly("org_id",
                              [](const PyWorkspace& w) { return w.face.org_id().to_string(); });
  BindProspects(bound);
  BindSenders(bound);
  BindCampaigns(bound);
  BindSending(bound);
  BindSignals(bound);
  BindMandates(bound);
  BindUsage(bound);
}

}  // namespace onlyleads::python
