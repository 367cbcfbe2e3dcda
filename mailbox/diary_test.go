package mailbox

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"postroom/problem"
	"postroom/simulator"
	"postroom/store"
)

func TestWordsAreRedacted(t *testing.T) {
	token := "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9." + strings.Repeat("aB3_", 40) + "." + strings.Repeat("x-9", 30)
	sasl := base64.StdEncoding.EncodeToString([]byte("user=ada@contoso.example\x01auth=Bearer " + token + "\x01\x01"))
	for in, want := range map[string]string{
		"A02 BAD User is authenticated but not connected.":                       "A02 BAD User is authenticated but not connected.",
		"550 5.1.1 <bob@fabrikam.example>: unknown":                              "550 5.1.1 <[address]>: unknown",
		"SendAsDenied; Ada@Contoso.example not allowed to send as eve@x.example": "SendAsDenied; Ada@Contoso.example not allowed to send as [address]",
		"auth " + sasl:                                     "auth [redacted]",
		"Bearer " + token[:20]:                             "Bearer [redacted]",
		"refresh_token=0.AXoAbcdefghijk":                   "refresh_token=[redacted]",
		"get https://login.example/a/b?code=x&state=y now": "get https://login.example/a/b?… now",
		"two\r\nlines\x00 and \xff":                        "two lines and",
		"AADSTS50173: Correlation ID: 0a7a57d1-cf14-4f23-b021-a9af8202e42a": "AADSTS50173: Correlation ID: 0a7a57d1-cf14-4f23-b021-a9af8202e42a",
	} {
		if got := redact(in, "", "ada@contoso.example"); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
	if got := redact(strings.Repeat("word ", 500)); len(got) > mostWords+len("…") {
		t.Errorf("%d characters", len(got))
	}
}

func (w *world) events() []store.Event {
	es, err := w.st.Events(context.Background(), w.user.ID, w.box.ID)
	check(w.t, err)
	return es
}

func (w *world) told(side store.Side, what string, outcome store.Outcome, words string) func() bool {
	return func() bool {
		for _, e := range w.events() {
			if e.Side == side && e.What == what && e.Outcome == outcome && strings.Contains(e.Words, words) {
				return true
			}
		}
		return false
	}
}

func TestTheDiaryTellsWhatWasSaid(t *testing.T) {
	w := newWorld(t)
	w.timing.Diary = 20 * time.Millisecond
	w.deliver("", "one")
	stop := w.run()
	w.until("connected", w.connected())
	w.until("token", w.told(store.SideToken, "renew", store.WentWell, ""))
	w.until("sign-in", w.told(store.SideIMAP, "sign_in", store.WentWell, ""))
	w.until("mail", w.told(store.SideIMAP, "fetch", store.WentWell, "1"))
	w.sim.SetTimes(ada, simulator.Throttle, "1100", 1)
	w.manager.SyncNow(w.box.ID)
	w.until("throttle", w.told(store.SideIMAP, "end", store.ToWait, "Suggested Backoff Time: 1100 milliseconds"))
	w.until("connected again", w.connected())
	id := w.queue("Hello")
	w.until("sent", w.is(id, store.SentState))
	w.until("send", w.told(store.SideSMTP, "send", store.WentWell, ""))
	w.sim.Set(ada, simulator.SMTPRcpt, "550 5.1.1 <grace@contoso.example> is unknown")
	id = w.queue("Hello again")
	w.until("failed", w.is(id, store.Failed))
	w.until("refusal without the address", w.told(store.SideSMTP, "send", store.WentBad, "[address]"))
	stop()
	w.refuseTokens(problem.New(problem.Reconnect, "").WithRaw("AADSTS50173 for ada@contoso.example, token=AbcdefghijklmnopqRST"))
	w.manager = nil
	w.tokens.mu.Lock()
	w.tokens.token = ""
	w.tokens.mu.Unlock()
	w.run()
	w.until("refused token", w.told(store.SideToken, "renew", store.WentBad, "AADSTS50173 for ada@contoso.example, token=[redacted]"))
}

func TestAQuietMailboxWritesNoDiary(t *testing.T) {
	w := newWorld(t)
	w.timing.Diary = time.Millisecond
	w.timing.Idle = 50 * time.Millisecond // leaves IDLE all the time
	w.run()
	w.until("connected", w.connected())
	w.until("the first events", w.told(store.SideIMAP, "sign_in", store.WentWell, ""))
	before := w.events()
	<-time.After(500 * time.Millisecond) // nothing is to happen, so there is nothing to wait on
	if after := w.events(); len(after) != len(before) {
		t.Errorf("%d events came of nothing: %+v", len(after)-len(before), after[0])
	}
}
