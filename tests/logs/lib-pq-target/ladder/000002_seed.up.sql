INSERT INTO actors (id, name) VALUES (1, 'root') ON CONFLICT (id) DO NOTHING;
INSERT INTO grants (id, actor_id, role) VALUES (1, 1, 'admin')
ON CONFLICT (actor_id, role) DO NOTHING;
