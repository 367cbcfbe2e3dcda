package courier

import (
	"strings"
	"testing"

	"postroom/message"
	"postroom/problem"
	"postroom/store"
)

func TestEveryOriginalIsWholeInBothLanguages(t *testing.T) {
	h := newHouse(t, "")
	all, err := h.courier.Templates(t.Context())
	check(t, err)
	if len(all) != 2*len(occasions) {
		t.Fatalf("%d templates", len(all))
	}
	for _, one := range all {
		o, err := occasionOf(one.Original.Event)
		check(t, err)
		w := one.Original
		if wrong := o.wrong(store.Wording{Subject: w.Subject, Text: w.Text, HTML: w.HTML}); wrong != "" {
			t.Errorf("%s in %s: %s", w.Event, w.Language, wrong)
		}
		if strings.Contains(w.Text, "](") || strings.HasPrefix(w.Subject, "Subject") {
			t.Errorf("%s in %s: %s", w.Event, w.Language, w.Text)
		}
		filled := w.fill(map[string]string{"name": "Grace", "postroom": "https://mail.example.org", "by": "Ada"})
		if left := strings.ReplaceAll(filled.Text+filled.HTML+filled.Subject, linkMark, ""); strings.Contains(left, "{{") {
			t.Errorf("%s in %s leaves a variable: %s", w.Event, w.Language, left)
		}
	}
}

func TestAnOwnWordingIsUsedKeptAndReset(t *testing.T) {
	onBoth(t, func(h *house) {
		server := newMailServer(h.t, store.TLSNone)
		h.save(server.sender(store.TLSNone, store.AuthNone), "")
		subject := func() string {
			h.t.Helper()
			n, err := h.courier.SendTest(h.t.Context(), h.ada, grace)
			check(h.t, err)
			return n.Subject
		}
		own := store.Wording{Event: string(Test), Language: "en", Subject: "Hi {{ name }}", Text: "Hello {{name}} from {{by}}", HTML: "<p>{{name}}</p>", Used: true}
		check(h.t, h.courier.SaveTemplate(h.t.Context(), own))
		if got := subject(); got != "Hi grace@contoso.example" {
			h.t.Error(got)
		}
		own.Used = false
		check(h.t, h.courier.SaveTemplate(h.t.Context(), own))
		if got := subject(); got != "A test mail from Postroom" {
			h.t.Error(got)
		}
		check(h.t, h.courier.ResetTemplate(h.t.Context(), Test, "en"))
		all, err := h.courier.Templates(h.t.Context())
		check(h.t, err)
		for _, one := range all {
			if one.Own != nil {
				h.t.Errorf("%+v", one.Own)
			}
		}
	})
}

func TestAWordingThatCannotBeSentIsRefused(t *testing.T) {
	h := newHouse(t, "")
	good := store.Wording{Event: string(Invitation), Language: "en", Subject: "S", Text: "{{link}}", HTML: "<a href=\"{{link}}\">x</a>"}
	check(t, h.courier.SaveTemplate(t.Context(), good))
	for says, change := range map[string]func(*store.Wording){
		"There is no {{password}}":  func(w *store.Wording) { w.Text += "{{password}}" },
		"Without {{link}}":          func(w *store.Wording) { w.HTML = "<p>nothing</p>" },
		"does not belong":           func(w *store.Wording) { w.Subject = "{{link}}" },
		"one line":                  func(w *store.Wording) { w.Subject = "a\r\nBcc: x@y.example" },
		"The text is empty":         func(w *store.Wording) { w.Text = " " },
		"There is no {{}}":          func(w *store.Wording) { w.Text += "{{}}" },
		"There is no {{connect}}":   func(w *store.Wording) { w.Subject = "{{connect}}" },
		"It knows: name, postroom,": func(w *store.Wording) { w.HTML += "{{x}}" },
	} {
		w := good
		change(&w)
		if p := wantProblem(t, h.courier.SaveTemplate(t.Context(), w), problem.Invalid); !strings.Contains(p.Detail, says) {
			t.Errorf("want %q: %s", says, p.Detail)
		}
	}
	good.Event = "birthday"
	wantProblem(t, h.courier.SaveTemplate(t.Context(), good), problem.NotFound)
}

// Abuse row 12: what people are called ends no header line and starts no markup.
func TestRow12NamesInNoticesInjectNothing(t *testing.T) {
	h := newHouse(t, "")
	server := newMailServer(t, store.TLSNone)
	h.save(server.sender(store.TLSNone, store.AuthNone), "")
	evil := h.user("evil@contoso.example", "Eve\r\nBcc: victim@contoso.example\r\n\r\n<script>alert(1)</script>{{link}}", store.RoleManager)
	h.run()
	check(t, h.courier.SaveTemplate(t.Context(), store.Wording{Event: string(Invitation), Language: "en", Subject: "From {{by}}", Text: "{{by}} {{link}}", HTML: "<p>{{by}}</p>{{link}}", Used: true}))
	check(t, h.courier.Post(t.Context(), Notice{Event: Invitation, To: grace, ToName: "G\u2028race", By: evil.ID, Link: link}))
	h.until("it has come to an end", func() bool {
		all := h.log()
		return all[0].Status != store.NoticeQueued && all[0].Status != store.NoticeSending
	})
	for _, m := range server.mails() {
		p := message.Parse(m.raw)
		head, _, _ := strings.Cut(string(m.raw), "\r\n\r\n")
		if len(m.to) != 1 || strings.Contains(head, "\r\nBcc:") || strings.Contains(p.HTML, "<script>") || strings.Count(p.Text, "token-4711") != 1 {
			t.Errorf("%s", m.raw)
		}
	}
	for _, to := range []string{"a\r\nBcc: x@y.example", `"a, evil@x"@d`, "<a@b>\r\nRCPT TO:<x@y.example>", "a@b, c@d", "=?utf-8?q?a=0D=0ABcc?= <a@b.example>"} {
		n, err := h.courier.SendTest(t.Context(), h.ada, to)
		check(t, err)
		if n.Status == store.NoticeSent {
			if sent := server.mails(); len(sent[len(sent)-1].to) != 1 {
				t.Errorf("%q: %v", to, sent[len(sent)-1].to)
			}
		}
	}
}
