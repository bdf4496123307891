/* Rights and retention through the C ABI, in C99: what each verb gives, and what it answers to a
 * wrong argument. The folder to work in is the only argument.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "onlyleads/onlyleads.h"

#define CHECK(holds)                                                                     \
  do {                                                                                   \
    if (!(holds)) {                                                                      \
      fprintf(stderr, "%s:%d: %s (%d: %s)\n", __FILE__, __LINE__, #holds, (int)err.code, \
              err.message);                                                              \
      exit(1);                                                                           \
    }                                                                                    \
  } while (0)

static const int64_t kDayUs = INT64_C(86400000000);
static ol_error err;
static int64_t now_us = INT64_C(1795428000000000);
static int told;

static ol_str str(const char* text) {
  ol_str result;
  result.data = text;
  result.size = strlen(text);
  return result;
}

static int32_t now(void* ctx, int64_t* out) {
  (void)ctx;
  *out = now_us;
  return 0;
}

static int32_t stop(void* ctx, int64_t rows, int64_t planned) {
  (void)ctx;
  ++told;
  return rows <= planned ? 1 : 0;
}

static ol_id import_two(ol_workspace* workspace, const char* folder, ol_id* second) {
  char path[4096];
  FILE* file;
  ol_import_options options;
  ol_import_report report;
  ol_id first;
  snprintf(path, sizeof(path), "%s/people.csv", folder);
  file = fopen(path, "w");
  fputs("First Name,Email,Country\nAnn,ann@company.example,GB\nBob,bob@company.example,GB\n", file);
  fclose(file);
  memset(&options, 0, sizeof(options));
  options.struct_size = sizeof(options);
  options.source = str("fair");
  options.lawful_basis = str("legitimate_interests");
  memset(&report, 0, sizeof(report));
  report.struct_size = sizeof(report);
  CHECK(ol_prospects_import_csv(workspace, str(path), &options, &report, &err) == OL_OK);
  CHECK(ol_prospects_find(workspace, str("ann@company.example"), str(""), &first, &err) == OL_OK);
  CHECK(ol_prospects_find(workspace, str("bob@company.example"), str(""), second, &err) == OL_OK);
  return first;
}

static void check_access(ol_workspace* workspace, ol_id ann) {
  static const ol_id nobody;
  ol_rows* rows = NULL;
  ol_str json;
  CHECK(ol_rights_access(workspace, ann, NULL, &err) == OL_INVALID_ARGUMENT);
  CHECK(ol_rights_access(NULL, ann, &rows, &err) != OL_OK);
  CHECK(ol_rights_access(workspace, nobody, &rows, &err) == OL_NOT_FOUND && rows == NULL);
  CHECK(ol_rights_access(workspace, ann, &rows, &err) == OL_OK);
  CHECK(ol_rows_text(rows, 0, 0, &json) == OL_OK);
  CHECK(strstr(json.data, "ann@company.example") != NULL);
  CHECK(strstr(json.data, "bob@company.example") == NULL);
  ol_rows_free(rows);
}

static void check_holds(ol_workspace* workspace, ol_id ann) {
  ol_rows* rows = NULL;
  ol_id hold;
  CHECK(ol_hold_place(workspace, ann, str("Not a code"), 0, &hold, &err) == OL_INVALID_ARGUMENT);
  CHECK(strstr(err.message, "reason") != NULL);
  CHECK(ol_hold_place(workspace, ann, str("claim"), 1, &hold, &err) == OL_INVALID_ARGUMENT);
  CHECK(ol_hold_place(workspace, ann, str("claim"), 0, &hold, &err) == OL_OK);
  CHECK(ol_prospects_erase(workspace, ann, &rows, &err) == OL_DENIED);
  CHECK(ol_prospects_delete(workspace, ann, &rows, &err) == OL_DENIED);
  CHECK(ol_hold_list(workspace, str(""), 0, &rows, &err) == OL_OK && ol_rows_count(rows) == 1);
  ol_rows_free(rows);
  CHECK(ol_hold_release(workspace, hold, &err) == OL_OK);
  CHECK(ol_hold_release(workspace, ann, &err) == OL_NOT_FOUND);
}

static void check_retention(ol_workspace* workspace) {
  ol_rows* plan = NULL;
  ol_str token;
  ol_retention_options options;
  ol_retention_report report;
  int64_t due = 0;
  now_us += 800 * kDayUs;
  CHECK(ol_retention_plan(workspace, -1, &plan, &err) == OL_INVALID_ARGUMENT);
  CHECK(ol_retention_plan(workspace, 0, &plan, &err) == OL_OK);
  CHECK(ol_rows_int(plan, 0, 4, &due) == OL_OK && due == 2);
  CHECK(ol_rows_text(plan, 0, 7, &token) == OL_OK);
  memset(&options, 0, sizeof(options));
  options.struct_size = sizeof(options);
  options.max_rows = 1;
  options.progress = stop;
  memset(&report, 0, sizeof(report));
  CHECK(ol_retention_run(workspace, token, &options, &report, &err) == OL_INVALID_ARGUMENT);
  report.struct_size = sizeof(report);
  CHECK(ol_retention_run(workspace, token, &options, &report, &err) == OL_CANCELLED && told == 1);
  CHECK(ol_retention_run(workspace, token, NULL, &report, &err) == OL_OK);
  CHECK(report.done == 1 && report.people == 1);
  options.max_rows = -1;
  CHECK(ol_retention_run(workspace, token, &options, &report, &err) == OL_INVALID_ARGUMENT);
  CHECK(ol_retention_run(workspace, str("rp1"), NULL, NULL, &err) == OL_INVALID_ARGUMENT);
  now_us += 2 * kDayUs;
  CHECK(ol_retention_run(workspace, token, NULL, NULL, &err) == OL_CONFLICT);
  ol_rows_free(plan);
}

int main(int argc, char** argv) {
  char path[4096];
  ol_host host;
  ol_engine_options options;
  ol_engine* engine = NULL;
  ol_workspace* workspace = NULL;
  ol_id ann, bob;
  int64_t pending = -1, since_us = -1;
  if (argc != 2) return 2;
  snprintf(path, sizeof(path), "%s/leads.db", argv[1]);
  memset(&host, 0, sizeof(host));
  host.struct_size = sizeof(host);
  host.now_us = now;
  memset(&options, 0, sizeof(options));
  options.struct_size = sizeof(options);
  options.host = &host;
  CHECK(ol_engine_open(str(path), &options, &engine, &err) == OL_OK);
  CHECK(ol_organization_create(engine, str("Acme"), NULL, &workspace, &err) == OL_OK);
  ann = import_two(workspace, argv[1], &bob);
  check_access(workspace, ann);
  check_holds(workspace, ann);
  check_retention(workspace);
  CHECK(ol_rights_residue(engine, &pending, NULL, &err) == OL_INVALID_ARGUMENT);
  CHECK(ol_rights_residue(engine, &pending, &since_us, &err) == OL_OK);
  CHECK(pending == 0 && since_us == 0);
  ol_workspace_free(workspace);
  ol_engine_free(engine);
  return 0;
}
