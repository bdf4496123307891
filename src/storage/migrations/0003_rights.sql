-- Holds, deleted people until their purge, when retention is due, and what erasure has still to clear.

-- Suspends deletion of one person, or of everybody when prospect_id is NULL. Released ones stay as
-- the record of why something was kept.
CREATE TABLE holds (
  org_id BLOB NOT NULL REFERENCES organizations (org_id) ON DELETE CASCADE,
  hold_id BLOB NOT NULL,
  prospect_id BLOB,
  reason TEXT NOT NULL,
  placed_at_us INTEGER NOT NULL,
  until_us INTEGER,
  released_at_us INTEGER,
  PRIMARY KEY (org_id, hold_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX holds_person ON holds (org_id, prospect_id);

-- A deleted person is out of every other table: one sealed document remains until the purge.
CREATE TABLE deleted_prospects (
  org_id BLOB NOT NULL REFERENCES organizations (org_id) ON DELETE CASCADE,
  prospect_id BLOB NOT NULL,
  deleted_at_us INTEGER NOT NULL,
  document_sealed BLOB NOT NULL,
  PRIMARY KEY (org_id, prospect_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deleted_prospects_age ON deleted_prospects (org_id, deleted_at_us);
CREATE INDEX deleted_prospects_next ON deleted_prospects (deleted_at_us);

-- What becomes their tombstones when a deleted person asks to be erased.
CREATE TABLE deleted_identifiers (
  org_id BLOB NOT NULL,
  prospect_id BLOB NOT NULL,
  kind INTEGER NOT NULL,
  digest BLOB NOT NULL,
  key_generation INTEGER NOT NULL,
  PRIMARY KEY (org_id, prospect_id, kind, digest),
  FOREIGN KEY (org_id, prospect_id)
    REFERENCES deleted_prospects (org_id, prospect_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX deleted_identifiers_digest ON deleted_identifiers (org_id, kind, digest);

-- When a sweep of the organization may find something past its period.
CREATE TABLE retention_due (
  org_id BLOB PRIMARY KEY REFERENCES organizations (org_id) ON DELETE CASCADE,
  due_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX retention_due_next ON retention_due (due_us);
INSERT INTO retention_due (org_id, due_us) SELECT org_id, 0 FROM organizations;
CREATE INDEX webhook_events_age ON webhook_events (org_id, received_at_us);

-- How many removals have bytes that the write-ahead log may still hold.
CREATE TABLE residue (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  pending INTEGER NOT NULL,
  since_us INTEGER
) STRICT;
INSERT INTO residue (one, pending) VALUES (1, 0);

-- What was done with one person's data, for their request of access. Covers what they receive: with
-- less the planner, which knows no statistics, reads all of the organization's audit instead.
CREATE INDEX audit_entries_subject ON audit_entries (org_id, subject_id, at_us, verb)
  WHERE subject_id IS NOT NULL;
