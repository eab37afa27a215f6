/**
 * Creates the tables, or brings them to this release: one statement, and nothing where nothing is to do.
 * `pnpm generate` writes the same text to schema.sql.
 *
 * A record is found by the hash of its key, since an index entry of PostgreSQL holds 2.7 kB at most.
 */
export const schema = `DO $$
DECLARE
  known CONSTANT integer := 1;
  current integer := 0;
BEGIN
  -- Several processes may start at once.
  PERFORM pg_advisory_xact_lock(1349481076);
  -- Where there is nothing to create, no right to create is needed.
  IF to_regclass('portico_schema') IS NULL THEN
    CREATE TABLE portico_schema (version integer NOT NULL);
  END IF;
  SELECT max(version) INTO current FROM portico_schema;
  IF current > known THEN
    RAISE EXCEPTION 'the tables have schema version %, this release knows %', current, known
      USING ERRCODE = 'PT001';
  END IF;
  IF current IS NULL THEN
    CREATE SEQUENCE portico_versions AS bigint;
    CREATE TABLE portico_records (
      id bytea PRIMARY KEY,
      key text NOT NULL,
      version bigint NOT NULL DEFAULT nextval('portico_versions'),
      "group" text,
      expires_at double precision,
      value text NOT NULL
    );
    CREATE INDEX portico_records_by_group ON portico_records USING hash ("group");
    CREATE INDEX portico_records_by_expiry ON portico_records (expires_at) WHERE expires_at IS NOT NULL;
    INSERT INTO portico_schema (version) VALUES (1);
  END IF;
END
$$`
