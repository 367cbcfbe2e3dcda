package simulator

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
	"unicode/utf16"
)

// How sessions end, in Exchange's words.
const (
	byeClosed  = "Connection closed. 14"
	byeTimeout = "Connection is closed. 13"
	byeExpired = "Session invalidated - AccessTokenExpired"
)

// How long a session may stay silent, before and after it is signed in.
const (
	preAuthTimeout = time.Minute
	idleTimeout    = 30 * time.Minute
)

// mostBad is how many errors Exchange bears in one session.
const mostBad = 10

// imapConn is one IMAP connection. Its own goroutine does all the reading and writing, but for the
// one line that ends an IDLE; others only interrupt it.
type imapConn struct {
	sim  *Simulator
	conn net.Conn
	r    *bufio.Reader
	w    *bufio.Writer

	user         *account      // who signed in; nil before
	box          *postbox      // whose mail it sees
	token        access        // what it signed in with
	notConnected bool          // signed in, but not connected to a mailbox
	view         *view         // the selected folder; nil when none is
	bad          int           // errors so far
	done         bool          // the connection ends after this command
	closed       chan struct{} // closed with the connection
	once         sync.Once
	named        []string // fault scopes of user

	mu      sync.Mutex // guards what follows, which others change
	bye     string     // why the session must end; "" while it need not
	active  time.Time  // when the last command came
	expires time.Time  // end of the token's life; zero before sign-in
}

// serveIMAP accepts IMAP connections until ctx ends.
func (s *Simulator) serveIMAP(ctx context.Context) error {
	return s.imap.serve(ctx, s.imapAt, s.openIMAP, (*imapConn).run)
}

func (s *Simulator) openIMAP(raw net.Conn) *imapConn {
	conn := tls.Server(raw, s.trust.tls)
	return &imapConn{
		sim:    s,
		conn:   conn,
		r:      bufio.NewReader(conn),
		w:      bufio.NewWriter(conn),
		named:  []string{"*"},
		active: s.opts.Now(),
		closed: make(chan struct{}),
	}
}

// close ends the connection at once.
func (c *imapConn) close() {
	c.once.Do(func() { close(c.closed) })
	c.conn.Close()
}

// run speaks until one side has had enough.
func (c *imapConn) run() {
	if c.fault(ConnectionDrop) {
		return
	}
	c.untagged("%s", c.greeting())
	c.w.Flush()
	for !c.done {
		cmd, err := c.readCommand()
		if err == nil {
			c.execute(cmd)
			err = c.w.Flush()
		}
		if err != nil || c.interrupted() != "" {
			c.end()
			return
		}
	}
}

// greeting is the first line, with the server's name in base64 of UTF-16, as Exchange has it.
func (c *imapConn) greeting() string {
	var name []byte
	for _, u := range utf16.Encode([]rune("SIMULATED.PROD.OUTLOOK.COM")) {
		name = binary.LittleEndian.AppendUint16(name, u)
	}
	server := base64.StdEncoding.EncodeToString(name)
	if c.fault(IMAPRollout) {
		return fmt.Sprintf("OK Microsoft Exchange IMAP4 service ready. %s (tcpproxy/15.21.0406.000 BACKENDAUTHENTICATE) [%s]", guidOf("front end"), server)
	}
	return fmt.Sprintf("OK The Microsoft Exchange IMAP4 service is ready. [%s]", server)
}

// interrupt makes the session end with a BYE as soon as it may write one.
func (c *imapConn) interrupt(bye string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bye == "" {
		c.bye = bye
	}
	c.conn.SetReadDeadline(time.Unix(1, 0))
}

func (c *imapConn) interrupted() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bye
}

// end says good-bye when there is something to say, and with ByeStaysOpen never hangs up.
func (c *imapConn) end() {
	bye := c.interrupted()
	if bye == "" {
		return
	}
	c.untagged("BYE %s", bye)
	c.w.Flush()
	if c.fault(ByeStaysOpen) {
		c.conn.SetReadDeadline(time.Time{})
		io.Copy(io.Discard, c.conn)
	}
}

// cut interrupts the sessions of an address.
func (s *Simulator) cut(address, bye string) {
	s.imap.each(func(c *imapConn, signedIn string) {
		if strings.EqualFold(signedIn, address) {
			c.interrupt(bye)
		}
	})
}

// cutExpired interrupts the sessions whose token or patience is at its end.
func (s *Simulator) cutExpired() {
	now := s.opts.Now()
	s.imap.each(func(c *imapConn, signedIn string) {
		c.mu.Lock()
		expires, active := c.expires, c.active
		c.mu.Unlock()
		switch {
		case signedIn != "" && now.After(expires):
			c.interrupt(byeExpired)
		case signedIn == "" && now.Sub(active) > preAuthTimeout, now.Sub(active) > idleTimeout:
			c.interrupt(byeTimeout)
		}
	})
}

// fault tells whether a fault is on for whoever this connection is.
func (c *imapConn) fault(f Fault) bool { return c.sim.faults.has(f, c.named...) }

func (c *imapConn) faultValue(f Fault) (string, bool) { return c.sim.faults.value(f, c.named...) }

// untagged writes a line that answers no command.
func (c *imapConn) untagged(format string, args ...any) {
	fmt.Fprintf(c.w, "* "+format+"\r\n", args...)
}

// answer writes the line that ends a command.
func (c *imapConn) answer(tag, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if strings.HasPrefix(text, "BAD ") {
		c.bad++
	}
	fmt.Fprintf(c.w, "%s %s\r\n", tag, text)
}
