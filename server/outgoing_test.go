package server

import (
	"bytes"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"postroom/message"
	"postroom/store"
)

// sent is the source of an outgoing mail, read again.
func (g *guest) sent(o Outgoing) (*mail.Message, string) {
	g.t.Helper()
	raw, err := g.house.store.OutgoingRaw(g.t.Context(), g.user.ID, o.ID)
	check(g.t, err)
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	check(g.t, err)
	return m, string(raw)
}

func TestOneKeyIsOneMailUnderTwentyPosts(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	up := want[Upload](t, ada.ask("POST", "/api/uploads?name=list.txt", []byte("milk"), "Content-Type", "text/plain"), 200)
	form := OutgoingForm{Mailbox: b.ID, To: []Addr{{Addr: "bob@contoso.example"}}, Subject: "Milk", Text: "see list", Uploads: []string{up.ID}}
	const posts = 20
	var all sync.WaitGroup
	replies := make(chan reply, posts)
	for range posts {
		all.Go(func() { replies <- ada.ask("POST", "/api/outgoing", form, "Idempotency-Key", "window-1") })
	}
	all.Wait()
	ids := map[string]int{}
	for range posts {
		ids[want[Outgoing](t, <-replies, 200).ID]++
	}
	if len(ids) != 1 {
		t.Fatalf("%v", ids)
	}
	again := want[Outgoing](t, ada.ask("POST", "/api/outgoing", form, "Idempotency-Key", "window-1"), 200)
	if ids[again.ID] != posts || again.State != store.Queued || again.To[0] != "bob@contoso.example" {
		t.Errorf("%+v", again)
	}
	if list := want[[]Outgoing](t, ada.ask("GET", "/api/outgoing", nil), 200); len(list) != 1 {
		t.Errorf("%d mails", len(list))
	}
	wantProblem(t, ada.ask("DELETE", "/api/uploads/"+up.ID, nil), 404, "not_found")

	bob := h.guest("bob", store.RoleMember)
	form.Mailbox, form.Uploads = bob.connect("bob@contoso.example").ID, nil
	if other := want[Outgoing](t, bob.ask("POST", "/api/outgoing", form, "Idempotency-Key", "window-1"), 200); ids[other.ID] != 0 {
		t.Error("two people share a key")
	}
	if r := ada.ask("POST", "/api/outgoing", form); r.status != 422 {
		t.Errorf("without a key: %d", r.status)
	}
}

func TestAnswersStandInTheirThread(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	id := ada.deliver(b, strings.Replace(lunch, "MIME-Version", "References: <root@x.example> <parent@x.example>\nMIME-Version", 1))
	o := want[Outgoing](t, ada.ask("POST", "/api/outgoing", OutgoingForm{
		Mailbox: b.ID, To: []Addr{{Name: "Bob", Addr: "bob@contoso.example"}}, Cc: []Addr{{Addr: "cy@contoso.example"}},
		Bcc: []Addr{{Addr: "secret@contoso.example"}}, Subject: "Re: Lunch?", Text: "Yes.", InReplyTo: number(id),
	}, "Idempotency-Key", "window-1"), 200)
	m, raw := ada.sent(o)
	if m.Header.Get("In-Reply-To") != "<lunch@contoso.example>" || m.Header.Get("References") != "<root@x.example> <parent@x.example> <lunch@contoso.example>" {
		t.Errorf("%v", m.Header)
	}
	if m.Header.Get("X-Postroom-Outgoing-Id") != o.ID || strings.Contains(raw, "secret@") || len(o.To) != 3 {
		t.Errorf("%+v %s", o, raw)
	}
	row, err := h.store.Outgoing(t.Context(), ada.user.ID, o.ID)
	check(t, err)
	if row.InReplyToID != id || row.ThreadID == 0 || row.From != "ada@contoso.example" {
		t.Errorf("%+v", row)
	}
}

