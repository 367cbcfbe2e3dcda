package courier

import (
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"postroom/auth"
	"postroom/message"
	"postroom/problem"
	"postroom/store"
)

const link = "https://mail.example.org/invite#token-4711-canary"

func invitation(h *house) Notice {
	return Notice{Event: Invitation, To: "grace@contoso.example", ToName: "Grace <Hopper>", By: h.ada.ID, Link: link}
}

func TestANoticeReachesItsRecipientThroughAnSMTPServer(t *testing.T) {
	onBoth(t, func(h *house) {
		for _, how := range []store.SenderTLS{store.TLSStartTLS, store.TLSImplicit, store.TLSNone} {
			server := newMailServer(h.t, how)
			s := server.sender(how, store.AuthBasic)
			if old, ok, _ := h.courier.Settings(h.t.Context()); ok {
				s.Version = old.Version
			}
			h.save(s, auth.Secret(server.password))
			stop := h.run()
			check(h.t, h.courier.Post(h.t.Context(), invitation(h)))
			h.until("sent over "+string(how), func() bool { return len(server.mails()) == 1 && h.status(store.NoticeSent)() })
			stop()
			got := server.mails()[0]
			p := message.Parse(got.raw)
			if got.user != "postroom" || got.from != "postroom@contoso.example" || strings.Join(got.to, " ") != "grace@contoso.example" {
				h.t.Errorf("envelope %+v", got)
			}
			if !strings.Contains(p.Text, link) || !strings.Contains(p.HTML, link) || !strings.Contains(p.Text, "Ada Lovelace") || !strings.Contains(p.HTML, "Grace &lt;Hopper&gt;") {
				h.t.Errorf("text %q\nHTML %q", p.Text, p.HTML)
			}
			if !strings.Contains(string(got.raw), "Auto-Submitted: auto-generated\r\n") || p.From[0].Name != "Postroom" {
				h.t.Errorf("%s", got.raw)
			}
			line := h.log()[0]
			if full, err := h.store.Notice(h.t.Context(), line.ID); err != nil || len(full.Link) != 0 || strings.Contains(full.Text+full.HTML, "canary") || !strings.Contains(full.Text, "{{link}}") {
				h.t.Errorf("the link stayed: %+v %v", full, err)
			}
		}
		if strings.Contains(h.journal.String(), "canary") || strings.Contains(h.journal.String(), "battery") {
			h.t.Error("a secret is in the journal")
		}
	})
}

func TestWithoutASenderANoticeIsDroppedAndTheLogSaysSo(t *testing.T) {
	onBoth(t, func(h *house) {
		check(h.t, h.courier.Post(h.t.Context(), invitation(h)))
		line := h.log()[0]
		if line.Status != store.NoticeDropped || line.Problem.Code != problem.SenderMissing || line.Recipient != "grace@contoso.example" {
			h.t.Errorf("%+v", line)
		}
		full, err := h.store.Notice(h.t.Context(), line.ID)
		check(h.t, err)
		if len(full.Link) != 0 {
			h.t.Error("its link was kept")
		}
	})
}

func TestWhatTimeMayMendIsTriedAgainAndWhatTheRecipientCausesIsNot(t *testing.T) {
	onBoth(t, func(h *house) {
		server := newMailServer(h.t, store.TLSNone)
		h.save(server.sender(store.TLSNone, store.AuthNone), "")
		server.set(func(m *mailServer) {
			m.refuse = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 0}, Message: "Temporary server error. Please try again later. PRX5"}
		})
		h.run()
		check(h.t, h.courier.Post(h.t.Context(), invitation(h)))
		h.until("it waits", func() bool { all := h.log(); return all[0].Status == store.NoticeQueued && all[0].Attempts == 1 })
		s, _, err := h.courier.Settings(h.t.Context())
		check(h.t, err)
		if s.Problem == nil || s.Problem.Code != problem.MailServerDown || !strings.Contains(s.Problem.Raw, "451 4.7.0 Temporary server error") {
			h.t.Errorf("the page is told %+v", s.Problem)
		}
		server.set(func(m *mailServer) { m.refuse = nil })
		h.clock.advance(2 * time.Minute)
		h.hurry()
		h.until("it is sent", h.status(store.NoticeSent))
		if s, _, _ := h.courier.Settings(h.t.Context()); s.Problem != nil {
			h.t.Errorf("the page still says %v", s.Problem)
		}
		server.set(func(m *mailServer) {
			m.rcpt = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "User unknown"}
		})
		check(h.t, h.courier.Post(h.t.Context(), invitation(h)))
		h.until("it failed", h.status(store.NoticeFailed))
		if p := h.log()[0].Problem; p.Code != problem.RecipientRefused || !strings.Contains(p.Raw, "550 5.1.1 User unknown") {
			h.t.Errorf("%+v", p)
		}
		if s, _, _ := h.courier.Settings(h.t.Context()); s.Problem != nil {
			h.t.Errorf("a wrong recipient is held against the sender: %v", s.Problem)
		}
	})
}

