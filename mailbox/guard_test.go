package mailbox

import (
	"bytes"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// replay is a connection on which the server has said all it will ever say.
type replay struct {
	net.Conn
	io.Reader
}

func (r replay) Read(p []byte) (int, error)       { return r.Reader.Read(p) }
func (r replay) SetReadDeadline(time.Time) error  { return nil }
func (r replay) SetWriteDeadline(time.Time) error { return nil }

func throughGuard(said string) (string, *guard, error) {
	g := guarded(replay{Reader: strings.NewReader(said)})
	got, err := io.ReadAll(g)
	return string(got), g, err
}

func TestGuardMendsWhatWouldKillTheLibrary(t *testing.T) {
	for _, c := range []struct{ name, said, want string }{
		{"plain", "* 3 EXISTS\r\nT1 OK done\r\n", "* 3 EXISTS\r\nT1 OK done\r\n"},
		{"bare line", "Server Unavailable. 15\r\n", "* NO Server Unavailable. 15\r\n"},
		{"bare COPYUID", "[COPYUID 55 31 6]\r\n", "* OK [COPYUID 55 31 6]\r\n"},
		{"empty COPYUID", "* OK [COPYUID 14  ]\r\n", "* OK \r\n"},
		{"tagged empty COPYUID", "T4 OK [COPYUID 14  ] MOVE completed.\r\n", "T4 OK MOVE completed.\r\n"},
		{"good COPYUID", "T4 OK [COPYUID 14 3:4,9 7:9] done\r\n", "T4 OK [COPYUID 14 3:4,9 7:9] done\r\n"},
		{"rev2", "* CAPABILITY IMAP4 IMAP4rev1 ENABLE IMAP4rev2 IDLE\r\n", "* CAPABILITY IMAP4 IMAP4rev1 IDLE\r\n"},
		{"rev2 in code", "* OK [CAPABILITY IMAP4rev1 IMAP4rev2 MOVE] ready\r\n", "* OK [CAPABILITY IMAP4rev1 MOVE] ready\r\n"},
		{"open bracket", "* OK [ALERT mind the gap\r\nT1 OK x\r\n", "* OK (ALERT mind the gap\r\nT1 OK x\r\n"},
		{"unknown code", "T1 OK [X-FOO bar] x\r\n", "T1 OK [X-FOO bar] x\r\n"},
		{"junk", "* XYZZY (((\r\n* 7 RECENT\r\n\r\n* VANISHED 1:3\r\nT1 OK x\r\n", "T1 OK x\r\n"},
		{"absurd EXISTS", "* 99999999999 EXISTS\r\n* 0004 EXISTS\r\n", "* 4 EXISTS\r\n"},
		{"unquoted TAB", "* LIST (\\HasNoChildren) \"/\" a\tb\r\n", "* LIST (\\HasNoChildren) \"/\" \"a&AAk-b\"\r\n"},
		{"bad UTF-7", "* LIST () \"/\" \"AT&T\"\r\n", "* LIST () \"/\" \"AT&-T\"\r\n"},
		{"good UTF-7", "* LIST () \"/\" Entw&APw-rfe\r\n", "* LIST () \"/\" \"Entw&APw-rfe\"\r\n"},
		{"name with spaces", "* LIST () NIL Sent Items\r\n", "* LIST () NIL \"Sent Items\"\r\n"},
		{"literal name", "* LIST () \"/\" {5}\r\na\"(b{ ()\r\n", "* LIST () \"/\" {5}\r\na\"(b{ ()\r\n"},
		{"open quote", "* STATUS \"x (MESSAGES 1)\r\nT1 OK x\r\n", "T1 OK x\r\n"},
		{"cut FETCH", "* 1 FETCH (FLAGS (\\Seen)\r\nT1 OK x\r\n", "T1 OK x\r\n"},
		{"text is no literal", "* OK wait {5}\r\n* 1 EXISTS\r\n", "* OK wait {5}\r\n* 1 EXISTS\r\n"},
		{"dropped literal", "* X-JUNK {7}\r\n* 1 EXI {3}\r\nabc)\r\n* 1 EXISTS\r\n", "* 1 EXISTS\r\n"},
		{"body", "* 1 FETCH (UID 4 BODY[] {14}\r\n* BYE x\r\n(((\r\n)\r\nT1 OK\r\n", "* 1 FETCH (UID 4 BODY[] {14}\r\n* BYE x\r\n(((\r\n)\r\nT1 OK\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _, err := throughGuard(c.said)
			if err != nil || got != c.want {
				t.Errorf("got %q, %v\nwant %q", got, err, c.want)
			}
		})
	}
}

func TestGuardRemembersBYE(t *testing.T) {
	_, g, err := throughGuard("T1 BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds\r\n* BYE Connection closed. 14\r\n")
	if bye, _ := g.ended(); !strings.HasPrefix(bye, "Connection closed. 14") || !errors.Is(err, errBye) {
		t.Errorf("bye %q, err %v", bye, err)
	}
}

func TestGuardNeverTouchesLiterals(t *testing.T) {
	body := strings.Repeat("* BYE {3}\r\n[COPYUID\r\n\x00\xff\"((\r", 5000)
	head := "* 1 FETCH (BODY[] {" + itoa(len(body)) + "}\r\n"
	got, _, err := throughGuard(head + body + ")\r\n")
	if err != nil || got != head+body+")\r\n" {
		t.Errorf("changed, or %v", err)
	}
}

