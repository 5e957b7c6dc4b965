-- +goose Up
INSERT INTO actors (id, name) VALUES (1, 'root'), (2, '');

-- +goose Down
SELECT 1;
