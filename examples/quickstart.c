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

static ol_error err;

static ol_str Str(const char* text) { return (ol_str){text, strlen(text)}; }

/* Every call says what went wrong in err; a program this small ends there. */
static void Check(int32_t code) {
  if (code == OL_OK) return;
  fprintf(stderr, "%s: %s\n", ol_code_name(code), err.message);
  exit(1);
}

/* A text of a page; the headers name its columns in order. */
static void Print(const ol_rows* rows, int64_t row, int32_t column, const char* after) {
  ol_str text;
  Check(ol_rows_text(rows, row, column, &text));
  printf("%.*s%s", (int)text.size, text.data, after);
}

int main(int argc, char** argv) {
  const char* sandbox = argc == 4 ? argv[3] : getenv("ONLYLEADS_SANDBOX_URL");
  if (argc < 3 || argc > 4 || sandbox == NULL) {
    fprintf(stderr, "usage: quickstart_c DATABASE PEOPLE.CSV [SANDBOX_URL]\n");
    return 2;
  }
  ol_engine* engine;
  ol_workspace* ws;
  Check(ol_engine_open(Str(argv[1]), NULL, &engine, &err));
  Check(ol_organization_create(engine, Str("Acme Ltd"), NULL, &ws, &err));

  ol_import_options how = {.struct_size = sizeof(how)};
  ol_import_report report = {.struct_size = sizeof(report)};
  how.source = Str("quickstart");
  how.lawful_basis = Str("legitimate_interests");
  Check(ol_prospects_import_csv(ws, Str(argv[2]), &how, &report, &err));
  printf("imported %d of %d rows\n", (int)report.created, (int)report.rows);

  ol_rows* rows;
  Check(ol_policy_evaluate(Str("{\"recipient_country\": \"DE\"}"), &rows, &err));
  Print(rows, 0, 0, "\n");
  ol_rows_free(rows);

  /* The sandbox's account and key; works around the clock so that the example runs at night. */
  ol_sender_options account = {.struct_size = sizeof(account)};
  ol_id sender, offer, person;
  Check(ol_member_add(ws, Str("Ada Example"), Str(""), &account.member_id, &err));
  account.account_id = Str("demo");
  account.base_url = Str(sandbox);
  account.api_key = Str("sandbox-api-key");
  account.webhook_secret = Str("quickstart-secret");
  account.work_days = 0x7f;
  account.work_end_min = 24 * 60;
  Check(ol_sender_connect(ws, &account, &sender, &err));

  char id[OL_ID_TEXT_SIZE], spec[sizeof(kCampaign) + sizeof(id)];
  ol_id_to_text(&sender, id);
  snprintf(spec, sizeof(spec), kCampaign, id);
  Check(ol_campaign_create(ws, Str(spec), Str(""), &offer, &err));
  Check(ol_prospects_find(ws, Str(""), Str("grace-sample"), &person, &err));
  Check(ol_campaign_enroll(ws, offer, &person, 1, &rows, &err));
  Print(rows, 0, 2, "\n");
  ol_rows_free(rows);

  ol_run_report done = {.struct_size = sizeof(done)};
  Check(ol_engine_run(engine, NULL, &done, &err));
  printf("sent %d\n", (int)done.sent);
  Check(ol_outbox_list(ws, Str(""), 0, &rows, &err));
  Print(rows, 0, 4, ": ");
  Print(rows, 0, 5, "\n");
  ol_rows_free(rows);

  ol_audit_report audit = {.struct_size = sizeof(audit)};
  Check(ol_audit_verify(engine, &audit, &err));
  printf("audit %s\n", audit.intact ? "intact" : "damaged");
  ol_workspace_free(ws);
  Check(ol_engine_close(engine, &err));
  ol_engine_free(engine);
  return 0;
}
