-- +goose Up

-- SQLite changes no CHECK in place.
ALTER TABLE users ADD COLUMN new_role TEXT NOT NULL DEFAULT 'member' CHECK (new_role IN ('admin', 'manager', 'member'));
UPDATE users SET new_role = role;
ALTER TABLE users DROP COLUMN role;
ALTER TABLE users RENAME COLUMN new_role TO role;

ALTER TABLE providers ADD COLUMN preset TEXT NOT NULL DEFAULT '';
ALTER TABLE providers ADD COLUMN cloud TEXT NOT NULL DEFAULT '';
ALTER TABLE providers ADD COLUMN authorize_url TEXT NOT NULL DEFAULT '';
ALTER TABLE providers ADD COLUMN token_url TEXT NOT NULL DEFAULT '';
ALTER TABLE providers ADD COLUMN revoke_url TEXT NOT NULL DEFAULT '';
ALTER TABLE providers ADD COLUMN sasl TEXT NOT NULL DEFAULT 'xoauth2';
ALTER TABLE providers ADD COLUMN secret_expires_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE providers ADD COLUMN second_secret BLOB CHECK (length(second_secret) = 0 OR substr(second_secret, 1, 1) = x'01');
ALTER TABLE providers ADD COLUMN second_key_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE providers ADD COLUMN second_hint TEXT NOT NULL DEFAULT '';
ALTER TABLE providers ADD COLUMN second_set_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE providers ADD COLUMN second_expires_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE providers ADD COLUMN allowed_tenants TEXT NOT NULL DEFAULT '';
ALTER TABLE providers ADD COLUMN allowed_addresses TEXT NOT NULL DEFAULT '';
ALTER TABLE providers ADD COLUMN mailboxes_per_user INTEGER NOT NULL DEFAULT 0;
ALTER TABLE providers ADD COLUMN problem TEXT;
ALTER TABLE providers ADD COLUMN problem_at INTEGER NOT NULL DEFAULT 0;

ALTER TABLE mailboxes ADD COLUMN smtp_login TEXT NOT NULL DEFAULT '';
ALTER TABLE mailboxes ADD COLUMN shared TEXT NOT NULL DEFAULT '';
ALTER TABLE mailboxes ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailboxes ADD COLUMN send_problem TEXT;
ALTER TABLE mailboxes ADD COLUMN send_checked_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailboxes ADD COLUMN state_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailboxes ADD COLUMN last_mail_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailboxes ADD COLUMN silent_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailboxes ADD COLUMN told_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailboxes ADD COLUMN access_sealed BLOB CHECK (length(access_sealed) = 0 OR substr(access_sealed, 1, 1) = x'01');
ALTER TABLE mailboxes ADD COLUMN access_key_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailboxes ADD COLUMN access_expires INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailboxes ADD COLUMN refresh_owner TEXT NOT NULL DEFAULT '';
ALTER TABLE mailboxes ADD COLUMN refresh_until INTEGER NOT NULL DEFAULT 0;

UPDATE providers SET preset = kind, cloud = CASE kind WHEN 'microsoft' THEN 'global' ELSE '' END;
UPDATE mailboxes SET state = 'offline' WHERE state = 'waiting';

-- A shared mailbox is opened with its owner's own account, which has a mailbox too.
DROP INDEX mailboxes_identity;
CREATE UNIQUE INDEX mailboxes_identity ON mailboxes (user_id, issuer, tenant_id, object_id, shared) WHERE object_id <> '';

-- Who did what: sign-ins and what administrators change. Never what a mail says.
CREATE TABLE audit_entries (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    user_id TEXT NOT NULL, -- empty: nobody signed in
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL,
    ip      TEXT NOT NULL
) STRICT;
CREATE INDEX audit_entries_at ON audit_entries (at);

-- +goose Down
DROP TABLE audit_entries;
DROP INDEX mailboxes_identity;
DELETE FROM mailboxes WHERE shared <> '';
CREATE UNIQUE INDEX mailboxes_identity ON mailboxes (user_id, issuer, tenant_id, object_id) WHERE object_id <> '';
ALTER TABLE mailboxes DROP COLUMN refresh_until;
ALTER TABLE mailboxes DROP COLUMN refresh_owner;
ALTER TABLE mailboxes DROP COLUMN access_expires;
ALTER TABLE mailboxes DROP COLUMN access_key_id;
ALTER TABLE mailboxes DROP COLUMN access_sealed;
ALTER TABLE mailboxes DROP COLUMN told_at;
ALTER TABLE mailboxes DROP COLUMN silent_since;
ALTER TABLE mailboxes DROP COLUMN last_mail_at;
ALTER TABLE mailboxes DROP COLUMN state_since;
ALTER TABLE mailboxes DROP COLUMN send_checked_at;
ALTER TABLE mailboxes DROP COLUMN send_problem;
ALTER TABLE mailboxes DROP COLUMN since;
ALTER TABLE mailboxes DROP COLUMN shared;
ALTER TABLE mailboxes DROP COLUMN smtp_login;
ALTER TABLE providers DROP COLUMN problem_at;
ALTER TABLE providers DROP COLUMN problem;
ALTER TABLE providers DROP COLUMN mailboxes_per_user;
ALTER TABLE providers DROP COLUMN allowed_addresses;
ALTER TABLE providers DROP COLUMN allowed_tenants;
ALTER TABLE providers DROP COLUMN second_expires_at;
ALTER TABLE providers DROP COLUMN second_set_at;
ALTER TABLE providers DROP COLUMN second_hint;
ALTER TABLE providers DROP COLUMN second_key_id;
ALTER TABLE providers DROP COLUMN second_secret;
ALTER TABLE providers DROP COLUMN secret_expires_at;
ALTER TABLE providers DROP COLUMN sasl;
ALTER TABLE providers DROP COLUMN revoke_url;
ALTER TABLE providers DROP COLUMN token_url;
ALTER TABLE providers DROP COLUMN authorize_url;
ALTER TABLE providers DROP COLUMN cloud;
ALTER TABLE providers DROP COLUMN preset;
ALTER TABLE users ADD COLUMN old_role TEXT NOT NULL DEFAULT 'member' CHECK (old_role IN ('admin', 'member'));
UPDATE users SET old_role = CASE role WHEN 'admin' THEN 'admin' ELSE 'member' END;
ALTER TABLE users DROP COLUMN role;
ALTER TABLE users RENAME COLUMN old_role TO role;
