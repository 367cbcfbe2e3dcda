package mailbox

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"net"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"postroom/store"
)

// scripted is a small IMAP server whose INBOX holds n mails, and which has chosen oddities.
type scripted struct {
	n      int
	poison int                                              // the connection ends when this mail's body is asked for
	before func(command string, say func(string)) (ok bool) // called before a command is answered; false: it is not
}

// listen serves on a loopback port with the certificate of net/http/httptest, and returns a provider.
func (s *scripted) listen(t *testing.T) store.Provider {
	web := httptest.NewUnstartedServer(nil)
	web.StartTLS()
	defer web.Close()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: web.TLS.Certificates})
	check(t, err)
	var all sync.WaitGroup
	var mu sync.Mutex
	conns := map[net.Conn]bool{}
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns[conn] = true
			mu.Unlock()
			all.Go(func() {
				defer conn.Close()
				s.serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for conn := range conns {
			conn.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return store.Provider{Name: "scripted", Kind: store.KindGeneric, ClientID: "x", IMAPHost: l.Addr().String(), SMTPHost: l.Addr().String(), SMTPTLS: "tls", CAPEM: string(ca)}
}

func (s *scripted) serve(conn net.Conn) {
	out := bufio.NewWriter(conn)
	in := bufio.NewScanner(conn)
	in.Buffer(nil, 1<<20)
	say := func(line string) { out.WriteString(line + "\r\n") }
	say("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2 IDLE NAMESPACE UIDPLUS MOVE] ready")
	out.Flush()
	for in.Scan() {
		tag, command, _ := strings.Cut(in.Text(), " ")
		if s.before != nil && !s.before(command, say) {
			out.Flush()
			return
		}
		switch {
		case strings.HasPrefix(command, "CAPABILITY"):
			say("* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2 IDLE NAMESPACE UIDPLUS MOVE")
		case strings.HasPrefix(command, "NAMESPACE"):
			say(`* NAMESPACE (("" "/")) NIL NIL`)
		case strings.HasPrefix(command, "LIST"):
			say(`* LIST () "/" INBOX`)
		case strings.HasPrefix(command, "SELECT"):
			say(fmt.Sprintf("* %d EXISTS\r\n* OK [UIDVALIDITY 9] ok\r\n* OK [UIDNEXT %d] ok", s.n, s.n+1))
		case strings.HasPrefix(command, "UID SEARCH"):
			line := "* SEARCH"
			for uid := 1; uid <= s.n; uid++ {
				line += " " + strconv.Itoa(uid)
			}
			say(line)
		case strings.HasPrefix(command, "UID FETCH "), strings.HasPrefix(command, "FETCH "):
			if !s.fetch(strings.TrimPrefix(strings.TrimPrefix(command, "UID "), "FETCH "), say) {
				out.Flush()
				return
			}
		case command == "IDLE":
			say("+ idling")
			out.Flush()
			in.Scan()
		}
		say(tag + " OK done")
		out.Flush()
	}
}

func (s *scripted) fetch(args string, say func(string)) (ok bool) {
	set, items, _ := strings.Cut(args, " ")
	for part := range strings.SplitSeq(set, ",") {
		low, high, isRange := strings.Cut(part, ":")
		from, _ := strconv.Atoi(low)
		to := from
		if isRange {
			if to, _ = strconv.Atoi(high); high == "*" {
				to = s.n
			}
		}
		for uid := from; uid <= min(to, s.n); uid++ {
			body := ""
			if strings.Contains(items, "BODY.PEEK") {
				if uid == s.poison {
					say(fmt.Sprintf("* %d FETCH (UID %d BODY[] {100}\r\nhalf a ma", uid, uid))
					return false
				}
				raw := strings.ReplaceAll(string(mail(fmt.Sprintf("mail %d", uid))), "\n", "\r\n")
				body = fmt.Sprintf(" BODY[] {%d}\r\n%s", len(raw), raw)
			}
			say(fmt.Sprintf("* %d FETCH (UID %d FLAGS () INTERNALDATE \"01-Sep-2026 10:00:00 +0000\" RFC822.SIZE 500%s)", uid, uid, body))
		}
	}
	return true
}

// use points Ada's mailbox at another server.
func (w *world) use(p store.Provider) {
	p.ID, p.Version = w.provider.ID, w.provider.Version
	check(w.t, w.st.Tx(context.Background(), func(tx *store.Tx) error { return tx.UpdateProvider(&p) }))
	w.provider = p
}

func TestMailThatEndsConnectionsIsFoundAndPassed(t *testing.T) {
	w := newWorld(t)
	w.use((&scripted{n: 120, poison: 41}).listen(t))
	w.run()
	w.until("everything else", func() bool { return w.state() == store.Connected && w.folder(store.Inbox).Total == 120 })
	for _, m := range w.mails(store.Inbox) {
		if poison := m.UID == 41; poison != (m.Problem != nil) || poison == m.HasSource {
			t.Errorf("UID %d: problem %v, source %v", m.UID, m.Problem, m.HasSource)
		}
	}
}

func TestFlagAnnouncedInTheMiddleCostsNoBody(t *testing.T) {
	w := newWorld(t)
	var said atomic.Bool
	w.use((&scripted{n: 10, before: func(command string, say func(string)) bool {
		if strings.Contains(command, "BODY.PEEK") && !said.Swap(true) {
			say(`* 5 FETCH (UID 5 FLAGS (\Seen))`) // the library takes this for the answer
		}
		return true
	}}).listen(t))
	w.run()
	w.until("connected", func() bool { return w.state() == store.Connected && w.folder(store.Inbox).Total == 10 })
	for _, m := range w.mails(store.Inbox) {
		if !m.HasSource || m.Subject == "" || m.Problem != nil {
			t.Errorf("UID %d has no source", m.UID)
		}
	}
}

func TestHostileMailServerHurtsNobody(t *testing.T) {
	for name, c := range map[string]struct{ at, say string }{
		"300 MB folder name":  {"LIST", "* LIST () \"/\" {314572800}\r\n" + strings.Repeat("x", 4096)},
		"parentheses":         {"SELECT", "* 1 FETCH (BODYSTRUCTURE " + strings.Repeat("(", 32<<10)},
		"huge literal number": {"UID FETCH", "* 1 FETCH (UID 1 BODY[] {4611686018427387904}"},
		"endless line":        {"NAMESPACE", "* OK " + strings.Repeat("x", 2<<20)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.use((&scripted{n: 30, before: func(command string, say func(string)) bool {
				if strings.HasPrefix(command, c.at) {
					say(c.say)
				}
				return true
			}}).listen(t))
			w.run()
			w.until("offline", func() bool { return w.state() == store.Offline })
		})
	}
}
