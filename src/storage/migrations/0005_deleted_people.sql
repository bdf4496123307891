-- The copy of a deleted person that was purged, or erased on their demand, stays gone when an older
-- copy of the database is put back. Whoever goes with their organization is not noted one by one.
CREATE TRIGGER ledger_copy_gone AFTER DELETE ON deleted_prospects
WHEN EXISTS (SELECT 1 FROM organizations WHERE org_id = OLD.org_id) BEGIN
  INSERT INTO ledger_pending (kind, org_id, prospect_id, number, key_generation,
    normalisation_version, channel, code, at_us)
  VALUES ('gone', OLD.org_id, OLD.prospect_id, 0, 0, 0, '', '', 0);
END;
