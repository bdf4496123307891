-- The ledger outside the database. What must survive the restore of an older copy is noted here by
-- triggers, in the transaction that changes it, so that no way of changing it can forget to. Notes
-- become frames with a place of their own, and frames go to the sink (docs/adr/0003).

-- How far the sink goes as this database knows it: frames given a place, written or not.
CREATE TABLE ledger_lineage (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  frames INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  tail_mac BLOB NOT NULL,
  restored_at_us INTEGER
) STRICT;
INSERT INTO ledger_lineage VALUES (1, 0, 0, x'', NULL);

-- Frames that are not known to stand in the sink.
CREATE TABLE ledger_frames (
  seq INTEGER PRIMARY KEY,
  start_byte INTEGER NOT NULL,
  frame BLOB NOT NULL
) STRICT;

-- Notes that no frame holds yet. Keyed digests, ids and codes only.
CREATE TABLE ledger_pending (
  pending_id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  org_id BLOB,
  prospect_id BLOB,
  message_id BLOB,
  campaign_id BLOB,
  sender_id BLOB,
  digest BLOB,
  number INTEGER NOT NULL,
  key_generation INTEGER NOT NULL,
  normalisation_version INTEGER NOT NULL,
  channel TEXT NOT NULL,
  code TEXT NOT NULL,
  at_us INTEGER NOT NULL
) STRICT;

