-- +goose Up

-- How Postroom sends mail of its own: at most one row, 'system'.
CREATE TABLE senders (
    id                TEXT PRIMARY KEY,
    kind              TEXT NOT NULL,
    address           TEXT NOT NULL,
    name              TEXT NOT NULL,
    language          TEXT NOT NULL,
    host              TEXT NOT NULL,
    port              BIGINT NOT NULL,
    tls               TEXT NOT NULL,
    auth              TEXT NOT NULL,
    username          TEXT NOT NULL,
    capem             TEXT NOT NULL,
    cloud             TEXT NOT NULL,
    authority         TEXT NOT NULL,
    graph             TEXT NOT NULL,
    tenant            TEXT NOT NULL,
    client_id         TEXT NOT NULL,
    secret_sealed     BYTEA CHECK (length(secret_sealed) = 0 OR substr(secret_sealed, 1, 1) = '\x01'::bytea),
    secret_key_id     BIGINT NOT NULL,
    secret_hint       TEXT NOT NULL,
    secret_set_at     BIGINT NOT NULL,
    secret_expires_at BIGINT NOT NULL,
    mailbox_id        TEXT NOT NULL,
    user_id           TEXT NOT NULL,
    version           BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL,
    problem           TEXT,
    problem_at        BIGINT NOT NULL
);

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
    link_sealed BYTEA CHECK (length(link_sealed) = 0 OR substr(link_sealed, 1, 1) = '\x01'::bytea),
    link_key_id BIGINT NOT NULL,
    attempts    BIGINT NOT NULL,
    next_at     BIGINT NOT NULL,
    problem     TEXT,
    created_at  BIGINT NOT NULL,
    sent_at     BIGINT NOT NULL
);
CREATE INDEX notices_due ON notices (status, next_at);
CREATE INDEX notices_event ON notices (event, id);

-- An administrator's own wording, in place of the one that Postroom comes with.
CREATE TABLE wordings (
    event      TEXT NOT NULL,
    language   TEXT NOT NULL,
    subject    TEXT NOT NULL,
    text       TEXT NOT NULL,
    html       TEXT NOT NULL,
    used       BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (event, language)
);

-- What has been told and is not to be told again.
CREATE TABLE tellings (
    name TEXT PRIMARY KEY,
    at   BIGINT NOT NULL
);

-- +goose Down
DROP TABLE tellings;
DROP TABLE wordings;
DROP TABLE notices;
DROP TABLE senders;
