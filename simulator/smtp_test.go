package simulator

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// submission is an open SMTP connection, spoken word for word.
type submission struct {
	t    *testing.T
	sim  *Simulator
	conn net.Conn
	r    *bufio.Reader
}

func dialSMTP(t *testing.T, sim *Simulator) *submission {
	t.Helper()
	conn, err := net.Dial("tcp", sim.SMTPAddr())
	check(t, err)
	t.Cleanup(func() { conn.Close() })
	check(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	return &submission{t, sim, conn, bufio.NewReader(conn)}
}

// reply reads one answer, all of its lines.
func (s *submission) reply() string {
	s.t.Helper()
	var lines []string
	for {
		line, err := s.r.ReadString('\n')
		if err != nil {
			return strings.Join(append(lines, "closed"), "\n")
		}
		line = strings.TrimSuffix(line, "\r\n")
		lines = append(lines, line)
		if len(line) < 4 || line[3] != '-' {
			return strings.Join(lines, "\n")
		}
	}
}

func (s *submission) ask(command string) string {
	s.t.Helper()
	_, err := io.WriteString(s.conn, command+"\r\n")
	check(s.t, err)
	return s.reply()
}

func (s *submission) expect(command, want string) {
	s.t.Helper()
	equal(s.t, command, s.ask(command), want)
}

// secure passes over greeting and STARTTLS.
func (s *submission) secure() *submission {
	s.t.Helper()
	s.reply()
	s.ask("EHLO client.example")
	s.expect("STARTTLS", "220 2.0.0 SMTP server ready")
	conn := tls.Client(s.conn, trusting(s.t, s.sim))
	check(s.t, conn.Handshake())
	s.conn, s.r = conn, bufio.NewReader(conn)
	s.ask("EHLO client.example")
	return s
}

// signedIn is an SMTP connection of address.
func signedInSMTP(t *testing.T, sim *Simulator, app App, address string) *submission {
	t.Helper()
	s := dialSMTP(t, sim).secure()
	tokens, err := sim.Grant(address, app.ID)
	check(t, err)
	s.expect("AUTH XOAUTH2 "+response(address, tokens.Access), "235 2.7.0 Authentication successful")
	return s
}

// mail hands a mail over and returns the answer to its final dot.
func (s *submission) mail(from string, to []string, raw string) string {
	s.t.Helper()
	s.expect("MAIL FROM:<"+from+">", "250 2.1.0 Sender OK")
	for _, address := range to {
		s.expect("RCPT TO:<"+address+">", "250 2.1.5 Recipient OK")
	}
	s.expect("DATA", "354 Start mail input; end with <CRLF>.<CRLF>")
	return s.ask(strings.ReplaceAll(raw, "\n", "\r\n") + "\r\n.")
}

const outgoing = "From: Ada <ada@contoso.example>\nTo: grace@contoso.example\nBcc: secret@contoso.example,\n other@x.example\nSubject: Engine\nMessage-ID: <one@contoso.example>\n\n..dots\ntext"

// waitFor waits until the folder holds n messages.
func waitFor(t *testing.T, sim *Simulator, address, folder string, n int) []Message {
	t.Helper()
	changes, stop, err := sim.Watch(address)
	check(t, err)
	defer stop()
	deadline := time.After(10 * time.Second)
	for {
		box, err := sim.Mailbox(address)
		check(t, err)
		if messages := box.Folder(folder).Messages; len(messages) >= n {
			return messages
		}
		select {
		case <-changes:
		case <-deadline:
			t.Fatalf("%s never had %d messages in %s", address, n, folder)
		}
	}
}

func TestSubmissionDialogue(t *testing.T) {
	sim, app := start(t, Options{})
	s := dialSMTP(t, sim)
	if greeting := s.reply(); !regexp.MustCompile(`^220 \S+\.OUTLOOK\.COM Microsoft ESMTP MAIL Service ready at \w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4} \[\w+\]$`).MatchString(greeting) {
		t.Error(greeting)
	}
	const caps = "250-SIMULATED.PROD.OUTLOOK.COM Hello [127.0.0.1]\n250-SIZE 157286400\n250-PIPELINING\n250-DSN\n250-ENHANCEDSTATUSCODES\n250-%s\n250-8BITMIME\n250-BINARYMIME\n250-CHUNKING\n250 SMTPUTF8"
	s.expect("EHLO client.example", fmt.Sprintf(caps, "STARTTLS"))
	s.expect("MAIL FROM:<ada@contoso.example>", "530 5.7.57 Client not authenticated to send mail.")
	s.expect("STARTTLS", "220 2.0.0 SMTP server ready")
	conn := tls.Client(s.conn, trusting(t, sim))
	check(t, conn.Handshake())
	s.conn, s.r = conn, bufio.NewReader(conn)
	s.expect("EHLO client.example", fmt.Sprintf(caps, "AUTH LOGIN XOAUTH2"))
	s.expect("MAIL FROM:<ada@contoso.example>", "530 5.7.57 Client not authenticated to send mail.")
	tokens, err := sim.Grant(ada, app.ID)
	check(t, err)
	s.expect("AUTH XOAUTH2", "334 ")
	s.expect(response(ada, tokens.Access), "235 2.7.0 Authentication successful")
	equal(t, "taken", s.mail(ada, []string{grace, "someone@elsewhere.example"}, outgoing), "250 2.0.0 OK <one@contoso.example> [Hostname=SIMULATED.PROD.OUTLOOK.COM]")
	s.expect("QUIT", "221 2.0.0 Service closing transmission channel")

	sent := waitFor(t, sim, ada, "sent", 1)[0]
	want := strings.ReplaceAll("From: Ada <ada@contoso.example>\nTo: grace@contoso.example\nSubject: Engine\nMessage-ID: <one@contoso.example>\n\n.dots\ntext\n", "\n", "\r\n")
	equal(t, "copy", string(sent.Raw), want)
	equal(t, "flags of the copy", strings.Join(sent.Flags, " "), `\Seen`)
	got := waitFor(t, sim, grace, "inbox", 1)[0]
	if !strings.HasPrefix(string(got.Raw), "Received: ") || !strings.HasSuffix(string(got.Raw), want) {
		t.Errorf("delivered: %s", got.Raw)
	}
	equal(t, "submissions", len(sim.Submissions(ada)), 1)
	equal(t, "recipients", strings.Join(sim.Submissions("")[0].To, " "), grace+" someone@elsewhere.example")
}

func TestSubmissionWakesTheRecipientsIdle(t *testing.T) {
	sim, app := start(t, Options{})
	w := session(t, sim, app, grace)
	w.ask("SELECT INBOX")
	w.send("B1 IDLE")
	w.line()
	signedInSMTP(t, sim, app, ada).mail(ada, []string{grace}, outgoing)
	equal(t, "pushed", w.line(), "* 1 EXISTS")
}

func TestSignInRefusals(t *testing.T) {
	sim, app := start(t, Options{})
	good, err := sim.Grant(ada, app.ID)
	check(t, err)
	noSMTP, err := sim.Grant(grace, app.ID, "https://outlook.office.com/IMAP.AccessAsUser.All")
	check(t, err)
	const stampPattern = ` \[SIMULATED\.PROD\.OUTLOOK\.COM \S+Z [0-9a-f-]{36}\]$`
	refused := func(ir, want string) {
		t.Helper()
		got := dialSMTP(t, sim).secure().ask("AUTH XOAUTH2 " + ir)
		if !regexp.MustCompile("^" + regexp.QuoteMeta(want) + stampPattern).MatchString(got) {
			t.Errorf("got  %s\nwant %s […]", got, want)
		}
	}
	refused(response(ada, "nonsense"), "535 5.7.3 Authentication unsuccessful")
	refused(response(grace, good.Access), "535 5.7.3 Authentication unsuccessful")
	refused(response(grace, noSMTP.Access), "535 5.7.3 Authentication unsuccessful")
	refused("*", "535 5.7.3 Authentication unsuccessful")
	for value, want := range map[string]string{
		"tenant":   "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.",
		"mailbox":  "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.",
		"criteria": "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator.",
		"refused":  "535 5.7.3 Authentication unsuccessful",
	} {
		sim.Set("contoso.example", SMTPAuth, value)
		refused(response(ada, good.Access), want)
	}
}

func TestSendAs(t *testing.T) {
	sim, app := start(t, Options{})
	_, err := sim.AddUser(User{Address: "many@contoso.example", Aliases: []string{"alias@contoso.example"}, SendAs: []string{"info@contoso.example"}})
	check(t, err)
	s := signedInSMTP(t, sim, app, "many@contoso.example")
	got := s.mail("many@contoso.example", []string{ada}, "From: grace@contoso.example\nSubject: x\n\nx")
	if !strings.HasPrefix(got, "554 5.2.252 SendAsDenied; many@contoso.example not allowed to send as grace@contoso.example; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied") {
		t.Error(got)
	}
	if got := s.mail("alias@contoso.example", []string{ada}, "From: many@contoso.example\n\nx"); !strings.HasPrefix(got, "554 5.2.252 SendAsDenied;") {
		t.Error(got)
	}
	if got := s.mail("info@contoso.example", []string{ada}, "From: Info <info@contoso.example>\n\nx"); !strings.HasPrefix(got, "250 2.0.0 OK <") {
		t.Error(got)
	}
}

func TestTheFourthConnectionIsOneTooMany(t *testing.T) {
	sim, app := start(t, Options{})
	for range 3 {
		signedInSMTP(t, sim, app, ada).expect("MAIL FROM:<ada@contoso.example>", "250 2.1.0 Sender OK")
	}
	signedInSMTP(t, sim, app, ada).expect("MAIL FROM:<ada@contoso.example>", "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded")
	signedInSMTP(t, sim, app, grace).expect("MAIL FROM:<grace@contoso.example>", "250 2.1.0 Sender OK")
}

func TestRefusalsOfAMail(t *testing.T) {
	sim, app := start(t, Options{})
	s := signedInSMTP(t, sim, app, ada)
	s.expect("MAIL FROM:<ada@contoso.example> SIZE=99999999", "552 5.3.4 Message size exceeds fixed maximum message size")
	s.expect("RCPT TO:<grace@contoso.example>", "503 5.5.2 Need mail command")
	sim.SetTimes(ada, SMTPMail, "451 4.7.0 Temporary server error. Please try again later. PRX5", 1)
	s.expect("MAIL FROM:<ada@contoso.example>", "451 4.7.0 Temporary server error. Please try again later. PRX5")
	s.expect("MAIL FROM:<ada@contoso.example>", "250 2.1.0 Sender OK")
	s.expect("RCPT TO:<nonsense>", "501 5.1.3 Invalid address")
	for i := range 500 {
		s.expect(fmt.Sprintf("RCPT TO:<r%d@elsewhere.example>", i), "250 2.1.5 Recipient OK")
	}
	s.expect("RCPT TO:<one-more@elsewhere.example>", "452 4.5.3 Too many recipients")
	s.expect("RSET", "250 2.0.0 Resetting")
	sim.SetTimes(ada, SMTPData, "quota", 1)
	equal(t, "quota", s.mail(ada, []string{grace}, outgoing), "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException.MapiExceptionSubmissionQuotaExceeded")
	equal(t, "submissions", len(sim.Submissions("")), 0)
}

func TestALostAnswerMayMeanThatTheMailWasTaken(t *testing.T) {
	sim, app := start(t, Options{})
	sim.SetTimes(ada, SMTPLost, "taken", 1)
	equal(t, "answer", signedInSMTP(t, sim, app, ada).mail(ada, []string{grace}, outgoing), "closed")
	waitFor(t, sim, ada, "sent", 1)
	waitFor(t, sim, grace, "inbox", 1)

	sim.SetTimes(ada, SMTPLost, "dropped", 1)
	equal(t, "answer", signedInSMTP(t, sim, app, ada).mail(ada, []string{grace}, outgoing), "closed")
	equal(t, "submissions", len(sim.Submissions(ada)), 1)

	sim.SetTimes(ada, SMTPCut, "DATA", 1)
	s := signedInSMTP(t, sim, app, ada)
	s.ask("MAIL FROM:<ada@contoso.example>")
	s.ask("RCPT TO:<grace@contoso.example>")
	s.expect("DATA", "closed")
	equal(t, "submissions", len(sim.Submissions(ada)), 1)
}

func TestPersonalAccountsGetANewMessageID(t *testing.T) {
	sim, app := start(t, Options{SentDelay: -1})
	_, err := sim.AddTenant(Tenant{Domain: "outlook.example", Consumer: true})
	check(t, err)
	_, err = sim.AddUser(User{Address: "p@outlook.example"})
	check(t, err)
	got := signedInSMTP(t, sim, app, "p@outlook.example").mail("p@outlook.example", []string{ada}, "From: p@outlook.example\nMessage-ID: <mine@client>\nX-Postroom-Outgoing-ID: 7\n\nx")
	id := regexp.MustCompile(`^250 2\.0\.0 OK (<[^>]+@SIM\.PROD\.OUTLOOK\.COM>) \[Hostname=\S+\]$`).FindStringSubmatch(got)
	if id == nil {
		t.Fatal(got)
	}
	sent := waitFor(t, sim, "p@outlook.example", "sent", 1)[0].Raw
	equal(t, "id of the copy", headerValue(sent, "Message-ID"), id[1])
	equal(t, "original id", headerValue(sent, "X-Microsoft-Original-Message-ID"), "<mine@client>")
	equal(t, "own header", headerValue(sent, "X-Postroom-Outgoing-ID"), "7")
}

func TestTheSentCopyMayBeLateOrMissing(t *testing.T) {
	sim, app := start(t, Options{})
	sim.Set(ada, SentLate, "0s")
	s := signedInSMTP(t, sim, app, ada)
	s.mail(ada, []string{grace}, outgoing)
	waitFor(t, sim, ada, "sent", 1)
	sim.Set(ada, SentNone, "")
	s.mail(ada, []string{grace}, outgoing)
	waitFor(t, sim, grace, "inbox", 2)
	box, err := sim.Mailbox(ada)
	check(t, err)
	equal(t, "copies", len(box.Folder("sent").Messages), 1)
}

func TestAnUnknownRecipientComesBackAsAMail(t *testing.T) {
	sim, app := start(t, Options{})
	signedInSMTP(t, sim, app, ada).mail(ada, []string{"nobody@contoso.example", "somebody@elsewhere.example"}, outgoing)
	bounce := waitFor(t, sim, ada, "inbox", 1)[0].Raw
	equal(t, "subject", headerValue(bounce, "Subject"), "Undeliverable: Engine")
	for _, want := range []string{"multipart/report", "nobody@contoso.example", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", "In-Reply-To: <one@contoso.example>"} {
		if !strings.Contains(string(bounce), want) {
			t.Errorf("the bounce lacks %q", want)
		}
	}
}

func TestGoSMTPSendsWithALongToken(t *testing.T) {
	sim, app := start(t, Options{})
	sim.Set(ada, TokenSize, "10000")
	tokens, err := sim.Grant(ada, app.ID)
	check(t, err)
	c, err := smtp.DialStartTLS(sim.SMTPAddr(), trusting(t, sim))
	check(t, err)
	defer c.Close()
	check(t, c.Auth(bearer{ada, tokens.Access}))
	check(t, c.SendMail(ada, []string{grace}, strings.NewReader(strings.ReplaceAll(outgoing, "\n", "\r\n"))))
	waitFor(t, sim, grace, "inbox", 1)
}

func TestOnlyACRLFDotEndsAMail(t *testing.T) {
	sim, app := start(t, Options{SentDelay: -1})
	s := signedInSMTP(t, sim, app, ada)
	s.ask("MAIL FROM:<ada@contoso.example>")
	s.ask("RCPT TO:<grace@contoso.example>")
	s.ask("DATA")
	got := s.ask("From: ada@contoso.example\r\n\r\none\n.\nMAIL FROM:<ada@contoso.example>\n.\r\nstill\r\n.")
	if !strings.HasPrefix(got, "250 ") {
		t.Error(got)
	}
	equal(t, "submissions", len(sim.Submissions("")), 1)
	equal(t, "mail", string(sim.Submissions("")[0].Raw), "From: ada@contoso.example\r\n\r\none\n.\nMAIL FROM:<ada@contoso.example>\n.\r\nstill\r\n")
}

func TestChunksAreTaken(t *testing.T) {
	sim, app := start(t, Options{})
	s := signedInSMTP(t, sim, app, ada)
	s.ask("MAIL FROM:<ada@contoso.example>")
	s.ask("RCPT TO:<grace@contoso.example>")
	s.expect("BDAT 27\r\nFrom: ada@contoso.example", "250 2.0.0 Chunk received OK, 27 octets")
	if got := s.ask("BDAT 6 LAST\r\n\r\ntext"); !strings.HasPrefix(got, "250 2.0.0 OK <") {
		t.Error(got)
	}
	equal(t, "mail", string(sim.Submissions("")[0].Raw), "From: ada@contoso.example\r\n\r\ntext")
}

func TestControlAPI(t *testing.T) {
	sim, _ := start(t, Options{})
	post := func(path, body string) *http.Response {
		resp, err := http.Post(sim.ControlURL()+path, "application/json", strings.NewReader(body))
		check(t, err)
		resp.Body.Close()
		return resp
	}
	equal(t, "deliver", post("/deliver", `{"address":"ada@contoso.example","raw":"Subject: x\n\nx","flags":["\\Seen"]}`).StatusCode, 200)
	waitFor(t, sim, ada, "inbox", 1)
	equal(t, "fault", post("/faults", `{"scope":"ada@contoso.example","fault":"smtp.auth","value":"tenant","times":2}`).StatusCode, 204)
	resp, err := http.Get(sim.ControlURL() + "/state")
	check(t, err)
	state := body(t, resp)
	for _, want := range []string{`"smtp.auth":{"value":"tenant","times":2}`, `"address":"grace@contoso.example"`, `"name":"Postroom"`} {
		if !strings.Contains(state, want) {
			t.Errorf("state lacks %s: %s", want, state)
		}
	}
	req, err := http.NewRequest("DELETE", sim.ControlURL()+"/faults?scope=ada@contoso.example", nil)
	check(t, err)
	resp, err = http.DefaultClient.Do(req)
	check(t, err)
	resp.Body.Close()
	equal(t, "faults left", len(sim.faults.list()), 0)
	equal(t, "unknown user", post("/deliver", `{"address":"nobody@x.example"}`).StatusCode, 400)
}
