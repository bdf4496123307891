/* The layout of every public struct, asserted when this file is compiled: C99 on a 64-bit machine.
 * A line that fails is an ABI break. Fields are only ever appended; then the size changes, no
 * offset.
 */
#include "onlyleads/onlyleads.h"

#define CONCAT_INNER(a, b) a##b
#define CONCAT(a, b) CONCAT_INNER(a, b)
/* An array of negative size is what C99 has for a static assertion. */
#define CHECK(holds) typedef char CONCAT(check_, __LINE__)[(holds) ? 1 : -1]
#define SIZE(type, size) CHECK(sizeof(type) == (size) && sizeof(type) % 8 == 0)
#define AT(type, field, offset) CHECK(offsetof(type, field) == (offset))

/* Arrow's own, frozen by its specification. */
SIZE(struct ArrowSchema, 72);
AT(struct ArrowSchema, flags, 24);
AT(struct ArrowSchema, release, 56);
SIZE(struct ArrowArray, 80);
AT(struct ArrowArray, buffers, 40);
AT(struct ArrowArray, release, 64);
SIZE(struct ArrowArrayStream, 40);
AT(struct ArrowArrayStream, get_next, 8);
AT(struct ArrowArrayStream, release, 24);

SIZE(ol_audit_report, 88);
AT(ol_audit_report, struct_size, 0);
AT(ol_audit_report, intact, 4);
AT(ol_audit_report, sealed, 8);
AT(ol_audit_report, unsealed, 16);
AT(ol_audit_report, overdue, 24);
AT(ol_audit_report, first_bad_seq, 32);
AT(ol_audit_report, first_bad_org, 40);
AT(ol_audit_report, problem, 56);

SIZE(ol_engine_options, 56);
AT(ol_engine_options, struct_size, 0);
AT(ol_engine_options, flags, 4);
AT(ol_engine_options, key, 8);
AT(ol_engine_options, profile, 24);
AT(ol_engine_options, host, 40);
AT(ol_engine_options, busy_timeout_ms, 48);
AT(ol_engine_options, max_call_ms, 52);

SIZE(ol_run_options, 24);
AT(ol_run_options, struct_size, 0);
AT(ol_run_options, reserved0, 4);
AT(ol_run_options, max_ms, 8);
AT(ol_run_options, max_calls, 16);

SIZE(ol_run_report, 120);
AT(ol_run_report, struct_size, 0);
AT(ol_run_report, reserved0, 4);
AT(ol_run_report, calls, 8);
AT(ol_run_report, sent, 16);
AT(ol_run_report, not_sent, 24);
AT(ol_run_report, unknown, 32);
AT(ol_run_report, settled, 40);
AT(ol_run_report, parked, 48);
AT(ol_run_report, enqueued, 56);
AT(ol_run_report, refused, 64);
AT(ol_run_report, sealed, 72);
AT(ol_run_report, next_due_us, 80);
AT(ol_run_report, subscriptions_ended, 88);
AT(ol_run_report, purged, 96);
AT(ol_run_report, residue_pending, 104);
AT(ol_run_report, organizations_failed, 112);

SIZE(ol_error, 256);
AT(ol_error, code, 0);
AT(ol_error, flags, 4);
AT(ol_error, reserved0, 8);
AT(ol_error, reserved1, 16);
AT(ol_error, message, 24);

SIZE(ol_http_header, 32);
AT(ol_http_header, name, 0);
AT(ol_http_header, value, 16);

SIZE(ol_http_request, 96);
AT(ol_http_request, struct_size, 0);
AT(ol_http_request, is_write, 4);
AT(ol_http_request, id, 8);
AT(ol_http_request, method, 16);
AT(ol_http_request, url, 32);
AT(ol_http_request, headers, 48);
AT(ol_http_request, header_count, 56);
AT(ol_http_request, body, 64);
AT(ol_http_request, timeout_ms, 80);
AT(ol_http_request, connect_timeout_ms, 88);

SIZE(ol_http_completion, 72);
AT(ol_http_completion, struct_size, 0);
AT(ol_http_completion, fate, 4);
AT(ol_http_completion, id, 8);
AT(ol_http_completion, status, 16);
AT(ol_http_completion, reserved0, 20);
AT(ol_http_completion, headers, 24);
AT(ol_http_completion, header_count, 32);
AT(ol_http_completion, body, 40);
AT(ol_http_completion, error, 56);

SIZE(ol_transport, 40);
AT(ol_transport, struct_size, 0);
AT(ol_transport, max_concurrent, 4);
AT(ol_transport, ctx, 8);
AT(ol_transport, submit, 16);
AT(ol_transport, poll, 24);
AT(ol_transport, cancel, 32);

SIZE(ol_host, 64);
AT(ol_host, struct_size, 0);
AT(ol_host, reserved0, 4);
AT(ol_host, ctx, 8);
AT(ol_host, now_us, 16);
AT(ol_host, random, 24);
AT(ol_host, log, 32);
AT(ol_host, ledger_append, 40);
AT(ol_host, transport, 48);
AT(ol_host, ledger_read, 56);

