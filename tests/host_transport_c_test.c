/* A host's own transport in C99, over the public headers alone: the provider is this program. One
 * invitation goes out through submit, poll and deliver, and through nothing else: the account's
 * address is one that no resolver knows. */
#include <onlyleads/onlyleads.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_REQUESTS 16

static const char kKey[] = "the-provider-key";
/* What Unipile answers to GET /users/{identifier} and to POST /users/invite. */
static const char kProfile[] =
    "{\"object\": \"UserProfile\", \"provider\": \"LINKEDIN\", \"provider_id\": \"ACoAAAann\","
    " \"public_identifier\": \"ann-test\", \"is_relationship\": false,"
    " \"network_distance\": \"SECOND_DEGREE\"}";
static const char kInvited[] = "{\"object\": \"UserInvitationSent\", \"invitation_id\": \"7001\"}";
static const char kCampaign[] =
    "{\"name\": \"Test\", \"sender_id\": \"%s\", \"lia_on_file\": true, \"role_related\": true,"
    " \"art14_in_template\": true,"
    " \"content\": [\"sender_identity\", \"contact_for_opt_out\", \"opt_out_free_easy\"],"
    " \"steps\": [{\"action\": \"invitation\", \"template\": \"Hi {{first_name}}\"}]}";

static int failures = 0;

/* An answer that waits for the next poll. */
typedef struct Answer {
  uint64_t id;
  int32_t status;
  const char* body;
} Answer;

typedef struct Provider {
  Answer answers[MAX_REQUESTS];
  int waiting, profiles, invitations, strangers, polls, cancelled;
} Provider;

static ol_str Str(const char* text) {
  ol_str s;
  s.data = text;
  s.size = strlen(text);
  return s;
}

static int Contains(ol_str text, const char* part) {
  const size_t size = strlen(part);
  size_t i;
  for (i = 0; i + size <= text.size; ++i) {
    if (memcmp(text.data + i, part, size) == 0) return 1;
  }
  return 0;
}

static int Same(ol_str text, const char* expected) {
  return text.size == strlen(expected) && Contains(text, expected);
}

static void Check(int32_t code, const ol_error* err, const char* what) {
  if (code == OL_OK) return;
  fprintf(stderr, "%s: %s: %s\n", what, ol_code_name(code), err->message);
  exit(1);
}

static void Expect(int64_t is, int64_t expected, const char* what) {
  if (is == expected) return;
  fprintf(stderr, "%s: %ld, not %ld\n", what, (long)is, (long)expected);
  ++failures;
}

static int HasKey(const ol_http_request* request) {
  int64_t i;
  for (i = 0; i < request->header_count; ++i) {
    if (Same(request->headers[i].name, "X-API-KEY") && Same(request->headers[i].value, kKey)) {
      return 1;
    }
  }
  return 0;
}

/* What the provider says to one request; nothing of the request is kept. */
static Answer AnswerTo(Provider* provider, const ol_http_request* request) {
  Answer answer = {0, 404, "{\"status\": 404, \"type\": \"errors/resource_not_found\"}"};
  answer.id = request->id;
  if (HasKey(request) && Same(request->method, "GET") && !request->is_write &&
      Contains(request->url, "https://provider.invalid/api/v1/users/ann-test?account_id=acc1")) {
    ++provider->profiles;
    answer.status = 200;
    answer.body = kProfile;
  } else if (HasKey(request) && Same(request->method, "POST") && request->is_write &&
             Same(request->url, "https://provider.invalid/api/v1/users/invite") &&
             Contains(request->body, "ACoAAAann") && Contains(request->body, "Hi Ann")) {
    ++provider->invitations;
    answer.status = 201;
    answer.body = kInvited;
  } else {
    ++provider->strangers;
  }
  return answer;
}

static int32_t Submit(void* ctx, const ol_http_request* requests, int64_t count,
                      int64_t request_size) {
  Provider* provider = ctx;
  const char* at = (const char*)requests;
  int64_t i;
  if (provider->waiting + count > MAX_REQUESTS) return 1;
  for (i = 0; i < count; ++i, at += request_size) {
    const ol_http_request* request = (const ol_http_request*)(const void*)at;
    Expect(request->timeout_ms > 0 && request->connect_timeout_ms > 0, 1, "timeouts");
    provider->answers[provider->waiting++] = AnswerTo(provider, request);
  }
  return 0;
}

static int32_t Poll(void* ctx, int64_t max_wait_us, ol_http_deliver deliver, void* sink) {
  Provider* provider = ctx;
  int i;
  Expect(max_wait_us >= 0, 1, "max_wait_us");
  ++provider->polls;
  for (i = 0; i < provider->waiting; ++i) {
    ol_http_header type;
    ol_http_completion done;
    memset(&done, 0, sizeof(done));
    done.struct_size = sizeof(done);
    done.fate = OL_HTTP_COMPLETE;
    done.id = provider->answers[i].id;
    done.status = provider->answers[i].status;
    type.name = Str("Content-Type");
    type.value = Str("application/json");
    done.headers = &type;
    done.header_count = 1;
    done.body = Str(provider->answers[i].body);
    Expect(deliver(sink, &done), OL_OK, "deliver");
    Expect(deliver(sink, &done), OL_NOT_FOUND, "deliver, twice");
  }
  provider->waiting = 0;
  return 0;
}

