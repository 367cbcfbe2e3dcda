package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postroom/auth"
	"postroom/lab"
	"postroom/simulator"
	"postroom/store"
)

// Everything that must stay secret is known here: the simulator tells each code and token that it
// gives out. After a connection, a sync, a mail, a renewal, a restart and some failures nothing of it
// may be found in database, WAL, blobs, logs or any answer that a browser got.
func TestRow27NoSecretIsFoundOutsideItsSeal(t *testing.T) {
	w := newSecretWorld(t)
	ada := w.connect("ada@contoso.example")
	ada.Until("all mail is here", time.Minute, func() bool { return ada.Mailbox("ada@contoso.example").State == "connected" })
	w.useEverything(ada)

	w.sim.Expire("ada@contoso.example") // sessions are cut; the worker renews
	issued := w.count()
	ada.Must("POST", "/api/mailboxes/"+ada.Mailboxes()[0].ID+"/sync", nil, nil)
	ada.Until("the token is renewed", time.Minute, func() bool { return w.count() > issued })
	if err := w.sim.Revoke("ada@contoso.example"); err != nil { // the restart meets a refusal
		t.Fatal(err)
	}
	w.process.Kill()
	w.search(t, "after a kill")

	w.process = lab.Start(t, w.bin, "serve", w.data, w.port, "POSTROOM_ALLOW_NETS=127.0.0.0/8")
	// The token that was stored sealed is good until the service ends it; then the grant is asked for.
	w.sim.Expire("ada@contoso.example")
	ada.Until("the refusal is shown", time.Minute, func() bool { return ada.Mailbox("ada@contoso.example").State == "needs_you" })
	if _, err := w.process.Stop(); err != nil {
		t.Fatalf("stop: %v", err)
	}
	w.search(t, "after a restart")
	t.Logf("secrets looked for: %d, found: 0", w.count())
}

// secretWorld is a Postroom beside a simulator that tells its secrets, with every answer kept.
type secretWorld struct {
	t       *testing.T
	bin     string
	data    string
	port    int
	process *lab.Process
	sim     *simulator.Simulator

	mu      sync.Mutex
	secrets []string
	answers bytes.Buffer
}

const planted = "planted pass phrase 4711"

func newSecretWorld(t *testing.T) *secretWorld {
	t.Helper()
	bin, err := lab.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &secretWorld{t: t, bin: bin, data: t.TempDir(), port: lab.FreePort(t), secrets: []string{planted}}
	w.sim, err = simulator.New(simulator.Options{SentDelay: -1, Issued: w.learn})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.sim.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	if err := w.sim.Seed(); err != nil {
		t.Fatal(err)
	}
	w.process = lab.Start(t, bin, "serve", w.data, w.port, "POSTROOM_ALLOW_NETS=127.0.0.0/8")
	return w
}

func (w *secretWorld) learn(secret string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.secrets = append(w.secrets, secret)
}

func (w *secretWorld) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.secrets)
}

// Write keeps what a browser was answered.
func (w *secretWorld) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.answers.Write(b)
}

// connect sets Postroom up with the simulator as provider and connects the address.
func (w *secretWorld) connect(address string) *lab.Client {
	w.t.Helper()
	token, err := w.process.SetupToken()
	if err != nil {
		w.t.Fatal(err)
	}
	app, err := w.sim.AddApp(simulator.App{Name: "Postroom", RedirectURIs: []string{auth.RedirectURI(w.process.URL)}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.learn(app.Secret)
	c := lab.NewClient(w.t, w.process.URL)
	c.Seen = w
	c.Must("POST", "/api/setup", map[string]string{"token": token, "email": "root@contoso.example", "name": "Root", "password": planted}, nil)
	p := auth.Preset(store.KindMicrosoft)
	var made struct{ ID string }
	c.Must("POST", "/api/admin/providers", map[string]any{
		"name": "Outlook", "kind": "microsoft", "authority": w.sim.Authority(), "tenant": "organizations", "clientId": app.ID,
		"clientSecret": app.Secret, "scopes": p.Scopes, "imapHost": w.sim.IMAPAddr(), "smtpHost": w.sim.SMTPAddr(),
		"smtpTls": "starttls", "caPem": w.sim.CAPEM(), "filesSent": "server", "disabled": false,
	}, &made)
	var begun struct{ URL string }
	c.Must("POST", "/api/mailboxes/connect", map[string]string{"provider": made.ID}, &begun)
	c.Arrive(lab.NewClient(w.t, "").PickAndAccept(begun.URL, address))
	return c
}

// useEverything asks for each kind of answer there is, and sends a mail.
func (w *secretWorld) useEverything(c *lab.Client) {
	box := c.Mailbox("ada@contoso.example")
	for _, row := range c.Rows(box.Folder(c, "inbox").ID)[:20] {
		var m lab.Message
		c.Must("GET", "/api/messages/"+row.ID, nil, &m)
		c.Bytes(m.FrameURL, "Sec-Fetch-Dest", "iframe")
		c.Bytes("/api/messages/" + row.ID + "/source")
	}
	for _, path := range []string{"/api/session", "/api/users", "/api/admin/providers", "/api/providers", "/api/outgoing", "/api/openapi.json", "/api/search?q=engine", "/oauth/callback?code=x&state=y", "/", "/nothing"} {
		c.Bytes(path)
	}
	var out lab.Outgoing
	c.Must("POST", "/api/outgoing", map[string]any{
		"mailbox": box.ID, "to": []lab.Addr{{Addr: "grace@contoso.example"}}, "cc": []lab.Addr{}, "bcc": []lab.Addr{},
		"subject": "A mail", "html": "<p>x</p>", "text": "x", "uploads": []string{},
	}, &out, "Idempotency-Key", "secrets-test-1")
	c.Until("the mail is sent", time.Minute, func() bool {
		c.Must("GET", "/api/outgoing/"+out.ID, nil, &out)
		return out.State == "sent"
	})
}

// search looks for each secret, as it is, URL-encoded and in Base64, in everything that was left behind.
func (w *secretWorld) search(t *testing.T, when string) {
	t.Helper()
	w.mu.Lock()
	secrets, answers := slices.Clone(w.secrets), w.answers.String()
	w.mu.Unlock()
	places := map[string]string{"the logs": w.process.Output.String(), "the answers": answers}
	err := filepath.WalkDir(w.data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		places[strings.TrimPrefix(path, w.data)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(places) < 4 {
		t.Fatalf("only %d places to look in", len(places))
	}
	if !strings.Contains(places["/postroom.db"]+places["/postroom.db-wal"], "ada@contoso.example") {
		t.Fatal("not even the address is found: the search looks in the wrong place")
	}
	for where, text := range places {
		for i, secret := range secrets {
			for _, form := range []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret))} {
				if strings.Contains(text, form) {
					t.Errorf("%s: secret %d of %d (%.6s…) is in %s", when, i, len(secrets), secret, where)
				}
			}
		}
	}
}
