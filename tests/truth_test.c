/* The ten exports, imported in order into one empty organization, equal truth.json; in C99, over
 * the public headers alone. truth.json comes as tables from compile_truth.py. */
#include <onlyleads/onlyleads.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "truth_tables.h"

#define MAX_REASONS 8

static int failures = 0;

static ol_str Str(const char* text) {
  ol_str s;
  s.data = text;
  s.size = strlen(text);
  return s;
}

static int Same(ol_str text, const char* expected) {
  return text.size == strlen(expected) && memcmp(text.data, expected, text.size) == 0;
}

static void Check(int32_t code, const ol_error* err, const char* what) {
  if (code == OL_OK) return;
  fprintf(stderr, "%s: %s: %s\n", what, ol_code_name(code), err->message);
  exit(1);
}

static void ExpectNumber(const char* file, const char* name, int64_t is, int64_t expected) {
  if (is == expected) return;
  fprintf(stderr, "%s: %s is %ld, not %ld\n", file, name, (long)is, (long)expected);
  ++failures;
}

static int32_t Column(const ol_rows* rows, const char* name) {
  int32_t i;
  for (i = 0; i < ol_rows_columns(rows); ++i) {
    if (Same(ol_rows_column_name(rows, i), name)) return i;
  }
  fprintf(stderr, "no column %s\n", name);
  exit(1);
}

/* NULL reads as empty. */
static ol_str Text(const ol_rows* rows, int64_t row, const char* column) {
  ol_str text;
  const int32_t at = Column(rows, column);
  if (ol_rows_is_null(rows, row, at)) return Str("");
  Check(ol_rows_text(rows, row, at, &text), NULL, column);
  return text;
}

static int Contains(ol_str text, const char* part) {
  const size_t size = strlen(part);
  size_t i;
  for (i = 0; i + size <= text.size; ++i) {
    if (memcmp(text.data + i, part, size) == 0) return 1;
  }
  return 0;
}

/* Counts the rejects of an import by reason, page by page, and compares. */
static void ExpectReasons(ol_workspace* ws, const ol_import_report* report,
                          const truth_file* file) {
  int64_t counts[MAX_REASONS] = {0};
  int64_t seen = 0;
  int64_t line = 0;
  int i;
  char token[256] = "";
  do {
    ol_error err;
    ol_rows* page;
    int64_t row;
    ol_str next;
    Check(ol_import_rejects(ws, report->import_id, Str(token), 2, &page, &err), &err, "rejects");
    for (row = 0; row < ol_rows_count(page); ++row, ++seen) {
      int64_t here;
      Check(ol_rows_int(page, row, Column(page, "line"), &here), NULL, "line");
      if (here <= line) ExpectNumber(file->name, "line of a reject", here, line + 1);
      line = here;
      for (i = 0; file->reasons[i].name != NULL; ++i) {
        if (Same(Text(page, row, "reason"), file->reasons[i].name)) ++counts[i];
      }
    }
    next = ol_rows_next_page(page);
    if (next.size >= sizeof(token)) exit(1);
    memcpy(token, next.data, next.size);
    token[next.size] = '\0';
    ol_rows_free(page);
  } while (token[0] != '\0');
  ExpectNumber(file->name, "rejects", seen, file->rejected);
  for (i = 0; file->reasons[i].name != NULL; ++i) {
    ExpectNumber(file->name, file->reasons[i].name, counts[i], file->reasons[i].count);
  }
}

static void ExpectFile(ol_workspace* ws, const char* folder, const truth_file* file) {
  ol_error err;
  ol_import_options how;
  ol_import_report report;
  char path[4096];
  memset(&how, 0, sizeof(how));
  memset(&report, 0, sizeof(report));
  how.struct_size = sizeof(how);
  report.struct_size = sizeof(report);
  how.source = Str("export");
  how.lawful_basis = Str("legitimate_interests");
  snprintf(path, sizeof(path), "%s/%s", folder, file->name);
  Check(ol_prospects_import_csv(ws, Str(path), &how, &report, &err), &err, file->name);
  ExpectNumber(file->name, "rows", report.rows, file->data_rows);
  ExpectNumber(file->name, "created", report.created, file->created);
  ExpectNumber(file->name, "updated", report.updated, file->updated);
  ExpectNumber(file->name, "unchanged", report.unchanged, file->unchanged);
  ExpectNumber(file->name, "suppressed", report.suppressed, 0);
  ExpectNumber(file->name, "rejected", report.rejected, file->rejected);
  ExpectNumber(file->name, "opt_outs", report.opt_outs, file->opt_outs);
  ExpectReasons(ws, &report, file);
}

