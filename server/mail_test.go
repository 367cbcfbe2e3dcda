package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"postroom/store"
)

const newsletter = `From: News <news@shop.example>
To: Ada <ada@contoso.example>
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
Message-ID: <news@shop.example>
Date: Tue, 14 Nov 2023 22:13:20 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/related; boundary=inner

--inner
Content-Type: text/html; charset=utf-8

<html><body onload="alert(1)"><p>Hello <b>Ada</b></p><script>alert(1)</script>
<img src="cid:logo@shop"><img src="https://shop.example/banner.png"><img src="https://track.example/open.gif" width=1 height=1></body></html>
--inner
Content-Type: image/png; name=logo.png
Content-ID: <logo@shop>
Content-Disposition: inline; filename=logo.png
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
--inner--
--outer
Content-Type: text/html; name="..\\..\\evil.html"
Content-Disposition: attachment; filename="..\\..\\evil.html"

<script>alert(document.domain)</script>
--outer
Content-Type: text/html; name=notes.txt
Content-Disposition: attachment; filename=notes.txt

Only words.
--outer--
`

func TestListsShowMailNewestFirstAndByPage(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	var ids []string
	for i := range 7 {
		ids = append(ids, number(ada.deliver(b, strings.Replace(strings.Replace(lunch, "Lunch?", fmt.Sprintf("Mail %d", i), 1), "<lunch@", fmt.Sprintf("<%d@", i), 1))))
	}
	boxes := want[[]Mailbox](t, ada.ask("GET", "/api/mailboxes", nil), 200)
	if len(boxes) != 1 || boxes[0].Address != "ada@contoso.example" || boxes[0].State != store.Connected || len(boxes[0].Folders) != 4 {
		t.Fatalf("%+v", boxes)
	}
	for _, f := range boxes[0].Folders {
		if f.Role == store.Inbox && (f.Total != 7 || f.Unread != 7 || f.ID != number(b.inbox.ID)) {
			t.Errorf("%+v", f)
		}
	}
	path := "/api/folders/" + number(b.inbox.ID) + "/messages"
	page := want[Listing](t, ada.ask("GET", path+"?offset=2&limit=3", nil), 200)
	if page.Total != 7 || len(page.Messages) != 3 || page.Messages[0].ID != ids[4] || page.Messages[0].Subject != "Mail 4" {
		t.Fatalf("%+v", page)
	}
	want[Rows](t, ada.ask("POST", "/api/messages/act", ActForm{IDs: ids[:2], Kind: "read"}), 200)
	want[Rows](t, ada.ask("POST", "/api/messages/act", ActForm{IDs: ids[5:6], Kind: "star"}), 200)
	if unread := want[Listing](t, ada.ask("GET", path+"?filter=unread", nil), 200); unread.Total != 5 || len(unread.Messages) != 5 {
		t.Errorf("unread: %+v", unread)
	}
	if starred := want[Listing](t, ada.ask("GET", path+"?filter=flagged", nil), 200); starred.Total != 1 || starred.Messages[0].ID != ids[5] {
		t.Errorf("starred: %+v", starred)
	}
	for _, bad := range []string{"?limit=201", "?limit=0", "?limit=x", "?offset=-1", "?filter=else"} {
		p := wantProblem(t, ada.ask("GET", path+bad, nil), 422, "invalid")
		if field := bad[1:strings.IndexByte(bad, '=')]; !strings.HasPrefix(p.Detail, field+": ") {
			t.Errorf("%s: detail %q", bad, p.Detail)
		}
	}
	for _, id := range []string{"0", "-1", "x", "01", "9223372036854775808", "99999"} {
		wantProblem(t, ada.ask("GET", "/api/folders/"+id+"/messages", nil), 404, "not_found")
	}
}

