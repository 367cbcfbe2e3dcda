package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/alexedwards/argon2id"
	"go.uber.org/goleak"

	"postroom/auth"
	"postroom/courier"
	"postroom/mailbox"
	"postroom/message"
	"postroom/problem"
	"postroom/store"
)

func TestMain(m *testing.M) {
	code := m.Run()
	http.DefaultClient.CloseIdleConnections()
	if code == 0 {
		// scs.New starts a cleaner of a store in memory that nobody uses.
		err := goleak.Find(goleak.IgnoreAnyFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup"))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// house is a running Postroom without workers: a real store, a real listener.
type house struct {
	t         *testing.T
	store     *store.Store
	people    *auth.People
	sessions  *auth.Sessions
	connector *auth.Connector // carries nothing out unless a test runs it
	server    *Server
	url       string
	log       *logbook
	synced    chan string // mailboxes that were woken
	stop      func()      // ends the server and waits for it
	now       func() time.Time
}

type option func(*Config)

// fastPulse lets feeds ping all the time.
func fastPulse(c *Config) { c.pulse = 20 * time.Millisecond }

// startHouse starts one. Its public URL is the one it listens on.
func startHouse(t *testing.T, options ...option) *house {
	t.Helper()
	return startHouseAt(t, time.Now, options...)
}

// shifted is the clock of the machine, moved on.
type shifted struct{ by atomic.Int64 }

func (s *shifted) now() time.Time        { return time.Now().Add(time.Duration(s.by.Load())) }
func (s *shifted) shift(d time.Duration) { s.by.Add(int64(d)) }

// startHouseAt is startHouse by another clock.
func startHouseAt(t *testing.T, now func() time.Time, options ...option) *house {
	t.Helper()
	h := &house{t: t, log: &logbook{}, synced: make(chan string, 100), now: now}
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	st, err := store.Open(t.Context(), store.Config{Dir: t.TempDir(), Now: now, Log: log})
	check(t, err)
	t.Cleanup(func() { _ = st.Close() })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	h.url = "http://" + ln.Addr().String()
	keys, _, err := auth.OpenKeys(t.Context(), st, t.TempDir()+"/keys")
	check(t, err)
	h.store, h.people, h.sessions = st, auth.NewPeople(st), auth.NewSessions(st, h.url, log)
	dialer := &net.Dialer{}
	clients := auth.NewHTTPClients(dialer.DialContext)
	t.Cleanup(clients.Close)
	images := &http.Client{Transport: &http.Transport{DialContext: dialer.DialContext}}
	t.Cleanup(images.CloseIdleConnections)
	closed := func(context.Context, store.Provider) (string, error) {
		return "", problem.New(problem.MailServerDown, "")
	}
	connections := auth.Connections{Store: st, Keys: keys, HTTP: clients, Probe: mailbox.NewProbe(dialer.DialContext), Knock: auth.Knock{IMAP: closed, SMTP: closed}, PublicURL: h.url, Log: log}
	h.connector = auth.NewConnector(connections)
	c := Config{
		Store: st, People: h.people, Sessions: h.sessions,
		Connector: h.connector,
		Providers: auth.NewProviders(connections),
		Courier:   courier.New(courier.Config{Store: st, Keys: keys, HTTP: clients, Dial: dialer.DialContext, PublicURL: h.url, Log: log}),
		Factors:   auth.NewFactors(st, keys, h.people, h.url),
		SignIns:   auth.NewSignIns(connections, h.people),
		Keys:      keys,
		Sync:      func(id string) { h.synced <- id },
		FrameKey:  []byte("0123456789abcdef0123456789abcdef"), ImageClient: images,
		PublicURL: h.url, Version: "test", Now: time.Now, Log: log,
		Dist: fstest.MapFS{}, FrameFS: frameFiles,
	}
	c.Passkeys, err = auth.NewPasskeys(st, h.url)
	check(t, err)
	for _, o := range options {
		o(&c)
	}
	h.server, err = New(c)
	check(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.server.Run(ctx, ln) }()
	h.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(h.stop)
	return h
}

// logbook keeps what was logged.
type logbook struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(b)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// guest is somebody with a browser.
type guest struct {
	t      *testing.T
	house  *house
	user   store.User
	client *http.Client
	cookie string
}

// nobody is a browser that is not signed in.
func (h *house) nobody() *guest {
	transport := &http.Transport{}
	h.t.Cleanup(transport.CloseIdleConnections)
	return &guest{t: h.t, house: h, client: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// guest adds a user and signs them in, without the time that a password takes.
func (h *house) guest(name string, role store.Role) *guest {
	h.t.Helper()
	g := h.nobody()
	g.user = store.User{ID: store.NewID(), Email: name + "-" + strings.ToLower(store.NewID()) + "@example.org", Name: name, Role: role, PasswordHash: cheapHash(h.t), CreatedAt: 1}
	check(h.t, h.store.Tx(h.t.Context(), func(tx *store.Tx) error { return tx.AddUser(&g.user) }))
	g.signIn()
	return g
}

// cheapHash is that of password, made with little memory.
func cheapHash(t *testing.T) string {
	t.Helper()
	hash, err := argon2id.CreateHash(password, &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	check(t, err)
	return hash
}

// signIn opens a new session in g's browser.
func (g *guest) signIn() {
	g.t.Helper()
	h, w := g.house, httptest.NewRecorder()
	h.sessions.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		check(h.t, h.sessions.SignIn(r.Context(), g.user.ID))
	})).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	for _, c := range w.Result().Cookies() {
		g.cookie = c.Name + "=" + c.Value
	}
}

// reply is an answer that was read.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a request; the body is JSON unless it is bytes already, and headers come in pairs.
func (g *guest) ask(method, path string, body any, headers ...string) reply {
	g.t.Helper()
	req := g.request(method, path, reader(g.t, body))
	if _, plain := body.([]byte); body != nil && !plain {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := g.client.Do(req)
	check(g.t, err)
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	check(g.t, err)
	for _, c := range resp.Cookies() {
		g.cookie = c.Name + "=" + c.Value
	}
	return reply{resp.StatusCode, resp.Header, got}
}

// request is one with g's cookie.
func (g *guest) request(method, path string, body io.Reader) *http.Request {
	g.t.Helper()
	req, err := http.NewRequestWithContext(g.t.Context(), method, g.house.url+path, body)
	check(g.t, err)
	if g.cookie != "" {
		req.Header.Set("Cookie", g.cookie)
	}
	return req
}

func reader(t *testing.T, body any) io.Reader {
	t.Helper()
	switch b := body.(type) {
	case nil:
		return nil
	case []byte:
		return bytes.NewReader(b)
	}
	raw, err := json.Marshal(body)
	check(t, err)
	return bytes.NewReader(raw)
}

// want reads an answer that must have this status.
func want[T any](t *testing.T, r reply, status int) T {
	t.Helper()
	var v T
	if r.status != status {
		t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	if len(r.body) > 0 && strings.Contains(r.header.Get("Content-Type"), "json") {
		check(t, json.Unmarshal(r.body, &v))
	}
	return v
}

// wantProblem reads an answer that must be this problem.
func wantProblem(t *testing.T, r reply, status int, code string) Problem {
	t.Helper()
	p := want[Problem](t, r, status)
	if string(p.Code) != code || r.header.Get("Content-Type") != "application/problem+json" || p.Status != status || p.ID == "" {
		t.Fatalf("got %s as %s, want problem %s with a number", r.body, r.header.Get("Content-Type"), code)
	}
	return p
}

// box is a connected mailbox with two folders.
type box struct {
	store.Mailbox
	inbox, archive store.Folder
}

// connect gives g a mailbox, as if the whole way to the provider and back had been gone.
func (g *guest) connect(address string) box {
	g.t.Helper()
	st, b := g.house.store, box{}
	provider := store.Provider{ID: store.NewID(), Name: "Outlook", Kind: store.KindMicrosoft, Version: 1, Authority: "https://login.example", IMAPHost: "imap.example:993", SMTPHost: "smtp.example:587", SMTPTLS: "starttls", FilesSent: store.SentByServer, CreatedAt: 1}
	b.Mailbox = store.Mailbox{
		ID: store.NewID(), UserID: g.user.ID, ProviderID: provider.ID, Address: address, DisplayName: g.user.Name, Login: address,
		Issuer: "https://login.example", TenantID: "t", ObjectID: store.NewID(), State: store.Connected, CanSend: true, CreatedAt: 1,
	}
	check(g.t, st.Tx(g.t.Context(), func(tx *store.Tx) error {
		if err := tx.AddProvider(&provider); err != nil {
			return err
		}
		if err := tx.AddMailbox(&b.Mailbox); err != nil {
			return err
		}
		folders, err := tx.PutFolders(b.ID, []store.Folder{
			{Path: "INBOX", Name: "Inbox", Role: store.Inbox, Delimiter: "/"},
			{Path: "Archive", Name: "Archive", Role: store.Archive, Delimiter: "/"},
			{Path: "Deleted Items", Name: "Deleted Items", Role: store.Trash, Delimiter: "/"},
			{Path: "Junk Email", Name: "Junk Email", Role: store.Junk, Delimiter: "/"},
		})
		if err != nil {
			return err
		}
		for _, f := range folders {
			switch f.Role {
			case store.Inbox:
				b.inbox = f
			case store.Archive:
				b.archive = f
			}
		}
		return nil
	}))
	return b
}

// deliver puts a mail into b's inbox and returns its id.
func (g *guest) deliver(b box, raw string) int64 {
	g.t.Helper()
	st, bytes := g.house.store, []byte(strings.ReplaceAll(raw, "\n", "\r\n"))
	source, err := st.Keep(g.t.Context(), bytes)
	check(g.t, err)
	p := message.Parse(bytes)
	addresses := func(in []message.Address) []store.Address {
		return each(in, func(a message.Address) store.Address { return store.Address(a) })
	}
	var added []store.Message
	check(g.t, st.Tx(g.t.Context(), func(tx *store.Tx) error {
		folder, err := st.Folder(g.t.Context(), g.user.ID, b.inbox.ID)
		if err != nil {
			return err
		}
		folder.UIDValidity = 14
		added, err = tx.AddMessages(folder, []store.NewMessage{{
			Message: store.Message{
				UID: uint32(folder.Total) + 1, RFCMessageID: p.MessageID, InReplyTo: strings.Join(p.InReplyTo, " "),
				References: strings.Join(p.References, " "), Subject: p.Subject, From: addresses(p.From), To: addresses(p.To),
				Date: 1700000000000, InternalDate: 1700000000000 + folder.Total, Size: int64(len(bytes)), Snippet: message.Preview(p),
			},
			Source: source, Words: store.Words{Subject: p.Subject, Body: message.SearchText(p)},
		}})
		return err
	}))
	if len(added) != 1 {
		g.t.Fatalf("%d messages added", len(added))
	}
	return added[0].ID
}

const lunch = `From: Ada <ada@contoso.example>
To: Bob <bob@contoso.example>
Subject: Lunch?
Message-ID: <lunch@contoso.example>
Date: Tue, 14 Nov 2023 22:13:20 +0000
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

At noon, under the clock.
`
