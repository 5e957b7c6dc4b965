-- +goose Up
INSERT INTO roles (name) VALUES ('admin') ON CONFLICT DO NOTHING;

-- +goose Down
SELECT 1;