func TestActsMoveMailAtOnceAndToTheRightFolders(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	one, two := ada.connect("ada@contoso.example"), ada.connect("ada@fabrikam.example")
	first, second := ada.deliver(one, lunch), ada.deliver(two, lunch)
	ids := []string{number(first), number(second)}
	moved := want[Rows](t, ada.ask("POST", "/api/messages/act", ActForm{IDs: ids, Kind: "archive"}), 200)
	if len(moved.Messages) != 2 || moved.Messages[0].Folder != number(one.archive.ID) || moved.Messages[1].Folder != number(two.archive.ID) {
		t.Fatalf("%+v", moved)
	}
	back := ActForm{IDs: ids[:1], Kind: "move", Folder: number(one.inbox.ID)}
	if r := want[Rows](t, ada.ask("POST", "/api/messages/act", back), 200); r.Messages[0].Folder != number(one.inbox.ID) {
		t.Errorf("%+v", r)
	}
	for _, bad := range []ActForm{
		{IDs: ids, Kind: "move", Folder: number(one.inbox.ID)}, // of two mailboxes
		{IDs: ids[:1], Kind: "move"},
		{IDs: ids[:1], Kind: "explode"},
		{IDs: []string{}, Kind: "read"},
	} {
		if r := ada.ask("POST", "/api/messages/act", bad); r.status < 400 || r.status >= 500 {
			t.Errorf("%+v: %d %s", bad, r.status, r.body)
		}
	}
	bob := h.guest("bob", store.RoleMember)
	theirs := bob.connect("bob@contoso.example")
	for _, kind := range []string{"read", "archive", "delete"} {
		wantProblem(t, bob.ask("POST", "/api/messages/act", ActForm{IDs: ids[:1], Kind: kind}), 404, "not_found")
	}
	wantProblem(t, ada.ask("POST", "/api/messages/act", ActForm{IDs: ids[:1], Kind: "move", Folder: number(theirs.inbox.ID)}), 404, "not_found")
	want[struct{}](t, ada.ask("POST", "/api/mailboxes/"+one.ID+"/sync", nil), 204)
	if woken := <-h.synced; woken != one.ID {
		t.Errorf("woke %s", woken)
	}
}

func TestSearchSaysHowMuchItLookedThrough(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	id := ada.deliver(b, lunch)
	ada.deliver(b, newsletter)
	found := want[Found](t, ada.ask("GET", "/api/search?q=clock", nil), 200)
	if found.Scope.Messages != 2 || len(found.Messages) != 1 || found.Messages[0].ID != number(id) {
		t.Errorf("%+v", found)
	}
	if none := want[Found](t, ada.ask("GET", "/api/search?q=+", nil), 200); len(none.Messages) != 0 || none.Scope.Messages != 2 {
		t.Errorf("%+v", none)
	}
	bob := h.guest("bob", store.RoleMember)
	if r := want[Found](t, bob.ask("GET", "/api/search?q=clock", nil), 200); len(r.Messages) != 0 || r.Scope.Messages != 0 {
		t.Errorf("%+v", r)
	}
	for _, q := range []string{"%22", "-", "from:", "%00", "*", strings.Repeat("%28", 300)} {
		want[Found](t, ada.ask("GET", "/api/search?q="+q, nil), 200)
	}
}

