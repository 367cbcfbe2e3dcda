package courier

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"postroom/message"
	"postroom/problem"
	"postroom/store"
)

// mailbox gives somebody a connected mailbox.
func (h *house) mailbox(of store.User, address string) store.Mailbox {
	h.t.Helper()
	p := store.Provider{Name: "Outlook", Kind: store.KindMicrosoft, Authority: "https://login.example", Version: 1, SMTPTLS: "starttls", FilesSent: store.SentByServer}
	box := store.Mailbox{UserID: of.ID, Address: address, Login: address, ObjectID: store.NewID(), State: store.Connected, CanSend: true, Grant: store.Sealed("\x01\x00\x00\x00\x07grant")}
	check(h.t, h.store.Tx(h.t.Context(), func(tx *store.Tx) error {
		if err := tx.AddProvider(&p); err != nil {
			return err
		}
		box.ProviderID = p.ID
		return tx.AddMailbox(&box)
	}))
	return box
}

func (h *house) setState(box store.Mailbox, state store.MailboxState, p *problem.Problem) {
	h.t.Helper()
	check(h.t, h.store.Tx(h.t.Context(), func(tx *store.Tx) error { return tx.SetMailboxState(box.ID, state, p, 0) }))
}

// looks lets the watch look n times more.
func (h *house) looks(n int) {
	h.t.Helper()
	for range n {
		check(h.t, h.courier.look(h.t.Context()))
	}
}

func (h *house) sentTo(server *mailServer, subject string) int {
	n := 0
	for _, m := range server.mails() {
		if strings.Contains(message.Parse(m.raw).Subject, subject) {
			n++
		}
	}
	return n
}

func TestAnOwnerIsToldOnceThatTheirMailboxNeedsThem(t *testing.T) {
	onBoth(t, func(h *house) {
		bob := h.user("bob@private.example", "Bob", store.RoleMember)
		box := h.mailbox(bob, "bob@contoso.example")
		gone := problem.New(problem.Reconnect, "").WithRaw("AADSTS50173")
		h.setState(box, store.NeedsYou, gone)
		h.looks(2) // without a sender nobody is told, and nothing is noted
		if len(h.log()) != 0 {
			h.t.Fatalf("%+v", h.log())
		}
		server := newMailServer(h.t, store.TLSNone)
		h.save(server.sender(store.TLSNone, store.AuthNone), "")
		h.run()
		h.until("the owner is told", func() bool { return h.sentTo(server, "bob@contoso.example needs you") == 1 })
		mail := server.mails()[0]
		if text := textOf(mail); mail.to[0] != "bob@private.example" || !strings.Contains(text, gone.Title) || !strings.Contains(text, gone.Action) || strings.Contains(text, "AADSTS") {
			h.t.Errorf("%v %s", mail.to, text)
		}
		h.looks(3)
		h.setState(box, store.Offline, nil) // not well in between
		h.setState(box, store.NeedsYou, gone)
		h.looks(3)
		if n := len(h.log()); n != 1 {
			h.t.Errorf("told %d times", n)
		}
		h.setState(box, store.Connected, nil)
		h.looks(1)
		h.setState(box, store.NeedsYou, gone)
		h.looks(3)
		if n := len(h.log()); n != 2 {
			h.t.Errorf("after it was well: %d lines", n)
		}
		h.until("told again", func() bool { return h.sentTo(server, "bob@contoso.example needs you") == 2 })
	})
}

func TestSeveralProcessesTellAnOwnerOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		server := newMailServer(h.t, store.TLSNone)
		h.save(server.sender(store.TLSNone, store.AuthNone), "")
		box := h.mailbox(h.ada, "ada@fabrikam.example")
		for range 3 {
			h.run()
		}
		h.setState(box, store.NeedsYou, problem.New(problem.Reconnect, ""))
		h.until("told", func() bool { return h.sentTo(server, "needs you") == 1 && h.status(store.NoticeSent)() })
		h.looks(5)
		if n := len(h.log()); n != 1 {
			h.t.Errorf("%d lines", n)
		}
	})
}

