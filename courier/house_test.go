package courier

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("database/sql.(*DB).connectionOpener"), goleak.Cleanup(func(code int) {
		if os.Getenv("TEST_POSTGRES") != "" {
			if template, err := postgresTemplate(); err == nil {
				_ = adminPostgres("DROP DATABASE " + template + " WITH (FORCE)")
			}
		}
		os.Exit(code)
	}))
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantProblem(t testing.TB, err error, code problem.Code) *problem.Problem {
	t.Helper()
	p := problem.Of(err)
	if p == nil || p.Code != code {
		t.Fatalf("got %v, want problem %s", err, code)
	}
	return p
}

// clock is the machine's, moved forward by tests.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

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

// house is a courier with a real store, and Ada, who is its administrator.
type house struct {
	t       *testing.T
	clock   *clock
	journal *journal
	store   *store.Store
	keys    *auth.Keys
	courier *Courier
	ada     store.User
}

// onBoth runs a test on SQLite and, when TEST_POSTGRES holds the URL of a server, on PostgreSQL.
func onBoth(t *testing.T, f func(h *house)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(newHouse(t, "")) })
	t.Run("postgres", func(t *testing.T) { f(newHouse(t, newPostgres(t))) })
}

func newHouse(t *testing.T, database string) *house {
	t.Helper()
	h := &house{t: t, clock: &clock{}, journal: &journal{}}
	log := slog.New(slog.NewJSONHandler(h.journal, &slog.HandlerOptions{Level: slog.LevelDebug}))
	st, err := store.Open(context.Background(), store.Config{Database: database, Dir: t.TempDir(), Now: h.clock.now, Log: log})
	check(t, err)
	t.Cleanup(func() { check(t, st.Close()) })
	h.store = st
	h.keys, _, err = auth.OpenKeys(context.Background(), st, t.TempDir()+"/keys/ring.json")
	check(t, err)
	dial := (&net.Dialer{}).DialContext
	clients := auth.NewHTTPClients(dial)
	t.Cleanup(clients.Close)
	h.courier = New(Config{
		Store: st, Keys: h.keys, HTTP: clients, Dial: dial, PublicURL: "https://mail.example.org", Now: h.clock.now, Log: log,
		Timing: Timing{Send: 5 * time.Second, Retry: time.Minute, Watch: 20 * time.Millisecond},
	})
	h.ada = h.user("ada@contoso.example", "Ada Lovelace", store.RoleAdmin)
	return h
}

func (h *house) user(email, name string, role store.Role) store.User {
	h.t.Helper()
	u := store.User{Email: email, Name: name, Role: role}
	check(h.t, h.store.Tx(h.t.Context(), func(tx *store.Tx) error { return tx.AddUser(&u) }))
	return u
}

// run runs the courier until the test ends or the returned function is called, which waits for it.
func (h *house) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.courier.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Error(err)
		}
	})
	h.t.Cleanup(stop)
	return stop
}

// until waits until cond holds, looking whenever a notice may have moved.
func (h *house) until(what string, cond func() bool) {
	h.t.Helper()
	late := time.After(15 * time.Second)
	again := time.NewTicker(10 * time.Millisecond) // what becomes of a notice is in no feed
	defer again.Stop()
	for !cond() {
		select {
		case <-again.C:
		case <-late:
			h.t.Fatalf("never: %s\n%+v\n%s", what, h.log(), h.journal)
		}
	}
}

// log is the whole log, newest first.
func (h *house) log() []store.Notice {
	h.t.Helper()
	page, err := h.store.Notices(context.Background(), store.NoticeQuery{Limit: 100})
	check(h.t, err)
	return page.Notices
}

func (h *house) status(want store.NoticeStatus) func() bool {
	return func() bool {
		all := h.log()
		return len(all) > 0 && all[0].Status == want
	}
}

func (h *house) save(s store.Sender, secret auth.Secret) store.Sender {
	h.t.Helper()
	saved, err := h.courier.Save(h.t.Context(), h.ada, s, secret)
	check(h.t, err)
	return saved
}