func TestMailOpensInItsOwnDocument(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	id := number(ada.deliver(b, newsletter))
	m := want[Message](t, ada.ask("GET", "/api/messages/"+id, nil), 200)
	if m.Subject != "Grüße" || !m.HasHTML || m.RemoteImages == 0 || m.MessageID != "news@shop.example" || len(m.AttachmentsList) < 2 {
		t.Errorf("%+v", m)
	}
	if strings.Contains(string(ada.ask("GET", "/api/messages/"+id, nil).body), "<script>") {
		t.Error("the answer holds the mail's HTML")
	}
	frame := h.nobody() // a frame without an origin sends no cookies
	doc := frame.ask("GET", m.FrameURL, nil, "Sec-Fetch-Dest", "iframe")
	body := string(doc.body)
	if doc.status != 200 || !strings.Contains(body, "Hello") || strings.Contains(body, "alert(1)") || strings.Contains(body, "shop.example/banner") {
		t.Fatalf("%d %s", doc.status, body)
	}
	token := strings.Split(m.FrameURL, "/")[2]
	policy := doc.header.Get("Content-Security-Policy")
	want := "sandbox allow-popups allow-popups-to-escape-sandbox allow-scripts; default-src 'none'; img-src " + h.url + "/m/" + token +
		"/ data:; style-src 'unsafe-inline'; script-src 'sha256-" + frameHash(t) + "'; form-action 'none'; base-uri 'none'; frame-ancestors " + h.url
	if policy != want {
		t.Errorf("policy %s\nwant   %s", policy, want)
	}
	for name, value := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Dns-Prefetch-Control": "off",
		"X-Frame-Options": "", "Cross-Origin-Resource-Policy": "", "Content-Type": "text/html; charset=UTF-8", "Cache-Control": "private, max-age=1800",
	} {
		if got := doc.header.Get(name); got != value {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
	for _, dest := range []string{"document", "object", "embed", "empty", "frame"} {
		if r := frame.ask("GET", m.FrameURL, nil, "Sec-Fetch-Dest", dest); r.status != 403 || strings.Contains(string(r.body), "<b>Ada</b>") {
			t.Errorf("as %s: %d %s", dest, r.status, r.body)
		}
	}
	if r := frame.ask("GET", m.FrameURL, nil); r.status != 200 {
		t.Errorf("an old browser: %d", r.status)
	}
	if strings.Contains(h.log.String(), token) {
		t.Error("the log holds a token")
	}
}

func TestImagesInsideAMailAreShownByItsToken(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	id := number(ada.deliver(b, newsletter))
	m := want[Message](t, ada.ask("GET", "/api/messages/"+id, nil), 200)
	base := strings.TrimSuffix(m.FrameURL, "body") + "part/"
	doc := string(h.nobody().ask("GET", m.FrameURL, nil).body)
	shown := 0
	for _, a := range m.AttachmentsList {
		r := h.nobody().ask("GET", fmt.Sprintf("%s%d", base, a.Index), nil)
		if a.Type == "image/png" {
			if r.status != 200 || r.header.Get("Content-Type") != "image/png" || r.header.Get("Cross-Origin-Resource-Policy") != "" || !strings.Contains(doc, fmt.Sprintf("%s%d", base, a.Index)) {
				t.Errorf("%d %v %s", r.status, r.header, doc)
			}
			shown++
		} else if r.status != 404 {
			t.Errorf("%s is shown as an image: %d", a.Name, r.status)
		}
	}
	if shown != 1 {
		t.Errorf("%d images", shown)
	}
	for _, path := range []string{"99", "-1", "x"} {
		wantProblem(t, h.nobody().ask("GET", base+path, nil), 404, "not_found")
	}
}

func TestDisabledUsersTokensOpenNothing(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	m := want[Message](t, ada.ask("GET", "/api/messages/"+number(ada.deliver(b, lunch)), nil), 200)
	ada.user.DisabledAt = 1
	check(t, h.store.Tx(t.Context(), func(tx *store.Tx) error { return tx.UpdateUser(ada.user) }))
	for _, path := range []string{m.FrameURL, strings.TrimSuffix(m.FrameURL, "body") + "part/0"} {
		if r := h.nobody().ask("GET", path, nil); r.status != 404 || strings.Contains(string(r.body), "noon") {
			t.Errorf("%d %s", r.status, r.body)
		}
	}
}

func TestAttachmentsAreSavedAndNeverRun(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	id := number(ada.deliver(b, newsletter))
	m := want[Message](t, ada.ask("GET", "/api/messages/"+id, nil), 200)
	seen := map[string]bool{}
	for _, a := range m.AttachmentsList {
		for _, query := range []string{"", "?inline=1"} {
			r := ada.ask("GET", a.URL+query, nil)
			disposition, typ := r.header.Get("Content-Disposition"), r.header.Get("Content-Type")
			if r.status != 200 || strings.HasPrefix(typ, "text/html") || r.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(r.header.Get("Content-Security-Policy"), "sandbox; default-src 'none'") {
				t.Errorf("%s%s: %d %v", a.Name, query, r.status, r.header)
			}
			if strings.ContainsAny(disposition, "\r\n/\\") {
				t.Errorf("%q", disposition)
			}
			inline := strings.HasPrefix(disposition, "inline")
			if wanted := query != "" && (a.Name == "logo.png" || a.Name == "notes.txt"); inline != wanted {
				t.Errorf("%s%s: %s", a.Name, query, disposition)
			}
			seen[a.Name] = true
		}
	}
	if len(seen) != 3 {
		t.Errorf("%v", seen)
	}
	source := ada.ask("GET", "/api/messages/"+id+"/source", nil)
	if source.status != 200 || source.header.Get("Content-Type") != "message/rfc822" || !strings.HasPrefix(source.header.Get("Content-Disposition"), "attachment") || string(source.body) != strings.ReplaceAll(newsletter, "\n", "\r\n") {
		t.Errorf("%d %v", source.status, source.header)
	}
}

func TestThreadsAreReadOldestFirst(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	first := ada.deliver(b, lunch)
	answer := strings.Replace(strings.Replace(lunch, "<lunch@", "<yes@", 1), "MIME-Version", "In-Reply-To: <lunch@contoso.example>\nReferences: <lunch@contoso.example>\nMIME-Version", 1)
	second := ada.deliver(b, answer)
	m := want[Message](t, ada.ask("GET", "/api/messages/"+number(second), nil), 200)
	thread := want[Rows](t, ada.ask("GET", "/api/threads/"+m.Thread, nil), 200)
	if len(thread.Messages) != 2 || thread.Messages[0].ID != number(first) || thread.Messages[1].ID != number(second) {
		t.Errorf("%+v", thread)
	}
}

// A thousand rows are sent packed, and small.
func TestListsAreCompressed(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	for i := range 20 {
		ada.deliver(b, strings.Replace(lunch, "<lunch@", fmt.Sprintf("<%d@", i), 1))
	}
	r := ada.ask("GET", "/api/folders/"+number(b.inbox.ID)+"/messages", nil, "Accept-Encoding", "gzip")
	if r.header.Get("Content-Encoding") != "gzip" || len(r.body) > 3000 || !strings.Contains(strings.Join(r.header.Values("Vary"), ","), "Accept-Encoding") {
		t.Errorf("%d bytes, %v", len(r.body), r.header)
	}
}

func TestEveryAnswerIsCarefulWithBrowsers(t *testing.T) {
	h := startHouse(t)
	e := h.estate()
	for _, path := range []string{"/api/session", "/api/none", "/healthz", "/api/openapi.json", "/api/messages/" + number(e.mail)} {
		r := e.owner.ask(http.MethodGet, path, nil)
		for name, value := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store", "Cross-Origin-Opener-Policy": "same-origin"} {
			if got := r.header.Get(name); got != value {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if !strings.Contains(r.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %v", path, r.header)
		}
	}
	if r := h.nobody().ask("GET", "/healthz", nil); string(r.body) != "ok" {
		t.Errorf("%s", r.body)
	}
	var spec struct {
		OpenAPI string `json:"openapi"`
	}
	check(t, json.Unmarshal(h.nobody().ask("GET", "/api/openapi.json", nil).body, &spec))
	if !strings.HasPrefix(spec.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %s", spec.OpenAPI)
	}
}

func frameHash(t *testing.T) string {
	t.Helper()
	doc, err := newDocuments(nil, nil, frameFiles, &url.URL{})
	check(t, err)
	return doc.jsHash
}
