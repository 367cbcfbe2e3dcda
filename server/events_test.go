package server

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"postroom/store"
)

// listener is an open feed.
type listener struct {
	t     *testing.T
	resp  *http.Response
	lines *bufio.Scanner
	close context.CancelFunc
}

// event is one of them. A comment has only that.
type event struct{ id, name, data, comment string }

func (g *guest) listen(query string, headers ...string) *listener {
	g.t.Helper()
	ctx, cancel := context.WithCancel(g.t.Context())
	g.t.Cleanup(cancel)
	req := g.request("GET", "/api/events"+query, nil).WithContext(ctx)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := g.client.Do(req)
	check(g.t, err)
	g.t.Cleanup(func() { resp.Body.Close() })
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" || resp.Header.Get("Content-Encoding") != "" {
		g.t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	return &listener{g.t, resp, bufio.NewScanner(resp.Body), cancel}
}

// next waits for an event; ok is false when the feed ended.
func (l *listener) next() (e event, ok bool) {
	for l.lines.Scan() {
		key, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch {
		case l.lines.Text() == "":
			return e, true
		case key == "id":
			e.id = value
		case key == "event":
			e.name = value
		case key == "data":
			e.data = value
		case key == "":
			e.comment = value
		}
	}
	return e, false
}

// change makes one change in the feed of g and returns its number.
func (g *guest) change(b box, n int) int64 {
	g.t.Helper()
	check(g.t, g.house.store.Tx(g.t.Context(), func(tx *store.Tx) error {
		at := int64(n)
		return tx.SetMailbox(b.ID, store.MailboxUpdate{LastSyncAt: &at})
	}))
	user, err := g.house.store.User(g.t.Context(), g.user.ID)
	check(g.t, err)
	return user.ChangeSeq
}

func TestAFeedThatBreaksOffGoesOnWithoutAGap(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	start := ada.change(b, 1)
	l := ada.listen("")
	hello, _ := l.next()
	if hello.name != "hello" || hello.id != number(start) || hello.data != fmt.Sprintf(`{"seq":%d}`, start) {
		t.Fatalf("%+v", hello)
	}
	const rounds, each = 8, 60
	last, n := start, 1
	for round := range rounds {
		for range each {
			n++
			ada.change(b, n)
		}
		for range each / 2 { // half of them are heard, then the line breaks
			e, ok := l.next()
			if !ok || e.id != number(last+1) || e.name != "" {
				t.Fatalf("round %d: %+v after %d", round, e, last)
			}
			last++
		}
		l.close()
		if round%2 == 0 {
			l = ada.listen("", "Last-Event-ID", number(last))
		} else {
			l = ada.listen("?after=" + number(last))
		}
		if hello, _ := l.next(); hello.id != number(last) {
			t.Fatalf("%+v", hello)
		}
	}
	for last < start+rounds*each {
		e, ok := l.next()
		if !ok || e.id != number(last+1) {
			t.Fatalf("%+v after %d", e, last)
		}
		last++
	}
}

func TestTheFeedIsOnePersonsOwn(t *testing.T) {
	h := startHouse(t)
	ada, bob := h.guest("ada", store.RoleMember), h.guest("bob", store.RoleMember)
	adas, bobs := ada.connect("ada@contoso.example"), bob.connect("bob@contoso.example")
	l := bob.listen("?after=0")
	ada.change(adas, 5)
	bob.change(bobs, 5)
	for {
		e, ok := l.next()
		if !ok {
			t.Fatal("ended")
		}
		if strings.Contains(e.data, adas.ID) {
			t.Fatalf("bob hears %s", e.data)
		}
		if e.name == "" && strings.Contains(e.data, `"kind":"mailbox","mailbox":"`+bobs.ID) {
			return
		}
	}
}

func TestAFeedOfAnotherDatabaseStartsFromItsBeginning(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	latest := ada.change(ada.connect("ada@contoso.example"), 5)
	l := ada.listen("", "Last-Event-ID", "1000000")
	if hello, _ := l.next(); hello.id != "0" {
		t.Fatalf("%+v", hello)
	}
	for i := int64(1); i <= latest; i++ {
		if e, _ := l.next(); e.id != number(i) {
			t.Fatalf("%+v, want %d", e, i)
		}
	}
}

func TestAQuietFeedPingsAndEndsWithItsSession(t *testing.T) {
	h := startHouse(t, fastPulse)
	ada := h.guest("ada", store.RoleMember)
	l := ada.listen("")
	l.next()
	if e, ok := l.next(); !ok || e.comment != "ping" {
		t.Fatalf("%+v", e)
	}
	listening := *ada
	want[struct{}](t, listening.ask("DELETE", "/api/session", nil), 204)
	for {
		e, ok := l.next()
		if !ok {
			return
		}
		if e.data != "" {
			t.Fatalf("heard %+v after signing out", e)
		}
	}
}

func TestAFeedOutlivesTheTimeThatARequestMayTake(t *testing.T) {
	h := startHouse(t, fastPulse, func(c *Config) { c.readTimeout = 60 * time.Millisecond })
	l := h.guest("ada", store.RoleMember).listen("")
	l.next()
	for ping := range 12 {
		if e, ok := l.next(); !ok || e.comment != "ping" {
			t.Fatalf("ping %d: %+v", ping, e)
		}
	}
}

func TestFeedsEndFirstAtShutdownAndRequestsFinish(t *testing.T) {
	working, finish := make(chan struct{}), make(chan struct{})
	h := startHouse(t, func(c *Config) {
		c.Sync = func(string) { close(working); <-finish }
	})
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	l := ada.listen("")
	l.next()
	done := make(chan reply, 1)
	go func() { done <- ada.ask("POST", "/api/mailboxes/"+b.ID+"/sync", nil) }()
	<-working
	began, stopped := time.Now(), make(chan struct{})
	go func() { h.stop(); close(stopped) }()
	for {
		if _, ok := l.next(); !ok {
			break
		}
	}
	close(finish)
	if r := <-done; r.status != 204 {
		t.Errorf("%d %s", r.status, r.body)
	}
	<-stopped
	if took := time.Since(began); took > drain {
		t.Errorf("took %s", took)
	}
}
