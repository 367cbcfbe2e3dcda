package simulator

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		os.Exit(code)
	}))
}

const (
	ada   = "ada@contoso.example"
	grace = "grace@contoso.example"
)

// start runs a simulator with Ada, Grace and an app until the test ends.
func start(t *testing.T, opts Options) (*Simulator, App) {
	t.Helper()
	sim, err := New(opts)
	check(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- sim.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	for _, u := range []User{{Address: ada, Name: "Ada Lovelace"}, {Address: grace, Name: "Grace Hopper"}} {
		_, err := sim.AddUser(u)
		check(t, err)
	}
	app, err := sim.AddApp(App{Name: "Postroom", RedirectURIs: []string{redirectURI}})
	check(t, err)
	return sim, app
}

const redirectURI = "http://127.0.0.1:9/oauth/callback"

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

func trusting(t *testing.T, sim *Simulator) *tls.Config {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(sim.CAPEM())) {
		t.Fatal("CAPEM holds no certificate")
	}
	return &tls.Config{RootCAs: pool, ServerName: "localhost"}
}

// bearer is a client's XOAUTH2, written anew.
type bearer struct{ user, token string }

func (b bearer) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + b.user + "\x01auth=Bearer " + b.token + "\x01\x01"), nil
}

func (b bearer) Next([]byte) ([]byte, error) { return nil, errors.New("challenged") }

// signIn opens IMAP as address with go-imap's client.
func openIMAP(t *testing.T, sim *Simulator, app App, address string, opts *imapclient.Options) *imapclient.Client {
	t.Helper()
	if opts == nil {
		opts = &imapclient.Options{}
	}
	opts.TLSConfig = trusting(t, sim)
	c, err := imapclient.DialTLS(sim.IMAPAddr(), opts)
	check(t, err)
	t.Cleanup(func() { c.Close() })
	tokens, err := sim.Grant(address, app.ID)
	check(t, err)
	check(t, c.Authenticate(bearer{address, tokens.Access}))
	return c
}

func letter(subject string) []byte {
	return []byte("From: Grace Hopper <grace@contoso.example>\nTo: ada@contoso.example\nSubject: " + subject +
		"\nMessage-ID: <" + strings.ReplaceAll(subject, " ", "-") + "@contoso.example>\nDate: Tue, 1 Sep 2026 10:00:00 +0000\n\nHello,\nthis is " + subject + ".\n")
}

func TestMailThatIsDeliveredCanBeReadWithGoIMAP(t *testing.T) {
	sim, app := start(t, Options{})
	_, err := sim.Deliver(ada, "", letter("Lunch"), nil, time.Time{})
	check(t, err)
	c := openIMAP(t, sim, app, ada, nil)
	selected, err := c.Select("INBOX", nil).Wait()
	check(t, err)
	equal(t, "messages", selected.NumMessages, 1)
	equal(t, "UIDVALIDITY", selected.UIDValidity, 14)
	section := &imap.FetchItemBodySection{Peek: true}
	got, err := c.Fetch(imap.UIDSetNum(1), &imap.FetchOptions{UID: true, Flags: true, InternalDate: true, RFC822Size: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	check(t, err)
	want := strings.ReplaceAll(string(letter("Lunch")), "\n", "\r\n")
	equal(t, "source", string(got[0].FindBodySection(section)), want)
	equal(t, "size", got[0].RFC822Size, int64(len(want)))
}

func TestRunEndsWithItsContextWhileClientsIdle(t *testing.T) {
	sim, app := start(t, Options{})
	c := openIMAP(t, sim, app, ada, nil)
	_, err := c.Select("INBOX", nil).Wait()
	check(t, err)
	_, err = c.Idle()
	check(t, err)
}

func body(t *testing.T, resp *http.Response) string {
	t.Helper()
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	check(t, err)
	return string(text)
}