// hurry wakes the queue, as saved settings do.
func (h *house) hurry() {
	s, _, err := h.store.Sender(h.t.Context())
	check(h.t, err)
	s.Problem, s.ProblemAt = nil, 0
	check(h.t, h.store.Tx(h.t.Context(), func(tx *store.Tx) error { return tx.PutSender(&s) }))
}

func TestAMailWhoseAnswerIsLostGoesOutTwiceAtMostAndOnlyWhenSomebodyWaitsForIt(t *testing.T) {
	onBoth(t, func(h *house) {
		server := newMailServer(h.t, store.TLSNone)
		h.save(server.sender(store.TLSNone, store.AuthNone), "")
		server.set(func(m *mailServer) { m.drop = true })
		h.run()
		check(h.t, h.courier.Post(h.t.Context(), invitation(h)))
		h.until("nobody knows", h.status(store.NoticeUncertain))
		got := server.mails()
		if len(got) != 2 || message.Parse(got[0].raw).MessageID != message.Parse(got[1].raw).MessageID {
			h.t.Errorf("%d mails", len(got))
		}
		check(h.t, h.courier.Post(h.t.Context(), Notice{Event: MailboxNeedsYou, To: "ada@contoso.example", Values: map[string]string{"address": "x@contoso.example"}}))
		h.until("nobody knows of the second", func() bool { all := h.log(); return len(all) == 2 && all[0].Status == store.NoticeUncertain })
		if n := len(server.mails()); n != 3 {
			h.t.Errorf("%d mails, want 3", n)
		}
	})
}

func TestAProcessThatDiesWhileSendingSendsNothingBlindlyAgain(t *testing.T) {
	onBoth(t, func(h *house) {
		server := newMailServer(h.t, store.TLSNone)
		h.save(server.sender(store.TLSNone, store.AuthNone), "")
		check(h.t, h.courier.Post(h.t.Context(), Notice{Event: MailboxSilent, To: "ada@contoso.example"}))
		n, err := h.store.DueNotices(h.t.Context(), h.courier.now())
		check(h.t, err)
		// What take commits before the first byte; then the process is gone.
		check(h.t, h.courier.move(h.t.Context(), &n[0], store.NoticeSending, func(n *store.Notice) { n.Attempts, n.NextAt = 1, h.courier.lease() }))
		stop := h.run()
		if h.log()[0].Status != store.NoticeSending {
			h.t.Error("somebody else's mail was taken while it may still be sent")
		}
		stop()
		h.clock.advance(3 * h.courier.Timing.Send)
		h.run()
		h.until("nobody knows", h.status(store.NoticeUncertain))
		if len(server.mails()) != 0 {
			h.t.Error("it was sent")
		}
	})
}

func TestTwoProcessesSendANoticeOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		server := newMailServer(h.t, store.TLSNone)
		h.save(server.sender(store.TLSNone, store.AuthNone), "")
		h.run()
		h.run()
		for range 20 {
			check(h.t, h.courier.Post(h.t.Context(), invitation(h)))
		}
		h.until("all are sent", func() bool {
			page, err := h.store.Notices(h.t.Context(), store.NoticeQuery{Status: store.NoticeSent, Limit: 1})
			return err == nil && page.Total == 20
		})
		if n := len(server.mails()); n != 20 {
			h.t.Errorf("%d mails", n)
		}
	})
}
