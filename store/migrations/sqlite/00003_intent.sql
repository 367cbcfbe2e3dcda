-- +goose Up

CREATE TABLE actions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox_id TEXT NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
    user_id    TEXT NOT NULL,
    message_id INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    folder_id  INTEGER NOT NULL,
    uid        INTEGER NOT NULL,
    to_folder  INTEGER NOT NULL,
    undo       TEXT NOT NULL,
    attempts   INTEGER NOT NULL,
    next_at    INTEGER NOT NULL,
    problem    TEXT,
    failed_at  INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX actions_pending ON actions (mailbox_id, id) WHERE failed_at = 0;
CREATE INDEX actions_place ON actions (folder_id, uid) WHERE failed_at = 0;
CREATE INDEX actions_message ON actions (message_id, id);
CREATE INDEX actions_failed ON actions (user_id) WHERE failed_at <> 0;

CREATE TABLE outgoings (
    id                TEXT PRIMARY KEY,
    user_id           TEXT NOT NULL REFERENCES users (id),
    mailbox_id        TEXT NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
    idempotency_key   TEXT NOT NULL,
    state             TEXT NOT NULL,
    sender            TEXT NOT NULL,
    recipients        TEXT,
    subject           TEXT NOT NULL,
    rfc_message_id    TEXT NOT NULL,
    server_message_id TEXT NOT NULL,
    in_reply_to_id    INTEGER NOT NULL,
    thread_id         INTEGER NOT NULL,
    size              INTEGER NOT NULL,
    sent_uid_validity INTEGER NOT NULL,
    sent_uid_next     INTEGER NOT NULL,
    attempts          INTEGER NOT NULL,
    next_at           INTEGER NOT NULL,
    problem           TEXT,
    created_at        INTEGER NOT NULL,
    sent_at           INTEGER NOT NULL,
    confirmed_at      INTEGER NOT NULL,
    raw               BLOB NOT NULL, -- zstd; last, so that lists need not read past it
    UNIQUE (user_id, idempotency_key)
) STRICT;
CREATE INDEX outgoings_mailbox ON outgoings (mailbox_id, state);

CREATE TABLE uploads (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id),
    name       TEXT NOT NULL,
    type       TEXT NOT NULL,
    size       INTEGER NOT NULL,
    blob_key   TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX uploads_blob ON uploads (blob_key);
CREATE INDEX uploads_age ON uploads (created_at);

-- Every object in the blob store. A row is written before its object and deleted after it, so that no
-- crash leaves an object that nobody knows of.
CREATE TABLE blobs (
    blob_key TEXT PRIMARY KEY,
    kept_at  INTEGER NOT NULL,
    doomed   INTEGER NOT NULL -- being deleted; must not be used any more
) STRICT;

-- +goose Down
DROP TABLE blobs;
DROP TABLE uploads;
DROP TABLE outgoings;
DROP TABLE actions;
