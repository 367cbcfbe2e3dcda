-- +goose Up

-- Which of the two client secrets is tried first. It changes by itself, so it is no part of what the
-- version counts, and so of no seal.
ALTER TABLE providers ADD COLUMN second_first INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE providers DROP COLUMN second_first;