static void ExpectText(const ol_rows* person, const char* column, const char* expected,
                       const char* who) {
  const ol_str is = Text(person, 0, column);
  if (Same(is, expected == NULL ? "" : expected)) return;
  fprintf(stderr, "%s: %s is '%.*s'\n", who, column, (int)is.size, is.data);
  ++failures;
}

/* That the identifier leads to somebody, and that they show it. */
static ol_id ExpectIdentifier(ol_workspace* ws, const char* identifier) {
  static const char* const kShown[][2] = {{"email", "emails"},
                                          {"slug", "linkedin"},
                                          {"urn", "member_id"},
                                          {"nav", "sales_navigator_id"}};
  ol_error err;
  ol_id id;
  ol_rows* person;
  size_t i;
  const char* value = strchr(identifier, ':') + 1;
  const int email = strncmp(identifier, "email:", 6) == 0;
  Check(ol_prospects_find(ws, Str(email ? value : ""), Str(email ? "" : value), &id, &err), &err,
        identifier);
  Check(ol_prospects_get(ws, id, &person, &err), &err, identifier);
  for (i = 0; i < sizeof(kShown) / sizeof(kShown[0]); ++i) {
    if (strncmp(identifier, kShown[i][0], strlen(kShown[i][0])) != 0) continue;
    /* The URL of a profile is percent-encoded; what is not ASCII was found by value above. */
    if (!Contains(Text(person, 0, kShown[i][1]), value) &&
        strspn(value, "abcdefghijklmnopqrstuvwxyzACEINORSTW0123456789@.-_") == strlen(value)) {
      ExpectNumber(identifier, "shown", 0, 1);
    }
  }
  ol_rows_free(person);
  return id;
}

static void ExpectPerson(ol_workspace* ws, const truth_person* expected) {
  ol_error err;
  ol_rows* person;
  const char* who = expected->identifiers[0];
  const ol_id id = ExpectIdentifier(ws, who);
  int i;
  for (i = 1; expected->identifiers[i] != NULL; ++i) {
    const ol_id other = ExpectIdentifier(ws, expected->identifiers[i]);
    ExpectNumber(expected->identifiers[i], "leads to another person",
                 memcmp(&id, &other, sizeof(id)), 0);
  }
  Check(ol_prospects_get(ws, id, &person, &err), &err, who);
  ExpectText(person, "first_name", expected->first, who);
  ExpectText(person, "last_name", expected->last, who);
  ExpectText(person, "company", expected->company, who);
  ExpectText(person, "title", expected->title, who);
  ExpectText(person, "industry", expected->industry, who);
  ExpectText(person, "city", expected->city, who);
  ExpectText(person, "country", expected->country, who);
  ol_rows_free(person);
}

int main(int argc, char** argv) {
  ol_error err;
  ol_engine* engine;
  ol_workspace* ws;
  int64_t people = 0;
  size_t i;
  if (argc != 3) {
    fprintf(stderr, "usage: truth_test EXPORTS DATABASE\n");
    return 2;
  }
  Check(ol_engine_open(Str(argv[2]), NULL, &engine, &err), &err, "open");
  Check(ol_organization_create(engine, Str("Acme Ltd"), NULL, &ws, &err), &err, "create");
  for (i = 0; i < FILE_COUNT; ++i) ExpectFile(ws, argv[1], &kFiles[i]);
  Check(ol_prospects_count(ws, &people, &err), &err, "count");
  ExpectNumber("all files", "distinct people", people, kDistinctPeople);
  for (i = 0; i < PEOPLE_COUNT; ++i) ExpectPerson(ws, &kPeople[i]);
  ol_workspace_free(ws);
  Check(ol_engine_close(engine, &err), &err, "close");
  ol_engine_free(engine);
  ExpectNumber("the end", "live handles", ol_live_handles(), 0);
  printf("%d files, %d people, %d failures\n", (int)FILE_COUNT, (int)PEOPLE_COUNT, failures);
  return failures == 0 ? 0 : 1;
}
