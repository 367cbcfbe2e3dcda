package auth

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"postroom/problem"
	"postroom/store"
)

// buildDir is where tests build the real binary.
var buildDir = filepath.Join(os.TempDir(), "postroom-auth-test-"+store.NewID())

func TestMain(m *testing.M) {
	mustDo(os.Mkdir(buildDir, 0o700))
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		mustDo(os.RemoveAll(buildDir))
		os.Exit(code)
	}))
}

func mustDo(err error) {
	if err != nil {
		panic(err)
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantProblem fails unless err is a problem of this code, in words.
func wantProblem(t testing.TB, err error, code problem.Code) *problem.Problem {
	t.Helper()
	p := problem.Of(err)
	if p == nil || p.Code != code {
		t.Fatalf("error %v, want problem %s", err, code)
	}
	if p.Title == "" || p.Who == "" {
		t.Fatalf("problem without words: %+v", p)
	}
	return p
}

// clock is a clock that stands until it is moved.
type clock struct{ ms atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ms.Store(time.Date(2026, 8, 1, 10, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

func (c *clock) Now() time.Time          { return time.UnixMilli(c.ms.Load()) }
func (c *clock) advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// journal collects everything that is logged, at every level.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// fakeProbe stands for the mail servers: it opens for the logins in opens, or for the first one.
type fakeProbe struct {
	mu      sync.Mutex
	opens   []string
	found   Found // CanSend and SendProblem of what it answers
	err     error
	logins  [][]string // what it was asked
	between func()     // runs before it answers
}

func (f *fakeProbe) probe(_ context.Context, trial Trial) (Found, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.logins = append(f.logins, trial.Logins)
	trial.Tell(store.Step{Name: store.StepIMAP, State: store.StepRuns})
	if trial.Token == "" {
		return Found{}, errors.New("no token")
	}
	if f.between != nil {
		f.between()
	}
	if f.err != nil {
		return Found{}, f.err
	}
	found := f.found
	for _, login := range trial.Logins {
		if len(f.opens) == 0 || slices.Contains(f.opens, login) {
			found.Login = login
			if len(trial.SMTPLogins) > 0 {
				found.SMTPLogin = trial.SMTPLogins[0]
			}
			return found, nil
		}
	}
	return Found{}, problem.New(problem.NotConnected, "")
}

func (f *fakeProbe) asked() [][]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.logins)
}

const public = "https://mail.example.org"

// house is this package in use: a real store in a file, a sign-in service on a real socket.
type house struct {
	t         testing.TB
	dir       string
	database  string // URL; empty: a file
	clock     *clock
	journal   *journal
	store     *store.Store
	keys      *Keys
	clients   *HTTPClients
	people    *People
	providers *Providers
	probe     *fakeProbe
	connector *Connector
	signIns   *SignIns
	factors   *Factors
	tokens    *Tokens
}

func newHouse(t testing.TB) *house {
	t.Helper()
	return newHouseOn(t, "")
}

// inBoth runs a test in a house on SQLite and, when TEST_POSTGRES holds the URL of a server, in one
// on PostgreSQL.
func inBoth(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, newHouse(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, newHouseOn(t, newPostgres(t))) })
}

// newPostgres makes a database on the test server and returns its URL.
func newPostgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv("TEST_POSTGRES")
	if server == "" {
		t.Skip("TEST_POSTGRES holds no URL of a PostgreSQL server")
	}
	db, err := sql.Open("pgx", server)
	check(t, err)
	name := "postroom_" + strings.ToLower(store.NewID())
	_, err = db.Exec("CREATE DATABASE " + name)
	check(t, err)
	t.Cleanup(func() {
		_, err := db.Exec("DROP DATABASE " + name + " WITH (FORCE)")
		check(t, errors.Join(err, db.Close()))
	})
	u, err := url.Parse(server)
	check(t, err)
	u.Path = "/" + name
	return u.String()
}

// migrated is a SQLite database that has all its tables; a copy of it saves each house its migrations.
var migrated = sync.OnceValues(func() ([]byte, error) {
	dir := filepath.Join(buildDir, "migrated")
	st, err := store.Open(context.Background(), store.Config{Dir: dir})
	if err != nil {
		return nil, err
	}
	if err := st.Close(); err != nil { // which moves all of it into the one file
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, "postroom.db"))
})

