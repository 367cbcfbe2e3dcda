package mailbox

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"postroom/auth"
	"postroom/simulator"
	"postroom/store"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("database/sql.(*DB).connectionOpener"))
}

const (
	ada   = "ada@contoso.example"
	grace = "grace@contoso.example"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is a simulated Microsoft 365 with Ada and Grace, and a Postroom that knows Ada's mailbox.
type world struct {
	t        *testing.T
	sim      *simulator.Simulator
	tokens   *tokens
	dir      string
	st       *store.Store
	user     store.User
	box      store.Mailbox
	provider store.Provider
	timing   Timing
	dial     auth.Dialer
	manager  *Manager
	now      func() time.Time // nil: the machine's
}

var timeZero time.Time

// quick is a timing with which tests need not wait.
var quick = Timing{
	Command: 10 * time.Second, Sweep: 200 * time.Millisecond, Census: time.Second, Reconcile: 50 * time.Millisecond,
	Listen: 100 * time.Millisecond, LeastWait: 10 * time.Millisecond, MostWait: 200 * time.Millisecond, Drain: 2 * time.Second,
	Checks: []time.Duration{0, 50 * time.Millisecond, 150 * time.Millisecond, 400 * time.Millisecond, time.Second},
}

func newWorld(t *testing.T) *world {
	t.Helper()
	sim, err := simulator.New(simulator.Options{})
	check(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- sim.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		check(t, <-ended)
	})
	for _, u := range []simulator.User{{Address: ada, Name: "Ada Lovelace"}, {Address: grace, Name: "Grace Hopper"}} {
		_, err := sim.AddUser(u)
		check(t, err)
	}
	app, err := sim.AddApp(simulator.App{Name: "Postroom", RedirectURIs: []string{"http://127.0.0.1:9/oauth/callback"}})
	check(t, err)
	w := &world{t: t, sim: sim, dir: t.TempDir(), timing: quick, tokens: &tokens{sim: sim, app: app.ID, address: ada}}
	w.dial = (&net.Dialer{}).DialContext
	w.open()
	t.Cleanup(func() { w.st.Close() })
	w.settle()
	return w
}

func (w *world) open() {
	st, err := store.Open(context.Background(), store.Config{Dir: w.dir})
	check(w.t, err)
	w.st = st
}

// settle adds Ada, the provider and her mailbox.
func (w *world) settle() {
	w.user = store.User{Email: ada, Name: "Ada", Role: store.RoleAdmin}
	w.provider = store.Provider{
		Name: "Outlook", Kind: store.KindMicrosoft, Authority: w.sim.Authority(), Tenant: "common", ClientID: "x",
		IMAPHost: w.sim.IMAPAddr(), SMTPHost: w.sim.SMTPAddr(), SMTPTLS: "starttls", CAPEM: w.sim.CAPEM(), FilesSent: store.SentByServer,
	}
	check(w.t, w.st.Tx(context.Background(), func(tx *store.Tx) error {
		if err := tx.AddUser(&w.user); err != nil {
			return err
		}
		return tx.AddProvider(&w.provider)
	}))
	w.box = store.Mailbox{
		UserID: w.user.ID, ProviderID: w.provider.ID, Address: ada, Login: ada, Issuer: "x", TenantID: "x", ObjectID: "x",
		State: store.Connecting, CanSend: true, Grant: store.Sealed("\x01\x00\x00\x00\x07grant"),
	}
	check(w.t, w.st.Tx(context.Background(), func(tx *store.Tx) error { return tx.AddMailbox(&w.box) }))
}

// run runs the manager until the test ends or the returned function is called, which waits for it.
func (w *world) run() (stop func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	log := slog.New(slog.DiscardHandler)
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(w.t.Output(), nil))
	}
	w.manager = NewManager(Config{Store: w.st, Tokens: w.tokens, Dial: w.dial, Timing: w.timing, Now: w.now, Log: log})
	go func(m *Manager) { done <- m.Run(ctx) }(w.manager)
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			select {
			case err := <-done:
				check(w.t, err)
			case <-time.After(8 * time.Second):
				w.t.Error("the manager does not stop")
			}
		})
	}
	w.t.Cleanup(stop)
	return stop
}

