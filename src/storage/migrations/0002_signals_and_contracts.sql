-- Signals with restriction, the end of a subscription, the mandates of senders, the usage log.

ALTER TABLE person_facts ADD COLUMN restricted_at_us INTEGER;

-- NULL: no end is known.
ALTER TABLE organizations ADD COLUMN active_until_us INTEGER;

-- What a person did that a scorecard may weigh.
CREATE TABLE signals (
  org_id BLOB NOT NULL,
  prospect_id BLOB NOT NULL,
  signal_id BLOB NOT NULL,
  kind TEXT NOT NULL
    CHECK (kind IN ('reaction', 'comment', 'profile_view', 'follow', 'reply', 'visit')),
  at_us INTEGER NOT NULL,
  external_ref TEXT,
  source TEXT NOT NULL,
  url TEXT NOT NULL,
  recorded_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, prospect_id, signal_id),
  FOREIGN KEY (org_id, prospect_id) REFERENCES prospects (org_id, prospect_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX signals_ref ON signals (org_id, external_ref) WHERE external_ref IS NOT NULL;
-- Tells who was erased from who never was: a late signal is then refused as the former's.
-- With the verb it covers the question; without, the planner reads the organization's whole audit.
CREATE INDEX audit_entries_erasures
  ON audit_entries (org_id, subject_id, verb) WHERE verb = 'prospect.erase';

-- A member's authorisation to send on their behalf. Rows stay as the record of it; what it covers
-- now is in mandate_channels, whose rows go when it is revoked.
CREATE TABLE mandates (
  org_id BLOB NOT NULL,
  mandate_id BLOB NOT NULL,
  sender_id BLOB NOT NULL,
  member_id BLOB NOT NULL,
  scope TEXT NOT NULL,
  text_version TEXT NOT NULL,
  text_digest BLOB,
  evidence_ref TEXT NOT NULL,
  given_at_us INTEGER NOT NULL,
  recorded_at_us INTEGER NOT NULL,
  revoked_at_us INTEGER,
  PRIMARY KEY (org_id, mandate_id),
  FOREIGN KEY (org_id, sender_id) REFERENCES senders (org_id, sender_id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, member_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX mandates_sender ON mandates (org_id, sender_id);
CREATE INDEX mandates_member ON mandates (org_id, member_id);

CREATE TABLE mandate_channels (
  org_id BLOB NOT NULL,
  sender_id BLOB NOT NULL,
  channel TEXT NOT NULL,
  mandate_id BLOB NOT NULL,
  PRIMARY KEY (org_id, sender_id, channel, mandate_id),
  FOREIGN KEY (org_id, sender_id) REFERENCES senders (org_id, sender_id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, mandate_id) REFERENCES mandates (org_id, mandate_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX mandate_channels_mandate ON mandate_channels (org_id, mandate_id);

-- Senders from before: their connection was the authorisation, for every channel.
INSERT INTO mandates (org_id, mandate_id, sender_id, member_id, scope, text_version, evidence_ref,
                      given_at_us, recorded_at_us)
  SELECT org_id, sender_id, sender_id, member_id, 'linkedin_invite_note,linkedin_message',
         'hosted_auth', '', created_at_us, created_at_us FROM senders;
INSERT INTO mandate_channels (org_id, sender_id, channel, mandate_id)
  SELECT org_id, sender_id, 'linkedin_invite_note', sender_id FROM senders
  UNION ALL SELECT org_id, sender_id, 'linkedin_message', sender_id FROM senders;

-- The second lock: nothing is queued or taken in flight on behalf of a member who has not agreed.
CREATE TRIGGER outbox_queue_needs_mandate BEFORE INSERT ON outbox
WHEN NOT EXISTS (SELECT 1 FROM mandate_channels m WHERE m.org_id = NEW.org_id
                 AND m.sender_id = NEW.sender_id AND m.channel = NEW.channel)
BEGIN
  SELECT RAISE(ABORT, 'no mandate covers this channel');
END;
CREATE TRIGGER outbox_claim_needs_mandate BEFORE UPDATE OF state ON outbox
WHEN NEW.state = 'in_flight' AND OLD.state <> 'in_flight'
  AND NOT EXISTS (SELECT 1 FROM mandate_channels m WHERE m.org_id = NEW.org_id
                  AND m.sender_id = NEW.sender_id AND m.channel = NEW.channel)
BEGIN
  SELECT RAISE(ABORT, 'no mandate covers this channel');
END;

-- What members did in the host's product: a log of its own, kept for days.
CREATE TABLE usage_log (
  org_id BLOB NOT NULL,
  usage_id BLOB NOT NULL,
  member_id BLOB NOT NULL,
  at_us INTEGER NOT NULL,
  ip TEXT NOT NULL,
  browser TEXT NOT NULL,
  page TEXT NOT NULL,
  recorded_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, usage_id),
  FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, member_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX usage_log_member ON usage_log (org_id, member_id, usage_id);
CREATE INDEX usage_log_age ON usage_log (org_id, at_us);
