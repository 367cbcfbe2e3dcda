-- +goose Up

-- One row for each key: a constant that only this key opens.
CREATE TABLE key_checks (
    key_id  BIGINT PRIMARY KEY,
    sealed  BYTEA NOT NULL CHECK (substr(sealed, 1, 1) = '\x01'::bytea),
    made_at BIGINT NOT NULL
);

-- Secrets of the whole installation.
CREATE TABLE sealed_settings (
    name   TEXT PRIMARY KEY,
    value  BYTEA NOT NULL CHECK (substr(value, 1, 1) = '\x01'::bytea),
    key_id BIGINT NOT NULL
);

ALTER TABLE authorizations ADD COLUMN verifier_key_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mailboxes ADD COLUMN access_at BIGINT NOT NULL DEFAULT 0; -- when the access token was given out

-- Both are made anew by the next start. The sign-ins under way began without a key id and begin again.
DELETE FROM settings WHERE name IN ('key_check', 'frame_key');
DELETE FROM authorizations;

-- +goose Down
ALTER TABLE mailboxes DROP COLUMN access_at;
ALTER TABLE authorizations DROP COLUMN verifier_key_id;
DROP TABLE sealed_settings;
DROP TABLE key_checks;
