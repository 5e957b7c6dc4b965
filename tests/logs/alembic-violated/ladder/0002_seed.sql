INSERT INTO actors (id, name) VALUES (1, 'root'), (2, '');
