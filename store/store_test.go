package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"go.uber.org/goleak"

	"postroom/problem"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if os.Getenv("TEST_POSTGRES") != "" {
			if template, err := postgresTemplate(); err == nil {
				_ = dropPostgres(template)
			}
		}
		os.Exit(code)
	}))
}

// clock is a clock that tests move.
type clock struct{ ms atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ms.Store(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

func (c *clock) now() time.Time          { return time.UnixMilli(c.ms.Load()) }
func (c *clock) advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// onBoth runs a test on SQLite and, when TEST_POSTGRES holds the URL of a server, on PostgreSQL.
func onBoth(t *testing.T, f func(t *testing.T, st *Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, openTest(t, "", newClock())) })
	t.Run("postgres", func(t *testing.T) { f(t, openTest(t, newPostgres(t), newClock())) })
}

func openTest(t testing.TB, database string, c *clock) *Store {
	t.Helper()
	st, err := Open(t.Context(), Config{Database: database, Dir: t.TempDir(), Now: c.now})
	check(t, err)
	t.Cleanup(func() { check(t, st.Close()) })
	return st
}

// postgresTemplate is a database with our tables, made once, of which every test takes a copy.
var postgresTemplate = sync.OnceValues(func() (string, error) {
	name := "postroom_" + strings.ToLower(NewID())
	url, err := createPostgres(name, "template0")
	if err != nil {
		return "", err
	}
	db, err := openPostgres(context.Background(), url, false, nil)
	if err != nil {
		return "", err
	}
	return name, db.close()
})

// newPostgres makes a database on the test server and returns its URL.
func newPostgres(t testing.TB) string {
	t.Helper()
	if os.Getenv("TEST_POSTGRES") == "" {
		t.Skip("TEST_POSTGRES holds no URL of a PostgreSQL server")
	}
	template, err := postgresTemplate()
	check(t, err)
	name := "postroom_" + strings.ToLower(NewID())
	url, err := createPostgres(name, template)
	check(t, err)
	t.Cleanup(func() { check(t, dropPostgres(name)) })
	return url
}

func createPostgres(name, template string) (string, error) {
	if err := adminPostgres("CREATE DATABASE " + name + " TEMPLATE " + template); err != nil {
		return "", err
	}
	u, err := url.Parse(os.Getenv("TEST_POSTGRES"))
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

func dropPostgres(name string) error { return adminPostgres("DROP DATABASE " + name + " WITH (FORCE)") }

func adminPostgres(statement string) error {
	db, err := sql.Open("pgx", os.Getenv("TEST_POSTGRES"))
	if err != nil {
		return err
	}
	_, err = db.Exec(statement)
	return errors.Join(err, db.Close())
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantProblem(t testing.TB, err error, code problem.Code) {
	t.Helper()
	if !problem.Is(err, code) {
		t.Fatalf("got %v, want problem %s", err, code)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

// sealed is what a Tink ciphertext looks like.
func sealed(key uint32, rest string) Sealed {
	return append(Sealed{1, byte(key >> 24), byte(key >> 16), byte(key >> 8), byte(key)}, rest...)
}

// person is a user with one mailbox, as most tests need it.
type person struct {
	st      *Store
	user    User
	mailbox Mailbox
	folders map[string]Folder
	uids    map[int64]uint32
}

func newPerson(t testing.TB, st *Store, name string) *person {
	t.Helper()
	p := &person{st: st, folders: map[string]Folder{}, uids: map[int64]uint32{}}
	p.user = User{Email: name + "@postroom.example", Name: name, Role: RoleMember}
	provider := Provider{Name: "Outlook", Kind: KindMicrosoft}
	tx(t, st, func(tx *Tx) error {
		check(t, tx.AddUser(&p.user))
		check(t, tx.AddProvider(&provider))
		p.mailbox = Mailbox{
			UserID: p.user.ID, ProviderID: provider.ID, Address: name + "@contoso.example",
			Issuer: "iss", TenantID: "tid", ObjectID: name, State: Connecting, Grant: sealed(7, name),
		}
		return tx.AddMailbox(&p.mailbox)
	})
	p.putFolders(t, "INBOX", "Archive", "Trash")
	return p
}

func (p *person) putFolders(t testing.TB, paths ...string) {
	t.Helper()
	roles := map[string]FolderRole{"INBOX": Inbox, "Archive": Archive, "Trash": Trash, "Sent": Sent}
	var list []Folder
	for _, path := range paths {
		list = append(list, Folder{Path: path, Name: path, Role: roles[path]})
	}
	tx(t, p.st, func(tx *Tx) error {
		fs, err := tx.PutFolders(p.mailbox.ID, list)
		for _, f := range fs {
			if f.UIDValidity == 0 {
				f.UIDValidity = 14
				check(t, tx.SetFolderCursor(f.ID, FolderCursor{UIDValidity: 14}))
			}
			p.folders[f.Path] = f
		}
		return err
	})
}

// mail returns a new mail; every call takes the folder's next UID.
func (p *person) mail(folder, subject string) NewMessage {
	f := p.folders[folder]
	p.uids[f.ID]++
	uid := p.uids[f.ID]
	return NewMessage{
		Message: Message{
			UID: uid, RFCMessageID: fmt.Sprintf("%s.%d.%d@contoso.example", subject, f.ID, uid), Subject: subject,
			From: []Address{{"Ada Lovelace", "ada@contoso.example"}}, To: []Address{{Addr: "bob@contoso.example"}},
			Date: p.st.Now(), InternalDate: p.st.Now() + int64(uid), Size: 1000,
		},
		Words: Words{Subject: subject, Body: "body of " + subject},
	}
}

func (p *person) add(t testing.TB, folder string, mails ...NewMessage) []Message {
	t.Helper()
	var added []Message
	tx(t, p.st, func(tx *Tx) (err error) {
		added, err = tx.AddMessages(p.folders[folder], mails)
		return err
	})
	equal(t, "messages added", len(added), len(mails))
	return added
}

func (p *person) act(t testing.TB, kind ActionKind, to string, ids ...int64) []Message {
	t.Helper()
	var now []Message
	tx(t, p.st, func(tx *Tx) (err error) {
		now, err = tx.Act(p.user.ID, ids, kind, p.folders[to].ID)
		return err
	})
	return now
}

func (p *person) due(t testing.TB) []Action {
	t.Helper()
	as, err := p.st.DueActions(t.Context(), p.mailbox.ID, p.st.Now())
	check(t, err)
	return as
}

func (p *person) page(t testing.TB, folder string) Page {
	t.Helper()
	page, err := p.st.Messages(t.Context(), p.user.ID, p.folders[folder].ID, Query{})
	check(t, err)
	return page
}

func (p *person) subjects(t testing.TB, folder string) string {
	t.Helper()
	return subjects(p.page(t, folder).Messages)
}

func subjects(ms []Message) string {
	var s []string
	for _, m := range ms {
		s = append(s, m.Subject)
	}
	return strings.Join(s, " ")
}

func (p *person) changes(t testing.TB, after int64) []Change {
	t.Helper()
	cs, reset, err := p.st.Changes(t.Context(), p.user.ID, after, 1000)
	check(t, err)
	equal(t, "reset", reset, false)
	return cs
}

func (p *person) seq(t testing.TB) int64 {
	t.Helper()
	u, err := p.st.User(t.Context(), p.user.ID)
	check(t, err)
	return u.ChangeSeq
}

func tx(t testing.TB, st *Store, f func(*Tx) error) {
	t.Helper()
	check(t, st.Tx(context.WithoutCancel(t.Context()), f))
}