static int32_t Cancel(void* ctx, uint64_t id) {
  (void)id;
  ++((Provider*)ctx)->cancelled;
  return 0;
}

/* Monday, 2026-11-23T10:00:00Z, within the default working hours. */
static int32_t Monday(void* ctx, int64_t* now_us) {
  (void)ctx;
  *now_us = 1795428000000000;
  return 0;
}

static ol_engine* Open(const char* path, Provider* provider) {
  ol_transport transport;
  ol_host host;
  ol_engine_options options;
  ol_engine* engine = NULL;
  ol_error err;
  memset(&transport, 0, sizeof(transport));
  transport.struct_size = sizeof(transport);
  transport.ctx = provider;
  transport.submit = Submit;
  transport.poll = Poll;
  transport.cancel = Cancel;
  memset(&host, 0, sizeof(host));
  host.struct_size = sizeof(host);
  host.now_us = Monday;
  host.transport = &transport;
  memset(&options, 0, sizeof(options));
  options.struct_size = sizeof(options);
  options.profile = Str("balanced");
  options.host = &host;
  Check(ol_engine_open(Str(path), &options, &engine, &err), &err, "ol_engine_open");
  return engine;
}

static void ImportAnn(ol_workspace* ws) {
  ol_import_options how;
  ol_import_report report;
  ol_error err;
  FILE* file = fopen("people.csv", "w");
  if (file == NULL) exit(1);
  fputs(
      "First Name,Last Name,Company,Title,LinkedIn URL,Country\n"
      "Ann,Test,Ann Ltd,Head of Sales,https://www.linkedin.com/in/ann-test,GB\n",
      file);
  fclose(file);
  memset(&how, 0, sizeof(how));
  how.struct_size = sizeof(how);
  how.source = Str("test");
  memset(&report, 0, sizeof(report));
  report.struct_size = sizeof(report);
  how.lawful_basis = Str("legitimate_interests");
  Check(ol_prospects_import_csv(ws, Str("people.csv"), &how, &report, &err), &err, "import");
}

static ol_id Connect(ol_workspace* ws) {
  ol_sender_options options;
  ol_id sender;
  ol_error err;
  memset(&options, 0, sizeof(options));
  options.struct_size = sizeof(options);
  Check(ol_member_add(ws, Str("Ada Example"), Str(""), &options.member_id, &err), &err, "member");
  options.account_id = Str("acc1");
  options.base_url = Str("https://provider.invalid");
  options.api_key = Str(kKey);
  options.webhook_secret = Str("secret");
  options.min_gap_s = OL_NO_GAP;
  Check(ol_sender_connect(ws, &options, &sender, &err), &err, "ol_sender_connect");
  return sender;
}

static void Enroll(ol_workspace* ws, const ol_id* sender) {
  char id[OL_ID_TEXT_SIZE], spec[sizeof(kCampaign) + sizeof(id)];
  ol_id campaign, person;
  ol_rows* rows = NULL;
  ol_error err;
  ol_id_to_text(sender, id);
  snprintf(spec, sizeof(spec), kCampaign, id);
  Check(ol_campaign_create(ws, Str(spec), Str(""), &campaign, &err), &err, "ol_campaign_create");
  Check(ol_prospects_find(ws, Str(""), Str("ann-test"), &person, &err), &err, "find");
  Check(ol_campaign_enroll(ws, campaign, &person, 1, &rows, &err), &err, "ol_campaign_enroll");
  ol_rows_free(rows);
}

static int64_t Run(ol_engine* engine) {
  ol_run_report report;
  ol_error err;
  memset(&report, 0, sizeof(report));
  report.struct_size = sizeof(report);
  Check(ol_engine_run(engine, NULL, &report, &err), &err, "ol_engine_run");
  return report.sent;
}

int main(int argc, char** argv) {
  Provider provider;
  ol_engine* engine;
  ol_workspace* ws = NULL;
  ol_id sender;
  ol_error err;
  if (argc != 2) return 2;
  memset(&provider, 0, sizeof(provider));
  engine = Open(argv[1], &provider);
  Check(ol_organization_create(engine, Str("Acme Ltd"), NULL, &ws, &err), &err, "organization");
  ImportAnn(ws);
  sender = Connect(ws);
  Enroll(ws, &sender);

  Expect(Run(engine), 1, "sent");
  Expect(provider.profiles, 1, "profiles read");
  Expect(provider.invitations, 1, "invitations");
  Expect(Run(engine), 0, "sent again");
  Expect(provider.invitations, 1, "invitations afterwards");
  Expect(provider.strangers, 0, "requests that the provider does not know");
  Expect(provider.cancelled, 0, "cancelled");
  Expect(provider.polls > 0, 1, "polls");

  ol_workspace_free(ws);
  Check(ol_engine_close(engine, &err), &err, "ol_engine_close");
  ol_engine_free(engine);
  Expect(ol_live_handles(), 0, "handles");
  return failures == 0 ? 0 : 1;
}
