/* A host's own transport in C99, over the public headers alone: libcurl carries to a real sandbox
 * what submit was given, and poll delivers the answers. The account's address is one that no
 * resolver knows, so that nothing but this transport can have brought the invitation there. */
#include <curl/curl.h>
#include <onlyleads/onlyleads.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_REQUESTS 16
#define MAX_BODY 65536
#define MAX_TEXT 512

static const char kAddress[] = "https://provider.invalid";
static const char kKey[] = "sandbox-api-key";
static const char kCampaign[] =
    "{\"name\": \"Test\", \"sender_id\": \"%s\", \"lia_on_file\": true, \"role_related\": true,"
    " \"art14_in_template\": true,"
    " \"content\": [\"sender_identity\", \"contact_for_opt_out\", \"opt_out_free_easy\"],"
    " \"steps\": [{\"action\": \"invitation\", \"template\": \"Hi {{first_name}}\"}]}";

static int failures = 0;

/* An answer that waits for the next poll. */
typedef struct Answer {
  uint64_t id;
  long status;
  size_t size;
  char body[MAX_BODY];
} Answer;

typedef struct Carrier {
  const char* sandbox; /* where kAddress leads to */
  Answer answers[MAX_REQUESTS];
  int waiting, reads, writes, polls, cancelled;
} Carrier;

static ol_str Str(const char* text) {
  ol_str s;
  s.data = text;
  s.size = strlen(text);
  return s;
}

static int StartsWith(ol_str text, const char* start) {
  return text.size >= strlen(start) && memcmp(text.data, start, strlen(start)) == 0;
}

static int Same(ol_str text, const char* expected) {
  return text.size == strlen(expected) && StartsWith(text, expected);
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

static size_t Append(char* data, size_t size, size_t count, void* to) {
  Answer* answer = to;
  if (answer->size + size * count > MAX_BODY) return 0;
  memcpy(answer->body + answer->size, data, size * count);
  answer->size += size * count;
  return size * count;
}

/* Waits for the answer, whose status stays 0 when there is none. */
static void Exchange(CURL* easy, const char* url, Answer* answer) {
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30000L);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, Append);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
  if (curl_easy_perform(easy) != CURLE_OK) return;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer->status);
}

static void Carry(const Carrier* carrier, const ol_http_request* request, Answer* answer) {
  char text[MAX_TEXT];
  struct curl_slist* headers = NULL;
  CURL* easy = curl_easy_init();
  int64_t i;
  memset(answer, 0, sizeof(*answer));
  answer->id = request->id;
  for (i = 0; i < request->header_count; ++i) {
    const ol_http_header* header = &request->headers[i];
    snprintf(text, sizeof(text), "%.*s: %.*s", (int)header->name.size, header->name.data,
             (int)header->value.size, header->value.data);
    headers = curl_slist_append(headers, text);
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  if (Same(request->method, "POST")) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)request->body.size);
    curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body.data);
  }
  Expect(StartsWith(request->url, kAddress), 1, "the account's address");
  snprintf(text, sizeof(text), "%s%.*s", carrier->sandbox,
           (int)(request->url.size - strlen(kAddress)), request->url.data + strlen(kAddress));
  Exchange(easy, text, answer);
  curl_slist_free_all(headers);
  curl_easy_cleanup(easy);
}

/* How often the sandbox was made to invite. */
static int Invitations(const char* sandbox) {
  static Answer ledger;
  char url[MAX_TEXT];
  const char* at;
  int count = 0;
  CURL* easy = curl_easy_init();
  memset(&ledger, 0, sizeof(ledger));
  snprintf(url, sizeof(url), "%s/sandbox/ledger", sandbox);
  Exchange(easy, url, &ledger);
  curl_easy_cleanup(easy);
  Expect(ledger.status, 200, "the sandbox's ledger");
  ledger.body[MAX_BODY - 1] = '\0';
  for (at = ledger.body; (at = strstr(at, "\"kind\":\"invitation\"")) != NULL; ++at) ++count;
  return count;
}

