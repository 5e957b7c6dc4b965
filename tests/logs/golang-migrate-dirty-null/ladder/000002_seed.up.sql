INSERT INTO actors (id, name) VALUES (1, 'root') ON CONFLICT DO NOTHING;
INSERT INTO grants (actor_id, role) VALUES (1, 'admin');
