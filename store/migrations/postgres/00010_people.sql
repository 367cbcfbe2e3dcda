-- +goose Up

ALTER TABLE sessions ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;

CREATE TABLE invitations (
    id          TEXT PRIMARY KEY,
    email       TEXT NOT NULL,
    name        TEXT NOT NULL,
    role        TEXT NOT NULL CHECK (role IN ('admin', 'manager', 'member')),
    token_hash  TEXT NOT NULL UNIQUE,
    invited_by  TEXT NOT NULL, -- a user's id; who that was stays written when they are gone
    user_id     TEXT NOT NULL, -- who came of it; empty until then
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    accepted_at BIGINT NOT NULL,
    revoked_at  BIGINT NOT NULL
);

-- Links that set a new password.
CREATE TABLE resets (
    token_hash TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX resets_user ON resets (user_id);
CREATE INDEX resets_expiry ON resets (expires_at);

-- Services that people may sign in to Postroom with. They open no mail.
CREATE TABLE sign_in_providers (
    id              TEXT PRIMARY KEY,
    name            TEXT NOT NULL,
    kind            TEXT NOT NULL,
    authority       TEXT NOT NULL,
    tenant          TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    client_secret   BYTEA CHECK (length(client_secret) = 0 OR substr(client_secret, 1, 1) = '\x01'::bytea),
    secret_key_id   BIGINT NOT NULL,
    secret_hint     TEXT NOT NULL,
    secret_set_at   BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    allowed_tenants TEXT NOT NULL,
    capem           TEXT NOT NULL,
    admits          BOOLEAN NOT NULL,
    disabled        BOOLEAN NOT NULL,
    created_at      BIGINT NOT NULL
);

-- Trips to such a service. They are apart from authorizations, so that the state of one is no state of the other.
CREATE TABLE sign_in_trips (
    state_hash      TEXT PRIMARY KEY,
    session_hash    TEXT NOT NULL,
    purpose         TEXT NOT NULL CHECK (purpose IN ('login', 'link', 'invitation')),
    provider_id     TEXT NOT NULL REFERENCES sign_in_providers (id) ON DELETE CASCADE,
    user_id         TEXT NOT NULL, -- link: whose account; else empty
    invitation_id   TEXT NOT NULL,
    next            TEXT NOT NULL,
    nonce           TEXT NOT NULL,
    verifier        BYTEA CHECK (length(verifier) = 0 OR substr(verifier, 1, 1) = '\x01'::bytea),
    verifier_key_id BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL
);
CREATE INDEX sign_in_trips_expiry ON sign_in_trips (expires_at);
CREATE INDEX sign_in_trips_provider ON sign_in_trips (provider_id);

-- Accounts elsewhere that sign a user in.
CREATE TABLE identities (
    id          TEXT PRIMARY KEY,
    user_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider_id TEXT NOT NULL REFERENCES sign_in_providers (id) ON DELETE CASCADE,
    issuer      TEXT NOT NULL,
    tenant_id   TEXT NOT NULL,
    object_id   TEXT NOT NULL,
    name        TEXT NOT NULL, -- for showing; proves nothing
    created_at  BIGINT NOT NULL,
    used_at     BIGINT NOT NULL,
    UNIQUE (issuer, tenant_id, object_id)
);
CREATE INDEX identities_user ON identities (user_id);
CREATE INDEX identities_provider ON identities (provider_id);

-- The app that shows a user's six digits.
CREATE TABLE authenticators (
    user_id       TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret        BYTEA CHECK (length(secret) = 0 OR substr(secret, 1, 1) = '\x01'::bytea),
    secret_key_id BIGINT NOT NULL,
    confirmed_at  BIGINT NOT NULL, -- 0: shown, and no code came yet
    last_step     BIGINT NOT NULL, -- no code of this step or an earlier one counts any more
    created_at    BIGINT NOT NULL
);

CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash    TEXT NOT NULL,
    PRIMARY KEY (user_id, hash)
);

CREATE TABLE passkeys (
    id            TEXT PRIMARY KEY,
    user_id       TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    credential_id TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    data          TEXT NOT NULL, -- public key, counter and flags, as JSON
    created_at    BIGINT NOT NULL,
    used_at       BIGINT NOT NULL
);
CREATE INDEX passkeys_user ON passkeys (user_id);

CREATE INDEX audit_entries_user ON audit_entries (user_id, id);
CREATE INDEX audit_entries_action ON audit_entries (action, id);

-- +goose Down
DROP INDEX audit_entries_action;
DROP INDEX audit_entries_user;
DROP TABLE passkeys;
DROP TABLE recovery_codes;
DROP TABLE authenticators;
DROP TABLE identities;
DROP TABLE sign_in_trips;
DROP TABLE sign_in_providers;
DROP TABLE resets;
DROP TABLE invitations;
ALTER TABLE sessions DROP COLUMN seen_at;
