-- +goose Up

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    email         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (role IN ('admin', 'member')),
    disabled_at   BIGINT NOT NULL DEFAULT 0,
    change_seq    BIGINT NOT NULL DEFAULT 0,
    created_at    BIGINT NOT NULL
);

CREATE TABLE sessions (
    token      TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL, -- empty before sign-in
    data       BYTEA,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE providers (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    authority     TEXT NOT NULL,
    tenant        TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    -- Tink writes 0x01 before a ciphertext, and no secret in the clear begins so.
    client_secret BYTEA CHECK (length(client_secret) = 0 OR substr(client_secret, 1, 1) = '\x01'::bytea),
    secret_key_id BIGINT NOT NULL,
    secret_hint   TEXT NOT NULL,
    secret_set_at BIGINT NOT NULL,
    version       BIGINT NOT NULL,
    scopes        TEXT NOT NULL,
    imap_host     TEXT NOT NULL,
    smtp_host     TEXT NOT NULL,
    smtp_tls      TEXT NOT NULL,
    capem         TEXT NOT NULL,
    files_sent    TEXT NOT NULL,
    disabled      BOOLEAN NOT NULL,
    created_at    BIGINT NOT NULL
);

CREATE TABLE authorizations (
    state_hash   TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session_hash TEXT NOT NULL,
    purpose      TEXT NOT NULL,
    provider_id  TEXT NOT NULL REFERENCES providers (id) ON DELETE CASCADE,
    mailbox_id   TEXT NOT NULL,
    nonce        TEXT NOT NULL,
    verifier     BYTEA CHECK (length(verifier) = 0 OR substr(verifier, 1, 1) = '\x01'::bytea),
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX authorizations_expiry ON authorizations (expires_at);
CREATE INDEX authorizations_provider ON authorizations (provider_id);
CREATE INDEX authorizations_user ON authorizations (user_id);

CREATE TABLE changes (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    seq     BIGINT NOT NULL,
    kind    TEXT NOT NULL,
    mailbox TEXT NOT NULL,
    folder  BIGINT NOT NULL,
    ids     TEXT,
    ref     TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (user_id, seq)
);
CREATE INDEX changes_at ON changes (at);

-- +goose Down
DROP TABLE changes;
DROP TABLE authorizations;
DROP TABLE providers;
DROP TABLE sessions;
DROP TABLE users;
DROP TABLE settings;
