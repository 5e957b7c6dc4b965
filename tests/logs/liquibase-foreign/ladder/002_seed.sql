--liquibase formatted sql

--changeset ann:seed
INSERT INTO actors (id, name) VALUES (1, 'root');
INSERT INTO grants (id, actor_id, role) VALUES (1, 7, 'admin');