func TestASilentMailboxIsToldOfOnceForEachSilence(t *testing.T) {
	onBoth(t, func(h *house) {
		server := newMailServer(h.t, store.TLSNone)
		h.save(server.sender(store.TLSNone, store.AuthNone), "")
		box := h.mailbox(h.ada, "info@contoso.example")
		silent := func(since int64) { h.silence(box.ID, since) }
		silent(1_700_000_000_000)
		h.looks(3)
		silent(0)
		h.looks(2)
		silent(1_800_000_000_000)
		h.looks(3)
		all := h.log()
		if len(all) != 2 || all[0].Event != string(MailboxSilent) {
			h.t.Fatalf("%+v", all)
		}
		first, err := h.store.Notice(h.t.Context(), all[1].ID)
		check(h.t, err)
		if !strings.Contains(first.Text, "2023-11-14") || !strings.Contains(first.Text, "info@contoso.example") || !strings.Contains(first.Text, "about 12 mails a day") {
			h.t.Error(first.Text)
		}
	})
}

func TestAdministratorsAreWarnedOfEachSecretOnceAtEachStep(t *testing.T) {
	onBoth(t, func(h *house) {
		server := newMailServer(h.t, store.TLSNone)
		h.save(server.sender(store.TLSNone, store.AuthNone), "")
		h.user("boss@contoso.example", "Boss", store.RoleAdmin)
		h.user("max@contoso.example", "Max", store.RoleManager)
		const day = 24 * time.Hour
		p := store.Provider{
			Name: "Outlook", Kind: store.KindMicrosoft, Authority: "https://login.example", Version: 1, SMTPTLS: "starttls", FilesSent: store.SentByServer,
			SecretExpiresAt: h.clock.now().Add(40 * day).UnixMilli(), SecondExpiresAt: h.clock.now().Add(400 * day).UnixMilli(),
		}
		check(h.t, h.store.Tx(h.t.Context(), func(tx *store.Tx) error { return tx.AddProvider(&p) }))
		told := 0
		for _, step := range []struct {
			after time.Duration
			says  string // "" when nothing is told
		}{{0, ""}, {10 * day, "expires in 30 days"}, {15 * day, ""}, {day, "expires in 14 days"}, {11 * day, "expires in 3 days"}, {day, ""}, {2 * day, "has expired"}, {day, ""}} {
			h.clock.advance(step.after)
			h.looks(2)
			all := h.log()
			if step.says == "" {
				if len(all) != told {
					h.t.Errorf("unasked: %s", all[0].Subject)
				}
				continue
			}
			if told += 2; len(all) != told || !strings.Contains(all[0].Subject, "Outlook: the client secret "+step.says) || all[0].Recipient == all[1].Recipient {
				h.t.Fatalf("want 2 × %s: %d lines, %+v", step.says, len(all), all[0])
			}
		}
	})
}

func TestADateThatIsEnteredLateWarnsOnceAndNotThreeTimes(t *testing.T) {
	for _, c := range []struct {
		left, due int
		ok        bool
	}{{31, 0, false}, {30, 30, true}, {15, 30, true}, {14, 14, true}, {4, 14, true}, {2, 3, true}, {0, 0, true}, {-9, 0, true}} {
		if due, ok := warningFor(c.left); due != c.due || ok != c.ok {
			t.Errorf("%d days: %d %v", c.left, due, ok)
		}
	}
	if n := daysLeft(int64(time.Hour/time.Millisecond), 0); n != 1 {
		t.Errorf("an hour is %s days", strconv.Itoa(n))
	}
}

// silence says since when a mailbox is silent, as its worker would.
func (h *house) silence(id string, since int64) {
	h.t.Helper()
	usual := int64(12)
	check(h.t, h.store.Tx(h.t.Context(), func(tx *store.Tx) error {
		return tx.SetMailbox(id, store.MailboxUpdate{SilentSince: &since, UsualPerDay: &usual})
	}))
}