// until waits until cond holds, looking again whenever the user's feed grows.
func (w *world) until(what string, cond func() bool) {
	w.t.Helper()
	feed, unwatch := w.st.WatchUser(w.user.ID)
	defer unwatch()
	theirs, unwatchSim, err := w.sim.Watch(ada)
	check(w.t, err)
	defer unwatchSim()
	late := time.After(15 * time.Second)
	again := time.NewTicker(20 * time.Millisecond) // what becomes of actions and tokens is in no feed
	defer again.Stop()
	for !cond() {
		select {
		case <-feed:
		case <-theirs:
		case <-again.C:
		case <-late:
			w.t.Fatalf("never: %s\n%s", what, w.describe())
		}
	}
}

func (w *world) describe() string {
	var b strings.Builder
	box, _ := w.st.WorkerMailbox(context.Background(), w.box.ID)
	fmt.Fprintf(&b, "mailbox %s, %v, %d/%d\n", box.State, box.Problem, box.SyncDone, box.SyncTotal)
	for _, f := range w.folders() {
		fmt.Fprintf(&b, "%-20s %-8s total %d unread %d uidnext %d low %d server %d\n", f.Path, f.Role, f.Total, f.Unread, f.UIDNext, f.LowUID, f.ServerTotal)
	}
	os, _ := w.st.Outgoings(context.Background(), w.user.ID)
	for _, o := range os {
		fmt.Fprintf(&b, "outgoing %s %s %v\n", o.ID, o.State, o.Problem)
	}
	return b.String()
}

func (w *world) folders() []store.Folder {
	fs, err := w.st.WorkerFolders(context.Background(), w.box.ID)
	check(w.t, err)
	return fs
}

func (w *world) folder(role store.FolderRole) store.Folder {
	fs := w.folders()
	if i := slices.IndexFunc(fs, func(f store.Folder) bool { return f.Role == role }); i >= 0 {
		return fs[i]
	}
	return store.Folder{}
}

// mails returns what a folder shows, newest first.
func (w *world) mails(role store.FolderRole) []store.Message {
	f := w.folder(role)
	if f.ID == 0 {
		return nil
	}
	var all []store.Message
	for {
		page, err := w.st.Messages(context.Background(), w.user.ID, f.ID, store.Query{Offset: len(all), Limit: 200})
		check(w.t, err)
		all = append(all, page.Messages...)
		if len(page.Messages) == 0 || int64(len(all)) >= page.Total {
			return all
		}
	}
}

func (w *world) subjects(role store.FolderRole) []string {
	var subjects []string
	for _, m := range w.mails(role) {
		subjects = append(subjects, m.Subject)
	}
	return subjects
}

func (w *world) shows(role store.FolderRole, subjects ...string) func() bool {
	return func() bool {
		got := w.subjects(role)
		slices.Sort(got)
		want := slices.Sorted(slices.Values(subjects))
		return slices.Equal(got, want)
	}
}

func (w *world) state() store.MailboxState {
	box, err := w.st.WorkerMailbox(context.Background(), w.box.ID)
	check(w.t, err)
	return box.State
}

func (w *world) connected() func() bool { return func() bool { return w.state() == store.Connected } }

func (w *world) deliver(folder, subject string, flags ...string) uint32 {
	w.t.Helper()
	uid, err := w.sim.Deliver(ada, folder, mail(subject), flags, time.Time{})
	check(w.t, err)
	return uid
}

