package auth

import (
	"context"
	"slices"
	"strings"
	"testing"

	"postroom/problem"
	"postroom/store"
)

const office = "office@contoso.example"

func TestTheExpectedAccountIsHintedAtAndConnected(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	page := h.wish(ada, h.provider(is), store.Wish{Address: " ADA@contoso.example ", Since: 5})
	if q := page.Query(); q.Get("login_hint") != "ada@contoso.example" || q.Get("prompt") != "select_account" {
		t.Errorf("question %v", q)
	}
	box, err := h.complete(ada, is.signIn(page))
	check(t, err)
	if box.Address != "ada@contoso.example" || box.Since != 5 {
		t.Errorf("mailbox %+v", box)
	}
}

func TestAnotherAccountThanTheExpectedOneIsRefusedNamingBoth(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	h.probe.opens = []string{"ada@contoso.example"}
	ada := h.user("ada@postroom.example")
	row := h.attempt(ada, is.signIn(h.wish(ada, h.provider(is), store.Wish{Address: "grace@contoso.example"})))
	if row.State != store.Broken || row.Problem.Code != problem.WrongAccount ||
		!strings.Contains(row.Problem.Detail, "grace@contoso.example") || !strings.Contains(row.Problem.Detail, "ada@contoso.example") {
		t.Errorf("attempt %+v", row.Problem)
	}
	if asked := h.probe.asked(); len(asked) != 1 || !slices.Equal(asked[0], []string{"grace@contoso.example"}) {
		t.Errorf("tried %q", asked)
	}
	h.noMailbox(ada)
}

// An account may have an address that its sign-in does not tell; then the mail servers tell.
func TestAnExpectedAddressThatOnlyTheMailServersKnow(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	is.account = map[string]any{"tid": contosoID, "oid": "oid-ada", "sub": "sub-ada", "preferred_username": "u4711@contoso.example"}
	ada := h.user("ada@postroom.example")
	box, err := h.complete(ada, is.signIn(h.wish(ada, h.provider(is), store.Wish{Address: "ada@contoso.example"})))
	check(t, err)
	if box.Address != "ada@contoso.example" || box.Login != "ada@contoso.example" {
		t.Errorf("mailbox %+v", box)
	}
}

func TestADelegatesMailboxIsNotTakenForTheAccountsOwn(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	h.probe.found = Found{SendProblem: problem.New(problem.SMTPRefused, "")}
	ada := h.user("ada@postroom.example")
	row := h.attempt(ada, is.signIn(h.wish(ada, h.provider(is), store.Wish{Address: "grace@contoso.example"})))
	if row.State != store.Asking || row.Asks != store.AskShared {
		t.Fatalf("attempt %+v", row)
	}
	h.probe.found = Found{CanSend: true}
	box, err := h.outcome(h.reply(row, AsShared, ""))
	check(t, err)
	if box.Shared != "grace@contoso.example" || box.Address != "grace@contoso.example" || box.SMTPLogin != "ada@contoso.example" {
		t.Errorf("mailbox %+v", box)
	}
}

func TestOneAccountHasItsOwnMailboxAndSharedOnes(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada, p := h.user("ada@postroom.example"), h.provider(is)
	own := h.connect(is, ada, p)
	shared, err := h.complete(ada, is.signIn(h.wish(ada, p, store.Wish{Shared: office})))
	check(t, err)
	if shared.ID == own.ID || shared.Address != office || shared.Login != office || shared.SMTPLogin != "ada@contoso.example" || shared.DisplayName != "" {
		t.Errorf("mailbox %+v", shared)
	}
	page := h.begin(ada, p, shared.ID)
	if hint := page.Query().Get("login_hint"); hint != "ada@contoso.example" {
		t.Errorf("hint %q", hint)
	}
	again, err := h.complete(ada, is.signIn(page))
	check(t, err)
	if again.ID != shared.ID || again.GrantVersion != 2 || again.Login != office || again.SMTPLogin != "ada@contoso.example" {
		t.Errorf("reconnected %+v", again)
	}
	if once, err := h.complete(ada, is.signIn(h.wish(ada, p, store.Wish{Shared: office}))); err != nil || once.ID != shared.ID {
		t.Errorf("connected again: %v %v", once.ID, err)
	}
}

