package courier

import (
	"context"
	"strings"
	"testing"
	"time"

	"postroom/auth"
	"postroom/message"
	"postroom/problem"
	"postroom/simulator"
	"postroom/store"
)

const (
	grace   = "grace@contoso.example"
	noReply = "no-reply@contoso.example"
)

// cloud is a simulated Microsoft 365 with a mailbox for system mail and an app that may send.
type cloud struct {
	*simulator.Simulator
	app simulator.App
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	sim, err := simulator.New(simulator.Options{SentDelay: -1})
	check(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- sim.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		check(t, <-ended)
	})
	for _, u := range []simulator.User{{Address: noReply, Name: "Postroom", Shared: true}, {Address: grace, Name: "Grace Hopper"}} {
		_, err := sim.AddUser(u)
		check(t, err)
	}
	app, err := sim.AddApp(simulator.App{Name: "Postroom mail", Tenant: "contoso.example", Roles: []string{"Mail.Send"}})
	check(t, err)
	return &cloud{sim, app}
}

func (c *cloud) sender() store.Sender {
	return store.Sender{
		Kind: store.SenderMicrosoft, Address: noReply, Cloud: "custom", Authority: c.Authority(), Graph: c.GraphURL(),
		Tenant: "contoso.example", ClientID: c.app.ID, Language: "en",
	}
}

func (c *cloud) secret() auth.Secret { return auth.Secret(c.app.Secret) }

func (c *cloud) inbox(t *testing.T, address string) (all []simulator.Message) {
	t.Helper()
	box, err := c.Mailbox(address)
	check(t, err)
	return box.Folder("inbox").Messages
}

func TestANoticeReachesItsRecipientThroughMicrosoftGraph(t *testing.T) {
	onBoth(t, func(h *house) {
		sim := newCloud(h.t)
		h.save(sim.sender(), sim.secret())
		h.run()
		check(h.t, h.courier.Post(h.t.Context(), invitation(h)))
		h.until("it arrived", func() bool { return len(sim.inbox(h.t, grace)) == 1 && h.status(store.NoticeSent)() })
		if p := message.Parse(sim.inbox(h.t, grace)[0].Raw); !strings.Contains(p.Text, link) || p.From[0].Addr != noReply {
			h.t.Errorf("%+v", p)
		}
		// A token that Graph does not take any more is renewed once, without anybody noticing.
		h.courier.tokens.mu.Lock()
		h.courier.tokens.token = "stale"
		h.courier.tokens.mu.Unlock()
		check(h.t, h.courier.Post(h.t.Context(), invitation(h)))
		h.until("the second arrived", func() bool { return len(sim.inbox(h.t, grace)) == 2 && h.status(store.NoticeSent)() })
		if n := h.log()[0].Attempts; n != 1 {
			h.t.Errorf("%d attempts", n)
		}
		for _, secret := range []string{sim.app.Secret, "canary"} {
			if strings.Contains(h.journal.String(), secret) {
				h.t.Error("a secret is in the journal")
			}
		}
	})
}

// What the administrator of this Postroom sees for each refusal, and how it is mended.
func TestBehaviour20ASenderWithoutAccessIsExplained(t *testing.T) {
	h := newHouse(t, "")
	sim := newCloud(t)
	h.save(sim.sender(), sim.secret())
	for _, c := range []struct {
		fault    simulator.Fault
		value    string
		code     problem.Code
		who      problem.Who
		raw      string
		commands string
	}{
		{simulator.GraphError, "odata", problem.SenderNoAccess, problem.Admin, "403 ErrorAccessDenied: Access to OData is disabled.", "New-ApplicationAccessPolicy"},
		{simulator.GraphPolicy, grace, problem.SenderNoAccess, problem.Admin, "[RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.", "Test-ApplicationAccessPolicy -AppId " + sim.app.ID + " -Identity " + noReply},
		{simulator.GraphError, "denied", problem.SenderNoAccess, problem.Admin, "Access is denied. Check credentials and try again.", "New-ManagementRoleAssignment"},
		{simulator.GraphError, "sendas", problem.SenderRefused, problem.Admin, "ErrorSendAsDenied", "Add-RecipientPermission"},
		{simulator.GraphError, "unknown", problem.SenderUnknown, problem.Operator, "The requested user '" + noReply + "' is invalid.", "Get-Recipient " + noReply},
		{simulator.GraphError, "nomailbox", problem.SenderUnknown, problem.Admin, "The mailbox is either inactive, soft-deleted, or is hosted on-premise.", "Get-Mailbox"},
		{simulator.GraphError, "throttled:3", problem.Throttled, problem.Wait, "429 ApplicationThrottled", ""},
	} {
		t.Run(c.value, func(t *testing.T) {
			sim.Set(sim.app.ID, c.fault, c.value)
			n, err := h.courier.SendTest(t.Context(), h.ada, grace)
			check(t, err)
			p := n.Problem
			if n.Status != store.NoticeFailed || p == nil || p.Code != c.code || p.Who != c.who || p.Detail+p.Action == "" || !strings.Contains(p.Raw, c.raw) || !strings.Contains(p.Raw, "request-id: ") {
				t.Fatalf("%s %+v", n.Status, p)
			}
			s, _, err := h.courier.Settings(t.Context())
			check(t, err)
			if got := Commands(p, s); !strings.Contains(got, c.commands) || (c.commands == "") != (got == "") {
				t.Errorf("commands %q", got)
			}
			if s.Problem == nil || s.Problem.Code != c.code {
				t.Errorf("the page is told %+v", s.Problem)
			}
			sim.Clear(sim.app.ID, c.fault)
			n, err = h.courier.SendTest(t.Context(), h.ada, grace)
			check(t, err)
			if s, _, _ := h.courier.Settings(t.Context()); n.Status != store.NoticeSent || s.Problem != nil {
				t.Errorf("mended: %s %+v", n.Status, n.Problem)
			}
		})
	}
	if n := len(sim.inbox(t, grace)); n != 7 {
		t.Errorf("%d mails arrived", n)
	}
}

func TestAGraphAnswerThatIsLostIsUncertain(t *testing.T) {
	h := newHouse(t, "")
	sim := newCloud(t)
	h.save(sim.sender(), sim.secret())
	sim.SetTimes(noReply, simulator.GraphLost, "taken", 1)
	n, err := h.courier.SendTest(t.Context(), h.ada, grace)
	check(t, err)
	if n.Status != store.NoticeUncertain || n.Problem.Code != problem.SendUncertain {
		t.Errorf("%+v", n)
	}
	if len(sim.inbox(t, grace)) != 1 {
		t.Error("it did not arrive")
	}
}

func TestGraphsWishToWaitIsHeeded(t *testing.T) {
	h := newHouse(t, "")
	sim := newCloud(t)
	h.save(sim.sender(), sim.secret())
	sim.SetTimes("*", simulator.GraphError, "throttled:900", 1)
	h.run()
	check(t, h.courier.Post(t.Context(), invitation(h)))
	h.until("it waits", func() bool {
		all := h.log()
		return len(all) > 0 && all[0].Status == store.NoticeQueued && all[0].Attempts == 1
	})
	if wait := time.Duration(h.log()[0].NextAt-h.courier.now()) * time.Millisecond; wait < 14*time.Minute {
		t.Errorf("it waits %v", wait)
	}
}