func TestForwardedMailKeepsItsFilesAndUploadsGoAlong(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	id := number(ada.deliver(b, newsletter))
	up := want[Upload](t, ada.ask("POST", "/api/uploads?name=..%2F..%2Fmine.txt", []byte("my words")), 200)
	picture := want[Upload](t, ada.ask("POST", "/api/uploads?name=p.png", []byte("\x89PNG\r\n\x1a\n....")), 200)
	if up.Name != "mine.txt" || up.Size != 8 || picture.Type != "image/png" {
		t.Errorf("%+v %+v", up, picture)
	}
	o := want[Outgoing](t, ada.ask("POST", "/api/outgoing", OutgoingForm{
		Mailbox: b.ID, To: []Addr{{Addr: "bob@contoso.example"}}, Subject: "Fwd: Grüße", ForwardOf: id,
		HTML: `<p>Look: <img src="cid:` + picture.ID + `"></p>`, Uploads: []string{up.ID, picture.ID},
	}, "Idempotency-Key", "window-1"), 200)
	_, raw := ada.sent(o)
	files := map[string]string{}
	for _, part := range message.Parse([]byte(raw)).Parts {
		_, body, err := message.OpenPart([]byte(raw), part.Index)
		check(t, err)
		content, err := io.ReadAll(body)
		check(t, err)
		files[part.Name] = string(content)
	}
	if files["mine.txt"] != "my words" || !strings.Contains(files["evil.html"], "alert(document.domain)") || files["notes.txt"] == "" || files["p.png"] == "" || files["logo.png"] != "" {
		t.Errorf("%q", files)
	}
}

func TestMailGoesToThoseWhoAreShownAndToNobodyElse(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	for i, addr := range []string{
		"", "bob", "bob@", "@contoso.example", "bob@contoso.example, eve@evil.example", "<bob@contoso.example>", "bob@contoso.example eve@evil.example",
		"bob@contoso.example>\r\nRCPT TO:<eve@evil.example", "bob@contoso.example\r\nBcc: eve@evil.example",
		"a\x00b@contoso.example", "Bob <bob@contoso.example>", `"a, eve@evil.example"@contoso.example x`,
	} {
		r := ada.ask("POST", "/api/outgoing", OutgoingForm{Mailbox: b.ID, To: []Addr{{Addr: addr}}, Subject: "x", Text: "x"}, "Idempotency-Key", fmt.Sprintf("window-%d", i))
		if p := wantProblem(t, r, 422, "invalid"); !strings.Contains(p.Detail, "is not an e-mail address") {
			t.Errorf("%q: %s", addr, p.Detail)
		}
	}
	wantProblem(t, ada.ask("POST", "/api/outgoing", OutgoingForm{Mailbox: b.ID, To: []Addr{}, Subject: "x"}, "Idempotency-Key", "window-none"), 422, "invalid")
	for i, hostile := range []OutgoingForm{
		{To: []Addr{{Addr: "bob@contoso.example"}}, Subject: "a\r\nBcc: eve@evil.example", Text: "x"},
		{To: []Addr{{Name: "B\r\nBcc: eve@evil.example", Addr: "bob@contoso.example"}}, Subject: "x", Text: "x"},
	} {
		hostile.Mailbox = b.ID
		wantProblem(t, ada.ask("POST", "/api/outgoing", hostile, "Idempotency-Key", fmt.Sprintf("hostile-%d", i)), 422, "invalid")
	}
	if list := want[[]Outgoing](t, ada.ask("GET", "/api/outgoing", nil), 200); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}

// Ids that others made are seldom what they should be. They must not keep anybody from answering.
func TestAMailWithAnOddIDCanBeAnswered(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	for i, id := range []string{"<no-at-sign>", "<with space@x.example>", "<ümlaut@x.example>", "<" + strings.Repeat("x", 1200) + "@x.example>", "", "<=?utf-8?q?x?=>"} {
		mail := number(ada.deliver(b, strings.Replace(lunch, "<lunch@contoso.example>", id, 1)))
		form := OutgoingForm{Mailbox: b.ID, To: []Addr{{Addr: "bob@bücher.example"}}, Subject: "Re", Text: "x", InReplyTo: mail}
		want[Outgoing](t, ada.ask("POST", "/api/outgoing", form, "Idempotency-Key", fmt.Sprintf("window-%d", i)), 200)
	}
}