static int32_t Submit(void* ctx, const ol_http_request* requests, int64_t count,
                      int64_t request_size) {
  Carrier* carrier = ctx;
  const char* at = (const char*)requests;
  int64_t i;
  if (carrier->waiting + count > MAX_REQUESTS) return 1;
  for (i = 0; i < count; ++i, at += request_size) {
    const ol_http_request* request = (const ol_http_request*)(const void*)at;
    Expect(request->timeout_ms > 0 && request->connect_timeout_ms > 0, 1, "timeouts");
    ++*(request->is_write ? &carrier->writes : &carrier->reads);
    Carry(carrier, request, &carrier->answers[carrier->waiting++]);
  }
  return 0;
}

static int32_t Poll(void* ctx, int64_t max_wait_us, ol_http_deliver deliver, void* sink) {
  Carrier* carrier = ctx;
  int i;
  Expect(max_wait_us >= 0, 1, "max_wait_us");
  ++carrier->polls;
  for (i = 0; i < carrier->waiting; ++i) {
    ol_http_header type;
    ol_http_completion done;
    const Answer* answer = &carrier->answers[i];
    memset(&done, 0, sizeof(done));
    done.struct_size = sizeof(done);
    done.id = answer->id;
    done.fate = answer->status == 0 ? OL_HTTP_UNKNOWN : OL_HTTP_COMPLETE;
    done.status = (int32_t)answer->status;
    type.name = Str("Content-Type");
    type.value = Str("application/json");
    done.headers = &type;
    done.header_count = 1;
    done.body.data = answer->body;
    done.body.size = answer->size;
    Expect(deliver(sink, &done), OL_OK, "deliver");
    Expect(deliver(sink, &done), OL_NOT_FOUND, "deliver, twice");
  }
  carrier->waiting = 0;
  return 0;
}

static int32_t Cancel(void* ctx, uint64_t id) {
  (void)id;
  ++((Carrier*)ctx)->cancelled;
  return 0;
}

/* Monday, 2026-11-23T10:00:00Z, within the default working hours. */
static int32_t Monday(void* ctx, int64_t* now_us) {
  (void)ctx;
  *now_us = 1795428000000000;
  return 0;
}

static ol_engine* Open(const char* path, Carrier* carrier) {
  ol_transport transport;
  ol_host host;
  ol_engine_options options;
  ol_engine* engine = NULL;
  ol_error err;
  memset(&transport, 0, sizeof(transport));
  transport.struct_size = sizeof(transport);
  transport.ctx = carrier;
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
  options.base_url = Str(kAddress);
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
  static Carrier carrier;
  ol_engine* engine;
  ol_workspace* ws = NULL;
  ol_id sender;
  ol_error err;
  if (argc != 3) return 2;
  carrier.sandbox = argv[2];
  engine = Open(argv[1], &carrier);
  Check(ol_organization_create(engine, Str("Acme Ltd"), NULL, &ws, &err), &err, "organization");
  ImportAnn(ws);
  sender = Connect(ws);
  Enroll(ws, &sender);

  Expect(Run(engine), 1, "sent");
  Expect(carrier.reads > 0, 1, "profiles read");
  Expect(carrier.writes, 1, "requests that write");
  Expect(Invitations(carrier.sandbox), 1, "invitations");
  Expect(Run(engine), 0, "sent again");
  Expect(carrier.writes, 1, "requests that write, afterwards");
  Expect(Invitations(carrier.sandbox), 1, "invitations afterwards");
  Expect(carrier.cancelled, 0, "cancelled");
  Expect(carrier.polls > 0, 1, "polls");

  ol_workspace_free(ws);
  Check(ol_engine_close(engine, &err), &err, "ol_engine_close");
  ol_engine_free(engine);
  Expect(ol_live_handles(), 0, "handles");
  return failures == 0 ? 0 : 1;
}
