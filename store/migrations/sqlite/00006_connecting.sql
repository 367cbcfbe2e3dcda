-- +goose Up

-- What whoever went to the sign-in page wants beside a mailbox.
ALTER TABLE authorizations ADD COLUMN wish TEXT NOT NULL DEFAULT '{}';

-- A sign-in that is being made into a mailbox, step by step, in view of whoever signed in.
CREATE TABLE attempts (
    id           TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider_id  TEXT NOT NULL REFERENCES providers (id) ON DELETE CASCADE,
    mailbox_id   TEXT NOT NULL, -- to be reconnected; empty: a new one
    wish         TEXT NOT NULL,
    state        TEXT NOT NULL,
    asks         TEXT NOT NULL,
    steps        TEXT NOT NULL,
    held_sealed  BLOB CHECK (length(held_sealed) = 0 OR substr(held_sealed, 1, 1) = x'01'),
    held_key_id  INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    tries        INTEGER NOT NULL,
    problem      TEXT,
    connected_id TEXT NOT NULL,
    touched_at   INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX attempts_user ON attempts (user_id);
CREATE INDEX attempts_provider ON attempts (provider_id);
CREATE INDEX attempts_expiry ON attempts (expires_at);
CREATE INDEX attempts_running ON attempts (touched_at) WHERE state = 'running';

-- Links that a manager gives to somebody, to connect one address.
CREATE TABLE connect_links (
    id          TEXT PRIMARY KEY,
    token_hash  TEXT NOT NULL UNIQUE,
    provider_id TEXT NOT NULL REFERENCES providers (id) ON DELETE CASCADE,
    address     TEXT NOT NULL,
    user_id     TEXT NOT NULL, -- who may use it; empty: whoever opens it first
    made_by     TEXT NOT NULL,
    state       TEXT NOT NULL,
    problem     TEXT,
    mailbox_id  TEXT NOT NULL,
    mailed_at   INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX connect_links_provider ON connect_links (provider_id);

-- +goose Down
DROP TABLE connect_links;
DROP TABLE attempts;
ALTER TABLE authorizations DROP COLUMN wish;
