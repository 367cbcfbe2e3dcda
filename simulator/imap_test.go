package simulator

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// wire speaks IMAP word for word.
type wire struct {
	t    *testing.T
	conn net.Conn
	r    *bufio.Reader
	n    int
}

func dialIMAP(t *testing.T, sim *Simulator) *wire {
	t.Helper()
	conn, err := tls.Dial("tcp", sim.IMAPAddr(), trusting(t, sim))
	check(t, err)
	t.Cleanup(func() { conn.Close() })
	check(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	return &wire{t: t, conn: conn, r: bufio.NewReader(conn)}
}

func (w *wire) send(line string) {
	w.t.Helper()
	_, err := io.WriteString(w.conn, line+"\r\n")
	check(w.t, err)
}

func (w *wire) line() string {
	w.t.Helper()
	line, err := w.r.ReadString('\n')
	if err != nil {
		w.t.Fatalf("read: %v after %q", err, line)
	}
	if !strings.HasSuffix(line, "\r\n") {
		w.t.Fatalf("%q does not end with CRLF", line)
	}
	return strings.TrimSuffix(line, "\r\n")
}

// ask sends a command and returns what comes up to its tagged answer, tag cut off.
func (w *wire) ask(command string) []string {
	w.t.Helper()
	w.n++
	tag := fmt.Sprintf("A%02d ", w.n)
	w.send(tag + command)
	var lines []string
	for {
		line := w.line()
		if rest, ok := strings.CutPrefix(line, tag); ok {
			return append(lines, rest)
		}
		lines = append(lines, line)
	}
}

func (w *wire) expect(command string, want ...string) {
	w.t.Helper()
	got := w.ask(command)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		w.t.Errorf("%s:\n got %s\nwant %s", command, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func (w *wire) expectEnd(lines ...string) {
	w.t.Helper()
	for _, want := range lines {
		equal(w.t, "last words", w.line(), want)
	}
	if _, err := w.r.ReadByte(); err == nil {
		w.t.Error("the connection is still open")
	}
}

func response(user, token string) string {
	return base64.StdEncoding.EncodeToString([]byte("user=" + user + "\x01auth=Bearer " + token + "\x01\x01"))
}

// session opens IMAP as address and passes over the greeting.
func session(t *testing.T, sim *Simulator, app App, address string) *wire {
	t.Helper()
	w := dialIMAP(t, sim)
	w.line()
	tokens, err := sim.Grant(address, app.ID)
	check(t, err)
	w.expect("AUTHENTICATE XOAUTH2 "+response(address, tokens.Access), "OK AUTHENTICATE completed.")
	return w
}

func fill(t *testing.T, sim *Simulator, address string, n int) {
	t.Helper()
	for i := range n {
		_, err := sim.Deliver(address, "", letter(fmt.Sprintf("mail %d", i+1)), nil, time.Date(2026, 9, 1, 10, 0, i, 0, time.UTC))
		check(t, err)
	}
}

func TestGreetingAndCapabilities(t *testing.T) {
	sim, app := start(t, Options{})
	w := dialIMAP(t, sim)
	if greeting := w.line(); !regexp.MustCompile(`^\* OK The Microsoft Exchange IMAP4 service is ready\. \[[A-Za-z0-9+/]+=*\]$`).MatchString(greeting) {
		t.Error(greeting)
	}
	w.expect("CAPABILITY", "* CAPABILITY IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 LOGINDISABLED SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+", "OK CAPABILITY completed.")
	w.expect("LIST \"\" *", "BAD Command received in Invalid state.")
	w = session(t, sim, app, ada)
	w.expect("CAPABILITY", "* CAPABILITY IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CLIENTACCESSRULES CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE CHILDREN IDLE NAMESPACE LITERAL+", "OK CAPABILITY completed.")
	w.expect("ID NIL", `* ID ("name" "Microsoft.Exchange.Imap4.Imap4Server" "version" "15.20")`, "OK ID completed.")
	w.expect("NAMESPACE", `* NAMESPACE (("" "/")) NIL NIL`, "OK NAMESPACE completed.")
	w.expect("FETCH 1 FLAGS", "BAD Command received in Invalid state.")
	w.expect("LOGOUT", "* BYE Microsoft Exchange Server IMAP4 server signing off.", "OK LOGOUT completed.")
	w.expectEnd()

	sim.Set("*", IMAPRollout, "")
	w = dialIMAP(t, sim)
	if greeting := w.line(); !regexp.MustCompile(`^\* OK Microsoft Exchange IMAP4 service ready\. [0-9a-f-]{36} \(tcpproxy/15\.21\.0406\.000 BACKENDAUTHENTICATE\) \[.+\]$`).MatchString(greeting) {
		t.Error(greeting)
	}
	w = session(t, sim, app, ada)
	caps := w.ask("CAPABILITY")[0]
	if !strings.Contains(caps, " ENABLE IMAP4rev2") || !strings.Contains(caps, " BACKENDAUTHENTICATE-IR ") {
		t.Error(caps)
	}
	w.expect(`LSUB "" *`, "BAD Command Argument Error")
}

func TestAuthenticate(t *testing.T) {
	sim, app := start(t, Options{})
	good, err := sim.Grant(ada, app.ID)
	check(t, err)
	graph, err := sim.Grant(ada, app.ID, "User.Read")
	check(t, err)
	noIMAP, err := sim.Grant(grace, app.ID, "https://outlook.office.com/SMTP.Send")
	check(t, err)
	refused := map[string]string{
		"unknown token":     response(ada, "nonsense"),
		"Graph token":       response(ada, graph.Access),
		"no IMAP scope":     response(grace, noIMAP.Access),
		"no name":           base64.StdEncoding.EncodeToString([]byte("user=\x01auth=Bearer " + good.Access + "\x01\x01")),
		"one ^A at the end": base64.StdEncoding.EncodeToString([]byte("user=" + ada + "\x01auth=Bearer " + good.Access + "\x01")),
		"no Bearer":         base64.StdEncoding.EncodeToString([]byte("user=" + ada + "\x01auth=" + good.Access + "\x01\x01")),
		"no base64":         "!!!",
	}
	for name, ir := range refused {
		t.Run(name, func(t *testing.T) {
			w := dialIMAP(t, sim)
			w.line()
			w.expect("AUTHENTICATE XOAUTH2 "+ir, "NO AUTHENTICATE failed.")
			w.send("B1 AUTHENTICATE XOAUTH2")
			equal(t, "continuation", w.line(), "+ ")
			w.send(ir)
			equal(t, "answer", w.line(), "B1 NO AUTHENTICATE failed.")
			w.expect("LOGIN ada@contoso.example secret", "NO LOGIN failed.")
		})
	}
	w := dialIMAP(t, sim)
	w.line()
	w.send("A1 AUTHENTICATE XOAUTH2")
	equal(t, "continuation", w.line(), "+ ")
	w.send(response(ada, good.Access))
	equal(t, "answer", w.line(), "A1 OK AUTHENTICATE completed.")

	sim.Set("*", IMAPGmail, "")
	w = dialIMAP(t, sim)
	w.line()
	w.send("A1 AUTHENTICATE XOAUTH2 " + response(ada, "nonsense"))
	challenge, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(w.line(), "+ "))
	check(t, err)
	equal(t, "challenge", string(challenge), `{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}`)
	w.send("")
	equal(t, "answer", w.line(), "A1 NO AUTHENTICATE failed.")
}

func TestATokenOfTenKilobytesSignsIn(t *testing.T) {
	sim, app := start(t, Options{})
	sim.Set(ada, TokenSize, "10000")
	c := openIMAP(t, sim, app, ada, nil)
	check(t, c.Noop().Wait())
}

func TestAuthenticatedButNotConnected(t *testing.T) {
	sim, app := start(t, Options{})
	for _, u := range []User{
		{Address: "alias@contoso.example", Aliases: []string{"second@contoso.example"}},
		{Address: "off@contoso.example", IMAPDisabled: true},
		{Address: "shared@contoso.example", Shared: true, FullAccess: []string{ada}},
		{Address: "upn@contoso.example", UPN: "u1234@contoso.example"},
	} {
		_, err := sim.AddUser(u)
		check(t, err)
	}
	for _, c := range []struct{ who, as string }{
		{ada, grace}, {"alias@contoso.example", "second@contoso.example"}, {"off@contoso.example", "off@contoso.example"}, {ada, "nobody@contoso.example"},
	} {
		tokens, err := sim.Grant(c.who, app.ID)
		check(t, err)
		w := dialIMAP(t, sim)
		w.line()
		w.expect("AUTHENTICATE XOAUTH2 "+response(c.as, tokens.Access), "OK AUTHENTICATE completed.")
		w.expect("NAMESPACE", "BAD User is authenticated but not connected.")
		w.expect(`LIST "" *`, "BAD User is authenticated but not connected.")
		w.expect("SELECT INBOX", "BAD User is authenticated but not connected.")
		w.expectEnd("* BYE Connection closed. 14")
	}
	for _, c := range []struct{ who, as string }{{ada, "shared@contoso.example"}, {"upn@contoso.example", "u1234@contoso.example"}, {"upn@contoso.example", "upn@contoso.example"}} {
		tokens, err := sim.Grant(c.who, app.ID)
		check(t, err)
		w := dialIMAP(t, sim)
		w.line()
		w.expect("AUTHENTICATE XOAUTH2 "+response(c.as, tokens.Access), "OK AUTHENTICATE completed.")
		w.expect("NAMESPACE", `* NAMESPACE (("" "/")) NIL NIL`, "OK NAMESPACE completed.")
	}
}

func TestSelectTranscript(t *testing.T) {
	sim, app := start(t, Options{})
	fill(t, sim, ada, 3)
	check(t, sim.Flag(ada, "", 1, `\Seen`))
	w := session(t, sim, app, ada)
	w.expect("SELECT INBOX",
		`* 3 EXISTS`, `* 0 RECENT`,
		`* FLAGS (\Seen \Answered \Flagged \Deleted \Draft $MDNSent)`,
		`* OK [PERMANENTFLAGS (\Seen \Answered \Flagged \Deleted \Draft $MDNSent)] Permanent flags`,
		`* OK [UNSEEN 2] Is the first unseen message`,
		`* OK [UIDVALIDITY 14] UIDVALIDITY value`,
		`* OK [UIDNEXT 4] The next unique identifier value`,
		`OK [READ-WRITE] SELECT completed.`)
	w.expect("EXAMINE inbox",
		`* 3 EXISTS`, `* 0 RECENT`,
		`* FLAGS (\Seen \Answered \Flagged \Deleted \Draft $MDNSent)`,
		`* OK [PERMANENTFLAGS ()] Permanent flags`,
		`* OK [UNSEEN 2] Is the first unseen message`,
		`* OK [UIDVALIDITY 14] UIDVALIDITY value`,
		`* OK [UIDNEXT 4] The next unique identifier value`,
		`OK [READ-ONLY] EXAMINE completed.`)
	w.expect("UID STORE 1 FLAGS (\\Seen)", "NO Command is not supported in a folder opened read-only.")
	w.expect("SELECT INBOX (CONDSTORE)", "BAD Command Argument Error. 11")
	w.expect("SELECT Nowhere", "NO Nowhere doesn't exist.")
	w.expect("STATUS INBOX (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN)", "* STATUS INBOX (MESSAGES 3 RECENT 0 UIDNEXT 4 UIDVALIDITY 14 UNSEEN 2)", "OK STATUS completed.")
	w.expect("STATUS INBOX (HIGHESTMODSEQ)", "BAD Command Argument Error. 11")
	other := session(t, sim, app, grace)
	if got := strings.Join(other.ask("SELECT INBOX"), "\n"); !strings.Contains(got, "[UIDVALIDITY 14]") || strings.Contains(got, "UNSEEN") {
		t.Error(got)
	}
	sim.Set(ada, PhantomFolder, "Archive")
	w.expect("SELECT Archive", "NO Archive doesn't exist.")
}

func TestFolderNamesAreThoseOfTheMailboxsLanguage(t *testing.T) {
	sim, app := start(t, Options{})
	for language, want := range map[string][]string{
		"de": {`* LIST (\HasNoChildren) "/" Entw&APw-rfe`, `* LIST (\HasNoChildren) "/" "Gesendete Elemente"`, `* LIST (\HasNoChildren) "/" "Gel&APY-schte Elemente"`, `* LIST (\HasNoChildren) "/" Kalender`},
		"fr": {`* LIST (\HasNoChildren) "/" "Courrier ind&AOk-sirable"`, `* LIST (\HasNoChildren) "/" "&AMk-l&AOk-ments envoy&AOk-s"`},
		"ja": {`* LIST (\HasNoChildren) "/" &kAFP4W4IMH8wojCkMMYw4A-`},
		"en": {`* LIST (\Marked \HasNoChildren) "/" INBOX`, `* LIST (\HasNoChildren) "/" "Sent Items"`, `* LIST (\HasNoChildren) "/" Calendar`},
	} {
		address := language + "@contoso.example"
		_, err := sim.AddUser(User{Address: address, Language: language})
		check(t, err)
		w := session(t, sim, app, address)
		got := "\n" + strings.Join(w.ask(`LIST "" "*"`), "\n") + "\n"
		for _, line := range want {
			if !strings.Contains(got, "\n"+line+"\n") {
				t.Errorf("%s lacks %s in %s", language, line, got)
			}
		}
	}
	w := session(t, sim, app, ada)
	w.expect("CREATE Projects/R&AOk-gie/A&-B", "OK CREATE completed.")
	w.expect("CREATE projects", "NO Mailbox already exists")
	w.expect("CREATE Files", "NO Folder name is reserved")
	w.expect(`LIST "" Projects*`, `* LIST (\HasChildren) "/" Projects`, `* LIST (\HasChildren) "/" Projects/R&AOk-gie`, `* LIST (\HasNoChildren) "/" Projects/R&AOk-gie/A&-B`, "OK LIST completed.")
	w.expect(`LIST "" Projects/%`, `* LIST (\HasChildren) "/" Projects/R&AOk-gie`, "OK LIST completed.")
	w.expect("RENAME Projects Work", "OK RENAME completed.")
	w.expect(`LIST "" Work/*/*`, `* LIST (\HasNoChildren) "/" Work/R&AOk-gie/A&-B`, "OK LIST completed.")
	w.expect("DELETE Work", "OK DELETE completed.")
	w.expect(`LIST "" Work*`, "OK LIST completed.")
	w.expect(`LIST "" ""`, `* LIST (\Noselect) "/" ""`, "OK LIST completed.")
	sim.Set(ada, SpecialUse, "")
	w.expect(`LIST "" "Sent Items"`, `* LIST (\HasNoChildren \Sent) "/" "Sent Items"`, "OK LIST completed.")
}

func TestFetch(t *testing.T) {
	sim, app := start(t, Options{})
	fill(t, sim, ada, 2)
	w := session(t, sim, app, ada)
	w.ask("SELECT INBOX")
	raw := strings.ReplaceAll(string(letter("mail 1")), "\n", "\r\n")
	w.expect("UID FETCH 1 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT Message-ID)])",
		fmt.Sprintf(`* 1 FETCH (UID 1 FLAGS () INTERNALDATE "01-Sep-2026 10:00:00 +0000" RFC822.SIZE %d BODY[HEADER.FIELDS (SUBJECT Message-ID)] {57}`, len(raw)),
		"Subject: mail 1", "Message-ID: <mail-1@contoso.example>", "", ")", "OK FETCH completed.")
	w.expect("UID FETCH 1 BODY.PEEK[]<6.5>", "* 1 FETCH (UID 1 BODY[]<6> {5}", "Grace)", "OK FETCH completed.")
	w.expect("UID FETCH 1 BODY.PEEK[TEXT]<0.5>", "* 1 FETCH (UID 1 BODY[TEXT]<0> {5}", "Hello)", "OK FETCH completed.")
	w.expect("FETCH 1 BODY[1]<0.5>", "* 1 FETCH (BODY[1]<0> {5}", "Hello FLAGS (\\Seen))", "OK FETCH completed.")
	w.expect("FETCH 1:* FLAGS", `* 1 FETCH (FLAGS (\Seen))`, `* 2 FETCH (FLAGS ())`, "OK FETCH completed.")
	w.expect("UID FETCH 9:* FLAGS", `* 2 FETCH (UID 2 FLAGS ())`, "OK FETCH completed.")
	w.expect("UID FETCH  FLAGS", "BAD Command Argument Error. 11")
	w.expect("UID FETCH 1 (FLAGS) (CHANGEDSINCE 1)", "BAD Command Argument Error. 11")

	check(t, sim.Remove(ada, "", 1))
	w.expect("UID FETCH 1:2 FLAGS", `* 2 FETCH (UID 2 FLAGS ())`, "* 1 EXPUNGE", "NO Some of the requested messages no longer exist.")

	sim.Set(ada, SizeEstimate, "5")
	w.expect("UID FETCH 2 RFC822.SIZE", fmt.Sprintf("* 1 FETCH (UID 2 RFC822.SIZE %d)", len(raw)+len(raw)*5/100), "OK FETCH completed.")
	sim.Set(ada, WholePartial, "")
	if got := w.ask("UID FETCH 2 BODY.PEEK[]<0.5>"); got[0] != fmt.Sprintf("* 1 FETCH (UID 2 BODY[] {%d}", len(raw)) {
		t.Error(got[0])
	}
	sim.Set(ada, FetchRefused, "2")
	w.expect("UID FETCH 1:9 FLAGS", "NO Server Unavailable. 15")
}

func TestStructureIsReadByGoIMAP(t *testing.T) {
	sim, app := start(t, Options{})
	raw := "From: =?utf-8?q?Gr=C3=A4ce?= <grace@contoso.example>\nTo: ada@contoso.example, b@x.example\nSubject: parts\nMIME-Version: 1.0\n" +
		"Content-Type: multipart/mixed; boundary=out\n\n--out\nContent-Type: multipart/alternative; boundary=in\n\n--in\nContent-Type: text/plain; charset=utf-8\n\nplain\n--in\nContent-Type: text/html\n\n<p>html</p>\n--in--\n" +
		"--out\nContent-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment; filename=a.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n" +
		"--out\nContent-Type: message/rfc822\n\nSubject: inner\n\ninner text\n--out--\n"
	_, err := sim.Deliver(ada, "", []byte(raw), nil, time.Time{})
	check(t, err)
	c := openIMAP(t, sim, app, ada, nil)
	_, err = c.Select("INBOX", nil).Wait()
	check(t, err)
	inner := &imap.FetchItemBodySection{Part: []int{1, 2}, Peek: true}
	nested := &imap.FetchItemBodySection{Part: []int{3}, Specifier: imap.PartSpecifierHeader, Peek: true}
	got, err := c.Fetch(imap.UIDSetNum(1), &imap.FetchOptions{Envelope: true, BodyStructure: &imap.FetchItemBodyStructure{Extended: true}, BodySection: []*imap.FetchItemBodySection{inner, nested}}).Collect()
	check(t, err)
	equal(t, "subject", got[0].Envelope.Subject, "parts")
	equal(t, "from", got[0].Envelope.From[0].Name, "Gräce")
	equal(t, "recipients", len(got[0].Envelope.To), 2)
	var types []string
	got[0].BodyStructure.Walk(func(path []int, part imap.BodyStructure) bool {
		types = append(types, fmt.Sprint(path, part.MediaType()))
		return true
	})
	equal(t, "structure", strings.Join(types, " "), "[]multipart/mixed [1]multipart/alternative [1 1]text/plain [1 2]text/html [2]application/pdf [3]message/rfc822")
	equal(t, "part", string(got[0].FindBodySection(inner)), "<p>html</p>")
	equal(t, "nested header", string(got[0].FindBodySection(nested)), "Subject: inner\r\n\r\n")
}

func TestStoreExpungeCopyAndMove(t *testing.T) {
	sim, app := start(t, Options{})
	fill(t, sim, ada, 5)
	w := session(t, sim, app, ada)
	w.ask("SELECT INBOX")
	w.expect(`UID STORE 1:2 +FLAGS (\Flagged Mine)`, `* 1 FETCH (UID 1 FLAGS (\Flagged))`, `* 2 FETCH (UID 2 FLAGS (\Flagged))`, "OK STORE completed.")
	w.expect(`UID STORE 2 -FLAGS.SILENT (\Flagged)`, "OK STORE completed.")
	w.expect(`UID STORE 1 FLAGS (\Seen)`, `* 1 FETCH (UID 1 FLAGS (\Seen))`, "OK STORE completed.")
	w.expect(`UID STORE 1 (UNCHANGEDSINCE 1) FLAGS (\Seen)`, "BAD Command Argument Error. 11")
	w.expect("UID MOVE 2,4:5 Archive", "* OK [COPYUID 15 2,4:5 1:3]", "* 5 EXPUNGE", "* 4 EXPUNGE", "* 2 EXPUNGE", "OK MOVE completed.")
	w.expect("UID COPY 1,3 archive", "OK [COPYUID 15 1,3 4:5] COPY completed.")
	w.expect("UID MOVE 1 Nowhere", "NO [TRYCREATE] Nowhere doesn't exist.")
	w.expect(`UID STORE 1,3 +FLAGS.SILENT (\Deleted)`, "OK STORE completed.")
	w.expect("UID EXPUNGE 3", "* 2 EXPUNGE", "OK EXPUNGE completed.")
	w.expect("EXPUNGE", "* 1 EXPUNGE", "OK EXPUNGE completed.")

	for how, want := range map[string]string{"bare": "[COPYUID 14 1 6]", "empty": "* OK [COPYUID 14  ]", "none": "* 1 EXPUNGE"} {
		w.ask("SELECT Archive")
		sim.Set(ada, CopyUID, how)
		if got := w.ask("MOVE 1 INBOX"); how != "bare" && got[0] != want || how == "bare" && !regexp.MustCompile(`^\[COPYUID 14 \d+ \d+\]$`).MatchString(got[0]) {
			t.Errorf("%s: %s", how, got[0])
		}
	}
	box, err := sim.Mailbox(ada)
	check(t, err)
	equal(t, "in the archive", len(box.Folder("archive").Messages), 2)
}

func TestAppend(t *testing.T) {
	sim, app := start(t, Options{})
	c := openIMAP(t, sim, app, ada, nil)
	raw := "Subject: draft\r\n\r\ntext\r\n"
	appending := c.Append("Drafts", int64(len(raw)), &imap.AppendOptions{Flags: []imap.Flag{imap.FlagDraft, imap.FlagSeen}, Time: time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC)})
	_, err := io.WriteString(appending, raw)
	check(t, err)
	check(t, appending.Close())
	data, err := appending.Wait()
	check(t, err)
	equal(t, "UID", data.UID, imap.UID(1))
	box, err := sim.Mailbox(ada)
	check(t, err)
	equal(t, "UIDVALIDITY", data.UIDValidity, box.Folder("drafts").UIDValidity)
	equal(t, "source", string(box.Folder("drafts").Messages[0].Raw), raw)

	w := session(t, sim, app, ada)
	w.expect("APPEND Drafts (\\Draft) {5+}\r\nhello", fmt.Sprintf("OK [APPENDUID %d 2] APPEND completed.", data.UIDValidity))
	w.expect(fmt.Sprintf("APPEND Drafts {%d+}\r\n%s", 11000, strings.Repeat("x", 11000)), "BAD Command Argument Error. 11")
	sim.Set(ada, AppendLimit, "10")
	w.expect("APPEND Drafts {11+}\r\nhello world", "NO Maximum size of appendable message has been exceeded")
}

func TestSearch(t *testing.T) {
	sim, app := start(t, Options{})
	fill(t, sim, ada, 5)
	check(t, sim.Flag(ada, "", 2, `\Seen`))
	w := session(t, sim, app, ada)
	w.ask("SELECT INBOX")
	for query, want := range map[string]string{
		"ALL":                             "* SEARCH 1 2 3 4 5",
		"UID 4:*":                         "* SEARCH 4 5",
		"UID 99:*":                        "* SEARCH 5",
		"SEEN":                            "* SEARCH 2",
		"UNSEEN SINCE 1-Sep-2026":         "* SEARCH 1 3 4 5",
		"BEFORE 1-Sep-2026":               "* SEARCH",
		"HEADER Message-ID mail-3@":       "* SEARCH 3",
		`OR SUBJECT "mail 1" UID 5`:       "* SEARCH 1 5",
		"NOT (UID 1:3)":                   "* SEARCH 4 5",
		`CHARSET US-ASCII TEXT "is mail"`: "* SEARCH 1 2 3 4 5",
	} {
		w.expect("UID SEARCH "+query, want, "OK SEARCH completed.")
	}
	w.expect("UID SEARCH CHARSET UTF-8 UNSEEN", "NO [BADCHARSET (US-ASCII)] The specified charset is not supported.")
	w.expect("UID SEARCH RETURN (ALL) ALL", "BAD Command Argument Error. 11")
	w.expect("UID SEARCH OR OR OR OR SEEN SEEN SEEN SEEN SEEN", "BAD Command Argument Error. 11")
}

func TestIdle(t *testing.T) {
	sim, app := start(t, Options{})
	fill(t, sim, ada, 1)
	w := session(t, sim, app, ada)
	w.ask("SELECT INBOX")
	fill(t, sim, ada, 1) // arrives before IDLE: told before its "+"
	w.send("B1 IDLE")
	equal(t, "before", w.line(), "* 2 EXISTS")
	equal(t, "before", w.line(), "* 1 RECENT")
	equal(t, "accepted", w.line(), "+ IDLE accepted, awaiting DONE command.")
	fill(t, sim, ada, 1)
	equal(t, "pushed", w.line(), "* 3 EXISTS")
	equal(t, "pushed", w.line(), "* 2 RECENT")
	check(t, sim.Flag(ada, "", 1, `\Seen`)) // another client's flag is not pushed
	check(t, sim.Remove(ada, "", 2))
	equal(t, "expunged by another", w.line(), "* 2 EXPUNGE")
	w.send("DONE")
	equal(t, "done", w.line(), "B1 OK IDLE completed.")

	sim.Set(ada, IdleDeaf, "")
	w.send("B2 IDLE")
	equal(t, "accepted", w.line(), "+ IDLE accepted, awaiting DONE command.")
	fill(t, sim, ada, 1)
	w.send("DONE")
	equal(t, "told at last", w.line(), "* 3 EXISTS")
}

func TestTokensExpireInTheMiddleOfASession(t *testing.T) {
	c := &clock{}
	sim, app := start(t, Options{Now: c.Now})
	sim.Set(ada, TokenLife, "1h")
	idle := session(t, sim, app, ada)
	idle.ask("SELECT INBOX")
	idle.send("B1 IDLE")
	idle.line()
	working := session(t, sim, app, ada)
	c.pass(29 * time.Minute)
	working.expect("NOOP", "OK NOOP completed.")
	idle.send("DONE")
	equal(t, "done", idle.line(), "B1 OK IDLE completed.")
	idle.send("B1 IDLE")
	idle.line()
	c.pass(29 * time.Minute)
	working.expect("NOOP", "OK NOOP completed.")
	c.pass(3 * time.Minute)
	idle.expectEnd("* BYE Session invalidated - AccessTokenExpired")
	working.expectEnd("* BYE Session invalidated - AccessTokenExpired")

	cut := session(t, sim, app, grace)
	sim.Expire(grace)
	cut.expectEnd("* BYE Session invalidated - AccessTokenExpired")

	patient := session(t, sim, app, grace)
	c.pass(31 * time.Minute)
	patient.expectEnd("* BYE Connection is closed. 13")
	stranger := dialIMAP(t, sim)
	stranger.line()
	c.pass(61 * time.Second)
	stranger.expectEnd("* BYE Connection is closed. 13")
}

func TestThrottleLimitsAndOtherTrouble(t *testing.T) {
	sim, app := start(t, Options{})
	w := session(t, sim, app, ada)
	sim.SetTimes(ada, Throttle, "92415", 1)
	w.expect("NOOP", "BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds")
	w.expectEnd("* BYE Connection closed. 14")

	w = session(t, sim, app, ada)
	for range 9 {
		w.expect("NONSENSE", "BAD Command Error. 12")
	}
	w.expect("NOOP "+strings.Repeat("x", 10300), "BAD Command Error. 10")
	w.expectEnd("* BYE Connection closed. 14")

	w = session(t, sim, app, ada)
	sim.SetTimes(ada, Unavailable, "no", 1)
	w.expect("NOOP", "NO Server Unavailable. 15")
	sim.SetTimes(ada, Unavailable, "bare", 1)
	w.send("C1 NOOP")
	w.expectEnd("Server Unavailable. 15")

	sim.Set(grace, ConnectionLimit, "1")
	first := session(t, sim, app, grace)
	second := session(t, sim, app, grace)
	first.expect("NOOP", "OK NOOP completed.")
	second.expect("NOOP", "BAD User is authenticated but not connected.")

	sim.Set(ada, ByeStaysOpen, "")
	w = session(t, sim, app, ada)
	sim.Expire(ada)
	equal(t, "bye", w.line(), "* BYE Session invalidated - AccessTokenExpired")
	check(t, w.conn.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
	_, err := w.r.ReadByte()
	if timeout := net.Error(nil); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("the connection did not stay open: %v", err)
	}
	sim.Clear(ada, "")

	w = session(t, sim, app, ada)
	sim.Set(ada, Silence, "")
	w.send("D1 NOOP")
	check(t, w.conn.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
	_, err = w.r.ReadByte()
	if timeout := net.Error(nil); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("not silent: %v", err)
	}
}

func TestUIDValidityCanChange(t *testing.T) {
	sim, app := start(t, Options{})
	fill(t, sim, ada, 3)
	check(t, sim.Remove(ada, "", 1))
	w := session(t, sim, app, ada)
	w.ask("SELECT INBOX")
	check(t, sim.ChangeValidity(ada, ""))
	w.expectEnd("* BYE Connection closed. 14")
	w = session(t, sim, app, ada)
	got := strings.Join(w.ask("SELECT INBOX"), "\n")
	if strings.Contains(got, "UIDVALIDITY 14]") || !strings.Contains(got, "[UIDNEXT 3]") {
		t.Error(got)
	}
}

func TestTenThousandMessagesAreReadQuickly(t *testing.T) {
	sim, app := start(t, Options{})
	fill(t, sim, ada, 10_000)
	c := openIMAP(t, sim, app, ada, nil)
	_, err := c.Select("INBOX", nil).Wait()
	check(t, err)
	began := time.Now()
	all, err := c.Fetch(imap.UIDSet{imap.UIDRange{Start: 1, Stop: 0}}, &imap.FetchOptions{UID: true, Flags: true}).Collect()
	check(t, err)
	equal(t, "messages", len(all), 10_000)
	flags := time.Since(began)
	for from := imap.UID(1); from < 10_000; from += 200 {
		_, err := c.Fetch(imap.UIDSet{imap.UIDRange{Start: from, Stop: from + 199}}, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
		check(t, err)
	}
	t.Logf("10,000 messages: flags %v, everything in sets of 200 %v", flags, time.Since(began)-flags)
}

func TestGoIMAPHearsOfNewMailInIdle(t *testing.T) {
	sim, app := start(t, Options{})
	news := make(chan uint32, 10)
	c := openIMAP(t, sim, app, ada, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				news <- *data.NumMessages
			}
		},
	}})
	_, err := c.Select("INBOX", nil).Wait()
	check(t, err)
	idle, err := c.Idle()
	check(t, err)
	fill(t, sim, ada, 1)
	equal(t, "messages", <-news, 1)
	check(t, idle.Close())
	check(t, idle.Wait())
}