func TestRow40AnAddressThatTheServerDoesNotAcceptIsNotStored(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	h.probe.opens = []string{"nobody-has-this-name"}
	ada, p := h.user("ada@postroom.example"), h.provider(is)
	row := h.attempt(ada, is.signIn(h.wish(ada, p, store.Wish{Shared: "grace@contoso.example"})))
	if row.State != store.Broken || row.Problem.Code != problem.NotConnected || row.Problem.Who != problem.Admin ||
		!strings.Contains(row.Problem.Detail, "grace@contoso.example") || !strings.Contains(row.Problem.Action, "FullAccess") {
		t.Errorf("shared: %+v", row.Problem)
	}
	row = h.attempt(ada, is.signIn(h.begin(ada, p, "")))
	if row.Asks != store.AskAddress {
		t.Fatalf("attempt %+v", row)
	}
	if row = h.reply(row, ThisAddress, "grace@contoso.example"); row.State != store.Asking || row.Asks != store.AskAddress || row.Problem.Title == "" {
		t.Errorf("typed: %+v", row)
	}
	h.noMailbox(ada)
}

func TestATypedNameOpensTheMailboxAndStaysApartFromTheAddress(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	h.probe.opens = []string{"CONTOSO-ada"}
	ada := h.user("ada@postroom.example")
	row := h.attempt(ada, is.signIn(h.begin(ada, h.provider(is), "")))
	box, err := h.outcome(h.reply(row, ThisAddress, " CONTOSO-ada "))
	check(t, err)
	if box.Login != "CONTOSO-ada" || box.Address != "ada@contoso.example" {
		t.Errorf("login %q, address %q", box.Login, box.Address)
	}
	if n := is.count("/token"); n != 1 {
		t.Errorf("the code was redeemed %d times", n)
	}
}

func TestReconnectWithAnotherAccountMayMakeAMailboxOfItsOwn(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	first := h.connect(is, ada, h.provider(is))
	is.set(func(is *issuer) {
		is.account = map[string]any{"tid": contosoID, "oid": "oid-bob", "sub": "sub-bob", "preferred_username": "bob@contoso.example"}
	})
	row := h.attempt(ada, is.signIn(h.begin(ada, store.Provider{}, first.ID)))
	if row.Asks != store.AskAccount {
		t.Fatalf("attempt %+v", row)
	}
	box, err := h.outcome(h.reply(row, Separate, ""))
	check(t, err)
	if box.ID == first.ID || box.Address != "bob@contoso.example" {
		t.Errorf("mailbox %+v", box)
	}
}

func TestReconnectSavesAChangedName(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	box := h.connect(is, ada, h.provider(is))
	is.set(func(is *issuer) {
		is.account = map[string]any{"tid": contosoID, "oid": "oid-ada", "sub": "sub-ada", "preferred_username": "countess@contoso.example", "email": "countess@contoso.example"}
	})
	h.probe.opens = []string{"countess@contoso.example"}
	again, err := h.complete(ada, is.signIn(h.begin(ada, store.Provider{}, box.ID)))
	check(t, err)
	if again.ID != box.ID || again.Login != "countess@contoso.example" || again.Address != "countess@contoso.example" {
		t.Errorf("mailbox %+v", again)
	}
}

func TestAnAccountConnectedThroughAnotherProviderMovesThere(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	box := h.connect(is, ada, h.provider(is))
	second := h.provider(is)
	again := h.connect(is, ada, second)
	if again.ID != box.ID || again.ProviderID != second.ID {
		t.Errorf("mailbox %+v", again)
	}
}

