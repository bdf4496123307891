-- More that survives the restore of an older copy: the end of a subscription, holds, restrictions by
-- identifier. And every source of a person beside the first, which stands with the person.

CREATE TRIGGER ledger_subscription AFTER UPDATE OF active_until_us ON organizations
WHEN NEW.active_until_us IS NOT OLD.active_until_us BEGIN
  INSERT INTO ledger_pending (kind, org_id, number, key_generation, normalisation_version, channel,
    code, at_us)
  VALUES ('subscription', NEW.org_id, 0, 0, 0, '', '', coalesce(NEW.active_until_us, 0));
END;

-- message_id is the hold's, number its end or 0.
CREATE TRIGGER ledger_hold AFTER INSERT ON holds BEGIN
  INSERT INTO ledger_pending (kind, org_id, prospect_id, message_id, number, key_generation,
    normalisation_version, channel, code, at_us)
  VALUES ('hold', NEW.org_id, NEW.prospect_id, NEW.hold_id, coalesce(NEW.until_us, 0), 0, 0, '',
    NEW.reason, NEW.placed_at_us);
END;
CREATE TRIGGER ledger_hold_released AFTER UPDATE OF released_at_us ON holds
WHEN NEW.released_at_us IS NOT NULL AND OLD.released_at_us IS NULL BEGIN
  INSERT INTO ledger_pending (kind, org_id, message_id, number, key_generation,
    normalisation_version, channel, code, at_us)
  VALUES ('released', NEW.org_id, NEW.hold_id, 0, 0, 0, '', '', NEW.released_at_us);
END;

CREATE TABLE prospect_sources (
  org_id BLOB NOT NULL,
  prospect_id BLOB NOT NULL,
  source TEXT NOT NULL,
  lawful_basis TEXT NOT NULL,
  obtained_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, prospect_id, source),
  FOREIGN KEY (org_id, prospect_id) REFERENCES prospects (org_id, prospect_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Restrictions by identifier, so that whoever is deleted and comes back with a list stays restricted.
CREATE TABLE restrictions (
  org_id BLOB NOT NULL REFERENCES organizations (org_id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  digest BLOB NOT NULL,
  key_generation INTEGER NOT NULL,
  normalisation_version INTEGER NOT NULL,
  restricted_at_us INTEGER NOT NULL,
  PRIMARY KEY (org_id, kind, digest)
) STRICT, WITHOUT ROWID;

-- at_us 0 is the end. Whoever goes with their organization is not noted one by one.
CREATE TRIGGER ledger_restriction AFTER INSERT ON restrictions BEGIN
  INSERT INTO ledger_pending (kind, org_id, digest, number, key_generation, normalisation_version,
    channel, code, at_us)
  VALUES ('restriction', NEW.org_id, NEW.digest, NEW.kind, NEW.key_generation,
    NEW.normalisation_version, '', '', NEW.restricted_at_us);
END;
CREATE TRIGGER ledger_restriction_lifted AFTER DELETE ON restrictions
WHEN EXISTS (SELECT 1 FROM organizations WHERE org_id = OLD.org_id) BEGIN
  INSERT INTO ledger_pending (kind, org_id, digest, number, key_generation, normalisation_version,
    channel, code, at_us)
  VALUES ('restriction', OLD.org_id, OLD.digest, OLD.kind, OLD.key_generation,
    OLD.normalisation_version, '', '', 0);
END;

-- Why one sender alone was stopped, as for a wrong key; what the network says of the account itself
-- stands with the account.
ALTER TABLE senders ADD COLUMN stop_reason TEXT;

-- The digest of a text is a guess that can be confirmed: with the text gone it goes too.
UPDATE outbox SET body_digest = x'' WHERE NOT EXISTS
  (SELECT 1 FROM prospects p WHERE p.org_id = outbox.org_id AND p.prospect_id = outbox.prospect_id);
