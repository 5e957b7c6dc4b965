INSERT INTO actors (id, name) VALUES (1, 'root') ON CONFLICT DO NOTHING;
INSERT INTO actors (id, name) VALUES (2, 'ann');
INSERT INTO grants (id, actor_id, role) VALUES (1, 2, 'admin') ON CONFLICT DO NOTHING;