func TestAnOutgoingMailCanBeTakenBackUntilItLeaves(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	send := func(key string) Outgoing {
		return want[Outgoing](t, ada.ask("POST", "/api/outgoing", OutgoingForm{Mailbox: b.ID, To: []Addr{{Addr: "bob@contoso.example"}}, Subject: "x", Text: "x"}, "Idempotency-Key", key), 200)
	}
	move := func(o Outgoing, states ...store.OutgoingState) {
		for i := 0; i+1 < len(states); i++ {
			check(t, h.store.Tx(t.Context(), func(tx *store.Tx) error {
				return tx.MoveOutgoing(o.ID, states[i], states[i+1], func(*store.Outgoing) {})
			}))
		}
	}
	first := send("window-1")
	p := wantProblem(t, ada.ask("POST", "/api/outgoing/"+first.ID+"/retry", nil), 409, "conflict")
	if !strings.Contains(p.Detail, "can be sent again") {
		t.Errorf("%+v", p)
	}
	want[struct{}](t, ada.ask("DELETE", "/api/outgoing/"+first.ID, nil), 204)
	wantProblem(t, ada.ask("GET", "/api/outgoing/"+first.ID, nil), 404, "not_found")

	second := send("window-2")
	move(second, store.Queued, store.Claimed, store.InData)
	wantProblem(t, ada.ask("DELETE", "/api/outgoing/"+second.ID, nil), 409, "conflict")
	move(second, store.InData, store.Checking, store.Unconfirmed)
	if o := want[Outgoing](t, ada.ask("POST", "/api/outgoing/"+second.ID+"/resolve", nil), 200); o.State != store.SentState {
		t.Errorf("%+v", o)
	}
	third := send("window-3")
	move(third, store.Queued, store.Claimed, store.Failed)
	if o := want[Outgoing](t, ada.ask("POST", "/api/outgoing/"+third.ID+"/retry", nil), 200); o.State != store.Queued {
		t.Errorf("%+v", o)
	}
}

// endless is a body that never stops by itself.
type endless struct{ left int64 }

func (e *endless) Read(b []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(int64(len(b)), e.left)
	e.left -= n
	return int(n), nil
}

func TestUploadsHaveALimit(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	for name, length := range map[string]int64{"said": mostUpload + 1, "unsaid": -1} {
		body := &endless{left: mostUpload + 1}
		req := ada.request("POST", "/api/uploads?name=big", body)
		req.ContentLength = length
		resp, err := ada.client.Do(req)
		if err != nil {
			t.Logf("%s: the server hung up: %v", name, err) // it had answered, and stopped reading
			continue
		}
		got, err := io.ReadAll(resp.Body)
		check(t, err)
		resp.Body.Close()
		if p := want[Problem](t, reply{resp.StatusCode, resp.Header, got}, 413); p.Code != "too_large" || !strings.Contains(p.Detail, "35 MB") {
			t.Errorf("%s: %s", name, got)
		}
	}
	req := ada.request("POST", "/api/uploads?name=fits", &endless{left: mostUpload})
	resp, err := ada.client.Do(req)
	check(t, err)
	got, err := io.ReadAll(resp.Body)
	check(t, err)
	resp.Body.Close()
	if up := want[Upload](t, reply{resp.StatusCode, resp.Header, got}, 200); up.Size != mostUpload {
		t.Errorf("%+v", up)
	}
	wantProblem(t, ada.ask("POST", "/api/uploads", []byte("x")), 422, "invalid")
	wantProblem(t, ada.ask("POST", "/api/outgoing", OutgoingForm{Subject: strings.Repeat("x", 9<<20)}, "Idempotency-Key", "12345678"), 413, "too_large")
	wantProblem(t, ada.ask("POST", "/api/session", []byte(strings.Repeat("x", 2<<20)), "Content-Type", "application/json"), 413, "too_large")
}

func TestNobodySendsWhatIsAnothers(t *testing.T) {
	h := startHouse(t)
	e, bob := h.estate(), h.guest("bob", store.RoleMember)
	own := bob.connect("bob@contoso.example").ID
	for i, form := range []OutgoingForm{{Uploads: []string{e.upload}}, {InReplyTo: number(e.mail)}, {ForwardOf: number(e.mail)}, {Mailbox: e.box.ID}} {
		if form.Mailbox == "" {
			form.Mailbox = own
		}
		form.To, form.Subject, form.Text = []Addr{{Addr: "bob@contoso.example"}}, "x", "x"
		wantProblem(t, bob.ask("POST", "/api/outgoing", form, "Idempotency-Key", fmt.Sprintf("window-%d", i)), 404, "not_found")
	}
}