-- Heads of audit chains that the sink knows and this database, restored from an older copy, does not.
CREATE TABLE audit_anchors (
  org_id BLOB PRIMARY KEY,
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Set while a sender of a restored copy may look but not send: since when nothing is known of it, and
-- when to look next.
ALTER TABLE senders ADD COLUMN reconcile_from_us INTEGER;
ALTER TABLE senders ADD COLUMN reconcile_due_us INTEGER;

CREATE TRIGGER ledger_tombstone AFTER INSERT ON tombstones BEGIN
  INSERT INTO ledger_pending (kind, org_id, digest, number, key_generation, normalisation_version,
    channel, code, at_us)
  VALUES ('tombstone', NEW.org_id, NEW.digest, NEW.kind, NEW.key_generation,
    NEW.normalisation_version, '', '', NEW.erased_at_us);
END;

CREATE TRIGGER ledger_suppression AFTER INSERT ON suppressions BEGIN
  INSERT INTO ledger_pending (kind, org_id, digest, number, key_generation, normalisation_version,
    channel, code, at_us)
  VALUES ('suppression', NEW.org_id, NEW.digest, NEW.kind, NEW.key_generation,
    NEW.normalisation_version, NEW.channel, NEW.reason, NEW.created_at_us);
END;

CREATE TRIGGER ledger_installation_suppression AFTER INSERT ON installation_suppressions BEGIN
  INSERT INTO ledger_pending (kind, digest, number, key_generation, normalisation_version, channel,
    code, at_us)
  VALUES ('installation', NEW.digest, NEW.kind, NEW.key_generation, NEW.normalisation_version, '',
    NEW.reason, NEW.created_at_us);
END;

-- One note for each fact: an objection has an instant, a suppressed channel has not.
CREATE TRIGGER ledger_objected AFTER UPDATE OF objected_at_us ON person_facts
WHEN NEW.objected_at_us IS NOT NULL AND OLD.objected_at_us IS NOT NEW.objected_at_us BEGIN
  INSERT INTO ledger_pending (kind, org_id, prospect_id, number, key_generation,
    normalisation_version, channel, code, at_us)
  VALUES ('fact', NEW.org_id, NEW.prospect_id, 0, 0, 0, 'all', 'objected', NEW.objected_at_us);
END;
CREATE TRIGGER ledger_no_email AFTER UPDATE OF suppressed_email ON person_facts
WHEN NEW.suppressed_email > OLD.suppressed_email BEGIN
  INSERT INTO ledger_pending (kind, org_id, prospect_id, number, key_generation,
    normalisation_version, channel, code, at_us)
  VALUES ('fact', NEW.org_id, NEW.prospect_id, 0, 0, 0, 'email', 'suppressed', 0);
END;
CREATE TRIGGER ledger_no_linkedin AFTER UPDATE OF suppressed_linkedin ON person_facts
WHEN NEW.suppressed_linkedin > OLD.suppressed_linkedin BEGIN
  INSERT INTO ledger_pending (kind, org_id, prospect_id, number, key_generation,
    normalisation_version, channel, code, at_us)
  VALUES ('fact', NEW.org_id, NEW.prospect_id, 0, 0, 0, 'linkedin', 'suppressed', 0);
END;

-- A restriction comes and goes; at_us 0 is its end.
CREATE TRIGGER ledger_restricted AFTER UPDATE OF restricted_at_us ON person_facts
WHEN OLD.restricted_at_us IS NOT NEW.restricted_at_us BEGIN
  INSERT INTO ledger_pending (kind, org_id, prospect_id, number, key_generation,
    normalisation_version, channel, code, at_us)
  VALUES ('restriction', NEW.org_id, NEW.prospect_id, 0, 0, 0, '', '',
    coalesce(NEW.restricted_at_us, 0));
END;

-- Whoever may no longer be sent for: a member took back the mandate, a sender was disconnected.
CREATE TRIGGER ledger_mandate AFTER UPDATE OF revoked_at_us ON mandates
WHEN NEW.revoked_at_us IS NOT NULL AND OLD.revoked_at_us IS NULL BEGIN
  INSERT INTO ledger_pending (kind, org_id, message_id, sender_id, number, key_generation,
    normalisation_version, channel, code, at_us)
  VALUES ('revoked', NEW.org_id, NEW.mandate_id, NEW.sender_id, 0, 0, 0, '', '',
    NEW.revoked_at_us);
END;
CREATE TRIGGER ledger_sender AFTER UPDATE OF state ON senders WHEN NEW.state <> OLD.state BEGIN
  INSERT INTO ledger_pending (kind, org_id, sender_id, number, key_generation,
    normalisation_version, channel, code, at_us)
  VALUES ('sender', NEW.org_id, NEW.sender_id, 0, 0, 0, '', NEW.state, 0);
END;

-- The end of a contract: nothing of the customer comes back with a copy.
CREATE TRIGGER ledger_organization_gone AFTER DELETE ON organizations BEGIN
  INSERT INTO ledger_pending (kind, org_id, number, key_generation, normalisation_version, channel,
    code, at_us)
  VALUES ('ended', OLD.org_id, 0, 0, 0, '', '', 0);
END;

-- A reply ends what follows, an erasure ends the person. Whoever goes with their organization is not
-- noted one by one.
CREATE TRIGGER ledger_stop AFTER UPDATE OF state ON enrollments
WHEN NEW.state = 'stopped' AND OLD.state <> 'stopped' BEGIN
  INSERT INTO ledger_pending (kind, org_id, prospect_id, campaign_id, number, key_generation,
    normalisation_version, channel, code, at_us)
  VALUES ('stop', NEW.org_id, NEW.prospect_id, NEW.campaign_id, NEW.step, 0, 0, '', NEW.reason,
    NEW.updated_at_us);
END;
CREATE TRIGGER ledger_gone AFTER DELETE ON prospects
WHEN EXISTS (SELECT 1 FROM organizations WHERE org_id = OLD.org_id) BEGIN
  INSERT INTO ledger_pending (kind, org_id, prospect_id, number, key_generation,
    normalisation_version, channel, code, at_us)
  VALUES ('gone', OLD.org_id, OLD.prospect_id, 0, 0, 0, '', '', 0);
END;

CREATE TRIGGER ledger_intent AFTER INSERT ON send_ledger BEGIN
  INSERT INTO ledger_pending (kind, org_id, prospect_id, message_id, campaign_id, sender_id, digest,
    number, key_generation, normalisation_version, channel, code, at_us)
  VALUES ('send', NEW.org_id,
    (SELECT prospect_id FROM outbox WHERE org_id = NEW.org_id AND message_id = NEW.message_id),
    NEW.message_id, NEW.campaign_id,
    (SELECT sender_id FROM outbox WHERE org_id = NEW.org_id AND message_id = NEW.message_id),
    NEW.person_digest, NEW.step, NEW.key_generation, NEW.normalisation_version, NEW.channel,
    NEW.outcome, NEW.recorded_at_us);
END;
CREATE TRIGGER ledger_outcome AFTER UPDATE ON send_ledger BEGIN
  INSERT INTO ledger_pending (kind, org_id, prospect_id, message_id, campaign_id, sender_id, digest,
    number, key_generation, normalisation_version, channel, code, at_us)
  VALUES ('send', NEW.org_id,
    (SELECT prospect_id FROM outbox WHERE org_id = NEW.org_id AND message_id = NEW.message_id),
    NEW.message_id, NEW.campaign_id,
    (SELECT sender_id FROM outbox WHERE org_id = NEW.org_id AND message_id = NEW.message_id),
    NEW.person_digest, NEW.step, NEW.key_generation, NEW.normalisation_version, NEW.channel,
    NEW.outcome, NEW.recorded_at_us);
END;

CREATE TRIGGER ledger_key AFTER INSERT ON key_generations BEGIN
  INSERT INTO ledger_pending (kind, digest, number, key_generation, normalisation_version, channel,
    code, at_us)
  VALUES ('key', NEW.check_value, 0, NEW.generation, NEW.normalisation_version, '', '',
    NEW.created_at_us);
END;

CREATE TRIGGER ledger_first_head AFTER INSERT ON audit_heads BEGIN
  INSERT INTO ledger_pending (kind, org_id, digest, number, key_generation, normalisation_version,
    channel, code, at_us)
  VALUES ('head', NEW.org_id, NEW.hash, NEW.seq, 0, 0, '', '', NEW.sealed_at_us);
END;
CREATE TRIGGER ledger_head AFTER UPDATE ON audit_heads BEGIN
  INSERT INTO ledger_pending (kind, org_id, digest, number, key_generation, normalisation_version,
    channel, code, at_us)
  VALUES ('head', NEW.org_id, NEW.hash, NEW.seq, 0, 0, '', '', NEW.sealed_at_us);
END;
