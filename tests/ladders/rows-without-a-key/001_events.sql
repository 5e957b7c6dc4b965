CREATE TABLE IF NOT EXISTS events (
    what TEXT NOT NULL
);

INSERT INTO events (what) VALUES ('booted');