// RFC 7628, 4.1 and 4.3.
func TestTokensAreTakenByOAUTHBEARERWhereItIsSwitchedOn(t *testing.T) {
	sim, app := start(t, Options{})
	tokens, err := sim.Grant(ada, app.ID)
	check(t, err)
	bearer := func(token string) string {
		return base64.StdEncoding.EncodeToString([]byte("n,a=" + ada + ",\x01host=h\x01port=993\x01auth=Bearer " + token + "\x01\x01"))
	}
	refusal := base64.StdEncoding.EncodeToString([]byte(bearerRefusal))

	w := dialIMAP(t, sim)
	w.line()
	w.expect("AUTHENTICATE OAUTHBEARER "+bearer(tokens.Access), "NO AUTHENTICATE failed.")

	sim.Set("*", OAuthBearer, "only")
	w.expect("CAPABILITY", "* CAPABILITY IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=OAUTHBEARER LOGINDISABLED SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+", "OK CAPABILITY completed.")
	w.expect("AUTHENTICATE XOAUTH2 "+response(ada, tokens.Access), "NO AUTHENTICATE failed.")
	w.send("A1 AUTHENTICATE OAUTHBEARER " + bearer("nonsense"))
	equal(t, "challenge", w.line(), "+ "+refusal)
	w.send("")
	equal(t, "ended as XOAUTH2 is", w.line(), "A1 BAD The exchange was not ended.")
	w.send("A2 AUTHENTICATE OAUTHBEARER " + bearer("nonsense"))
	equal(t, "challenge", w.line(), "+ "+refusal)
	w.send("AQ==")
	equal(t, "ended", w.line(), "A2 NO AUTHENTICATE failed.")
	w.expect("AUTHENTICATE OAUTHBEARER "+bearer(tokens.Access), "OK AUTHENTICATE completed.")

	s := dialSMTP(t, sim).secure()
	equal(t, "challenge", s.ask("AUTH OAUTHBEARER "+bearer("nonsense")), "334 "+refusal)
	if got := s.ask("AQ=="); !strings.HasPrefix(got, "535 5.7.3 ") {
		t.Errorf("refused with %q", got)
	}
	s.expect("AUTH OAUTHBEARER "+bearer(tokens.Access), "235 2.7.0 Authentication successful")
}
