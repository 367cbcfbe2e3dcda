-- +goose Up

-- How each mailbox has fared: one row per change, kept for more than 30 days.
CREATE TABLE mailbox_states (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox_id TEXT NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    state      TEXT NOT NULL,
    problem    TEXT
) STRICT;
CREATE INDEX mailbox_states_mailbox ON mailbox_states (mailbox_id, at);

-- What was said to servers lately: the last 50 lines of each mailbox. No secrets, no mail, no addresses.
CREATE TABLE mailbox_events (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox_id TEXT NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    side       TEXT NOT NULL,
    what       TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    words      TEXT NOT NULL,
    times      INTEGER NOT NULL
) STRICT;
CREATE INDEX mailbox_events_mailbox ON mailbox_events (mailbox_id, id);

ALTER TABLE mailboxes ADD COLUMN usual_per_day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE folders ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE folders ADD COLUMN all_from INTEGER NOT NULL DEFAULT 0;

INSERT INTO mailbox_states (mailbox_id, at, state)
SELECT id, CASE WHEN state_since > 0 THEN state_since ELSE created_at END, state FROM mailboxes;
UPDATE mailboxes SET last_mail_at = COALESCE((
    SELECT max(messages.internal_date) FROM messages JOIN folders ON folders.id = messages.folder_id
    WHERE messages.mailbox_id = mailboxes.id AND folders.role NOT IN ('sent', 'drafts')), 0)
WHERE last_mail_at = 0;

-- +goose Down
ALTER TABLE folders DROP COLUMN all_from;
ALTER TABLE folders DROP COLUMN since;
ALTER TABLE mailboxes DROP COLUMN usual_per_day;
DROP TABLE mailbox_events;
DROP TABLE mailbox_states;
