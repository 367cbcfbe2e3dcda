package store

import "cmp"

// SealedColumn is a column that holds sealed values, and what each is bound to. Its fields are SQL over
// the row: names of columns, or expressions.
type SealedColumn struct {
	Table, Column string
	KeyID         string // the column with the id of the key that sealed it
	ID            string // the primary key; of any type
	What          string // what it holds, for people

	// Beside the table, a value is bound to the following.
	Name    string // what auth calls the column; empty: Column
	Row     string // empty: ID
	Owner   string // empty: the installation
	Version string // empty: 0

	// What goes with a value that is given up because its key is lost: the whole row, or these
	// assignments.
	RowGoes bool
	Also    string

	// Fleeting values live for minutes. One that does not open is worth nothing any more, and no
	// reason to worry.
	Fleeting bool
}

// SealedColumns are all of them: rotation, status and the start check walk this list, and whatever is
// not on it would be lost with its key. Package auth says where a value is sealed in the same words
// (auth/where.go); a test holds one record of each against both.
func SealedColumns() []SealedColumn {
	all := []SealedColumn{
		{Table: "mailboxes", Column: "grant_sealed", KeyID: "grant_key_id", ID: "id", What: "mailboxes",
			Name: "grant", Owner: "user_id", Version: "grant_version"},
		{Table: "mailboxes", Column: "access_sealed", KeyID: "access_key_id", ID: "id", What: "access tokens",
			Name: "access", Owner: "user_id", Version: "grant_version", Fleeting: true},
		{Table: "providers", Column: "client_secret", KeyID: "secret_key_id", ID: "id", What: "client secrets", Version: "version",
			Also: "secret_hint = '', secret_set_at = 0"},
		{Table: "providers", Column: "second_secret", KeyID: "second_key_id", ID: "id", What: "second client secrets", Version: "version",
			Also: "second_hint = '', second_set_at = 0"},
		{Table: "authorizations", Column: "verifier", KeyID: "verifier_key_id", ID: "state_hash", What: "sign-ins under way",
			Row: "state_hash || '|' || provider_id", Owner: "user_id",
			Version:  "(SELECT version FROM providers WHERE providers.id = authorizations.provider_id)",
			Fleeting: true},
		{Table: "sealed_settings", Column: "value", KeyID: "key_id", ID: "name", What: "settings", RowGoes: true},
		{Table: "senders", Column: "secret_sealed", KeyID: "secret_key_id", ID: "id", What: "secrets of Postroom's own mail", Version: "version",
			Also: "secret_hint = '', secret_set_at = 0"},
		{Table: "notices", Column: "link_sealed", KeyID: "link_key_id", ID: "id", What: "links in mails to be sent", Fleeting: true},
		{Table: "attempts", Column: "held_sealed", KeyID: "held_key_id", ID: "id", What: "mailboxes being connected",
			Name: "held", Owner: "user_id", Fleeting: true},
		{Table: "sign_in_providers", Column: "client_secret", KeyID: "secret_key_id", ID: "id", What: "client secrets for signing in", Version: "version",
			Also: "secret_hint = '', secret_set_at = 0"},
		{Table: "sign_in_trips", Column: "verifier", KeyID: "verifier_key_id", ID: "state_hash", What: "trips to sign in",
			Row: "state_hash || '|' || provider_id", Owner: "user_id",
			Version:  "(SELECT version FROM sign_in_providers WHERE sign_in_providers.id = sign_in_trips.provider_id)",
			Fleeting: true},
		{Table: "authenticators", Column: "secret", KeyID: "secret_key_id", ID: "user_id", What: "authenticators",
			Owner: "user_id", Version: "created_at"},
	}
	for i := range all {
		c := &all[i]
		c.Name, c.Row = cmp.Or(c.Name, c.Column), cmp.Or(c.Row, c.ID)
		c.Owner, c.Version = cmp.Or(c.Owner, "''"), cmp.Or(c.Version, "0")
	}
	return all
}
