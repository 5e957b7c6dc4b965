--liquibase formatted sql

--changeset ann:seed
INSERT INTO actors (id, name) VALUES (1, 'root') ON CONFLICT DO NOTHING;
