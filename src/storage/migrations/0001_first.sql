-- The first schema. Directory tables first (the few without org_id), then everything an organization
-- owns. Times are int64 microseconds UTC, ids 16 bytes. Children cluster by person.

CREATE TABLE installation (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  installation_id BLOB NOT NULL,
  created_at_us INTEGER NOT NULL,
  last_instant_us INTEGER NOT NULL
) STRICT;

CREATE TABLE key_generations (
  generation INTEGER PRIMARY KEY,
  check_value BLOB NOT NULL,
  normalisation_version INTEGER NOT NULL,
  created_at_us INTEGER NOT NULL
) STRICT;

CREATE TABLE sub_processors (
  sub_processor_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  region TEXT NOT NULL,
  safeguard TEXT NOT NULL,
  transfer_record TEXT NOT NULL,
  purposes INTEGER NOT NULL,
  data_categories INTEGER NOT NULL,
  no_training INTEGER NOT NULL,
  authorised_from_us INTEGER NOT NULL,
  active INTEGER NOT NULL
) STRICT;

-- One limit row per provider account, whoever uses it.
CREATE TABLE external_accounts (
  account_ref BLOB PRIMARY KEY,
  provider TEXT NOT NULL,
  account_id TEXT NOT NULL,
  paused_until_us INTEGER NOT NULL,
  stop_reason TEXT,
  throttles INTEGER NOT NULL,
  UNIQUE (provider, account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_uses (
  account_ref BLOB NOT NULL REFERENCES external_accounts (account_ref) ON DELETE CASCADE,
  action TEXT NOT NULL,
  used_at_us INTEGER NOT NULL,
  use_id BLOB NOT NULL,
  PRIMARY KEY (account_ref, action, used_at_us, use_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE installation_suppressions (
  kind INTEGER NOT NULL,
  digest BLOB NOT NULL,
  key_generation INTEGER NOT NULL,
  normalisation_version INTEGER NOT NULL,
  reason TEXT NOT NULL,
  created_at_us INTEGER NOT NULL,
  PRIMARY KEY (kind, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_heads (
  org_id BLOB PRIMARY KEY,
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL,
  mac BLOB NOT NULL,
  sealed_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE organizations (
  org_id BLOB PRIMARY KEY,
  external_ref TEXT UNIQUE,
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  dpa_active INTEGER NOT NULL,
  suppression_epoch INTEGER NOT NULL,
  created_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE org_due (
  org_id BLOB PRIMARY KEY REFERENCES organizations (org_id) ON DELETE CASCADE,
  next_due_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX org_due_next ON org_due (next_due_us);

CREATE TABLE members (
  org_id BLOB NOT NULL REFERENCES organizations (org_id) ON DELETE CASCADE,
  member_id BLOB NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  created_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE senders (
  org_id BLOB NOT NULL,
  sender_id BLOB NOT NULL,
  member_id BLOB NOT NULL,
  account_ref BLOB NOT NULL REFERENCES external_accounts (account_ref),
  name TEXT NOT NULL,
  base_url TEXT NOT NULL,
  api_key_sealed BLOB NOT NULL,
  webhook_header TEXT NOT NULL,
  webhook_secret_sealed BLOB NOT NULL,
  premium INTEGER NOT NULL,
  zone TEXT NOT NULL,
  work_start_min INTEGER NOT NULL,
  work_end_min INTEGER NOT NULL,
  work_days INTEGER NOT NULL,
  invitations_per_day INTEGER NOT NULL,
  invitations_per_week INTEGER NOT NULL,
  messages_per_day INTEGER NOT NULL,
  messages_per_week INTEGER NOT NULL,
  profiles_per_day INTEGER NOT NULL,
  profiles_per_week INTEGER NOT NULL,
  min_gap_us INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'disconnected')),
  created_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, sender_id),
  FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, member_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX senders_member ON senders (org_id, member_id);
CREATE INDEX senders_account ON senders (account_ref);

CREATE TABLE imports (
  org_id BLOB NOT NULL REFERENCES organizations (org_id) ON DELETE CASCADE,
  import_id BLOB NOT NULL,
  file_digest BLOB NOT NULL,
  options_digest BLOB NOT NULL,
  source TEXT NOT NULL,
  lawful_basis TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'done')),
  byte_offset INTEGER NOT NULL,
  next_line INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  suppressed INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  opt_outs INTEGER NOT NULL,
  started_at_us INTEGER NOT NULL,
  finished_at_us INTEGER,
  PRIMARY KEY (org_id, import_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX imports_file ON imports (org_id, file_digest, options_digest);

CREATE TABLE import_rejects (
  org_id BLOB NOT NULL,
  import_id BLOB NOT NULL,
  line INTEGER NOT NULL,
  column_name TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (org_id, import_id, line),
  FOREIGN KEY (org_id, import_id) REFERENCES imports (org_id, import_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE prospects (
  org_id BLOB NOT NULL REFERENCES organizations (org_id) ON DELETE CASCADE,
  prospect_id BLOB NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  company TEXT NOT NULL,
  title TEXT NOT NULL,
  industry TEXT NOT NULL,
  city TEXT NOT NULL,
  country TEXT NOT NULL,
  recipient_type TEXT NOT NULL,
  attributes TEXT NOT NULL,
  source TEXT NOT NULL,
  lawful_basis TEXT NOT NULL,
  obtained_at_us INTEGER NOT NULL,
  import_id BLOB,
  created_at_us INTEGER NOT NULL,
  updated_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, prospect_id)
) STRICT, WITHOUT ROWID;

-- What is a person's alone. One owner per organization.
CREATE TABLE identifiers (
  org_id BLOB NOT NULL,
  kind INTEGER NOT NULL,
  value TEXT NOT NULL,
  prospect_id BLOB NOT NULL,
  added_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, kind, value),
  FOREIGN KEY (org_id, prospect_id) REFERENCES prospects (org_id, prospect_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
-- Covers and orders the reading of one person's: with less the planner, which knows no statistics,
-- reads all of the organization's in key order instead.
CREATE INDEX identifiers_person ON identifiers (org_id, prospect_id, kind, added_at_us);

-- What may be shared (role mailboxes); never identifies.
CREATE TABLE contact_points (
  org_id BLOB NOT NULL,
  prospect_id BLOB NOT NULL,
  kind INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (org_id, prospect_id, kind, value),
  FOREIGN KEY (org_id, prospect_id) REFERENCES prospects (org_id, prospect_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The facts lock: whoever changes a fact about a person first bumps `version` here; a decision reads
-- this one row.
CREATE TABLE person_facts (
  org_id BLOB NOT NULL,
  prospect_id BLOB NOT NULL,
  version INTEGER NOT NULL,
  objected_at_us INTEGER,
  suppressed_email INTEGER NOT NULL,
  suppressed_linkedin INTEGER NOT NULL,
  notice_given_at_us INTEGER,
  PRIMARY KEY (org_id, prospect_id),
  FOREIGN KEY (org_id, prospect_id) REFERENCES prospects (org_id, prospect_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE suppressions (
  org_id BLOB NOT NULL REFERENCES organizations (org_id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  digest BLOB NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('all', 'email', 'linkedin')),
  key_generation INTEGER NOT NULL,
  normalisation_version INTEGER NOT NULL,
  reason TEXT NOT NULL,
  created_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, kind, digest, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE tombstones (
  org_id BLOB NOT NULL REFERENCES organizations (org_id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  digest BLOB NOT NULL,
  key_generation INTEGER NOT NULL,
  normalisation_version INTEGER NOT NULL,
  erased_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, kind, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE scores (
  org_id BLOB NOT NULL,
  prospect_id BLOB NOT NULL,
  score REAL NOT NULL,
  factors TEXT NOT NULL,
  scored_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, prospect_id),
  FOREIGN KEY (org_id, prospect_id) REFERENCES prospects (org_id, prospect_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX scores_best ON scores (org_id, score);

CREATE TABLE campaigns (
  org_id BLOB NOT NULL,
  campaign_id BLOB NOT NULL,
  sender_id BLOB NOT NULL,
  external_ref TEXT,
  name TEXT NOT NULL,
  spec TEXT NOT NULL,
  created_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, campaign_id),
  UNIQUE (org_id, external_ref),
  FOREIGN KEY (org_id, sender_id) REFERENCES senders (org_id, sender_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX campaigns_sender ON campaigns (org_id, sender_id);

CREATE TABLE enrollments (
  org_id BLOB NOT NULL,
  prospect_id BLOB NOT NULL,
  campaign_id BLOB NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('active', 'waiting', 'sending', 'completed', 'refused', 'stopped', 'parked')),
  step INTEGER NOT NULL,
  due_at_us INTEGER NOT NULL,
  reason TEXT NOT NULL,
  enrolled_at_us INTEGER NOT NULL,
  updated_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, prospect_id, campaign_id),
  FOREIGN KEY (org_id, campaign_id) REFERENCES campaigns (org_id, campaign_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX enrollments_campaign ON enrollments (org_id, campaign_id);
CREATE INDEX enrollments_due ON enrollments (org_id, state, due_at_us);

-- Every decision on a send, allowing or refusing; codes only, so it outlives an erasure.
CREATE TABLE decisions (
  org_id BLOB NOT NULL REFERENCES organizations (org_id) ON DELETE CASCADE,
  prospect_id BLOB NOT NULL,
  decision_id BLOB NOT NULL,
  campaign_id BLOB NOT NULL,
  step INTEGER NOT NULL,
  channel TEXT NOT NULL,
  purpose TEXT NOT NULL,
  allowed INTEGER NOT NULL CHECK (allowed IN (0, 1)),
  reason TEXT NOT NULL,
  lawful_basis TEXT NOT NULL,
  profile TEXT NOT NULL,
  pack_version TEXT NOT NULL,
  facts_version INTEGER NOT NULL,
  stage TEXT NOT NULL CHECK (stage IN ('enroll', 'enqueue', 'claim')),
  decided_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, prospect_id, decision_id),
  UNIQUE (org_id, prospect_id, decision_id, channel, purpose, allowed)
) STRICT, WITHOUT ROWID;

-- A message exists only under an allowing decision for the same person, channel and purpose.
CREATE TABLE outbox (
  org_id BLOB NOT NULL,
  prospect_id BLOB NOT NULL,
  message_id BLOB NOT NULL,
  campaign_id BLOB NOT NULL,
  step INTEGER NOT NULL,
  channel TEXT NOT NULL,
  purpose TEXT NOT NULL,
  decision_id BLOB NOT NULL,
  allowed INTEGER NOT NULL CHECK (allowed = 1),
  sender_id BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('queued', 'in_flight', 'sent', 'not_sent', 'unknown', 'parked', 'cancelled')),
  body TEXT,
  body_digest BLOB NOT NULL,
  target TEXT,
  chat_id TEXT,
  remote_id TEXT,
  due_at_us INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  fencing_token BLOB,
  lease_end_us INTEGER,
  started_at_us INTEGER,
  looks INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  sent_at_us INTEGER,
  created_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, prospect_id, message_id),
  UNIQUE (org_id, prospect_id, campaign_id, step, channel),
  FOREIGN KEY (org_id, prospect_id, decision_id, channel, purpose, allowed)
    REFERENCES decisions (org_id, prospect_id, decision_id, channel, purpose, allowed),
  FOREIGN KEY (org_id, sender_id) REFERENCES senders (org_id, sender_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (org_id, state, due_at_us);
CREATE INDEX outbox_sender ON outbox (org_id, sender_id, state, channel, due_at_us);
-- Partial, and led by what their queries compare: without statistics the planner takes the primary
-- key's org_id for as good, and reads all of the organization's messages.
CREATE INDEX outbox_lease ON outbox (org_id, lease_end_us) WHERE state = 'in_flight';
CREATE INDEX outbox_remote ON outbox (org_id, sender_id, remote_id) WHERE remote_id IS NOT NULL;
CREATE UNIQUE INDEX outbox_message ON outbox (org_id, message_id);
CREATE INDEX outbox_decision
  ON outbox (org_id, prospect_id, decision_id, channel, purpose, allowed);

-- Keyed and kept after erasure: one row per identifier the person had when the claim was made.
CREATE TABLE send_ledger (
  org_id BLOB NOT NULL REFERENCES organizations (org_id) ON DELETE CASCADE,
  person_digest BLOB NOT NULL,
  campaign_id BLOB NOT NULL,
  step INTEGER NOT NULL,
  channel TEXT NOT NULL,
  message_id BLOB NOT NULL,
  key_generation INTEGER NOT NULL,
  normalisation_version INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('intent', 'sent', 'unknown', 'not_sent')),
  recorded_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, person_digest, campaign_id, step, channel)
) STRICT, WITHOUT ROWID;
CREATE INDEX send_ledger_message ON send_ledger (org_id, message_id);

CREATE TABLE relations (
  org_id BLOB NOT NULL,
  prospect_id BLOB NOT NULL,
  sender_id BLOB NOT NULL,
  connected_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, prospect_id, sender_id),
  FOREIGN KEY (org_id, prospect_id) REFERENCES prospects (org_id, prospect_id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, sender_id) REFERENCES senders (org_id, sender_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX relations_sender ON relations (org_id, sender_id);

-- A provider id may be relative to the account that asked, hence per sender.
CREATE TABLE sender_profiles (
  org_id BLOB NOT NULL,
  prospect_id BLOB NOT NULL,
  sender_id BLOB NOT NULL,
  provider_id TEXT NOT NULL,
  fetched_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, prospect_id, sender_id),
  FOREIGN KEY (org_id, prospect_id) REFERENCES prospects (org_id, prospect_id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, sender_id) REFERENCES senders (org_id, sender_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX sender_profiles_provider ON sender_profiles (org_id, sender_id, provider_id);

CREATE TABLE chats (
  org_id BLOB NOT NULL,
  prospect_id BLOB NOT NULL,
  sender_id BLOB NOT NULL,
  chat_id TEXT NOT NULL,
  PRIMARY KEY (org_id, prospect_id, sender_id),
  FOREIGN KEY (org_id, prospect_id) REFERENCES prospects (org_id, prospect_id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, sender_id) REFERENCES senders (org_id, sender_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX chats_chat ON chats (org_id, sender_id, chat_id);

-- What left, to whom, for what; codes only.
CREATE TABLE disclosures (
  org_id BLOB NOT NULL REFERENCES organizations (org_id) ON DELETE CASCADE,
  prospect_id BLOB NOT NULL,
  disclosure_id BLOB NOT NULL,
  sub_processor_id TEXT NOT NULL REFERENCES sub_processors (sub_processor_id),
  purpose TEXT NOT NULL,
  data_categories INTEGER NOT NULL,
  disclosed_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, prospect_id, disclosure_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX disclosures_sub_processor ON disclosures (sub_processor_id);

CREATE TABLE inbox_messages (
  org_id BLOB NOT NULL,
  prospect_id BLOB NOT NULL,
  inbox_id BLOB NOT NULL,
  sender_id BLOB NOT NULL,
  body TEXT NOT NULL,
  label TEXT NOT NULL,
  received_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, prospect_id, inbox_id),
  FOREIGN KEY (org_id, prospect_id) REFERENCES prospects (org_id, prospect_id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, sender_id) REFERENCES senders (org_id, sender_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX inbox_messages_list ON inbox_messages (org_id, inbox_id);
CREATE INDEX inbox_messages_sender ON inbox_messages (org_id, sender_id);

CREATE TABLE webhook_events (
  org_id BLOB NOT NULL,
  sender_id BLOB NOT NULL,
  event_digest BLOB NOT NULL,
  received_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, sender_id, event_digest),
  FOREIGN KEY (org_id, sender_id) REFERENCES senders (org_id, sender_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_entries (
  org_id BLOB NOT NULL,
  entry_id BLOB NOT NULL,
  at_us INTEGER NOT NULL,
  actor TEXT NOT NULL,
  verb TEXT NOT NULL,
  subject_id BLOB,
  detail TEXT NOT NULL,
  seq INTEGER,
  hash BLOB,
  PRIMARY KEY (org_id, entry_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX audit_entries_chain ON audit_entries (org_id, seq) WHERE seq IS NOT NULL;
CREATE INDEX audit_entries_unsealed ON audit_entries (org_id, entry_id) WHERE seq IS NULL;