func itoa(n int) string { return string(bytes.TrimSpace([]byte(imap.UIDSetNum(imap.UID(n)).String()))) }

// endless says head and then piece for ever.
type endless struct {
	head  *strings.Reader
	piece string
	at    int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.head.Len() > 0 {
		return e.head.Read(p)
	}
	for i := range p {
		p[i] = e.piece[e.at]
		e.at = (e.at + 1) % len(e.piece)
	}
	return len(p), nil
}

func TestHostileServersEndPromptlyAndCheaply(t *testing.T) {
	const hello = "* OK [CAPABILITY IMAP4rev1] hi\r\n"
	for _, c := range []struct{ name, head, piece string }{
		{"endless line", hello + "* OK ", "x"},
		{"endless first line", "* OK ", "x"},
		{"300 MB literal in a folder name", hello + "* LIST () \"/\" {314572800}\r\n", "x"},
		{"300 MB body", hello + "* 1 FETCH (UID 1 BODY[] {314572800}\r\n", "x"},
		{"300 MB envelope string", hello + "* 1 FETCH (ENVELOPE (NIL {314572800}\r\n", "x"},
		{"huge literal number", hello + "* 1 FETCH (UID 1 BODY[] {4611686018427387904}\r\n", "x"},
		{"overflowing literal number", hello + "* 1 FETCH (BODY[] {99999999999999999999999}\r\n", "x"},
		{"32 KB of parentheses", hello + "* 1 FETCH (BODYSTRUCTURE " + strings.Repeat("(", 32<<10), "("},
		{"endless quoted string", hello + "* LIST () \"/\" \"", "a\r\n"},
		{"endless junk", hello, "* XYZZY\r\n"},
		{"endless greetings", hello, hello},
		{"endless small literals", hello + "* 1 FETCH (ENVELOPE (", "{3}\r\nabc "},
		{"dropped response with endless literals", hello + "* XYZZY ", "{3}\r\nabc "},
		{"BYE without close", hello + "* BYE Session invalidated - AccessTokenExpired\r\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			done := make(chan struct{})
			go func() {
				defer close(done)
				defer theirs.Close()
				go io.Copy(io.Discard, theirs)
				if c.piece == "" {
					io.WriteString(theirs, c.head)
					<-t.Context().Done()
					return
				}
				io.Copy(theirs, &endless{head: strings.NewReader(c.head), piece: c.piece})
			}()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			g := guarded(ours)
			g.expect(5 * time.Second)
			client := imapclient.New(g, nil)
			if c.piece != "" {
				if list, err := client.List("", "*", nil).Collect(); err == nil {
					t.Errorf("no error, %d folders", len(list))
				}
			}
			select {
			case <-client.Closed():
			case <-time.After(10 * time.Second):
				t.Fatal("did not end")
			}
			client.Close()
			theirs.Close()
			runtime.ReadMemStats(&after)
			if spent := after.TotalAlloc - before.TotalAlloc; spent > 16<<20 {
				t.Errorf("allocated %d MB", spent>>20)
			}
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("took %v", took)
			}
			t.Logf("%v, %d KB allocated, %v", time.Since(start).Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>10, errOf(g))
			if c.piece != "" {
				<-done
			}
		})
	}
}

func errOf(g *guard) error { _, err := g.ended(); return err }

func TestSilenceEndsACommandAndATrickleToo(t *testing.T) {
	for _, c := range []struct {
		name  string
		speak func(net.Conn)
	}{
		{"silence", func(net.Conn) {}},
		{"trickle", func(conn net.Conn) {
			for {
				if _, err := io.WriteString(conn, "."); err != nil {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			defer theirs.Close()
			go c.speak(theirs)
			g := guarded(ours)
			defer g.Close()
			g.expect(300 * time.Millisecond)
			start := time.Now()
			_, err := io.ReadAll(g)
			var late net.Error
			if !errors.As(err, &late) || !late.Timeout() || time.Since(start) > 2*time.Second {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		})
	}
}

// FuzzGuard feeds the guard, and the library behind it, whatever comes.
func FuzzGuard(f *testing.F) {
	f.Add([]byte("* OK hi\r\n* 1 FETCH (UID 3 FLAGS (\\Seen) BODY[] {4}\r\nabcd)\r\nT1 OK done\r\n"))
	f.Add([]byte("* OK [COPYUID 1  ]\r\n[COPYUID 55 31 6]\r\n* LIST (\\x) \"/\" a\tb\r\nServer Unavailable. 15\r\n"))
	f.Add([]byte("* LIST () \"\\\\\" {3}\r\n&&&\r\n* OK [CAPABILITY IMAP4rev2]\r\n* STATUS \"INBOX\" (MESSAGES 3)\r\n"))
	f.Fuzz(func(t *testing.T, said []byte) {
		got, _, _ := throughGuard(string(said))
		if len(got) > 2*len(said)+1024 {
			t.Errorf("%d bytes became %d", len(said), len(got))
		}
		ours, theirs := net.Pipe()
		go io.Copy(io.Discard, theirs)
		go func() {
			theirs.Write(said)
			theirs.Close()
		}()
		client := imapclient.New(guarded(ours), nil)
		<-client.Closed()
		client.Close()
	})
}
