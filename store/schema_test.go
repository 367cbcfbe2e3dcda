package store

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"gorm.io/gorm/schema"
)

func models() []any {
	return []any{
		&User{}, &Session{}, &Provider{}, &Authorization{}, &Mailbox{}, &Folder{}, &Message{}, &Action{}, &Outgoing{},
		&Upload{}, &Change{}, &setting{}, &body{}, &threadRef{}, &removedMailbox{}, &blobRow{}, &standing{}, &AuditEntry{}, &StateEntry{}, &Event{},
		&sealedSetting{}, &keyCheck{}, &Attempt{}, &ConnectLink{},
		&Sender{}, &Notice{}, &Wording{}, &telling{},
		&Invitation{}, &Reset{}, &SignInProvider{}, &SignInTrip{}, &Identity{}, &Authenticator{}, &recoveryCode{}, &Passkey{},
	}
}

func TestEveryFieldHasItsColumn(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		cache := &sync.Map{}
		for _, m := range models() {
			s, err := schema.Parse(m, cache, st.db.write.NamingStrategy)
			check(t, err)
			for _, column := range s.DBNames {
				err := st.db.read.Exec(fmt.Sprintf("SELECT %q FROM %q LIMIT 0", column, s.Table)).Error
				if err != nil {
					t.Errorf("%s.%s: %v", s.Table, column, err)
				}
				// SQLite takes an unknown name in double quotes for a text.
				if st.db.replicas == nil {
					var n int
					check(t, st.db.read.Raw("SELECT count(*) FROM pragma_table_info(?) WHERE name = ?", s.Table, column).Scan(&n).Error)
					equal(t, s.Table+"."+column, n, 1)
				}
			}
		}
	})
}

func TestMigrationsGoDownAndUpAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		dialect := dialectSQLite
		if st.db.replicas != nil {
			dialect = dialectPostgres
		}
		db, err := st.db.write.DB()
		check(t, err)
		p, err := newMigrator(db, dialect)
		check(t, err)
		_, err = p.DownTo(t.Context(), 0)
		check(t, err)
		if err := st.db.write.Exec("SELECT 1 FROM users").Error; err == nil {
			t.Fatal("a table was left")
		}
		_, err = p.Up(t.Context())
		check(t, err)
		ada := newPerson(t, st, "ada")
		ada.add(t, "INBOX", ada.mail("INBOX", "one"))
		equal(t, "found", ada.find(t, "one"), "one")
	})
}

func TestSealedColumnsRefuseWhatIsNotSealed(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		const canary = "canary-0.AXoA-refresh-token"
		ada := newPerson(t, st, "ada")
		provider := ada.mailbox.ProviderID
		attempts := map[string]func(*Tx) error{
			"provider": func(tx *Tx) error { return tx.AddProvider(&Provider{ClientSecret: Sealed(canary)}) },
			"provider, updated": func(tx *Tx) error {
				return tx.UpdateProvider(&Provider{ID: provider, ClientSecret: Sealed(canary)})
			},
			"mailbox": func(tx *Tx) error {
				return tx.AddMailbox(&Mailbox{UserID: ada.user.ID, ProviderID: provider, Grant: Sealed(canary)})
			},
			"grant": func(tx *Tx) error {
				return tx.ReplaceGrant(ada.mailbox.ID, ada.mailbox.GrantVersion, Sealed(canary), Connected)
			},
			"grant, past the methods": func(tx *Tx) error {
				return tx.db.Model(&Mailbox{}).Where("id = ?", ada.mailbox.ID).Update("grant_sealed", []byte(canary)).Error
			},
			"attempt": func(tx *Tx) error {
				return tx.AddAttempt(&Attempt{ID: "a", UserID: ada.user.ID, ProviderID: provider, Held: Sealed(canary)})
			},
			"sender": func(tx *Tx) error { return tx.PutSender(&Sender{Secret: Sealed(canary)}) },
			"notice": func(tx *Tx) error {
				return tx.AddNotice(&Notice{Status: NoticeQueued, Link: Sealed(canary)})
			},
			"verifier": func(tx *Tx) error {
				return tx.AddAuthorization(Authorization{StateHash: "s", UserID: ada.user.ID, ProviderID: provider, Verifier: Sealed(canary)})
			},
		}
		for name, attempt := range attempts {
			if err := st.Tx(t.Context(), attempt); err == nil {
				t.Errorf("%s: a secret in the clear was stored", name)
			}
		}
	})
}

func TestASealedValueNeverPrintsItself(t *testing.T) {
	m := Mailbox{Grant: sealed(1, "canary")}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if out := fmt.Sprintf(format, m); bytes.Contains([]byte(out), []byte("canary")) {
			t.Errorf("%s prints the grant", format)
		}
	}
}
