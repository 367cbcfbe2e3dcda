-- +goose Up

-- One row: the last mailbox number given out. Numbers are never used twice, because they are half of
-- every message id.
CREATE TABLE mailbox_numbers (last INTEGER NOT NULL) STRICT;
INSERT INTO mailbox_numbers VALUES (0);

CREATE TABLE mailboxes (
    id            TEXT PRIMARY KEY,
    number        INTEGER NOT NULL UNIQUE,
    user_id       TEXT NOT NULL REFERENCES users (id),
    provider_id   TEXT NOT NULL REFERENCES providers (id),
    address       TEXT NOT NULL,
    display_name  TEXT NOT NULL,
    login         TEXT NOT NULL,
    issuer        TEXT NOT NULL,
    tenant_id     TEXT NOT NULL,
    object_id     TEXT NOT NULL,
    state         TEXT NOT NULL,
    problem       TEXT,
    retry_at      INTEGER NOT NULL,
    can_send      INTEGER NOT NULL,
    grant_sealed  BLOB CHECK (length(grant_sealed) = 0 OR substr(grant_sealed, 1, 1) = x'01'),
    grant_key_id  INTEGER NOT NULL,
    grant_version INTEGER NOT NULL,
    granted_at    INTEGER NOT NULL,
    sync_done     INTEGER NOT NULL,
    sync_total    INTEGER NOT NULL,
    sync_started  INTEGER NOT NULL,
    next_message  INTEGER NOT NULL,
    last_sync_at  INTEGER NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX mailboxes_identity ON mailboxes (user_id, issuer, tenant_id, object_id) WHERE object_id <> '';
CREATE INDEX mailboxes_user ON mailboxes (user_id);
CREATE INDEX mailboxes_provider ON mailboxes (provider_id);

-- Mailboxes that were removed and whose mail upkeep still has to delete.
CREATE TABLE removed_mailboxes (
    number     INTEGER PRIMARY KEY,
    mailbox_id TEXT NOT NULL
) STRICT;

CREATE TABLE folders (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox_id   TEXT NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
    path         TEXT NOT NULL,
    delimiter    TEXT NOT NULL,
    name         TEXT NOT NULL,
    role         TEXT NOT NULL,
    hidden       INTEGER NOT NULL,
    uid_validity INTEGER NOT NULL,
    uid_next     INTEGER NOT NULL,
    mod_seq      INTEGER NOT NULL,
    low_uid      INTEGER NOT NULL,
    total        INTEGER NOT NULL CHECK (total >= 0),
    unread       INTEGER NOT NULL CHECK (unread >= 0),
    server_total INTEGER NOT NULL,
    checked_at   INTEGER NOT NULL,
    UNIQUE (mailbox_id, path)
) STRICT;

-- Messages have no foreign keys: they outlive their folder for a day, in case they turn up elsewhere,
-- and their mailbox until upkeep has deleted them in small steps.
CREATE TABLE messages (
    id             INTEGER PRIMARY KEY,
    mailbox_id     TEXT NOT NULL,
    folder_id      INTEGER NOT NULL,
    uid_validity   INTEGER NOT NULL,
    uid            INTEGER NOT NULL,
    gone_at        INTEGER NOT NULL,
    moved_at       INTEGER NOT NULL,
    thread_id      INTEGER NOT NULL,
    rfc_message_id TEXT NOT NULL,
    in_reply_to    TEXT NOT NULL,
    refs           TEXT NOT NULL,
    subject        TEXT NOT NULL,
    from_list      TEXT,
    to_list        TEXT,
    cc_list        TEXT,
    reply_to       TEXT,
    date           INTEGER NOT NULL,
    internal_date  INTEGER NOT NULL,
    size           INTEGER NOT NULL,
    seen           INTEGER NOT NULL,
    flagged        INTEGER NOT NULL,
    answered       INTEGER NOT NULL,
    forwarded      INTEGER NOT NULL,
    draft          INTEGER NOT NULL,
    attachments    INTEGER NOT NULL,
    snippet        TEXT NOT NULL,
    problem        TEXT,
    body_key       TEXT NOT NULL,
    has_source     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX messages_place ON messages (folder_id, uid_validity, uid) WHERE uid <> 0;
-- What a sync compares with the server, without reading the rows.
CREATE INDEX messages_flags ON messages (folder_id, uid, id, seen, flagged, answered, forwarded, draft) WHERE uid <> 0;
CREATE INDEX messages_list ON messages (folder_id, internal_date DESC, id DESC) WHERE gone_at = 0;
CREATE INDEX messages_unread ON messages (folder_id, internal_date DESC, id DESC) WHERE gone_at = 0 AND NOT seen;
CREATE INDEX messages_flagged ON messages (folder_id, internal_date DESC, id DESC) WHERE gone_at = 0 AND flagged;
-- What a search sorts by, without reading the rows.
CREATE INDEX messages_dates ON messages (id, internal_date) WHERE gone_at = 0;
CREATE INDEX messages_thread ON messages (thread_id);
CREATE INDEX messages_adrift ON messages (mailbox_id, rfc_message_id) WHERE uid = 0;
CREATE INDEX messages_gone ON messages (gone_at) WHERE gone_at <> 0;
CREATE INDEX messages_moved ON messages (moved_at) WHERE moved_at <> 0;
CREATE INDEX messages_blob ON messages (body_key) WHERE body_key <> '';

CREATE TABLE bodies (
    message_id INTEGER PRIMARY KEY,
    data       BLOB NOT NULL -- zstd
) STRICT;

-- Which thread a Message-ID belongs to, seen in a mail's own header or named by another's.
CREATE TABLE thread_refs (
    number    INTEGER NOT NULL, -- of the mailbox
    hash      INTEGER NOT NULL, -- of the Message-ID
    thread_id INTEGER NOT NULL,
    PRIMARY KEY (number, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_refs_thread ON thread_refs (number, thread_id);

-- The words are folded and cut by us: they hold letters and digits alone, apart by spaces, which is
-- what the tokenizer "ascii" leaves untouched.
CREATE VIRTUAL TABLE message_fts USING fts5 (
    subject, sender, receiver, body,
    content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '2 3'
);

-- +goose Down
DROP TABLE message_fts;
DROP TABLE thread_refs;
DROP TABLE bodies;
DROP TABLE messages;
DROP TABLE folders;
DROP TABLE removed_mailboxes;
DROP TABLE mailboxes;
DROP TABLE mailbox_numbers;