func mail(subject string) []byte {
	return []byte("From: Grace Hopper <grace@contoso.example>\nTo: ada@contoso.example\nSubject: " + subject +
		"\nMessage-ID: <" + strings.ReplaceAll(subject, " ", "-") + "@contoso.example>\nDate: Tue, 1 Sep 2026 10:00:00 +0000\n\nHello,\nthis is " + subject + ".\n")
}

// fill delivers n mails and returns their subjects.
func (w *world) fill(folder string, n int) []string {
	w.t.Helper()
	subjects := make([]string, n)
	for i := range n {
		subjects[i] = strings.TrimSpace(fmt.Sprintf("%s mail %d", folder, i+1))
		_, err := w.sim.Deliver(ada, folder, mail(subjects[i]), nil, time.Date(2026, 9, 1, 10, 0, i, 0, time.UTC))
		check(w.t, err)
	}
	return subjects
}

// same fails the test unless what is here is exactly what the server has: UIDs, flags and bytes.
func (w *world) same() {
	w.t.Helper()
	theirs, err := w.sim.Mailbox(ada)
	check(w.t, err)
	for _, f := range w.folders() {
		if f.Hidden {
			continue
		}
		there := theirs.Folder(f.Path)
		here := map[uint32]store.Message{}
		page, err := w.st.Messages(context.Background(), w.user.ID, f.ID, store.Query{Limit: 1})
		check(w.t, err)
		for offset := 0; int64(offset) < page.Total; offset += 200 {
			p, err := w.st.Messages(context.Background(), w.user.ID, f.ID, store.Query{Offset: offset, Limit: 200})
			check(w.t, err)
			for _, m := range p.Messages {
				if _, double := here[m.UID]; double {
					w.t.Errorf("%s: UID %d twice", f.Path, m.UID)
				}
				here[m.UID] = m
			}
		}
		if len(here) != len(there.Messages) {
			w.t.Errorf("%s: %d mails here, %d there", f.Path, len(here), len(there.Messages))
		}
		for _, m := range there.Messages {
			ours, ok := here[m.UID]
			if !ok {
				w.t.Errorf("%s: UID %d is missing", f.Path, m.UID)
				continue
			}
			if ours.Seen != slices.Contains(m.Flags, `\Seen`) || ours.Flagged != slices.Contains(m.Flags, `\Flagged`) {
				w.t.Errorf("%s: UID %d has flags %v there, seen %v flagged %v here", f.Path, m.UID, m.Flags, ours.Seen, ours.Flagged)
			}
			raw, err := w.st.Raw(context.Background(), w.user.ID, ours.ID)
			if err != nil || string(raw) != string(m.Raw) {
				w.t.Errorf("%s: UID %d has other bytes here (%v)", f.Path, m.UID, err)
			}
		}
	}
}

// tokens are access tokens without a sign-in service: what auth.Tokens does, for one address.
type tokens struct {
	sim          *simulator.Simulator
	app, address string

	mu       sync.Mutex
	token    auth.Secret
	expires  time.Time
	renewed  int
	refuse   error
	lifetime time.Duration
}

func (k *tokens) Access(context.Context, string) (auth.Secret, time.Time, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.refuse != nil {
		return "", time.Time{}, k.refuse
	}
	life := time.Until(k.expires)
	if k.token != "" && life > min(5*time.Minute, k.lifetime/4) {
		return k.token, k.expires, nil
	}
	return k.renew()
}

func (k *tokens) Refresh(context.Context, string) (auth.Secret, time.Time, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.refuse != nil {
		return "", time.Time{}, k.refuse
	}
	return k.renew()
}

func (k *tokens) renew() (auth.Secret, time.Time, error) {
	granted, err := k.sim.Grant(k.address, k.app)
	if err != nil {
		return "", time.Time{}, err
	}
	k.renewed++
	k.lifetime = time.Duration(granted.ExpiresIn) * time.Second
	k.token, k.expires = auth.Secret(granted.Access), time.Now().Add(k.lifetime)
	return k.token, k.expires, nil
}
