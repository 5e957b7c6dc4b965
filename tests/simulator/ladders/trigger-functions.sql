CREATE TABLE IF NOT EXISTS emp (id int PRIMARY KEY, name text, salary numeric DEFAULT 0, ver int DEFAULT 1);
CREATE TABLE IF NOT EXISTS emp_audit (op char(1), at timestamptz, who text, id int, name text, salary numeric, ver int);
CREATE TABLE IF NOT EXISTS emp_hist (LIKE emp);
CREATE TABLE IF NOT EXISTS changes (tbl text, op text, oldd jsonb, newd jsonb, id bigserial PRIMARY KEY);
CREATE OR REPLACE FUNCTION audit_emp() RETURNS trigger AS $$
BEGIN
  IF (TG_OP = 'DELETE') THEN
    INSERT INTO emp_audit SELECT 'D', now(), current_user, OLD.*;
  ELSIF (TG_OP = 'UPDATE') THEN
    INSERT INTO emp_audit SELECT 'U', now(), current_user, NEW.*;
  ELSIF (TG_OP = 'INSERT') THEN
    INSERT INTO emp_audit VALUES ('I', now(), current_user, NEW.*);
  END IF;
  INSERT INTO changes (tbl, op, oldd, newd) VALUES (TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, TG_OP,
     CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END, CASE WHEN TG_OP <> 'DELETE' THEN row_to_json(NEW)::jsonb END);
  RETURN NULL;
END $$ LANGUAGE plpgsql;
CREATE OR REPLACE FUNCTION bump() RETURNS trigger AS $$ BEGIN
  NEW.ver = OLD.ver + 1;
  IF NEW.name IS DISTINCT FROM OLD.name THEN EXECUTE format('INSERT INTO %I SELECT ($1).*', TG_TABLE_NAME || '_hist') USING OLD; END IF;
  RETURN NEW; END $$ LANGUAGE plpgsql;
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON emp FOR EACH ROW EXECUTE FUNCTION audit_emp();
CREATE OR REPLACE TRIGGER bump BEFORE UPDATE ON emp FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION bump();
INSERT INTO emp (id, name) VALUES (1, 'a'), (2, 'b') ON CONFLICT (id) DO NOTHING;
UPDATE emp SET name = 'z' WHERE id = 1 AND name = 'a';
UPDATE emp SET name = 'z' WHERE id = 1;
INSERT INTO emp (id, name) VALUES (3, 'c');
DELETE FROM emp WHERE id = 2;
DO $$ BEGIN
  IF (SELECT count(*) FROM emp_audit) <> 6 THEN RAISE EXCEPTION 'audits: %', (SELECT count(*) FROM emp_audit); END IF;
END $$;
DO $$ BEGIN
  IF (SELECT ver FROM emp WHERE id = 1) <> 2 THEN RAISE EXCEPTION 'ver: %', (SELECT ver FROM emp WHERE id = 1); END IF;
  IF (SELECT count(*) FROM emp_hist WHERE name = 'a') <> 1 THEN RAISE EXCEPTION 'hist'; END IF;
  IF (SELECT newd->>'name' FROM changes WHERE tbl = 'public.emp' ORDER BY id LIMIT 1) <> 'a' THEN RAISE EXCEPTION 'json'; END IF;
END $$;
CREATE UNIQUE INDEX IF NOT EXISTS audit_once ON emp_audit (op, id) WHERE op = 'I';
CREATE OR REPLACE FUNCTION guard_emp() RETURNS trigger AS $$ BEGIN
  IF EXISTS (SELECT 1 FROM emp WHERE name = NEW.name AND id <> NEW.id) THEN
    RAISE EXCEPTION 'name % is taken', NEW.name USING ERRCODE = 'unique_violation', HINT = 'choose another';
  END IF; RETURN NEW; END $$ LANGUAGE plpgsql;
DROP TRIGGER IF EXISTS guard ON emp;
CREATE TRIGGER guard BEFORE INSERT ON emp FOR EACH ROW EXECUTE FUNCTION guard_emp();
INSERT INTO emp (id, name) VALUES (50, 'fifty');
INSERT INTO emp (id, name) SELECT max(id) + 1, 'next' FROM emp;
CREATE OR REPLACE VIEW emp_names AS SELECT id, name FROM emp;
CREATE OR REPLACE FUNCTION ins_name() RETURNS trigger AS $$ BEGIN INSERT INTO emp (id, name) VALUES (NEW.id, NEW.name); RETURN NEW; END $$ LANGUAGE plpgsql;
CREATE OR REPLACE TRIGGER ins INSTEAD OF INSERT ON emp_names FOR EACH ROW EXECUTE FUNCTION ins_name();
INSERT INTO emp_names VALUES (70, 'seventy');
INSERT INTO emp_names SELECT 71, 'x' WHERE NOT EXISTS (SELECT FROM emp WHERE id = 71);
