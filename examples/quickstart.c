/* Import people, ask what is allowed, send one message to the sandbox, print what happened.
 *
 *     onlyleads-sandbox --state box --account demo --port 8080 &
 *     ./quickstart_c leads.db people.csv http://127.0.0.1:8080
 */
#include <onlyleads/onlyleads.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One step: an invitation with a note. The flags are the host's word for it; campaigns.h tells what
 * each means. "content" names what the text holds: the obligations of the decision. */
static const char kCampaign[] =
    "{\"name\": \"First words\", \"sender_id\": \"%s\", \"profile\": \"balanced\","
    " \"lia_on_file\": true, \"role_related\": true, \"art14_in_template\": true,"
    " \"content\": [\"sender_identity\", \"contact_for_opt_out\", \"opt_out_free_easy\"],"
    " \"steps\": [{\"action\": \"invitation\", \"template\": \"Hi {{first_name}}, {{sender_name}}"
    " of {{organization_name}} here. Why I have your name: acme.example/privacy."
    " Reply STOP to opt out.\"}]}";

static ol_str Str(const char* text) {
  ol_str s = {text, strlen(text)};
  return s;
}

/* Most calls say what went wrong in err; a program this small ends there. */
static void Check(int32_t code, const ol_error* err) {
  if (code == OL_OK) return;
  fprintf(stderr, "%s: %s\n", ol_code_name(code), err == NULL ? "" : err->message);
  exit(1);
}

/* A column by name; the headers name the columns of every page. */
static int32_t Column(const ol_rows* rows, const char* name) {
  int32_t i;
  for (i = 0; i < ol_rows_columns(rows); ++i) {
    const ol_str column = ol_rows_column_name(rows, i);
    if (column.size == strlen(name) && memcmp(column.data, name, column.size) == 0) return i;
  }
  return -1; /* which every accessor refuses */
}

static void Print(const ol_rows* rows, int64_t row, const char* column, const char* after) {
  ol_str text;
  Check(ol_rows_text(rows, row, Column(rows, column), &text), NULL);
  printf("%.*s%s", (int)text.size, text.data, after);
}

static void Import(ol_workspace* ws, const char* path) {
  ol_error err;
  ol_import_options how;
  ol_import_report report;
  memset(&how, 0, sizeof(how));
  memset(&report, 0, sizeof(report));
  how.struct_size = sizeof(how);
  report.struct_size = sizeof(report);
  how.source = Str("quickstart");
  how.lawful_basis = Str("legitimate_interests");
  Check(ol_prospects_import_csv(ws, Str(path), &how, &report, &err), &err);
  printf("imported %d of %d rows\n", (int)report.created, (int)report.rows);
}

static void Decide(void) {
  ol_error err;
  ol_rows* answer;
  const char* facts = "{\"recipient_country\": \"DE\", \"channel\": \"linkedin_invite_note\"}";
  Check(ol_policy_evaluate(Str(facts), &answer, &err), &err);
  printf("DE: ");
  Print(answer, 0, "json", "\n");
  ol_rows_free(answer);
}

/* The sandbox's account and key; works around the clock so that the example runs at night. */
static ol_id Connect(ol_workspace* ws, const char* sandbox) {
  ol_error err;
  ol_id sender;
  ol_sender_options account;
  memset(&account, 0, sizeof(account));
  account.struct_size = sizeof(account);
  Check(ol_member_add(ws, Str("Ada Example"), Str(""), &account.member_id, &err), &err);
  account.account_id = Str("demo");
  account.base_url = Str(sandbox);
  account.api_key = Str("sandbox-api-key");
  account.webhook_secret = Str("quickstart-secret");
  account.work_days = 0x7f;
  account.work_end_min = 24 * 60;
  Check(ol_sender_connect(ws, &account, &sender, &err), &err);
  return sender;
}

static void Enroll(ol_workspace* ws, ol_id sender) {
  ol_error err;
  ol_id offer;
  ol_rows* people;
  ol_rows* answers;
  int64_t i;
  char id[OL_ID_TEXT_SIZE];
  char spec[sizeof(kCampaign) + sizeof(id)];
  ol_id_to_text(&sender, id);
  snprintf(spec, sizeof(spec), kCampaign, id);
  Check(ol_campaign_create(ws, Str(spec), Str(""), &offer, &err), &err);
  Check(ol_prospects_list(ws, Str(""), 0, &people, &err), &err);
  for (i = 0; i < ol_rows_count(people); ++i) {
    ol_id person;
    Check(ol_rows_id(people, i, Column(people, "prospect_id"), &person), NULL);
    Check(ol_campaign_enroll(ws, offer, &person, 1, &answers, &err), &err);
    Print(people, i, "first_name", ": ");
    Print(answers, 0, "reason", "\n");
    ol_rows_free(answers);
  }
  ol_rows_free(people);
}

static void Send(ol_engine* engine, ol_workspace* ws) {
  ol_error err;
  ol_rows* outbox;
  int64_t i;
  ol_run_report done;
  memset(&done, 0, sizeof(done));
  done.struct_size = sizeof(done);
  Check(ol_engine_run(engine, NULL, &done, &err), &err);
  printf("sent %d\n", (int)done.sent);
  Check(ol_outbox_list(ws, Str(""), 0, &outbox, &err), &err);
  for (i = 0; i < ol_rows_count(outbox); ++i) {
    Print(outbox, i, "channel", " to ");
    Print(outbox, i, "target", ": ");
    Print(outbox, i, "state", "\n");
  }
  ol_rows_free(outbox);
}

static void Verify(ol_engine* engine) {
  ol_error err;
  ol_audit_report audit;
  memset(&audit, 0, sizeof(audit));
  audit.struct_size = sizeof(audit);
  Check(ol_audit_verify(engine, &audit, &err), &err);
  printf("audit %s\n", audit.intact ? "intact" : "damaged");
}

int main(int argc, char** argv) {
  ol_error err;
  ol_engine* engine;
  ol_workspace* ws;
  const char* sandbox = argc == 4 ? argv[3] : getenv("ONLYLEADS_SANDBOX_URL");
  if (argc < 3 || argc > 4 || sandbox == NULL) {
    fprintf(stderr, "usage: quickstart_c DATABASE PEOPLE.CSV [SANDBOX_URL]\n");
    return 2;
  }
  Check(ol_engine_open(Str(argv[1]), NULL, &engine, &err), &err);
  Check(ol_organization_create(engine, Str("Acme Ltd"), NULL, &ws, &err), &err);
  Import(ws, argv[2]);
  Decide();
  Enroll(ws, Connect(ws, sandbox));
  Send(engine, ws);
  Verify(engine);
  ol_workspace_free(ws);
  Check(ol_engine_close(engine, &err), &err);
  ol_engine_free(engine);
  return 0;
}