func TestWhoMayConnectIsHeldAgainstTenantAndAcceptedName(t *testing.T) {
	for name, c := range map[string]struct {
		tenants, addresses string
		most               int64
		opens              []string
		want               problem.Code
		login              string
	}{
		"another tenant":                    {tenants: fabrikamID, want: problem.NotAllowed},
		"its tenant":                        {tenants: fabrikamID + " " + strings.ToUpper(contosoID), login: "ada@contoso.example"},
		"another domain":                    {addresses: "@fabrikam.example", want: problem.NotAllowed},
		"a domain that ends alike":          {addresses: "@toso.example", want: problem.NotAllowed},
		"its domain":                        {addresses: "eve@fabrikam.example @CONTOSO.example", login: "ada@contoso.example"},
		"its address":                       {addresses: "ada@contoso.example", login: "ada@contoso.example"},
		"claims an address, has not got it": {addresses: "ada@contoso.example", opens: []string{"other@contoso.example"}, want: problem.NotConnected},
		"one":                               {most: 1, login: "ada@contoso.example"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			is := newIssuer(t, h.clock)
			is.account = map[string]any{"tid": contosoID, "oid": "oid-ada", "sub": "sub-ada", "preferred_username": "ada@contoso.example", "upn": "other@contoso.example"}
			h.probe.opens = c.opens
			p := is.provider()
			p.AllowedTenants, p.AllowedAddresses, p.MailboxesPerUser = c.tenants, c.addresses, c.most
			p, err := h.providers.Save(context.Background(), p, clientSecret)
			check(t, err)
			ada := h.user("ada@postroom.example")
			box, err := h.complete(ada, is.signIn(h.begin(ada, p, "")))
			if c.want != "" {
				wantProblem(t, err, c.want)
				h.noMailbox(ada)
				return
			}
			check(t, err)
			if box.Login != c.login {
				t.Errorf("login %q", box.Login)
			}
			if c.most == 0 {
				return
			}
			is.set(func(is *issuer) {
				is.account = map[string]any{"tid": contosoID, "oid": "oid-bob", "sub": "sub-bob", "preferred_username": "bob@contoso.example"}
			})
			_, err = h.complete(ada, is.signIn(h.begin(ada, p, "")))
			wantProblem(t, err, problem.NotAllowed)
			h.connect(is, h.user("bob@postroom.example"), p)
		})
	}
}

func TestWithoutAnIDTokenTheTypedAddressIsProvedByIMAP(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	is.kind = store.KindGeneric
	p := is.provider()
	p.Authority, p.AuthorizeURL, p.TokenURL, p.Scopes = "", is.server.URL+"/authorize", is.server.URL+"/token", "offline_access mail"
	p, err := h.providers.Save(context.Background(), p, clientSecret)
	check(t, err)
	jane := h.user("jane@postroom.example")
	_, err = h.connector.Begin(context.Background(), jane.ID, session, p.ID, store.Wish{})
	wantProblem(t, err, problem.Invalid)
	box, err := h.complete(jane, is.signIn(h.wish(jane, p, store.Wish{Address: "Jane@mail.example"})))
	check(t, err)
	if box.Login != "jane@mail.example" || box.ObjectID != "jane@mail.example" || box.Issuer != is.server.URL+"/token" || box.TenantID != "" {
		t.Errorf("mailbox %+v", box)
	}
	again, err := h.complete(jane, is.signIn(h.begin(jane, p, box.ID)))
	check(t, err)
	if again.ID != box.ID {
		t.Errorf("reconnected %+v", again)
	}
	h.probe.opens = []string{"jane@mail.example"}
	_, err = h.complete(jane, is.signIn(h.wish(jane, p, store.Wish{Address: "victim@mail.example"})))
	wantProblem(t, err, problem.NotConnected)
}

func TestWishesThatCannotBeAreRefusedBeforeAnybodyLeaves(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada, p := h.user("ada@postroom.example"), h.provider(is)
	for name, w := range map[string]store.Wish{
		"no address": {Address: "ada"}, "no shared address": {Shared: "<office@x>"},
		"the future": {Since: h.store.Now() + 1}, "before time": {Since: -1},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.connector.Begin(context.Background(), ada.ID, session, p.ID, w)
			wantProblem(t, err, problem.Invalid)
		})
	}
}