SIZE(ol_signal, 88);
AT(ol_signal, prospect_id, 0);
AT(ol_signal, at_us, 16);
AT(ol_signal, kind, 24);
AT(ol_signal, external_ref, 40);
AT(ol_signal, source, 56);
AT(ol_signal, url, 72);

SIZE(ol_usage, 72);
AT(ol_usage, member_id, 0);
AT(ol_usage, at_us, 16);
AT(ol_usage, ip, 24);
AT(ol_usage, browser, 40);
AT(ol_usage, page, 56);

SIZE(ol_mandate_options, 112);
AT(ol_mandate_options, struct_size, 0);
AT(ol_mandate_options, reserved0, 4);
AT(ol_mandate_options, member_id, 8);
AT(ol_mandate_options, sender_id, 24);
AT(ol_mandate_options, scope, 40);
AT(ol_mandate_options, text_version, 56);
AT(ol_mandate_options, text_digest, 72);
AT(ol_mandate_options, evidence_ref, 88);
AT(ol_mandate_options, given_at_us, 104);

SIZE(ol_work_options, 24);
AT(ol_work_options, struct_size, 0);
AT(ol_work_options, reserved0, 4);
AT(ol_work_options, progress, 8);
AT(ol_work_options, progress_ctx, 16);

SIZE(ol_header, 32);
AT(ol_header, name, 0);
AT(ol_header, value, 16);

SIZE(ol_inbox_report, 24);
AT(ol_inbox_report, struct_size, 0);
AT(ol_inbox_report, duplicate, 4);
AT(ol_inbox_report, replies, 8);
AT(ol_inbox_report, opt_outs, 12);
AT(ol_inbox_report, connections, 16);
AT(ol_inbox_report, settled, 20);

SIZE(ol_organization_options, 48);
AT(ol_organization_options, struct_size, 0);
AT(ol_organization_options, reserved0, 4);
AT(ol_organization_options, external_ref, 8);
AT(ol_organization_options, country, 24);
AT(ol_organization_options, dpa_missing, 40);
AT(ol_organization_options, reserved1, 44);

SIZE(ol_sender_options, 264);
AT(ol_sender_options, struct_size, 0);
AT(ol_sender_options, premium, 4);
AT(ol_sender_options, member_id, 8);
AT(ol_sender_options, name, 24);
AT(ol_sender_options, provider, 40);
AT(ol_sender_options, account_id, 56);
AT(ol_sender_options, base_url, 72);
AT(ol_sender_options, api_key, 88);
AT(ol_sender_options, webhook_secret, 104);
AT(ol_sender_options, webhook_header, 120);
AT(ol_sender_options, zone, 136);
AT(ol_sender_options, work_start_min, 152);
AT(ol_sender_options, work_end_min, 156);
AT(ol_sender_options, work_days, 160);
AT(ol_sender_options, invitations_per_day, 164);
AT(ol_sender_options, invitations_per_week, 168);
AT(ol_sender_options, messages_per_day, 172);
AT(ol_sender_options, messages_per_week, 176);
AT(ol_sender_options, profiles_per_day, 180);
AT(ol_sender_options, profiles_per_week, 184);
AT(ol_sender_options, min_gap_s, 188);
AT(ol_sender_options, reserved0, 192);
AT(ol_sender_options, reserved1, 196);
AT(ol_sender_options, mandate_scope, 200);
AT(ol_sender_options, mandate_version, 216);
AT(ol_sender_options, mandate_digest, 232);
AT(ol_sender_options, mandate_evidence, 248);

SIZE(ol_import_options, 88);
AT(ol_import_options, struct_size, 0);
AT(ol_import_options, reserved0, 4);
AT(ol_import_options, source, 8);
AT(ol_import_options, lawful_basis, 24);
AT(ol_import_options, mapping_json, 40);
AT(ol_import_options, on_existing, 56);
AT(ol_import_options, progress, 72);
AT(ol_import_options, progress_ctx, 80);

SIZE(ol_import_report, 80);
AT(ol_import_report, struct_size, 0);
AT(ol_import_report, resumed, 4);
AT(ol_import_report, import_id, 8);
AT(ol_import_report, rows, 24);
AT(ol_import_report, created, 32);
AT(ol_import_report, updated, 40);
AT(ol_import_report, unchanged, 48);
AT(ol_import_report, suppressed, 56);
AT(ol_import_report, rejected, 64);
AT(ol_import_report, opt_outs, 72);

SIZE(ol_retention_options, 32);
AT(ol_retention_options, struct_size, 0);
AT(ol_retention_options, reserved0, 4);
AT(ol_retention_options, max_rows, 8);
AT(ol_retention_options, progress, 16);
AT(ol_retention_options, progress_ctx, 24);

SIZE(ol_retention_report, 40);
AT(ol_retention_report, struct_size, 0);
AT(ol_retention_report, done, 4);
AT(ol_retention_report, people, 8);
AT(ol_retention_report, deleted, 16);
AT(ol_retention_report, logs, 24);
AT(ol_retention_report, accounts, 32);

SIZE(ol_str, 16);
AT(ol_str, data, 0);
AT(ol_str, size, 8);

SIZE(ol_id, 16);
AT(ol_id, bytes, 0);

int main(void) { return 0; }
