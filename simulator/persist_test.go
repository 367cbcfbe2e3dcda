package simulator

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// run starts a simulator that keeps its state in dir, and returns what stops it.
func run(t *testing.T, opts Options) (*Simulator, func()) {
	t.Helper()
	sim, err := New(opts)
	check(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- sim.Run(ctx) }()
	return sim, func() {
		t.Helper()
		stop()
		check(t, <-ended)
	}
}

func TestARestartGoesOnWithTheSameMailboxesTokensAndPorts(t *testing.T) {
	dir := t.TempDir()
	first, stop := run(t, Options{Dir: dir, SentDelay: time.Hour})
	check(t, first.Seed())
	app, err := first.AddApp(App{Name: "Postroom", RedirectURIs: []string{redirectURI}})
	check(t, err)
	got := token(t, first, "common", redemption(app, newBrowser(t, first).code(app, ada, nil)))
	signedInSMTP(t, first, app, ada).mail(ada, []string{grace}, outgoing)
	check(t, first.Remove(ada, "", 3, 5))
	before, err := first.Mailbox(ada)
	check(t, err)
	stop()

	second, stop := run(t, Options{Dir: dir})
	defer stop()
	for what, pair := range map[string][2]string{
		"sign-in": {second.Authority(), first.Authority()},
		"imap":    {second.IMAPAddr(), first.IMAPAddr()},
		"smtp":    {second.SMTPAddr(), first.SMTPAddr()},
		"control": {second.ControlURL(), first.ControlURL()},
		"trust":   {second.CAPEM(), first.CAPEM()},
	} {
		equal(t, what, pair[0], pair[1])
	}
	again, ok := second.App("Postroom")
	if !ok || again.ID != app.ID || again.Secret != app.Secret {
		t.Error("the app registration is lost")
	}
	after, err := second.Mailbox(ada)
	check(t, err)
	for i, f := range after.Folders {
		old := before.Folders[i]
		equal(t, "folder", f.Name, old.Name)
		equal(t, f.Name+" UIDVALIDITY", f.UIDValidity, old.UIDValidity)
		if f.Role == "sent" { // the copy that was still to come was filed at the end
			equal(t, "sent", len(f.Messages), len(old.Messages)+1)
			continue
		}
		equal(t, f.Name+" UIDNEXT", f.UIDNext, old.UIDNext)
		equal(t, f.Name+" messages", len(f.Messages), len(old.Messages))
		for j, m := range f.Messages {
			if o := old.Messages[j]; m.UID != o.UID || string(m.Raw) != string(o.Raw) || strings.Join(m.Flags, " ") != strings.Join(o.Flags, " ") || !m.At.Equal(o.At) {
				t.Errorf("%s: message %d changed", f.Name, m.UID)
			}
		}
	}
	renewed := token(t, second, "common", renewal(again, got.RefreshToken))
	equal(t, "refresh", renewed.status, 200)
	w := dialIMAP(t, second)
	w.line()
	w.expect("AUTHENTICATE XOAUTH2 "+response(ada, got.AccessToken), "OK AUTHENTICATE completed.")
	w.expect("NAMESPACE", `* NAMESPACE (("" "/")) NIL NIL`, "OK NAMESPACE completed.")
}

func TestAChangeIsSavedWhileTheSimulatorRuns(t *testing.T) {
	dir := t.TempDir()
	sim, stop := run(t, Options{Dir: dir})
	defer stop()
	_, err := sim.AddUser(User{Address: ada})
	check(t, err)
	check(t, sim.save())
	text, err := os.ReadFile(filepath.Join(dir, "state.json"))
	check(t, err)
	if !strings.Contains(string(text), ada) {
		t.Error("the state lacks the user")
	}
	for _, secret := range []string{"EwB", "refresh_token"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the state holds %q", secret)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "state.json"))
	check(t, err)
	equal(t, "mode", info.Mode().Perm(), 0o600)
}

func TestABrokenStateIsAClearError(t *testing.T) {
	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, "state.json"), []byte("{"), 0o600))
	_, err := New(Options{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "read state.json") {
		t.Errorf("got %v", err)
	}
}
