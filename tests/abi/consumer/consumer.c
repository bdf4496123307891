/* A C99 program outside the tree: opens a database, makes an organization, asks for a decision. */
#include <onlyleads/onlyleads.h>
#include <stdio.h>
#include <string.h>

static ol_str str(const char* text) {
  ol_str s;
  s.data = text;
  s.size = strlen(text);
  return s;
}

static int fail(const char* what, const ol_error* err) {
  fprintf(stderr, "%s: %s: %s\n", what, ol_code_name(err->code), err->message);
  return 1;
}

int main(int argc, char** argv) {
  ol_error err;
  ol_engine* engine = NULL;
  ol_workspace* workspace = NULL;
  ol_rows* rows = NULL;
  ol_str json;
  int64_t people = -1;
  if (argc != 2) return 2;
  if (ol_engine_open(str(argv[1]), NULL, &engine, &err) != OL_OK) return fail("open", &err);
  if (ol_organization_create(engine, str("Acme Ltd"), NULL, &workspace, &err) != OL_OK) {
    return fail("create", &err);
  }
  if (ol_prospects_count(workspace, &people, &err) != OL_OK) return fail("count", &err);
  if (ol_policy_evaluate(str("{\"recipient_country\": \"DE\"}"), &rows, &err) != OL_OK) {
    return fail("evaluate", &err);
  }
  if (ol_rows_text(rows, 0, 0, &json) != OL_OK) return 1;
  printf("%s, %d people, %.*s\n", ol_version(), (int)people, (int)json.size, json.data);
  ol_rows_free(rows);
  ol_workspace_free(workspace);
  if (ol_engine_close(engine, &err) != OL_OK) return fail("close", &err);
  ol_engine_free(engine);
  return ol_live_handles() == 0 ? 0 : 1;
}
