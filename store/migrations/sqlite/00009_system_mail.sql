-- +goose Up

-- How Postroom sends mail of its own: at most one row, 'system'.
CREATE TABLE senders (
    id                TEXT PRIMARY KEY,
    kind              TEXT NOT NULL,
    address           TEXT NOT NULL,
    name              TEXT NOT NULL,
    language          TEXT NOT NULL,
    host              TEXT NOT NULL,
    port              INTEGER NOT NULL,
    tls               TEXT NOT NULL,
    auth              TEXT NOT NULL,
    username          TEXT NOT NULL,
    capem             TEXT NOT NULL,
    cloud             TEXT NOT NULL,
    authority         TEXT NOT NULL,
    graph             TEXT NOT NULL,
    tenant            TEXT NOT NULL,
    client_id         TEXT NOT NULL,
    secret_sealed     BLOB CHECK (length(secret_sealed) = 0 OR substr(secret_sealed, 1, 1) = x'01'),
    secret_key_id     INTEGER NOT NULL,
    secret_hint       TEXT NOT NULL,
    secret_set_at     INTEGER NOT NULL,
    secret_expires_at INTEGER NOT NULL,
    mailbox_id        TEXT NOT NULL,
    user_id           TEXT NOT NULL,
    version           INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    problem           TEXT,
    problem_at        INTEGER NOT NULL
) STRICT;

-- Mails from Postroom itself: what is to be sent, and the log of what was.
CREATE TABLE notices (
    id          TEXT PRIMARY KEY, -- ULID: in the order of their making
    event       TEXT NOT NULL,
    recipient   TEXT NOT NULL,
    to_name     TEXT NOT NULL,
    caused_by   TEXT NOT NULL, -- user id; empty: Postroom by itself
    status      TEXT NOT NULL CHECK (status IN ('queued', 'sending', 'sent', 'uncertain', 'failed', 'dropped')),
    subject     TEXT NOT NULL,
    text        TEXT NOT NULL, -- {{link}} in place of the link
    html        TEXT NOT NULL,
    sender      TEXT NOT NULL,
    link_sealed BLOB CHECK (length(link_sealed) = 0 OR substr(link_sealed, 1, 1) = x'01'),
    link_key_id INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    next_at     INTEGER NOT NULL,
    problem     TEXT,
    created_at  INTEGER NOT NULL,
    sent_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX notices_due ON notices (status, next_at);
CREATE INDEX notices_event ON notices (event, id);

-- An administrator's own wording, in place of the one that Postroom comes with.
CREATE TABLE wordings (
    event      TEXT NOT NULL,
    language   TEXT NOT NULL,
    subject    TEXT NOT NULL,
    text       TEXT NOT NULL,
    html       TEXT NOT NULL,
    used       INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (event, language)
) STRICT;

-- What has been told and is not to be told again.
CREATE TABLE tellings (
    name TEXT PRIMARY KEY,
    at   INTEGER NOT NULL
) STRICT;

-- +goose Down
DROP TABLE tellings;
DROP TABLE wordings;
DROP TABLE notices;
DROP TABLE senders;
