package server

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postroom/auth"
	"postroom/lab"
	"postroom/problem"
	"postroom/simulator"
	"postroom/store"
)

// The numbers are those of the project's table of threats.

// town is a house beside a simulated Microsoft 365 where it is registered.
type town struct {
	*house
	sim      *simulator.Simulator
	provider string
	issued   atomic.Int64 // codes and tokens that Microsoft gave out
}

func startTown(t *testing.T) *town {
	t.Helper()
	w := &town{house: startHouse(t)}
	var err error
	w.sim, err = simulator.New(simulator.Options{Issued: func(string) { w.issued.Add(1) }})
	check(t, err)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = w.sim.Run(ctx) })
	running.Go(func() { _ = w.connector.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	for _, name := range []string{"ada", "bob", "eve"} {
		w.account(name)
	}
	app, err := w.sim.AddApp(simulator.App{Name: "Postroom", RedirectURIs: []string{auth.RedirectURI(w.url)}})
	check(t, err)
	made := want[Provider](t, w.guest("root", store.RoleAdmin).ask("POST", "/api/admin/providers", ProviderForm{
		ProviderSettings: ProviderSettings{
			Name: "Outlook", Kind: store.KindMicrosoft, Authority: w.sim.Authority(), Tenant: "organizations", ClientID: app.ID, Scopes: auth.MicrosoftScopes,
			IMAPHost: w.sim.IMAPAddr(), SMTPHost: w.sim.SMTPAddr(), SMTPTLS: "starttls", CAPEM: w.sim.CAPEM(), FilesSent: store.SentByServer,
		},
		ClientSecret: app.Secret, Unproved: true,
	}), 200)
	w.provider = made.ID
	return w
}

func (w *town) account(name string) {
	w.t.Helper()
	_, err := w.sim.AddUser(simulator.User{Address: name + "@contoso.example", Name: name})
	check(w.t, err)
}

// begin presses Connect in g's browser and returns the sign-in page's address.
func (w *town) begin(g *guest) string {
	w.t.Helper()
	return want[Away](w.t, g.ask("POST", "/api/mailboxes/connect", ConnectForm{Provider: w.provider}), 200).URL
}

// signIn goes through Microsoft's pages and returns the way back, which nobody has gone yet.
func (w *town) signIn(page, account string) string {
	return lab.NewClient(w.t, "").PickAndAccept(page, account+"@contoso.example")
}

// attempt goes the way back in g's browser and waits until the attempt does not run any more.
func (w *town) attempt(g *guest, back string) Attempt {
	w.t.Helper()
	r := g.ask("GET", back, nil)
	id, ok := strings.CutPrefix(r.header.Get("Location"), "/connect/")
	if !ok {
		w.t.Fatalf("the way back led to %q", r.header.Get("Location"))
	}
	return w.ended(g, id)
}

func (w *town) ended(g *guest, id string) Attempt {
	w.t.Helper()
	late := time.After(30 * time.Second)
	again := time.NewTicker(20 * time.Millisecond) // attempts are in no feed that a test could wait for
	defer again.Stop()
	for {
		a := want[Attempt](w.t, g.ask("GET", "/api/connect/attempts/"+id, nil), 200)
		if a.State != store.Running {
			return a
		}
		select {
		case <-again.C:
		case <-late:
			w.t.Fatalf("the attempt does not end: %+v", a)
		}
	}
}

func (w *town) addresses(g *guest) []string {
	w.t.Helper()
	return each(want[[]Mailbox](w.t, g.ask("GET", "/api/mailboxes", nil), 200), func(m Mailbox) string { return m.Address })
}

func TestConnectingOverHTTP(t *testing.T) {
	w := startTown(t)
	ada := w.guest("ada", store.RoleMember)
	a := w.attempt(ada, w.signIn(w.begin(ada), "ada"))
	if a.State != store.Done || !slices.Equal(w.addresses(ada), []string{"ada@contoso.example"}) {
		t.Errorf("%+v, %v", a, w.addresses(ada))
	}
}

func TestRow19ConnectCSRF(t *testing.T) {
	w := startTown(t)
	victim, attacker := w.guest("victim", store.RoleMember), w.guest("attacker", store.RoleMember)
	state := func(g *guest) string {
		page, err := url.Parse(w.begin(g))
		check(t, err)
		return page.Query().Get("state")
	}
	cases := []struct {
		name string
		in   *guest
		back func() string
	}{
		{"(a) the attacker's answer in the victim's browser", victim, func() string { return w.signIn(w.begin(attacker), "eve") }},
		{"(b) the victim follows the attacker's address", victim, func() string { return w.signIn(w.begin(attacker), "ada") }},
		{"(c) the same answer twice", victim, func() string {
			back := w.signIn(w.begin(victim), "ada")
			w.attempt(victim, back)
			return back
		}},
		{"(d) the state of another session of the same person", func() *guest {
			again := *victim
			again.signIn()
			return &again
		}(), func() string { return w.signIn(w.begin(victim), "bob") }},
		{"(d) nobody is signed in", w.nobody(), func() string { return w.signIn(w.begin(victim), "bob") }},
		{"(e) no state", victim, func() string { return "/oauth/callback?code=x" }},
		{"(e) a made-up state", victim, func() string { return "/oauth/callback?code=x&state=AAAAAAAAAAAAAAAAAAAAAAAAAA" }},
		{"(e) an error without a question", victim, func() string { return "/oauth/callback?error=access_denied&state=AAAAAAAAAAAAAAAAAAAAAAAAAA" }},
		{"(e) another's state with an own code", victim, func() string { return "/oauth/callback?code=x&state=" + state(attacker) }},
	}
	refused := 0
	for _, c := range cases {
		back := c.back()
		boxes, issued := len(w.addresses(victim)), w.issued.Load()
		r := c.in.ask("GET", back, nil)
		if to := r.header.Get("Location"); r.status != http.StatusFound || to != "/settings/mailboxes?problem=state_invalid" && to != "/settings/mailboxes?problem=sign_in_needed" {
			t.Errorf("%s: %d to %q", c.name, r.status, to)
			continue
		}
		if n := w.issued.Load(); n != issued {
			t.Errorf("%s: %d tokens were given out", c.name, n-issued)
		}
		if n := len(w.addresses(victim)); n != boxes || len(w.addresses(attacker)) != 0 {
			t.Errorf("%s: a mailbox was stored", c.name)
		}
		refused++
	}
	t.Logf("refused %d of %d", refused, len(cases))
}

func TestRow22TheWayBackLeadsNowhereElse(t *testing.T) {
	w := startTown(t)
	ada := w.guest("ada", store.RoleMember)
	for _, evil := range []string{"//evil.example", `/\evil.example`, "/%5cevil.example", "https:evil.example", "/a/..//evil.example", "https://evil.example"} {
		for _, name := range []string{"next", "return", "redirect_uri", "to", "url"} {
			for _, path := range []string{"/oauth/callback?state=x&", "/oauth/callback?error=access_denied&state=x&", w.signIn(w.begin(ada), "ada") + "&"} {
				r := ada.ask("GET", path+url.Values{name: {evil}}.Encode(), nil)
				if to := r.header.Get("Location"); strings.Contains(to, "evil") || !strings.HasPrefix(to, "/settings/mailboxes?") && !strings.HasPrefix(to, "/connect/") {
					t.Fatalf("%s=%s leads to %q", name, evil, to)
				}
			}
		}
	}
}

// Many people connect at the same time: each gets the mailbox that they signed in to.
func TestRow25ParallelConnectionsDoNotMixUp(t *testing.T) {
	w := startTown(t)
	const people = 30
	guests := make([]*guest, people)
	for i := range guests {
		w.account(fmt.Sprintf("person%d", i))
		guests[i] = w.guest(fmt.Sprintf("person%d", i), store.RoleMember)
	}
	pages := make([]string, people)
	for i, g := range guests {
		pages[i] = w.begin(g) // all are open at once
	}
	var all sync.WaitGroup
	for i, g := range guests {
		all.Go(func() {
			address := fmt.Sprintf("person%d@contoso.example", i)
			a := w.attempt(g, w.signIn(pages[i], fmt.Sprintf("person%d", i)))
			if got := w.addresses(g); a.State != store.Done || !slices.Equal(got, []string{address}) {
				t.Errorf("person %d: %s, mailboxes %v", i, a.State, got)
			}
		})
	}
	all.Wait()
}

// Starts that nobody ends cost no memory: what is pending is in the database, and bounded.
func TestRow25StartsThatNobodyEndsCostNothing(t *testing.T) {
	w := startTown(t)
	ada := w.guest("ada", store.RoleMember)
	const starts = 2000
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	w.begin(ada)
	before := heap()
	first := w.begin(ada)
	for range starts {
		_, err := w.connector.Begin(t.Context(), ada.user.ID, "session", w.provider, store.Wish{})
		check(t, err)
	}
	if after := heap(); after > before+before/2+4<<20 {
		t.Errorf("heap %d kB before, %d kB after %d starts", before>>10, after>>10, starts)
	}
	// The oldest have made room.
	r := ada.ask("GET", w.signIn(first, "ada"), nil)
	if to := r.header.Get("Location"); to != "/settings/mailboxes?problem=state_invalid" {
		t.Errorf("the first start led to %q", to)
	}
}

func TestRow26SomebodyWhoIsDisabledMeanwhileConnectsNothing(t *testing.T) {
	w := startTown(t)
	bob := w.guest("bob", store.RoleMember)
	back := w.signIn(w.begin(bob), "bob")
	bob.user.DisabledAt = 1
	check(t, w.store.Tx(t.Context(), func(tx *store.Tx) error { return tx.UpdateUser(bob.user) }))
	issued := w.issued.Load()
	if r := bob.ask("GET", back, nil); r.header.Get("Location") != "/settings/mailboxes?problem=sign_in_needed" {
		t.Errorf("led to %q", r.header.Get("Location"))
	}
	boxes, err := w.store.Mailboxes(t.Context(), bob.user.ID)
	check(t, err)
	user, err := w.store.User(t.Context(), bob.user.ID)
	check(t, err)
	if len(boxes) != 0 || user.DisabledAt == 0 || w.issued.Load() != issued {
		t.Errorf("%d mailboxes, disabled at %d, %d tokens", len(boxes), user.DisabledAt, w.issued.Load()-issued)
	}
}

// Whoever types another's address is told that the account has no access to it, and nothing is stored.
func TestRow40AnothersAddressIsNotOpened(t *testing.T) {
	w := startTown(t)
	eve := w.guest("eve", store.RoleMember)
	w.sim.Set("eve@contoso.example", simulator.NotConnected, "")
	a := w.attempt(eve, w.signIn(w.begin(eve), "eve"))
	if a.State != store.Asking || a.Asks != store.AskAddress {
		t.Fatalf("%+v", a)
	}
	if line := "Set-CASMailbox eve@contoso.example -ImapEnabled $true"; a.Problem == nil || !strings.Contains(a.Problem.Message, line) {
		t.Errorf("the message lacks %q: %+v", line, a.Problem)
	}
	w.sim.Clear("eve@contoso.example", simulator.NotConnected)
	for _, address := range []string{"ada@contoso.example", "ADA@contoso.example", "nobody@contoso.example"} {
		want[struct{}](t, eve.ask("POST", "/api/connect/attempts/"+a.ID+"/answer", AnswerForm{Reply: auth.ThisAddress, Address: address}), 204)
		if got := w.ended(eve, a.ID); got.State != store.Asking || got.Problem == nil || got.Problem.Code != problem.NotConnected || got.Connected != "" {
			t.Errorf("%s: %+v", address, got)
		}
	}
	for _, wish := range []ConnectForm{{Shared: "ada@contoso.example"}, {Address: "ada@contoso.example"}} {
		wish.Provider = w.provider
		page := want[Away](t, eve.ask("POST", "/api/mailboxes/connect", wish), 200).URL
		if got := w.attempt(eve, w.signIn(page, "eve")); got.State == store.Done || got.Problem == nil || got.Problem.Raw == "" {
			t.Errorf("%+v: %+v", wish, got)
		}
	}
	if got := w.addresses(eve); len(got) != 0 {
		t.Errorf("stored: %v", got)
	}
}
