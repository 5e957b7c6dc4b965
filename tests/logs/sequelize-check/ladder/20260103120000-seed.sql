INSERT INTO actors (id, name) VALUES (1, 'root') ON CONFLICT DO NOTHING;
