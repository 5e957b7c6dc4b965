CREATE TABLE IF NOT EXISTS events (
    what TEXT NOT NULL
);

INSERT INTO events (what) SELECT 'booted' WHERE NOT EXISTS (SELECT FROM events WHERE what = 'booted');