func newHouseOn(t testing.TB, database string) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), database: database, clock: newClock(), journal: &journal{}, probe: &fakeProbe{found: Found{CanSend: true}}}
	log := slog.New(slog.NewJSONHandler(h.journal, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if database == "" {
		blank, err := migrated()
		check(t, err)
		check(t, os.MkdirAll(filepath.Join(h.dir, "data"), 0o700))
		check(t, os.WriteFile(filepath.Join(h.dir, "data", "postroom.db"), blank, 0o600))
	}
	st, err := store.Open(context.Background(), store.Config{Database: database, Dir: filepath.Join(h.dir, "data"), Now: h.clock.Now, Log: log})
	check(t, err)
	t.Cleanup(func() { check(t, st.Close()) })
	h.store = st
	h.keys, _, err = OpenKeys(context.Background(), st, filepath.Join(h.dir, "keys", "postroom.keys"))
	check(t, err)
	h.clients = NewHTTPClients((&net.Dialer{}).DialContext)
	t.Cleanup(h.clients.Close)
	h.people = NewPeople(st)
	h.people.passwords.params.Memory = 1 << 10 // quick; TestRow33 measures the real cost
	connections := Connections{Store: st, Keys: h.keys, HTTP: h.clients, Probe: h.probe.probe, PublicURL: public, Log: log}
	h.providers = NewProviders(connections)
	h.connector = NewConnector(connections)
	h.tokens = NewTokens(connections)
	h.signIns = NewSignIns(connections, h.people)
	h.factors = NewFactors(st, h.keys, h.people, public)
	return h
}

func (h *house) user(email string) store.User {
	h.t.Helper()
	u, err := h.people.Add(context.Background(), NewPerson{Email: email, Name: "Somebody", Password: "correct horse", Role: store.RoleMember})
	check(h.t, err)
	return u
}

func (h *house) provider(is *issuer) store.Provider {
	h.t.Helper()
	p, err := h.providers.Save(context.Background(), is.provider(), clientSecret)
	check(h.t, err)
	return p
}

const session = "session-of-this-browser"

// begin asks for the sign-in page and returns its address.
func (h *house) begin(u store.User, p store.Provider, mailboxID string) *url.URL {
	h.t.Helper()
	if mailboxID == "" {
		return h.wish(u, p, store.Wish{})
	}
	address, err := h.connector.Reconnect(context.Background(), u.ID, session, mailboxID)
	check(h.t, err)
	return h.parse(address)
}

// wish is begin with wishes.
func (h *house) wish(u store.User, p store.Provider, w store.Wish) *url.URL {
	h.t.Helper()
	address, err := h.connector.Begin(context.Background(), u.ID, session, p.ID, w)
	check(h.t, err)
	return h.parse(address)
}

func (h *house) parse(address string) *url.URL {
	h.t.Helper()
	parsed, err := url.Parse(address)
	check(h.t, err)
	return parsed
}

// connect goes the whole way.
func (h *house) connect(is *issuer, u store.User, p store.Provider) store.Mailbox {
	h.t.Helper()
	box, err := h.complete(u, is.signIn(h.begin(u, p, "")))
	check(h.t, err)
	return box
}

// complete brings the answer and carries the attempt out. One that asks is an error here.
func (h *house) complete(u store.User, answer url.Values) (store.Mailbox, error) {
	return h.completeIn(u.ID, session, answer)
}

func (h *house) completeIn(userID, session string, answer url.Values) (store.Mailbox, error) {
	h.t.Helper()
	row, err := h.connector.Receive(context.Background(), userID, session, answer)
	if err != nil {
		return store.Mailbox{}, err
	}
	return h.outcome(h.carried(row))
}

// attempt brings the answer and carries the attempt out, to its end or to a question.
func (h *house) attempt(u store.User, answer url.Values) store.Attempt {
	h.t.Helper()
	row, err := h.connector.Receive(context.Background(), u.ID, session, answer)
	check(h.t, err)
	return h.carried(row)
}

// reply answers an attempt's question and carries it on.
func (h *house) reply(row store.Attempt, r Reply, address string) store.Attempt {
	h.t.Helper()
	check(h.t, h.connector.Answer(context.Background(), row.UserID, row.ID, r, address))
	return h.carried(row)
}

func (h *house) carried(row store.Attempt) store.Attempt {
	h.t.Helper()
	select {
	case id := <-h.connector.hands.waiting:
		h.connector.carry(context.Background(), id)
		h.connector.hands.release(id)
		row.ID = id
	default: // it failed at once
	}
	row, err := h.store.Attempt(context.Background(), row.UserID, row.ID)
	check(h.t, err)
	return row
}

func (h *house) outcome(row store.Attempt) (store.Mailbox, error) {
	h.t.Helper()
	switch {
	case row.State == store.Done:
		return h.store.Mailbox(context.Background(), row.UserID, row.ConnectedID)
	case row.Problem == nil:
		h.t.Fatalf("attempt without an end: %+v", row)
	}
	return store.Mailbox{}, row.Problem
}

func (h *house) noMailbox(u store.User) {
	h.t.Helper()
	boxes, err := h.store.Mailboxes(context.Background(), u.ID)
	check(h.t, err)
	if len(boxes) != 0 {
		h.t.Fatalf("%d mailboxes stored, want none", len(boxes))
	}
}

// databaseBytes is everything that the database has on disk.
func (h *house) databaseBytes() []byte {
	h.t.Helper()
	var all []byte
	files, err := filepath.Glob(filepath.Join(h.dir, "data", "postroom.db*"))
	check(h.t, err)
	for _, f := range files {
		raw, err := os.ReadFile(f)
		check(h.t, err)
		all = append(all, raw...)
	}
	if len(all) == 0 {
		h.t.Fatal("no database file")
	}
	return all
}
