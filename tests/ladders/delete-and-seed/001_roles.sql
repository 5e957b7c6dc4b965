CREATE TABLE IF NOT EXISTS roles (
    name TEXT PRIMARY KEY
);

DELETE FROM roles;

INSERT INTO roles (name) VALUES ('admin'), ('auditor');
