package simulator

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// smtpHost is the name the server goes by.
const smtpHost = "SIMULATED.PROD.OUTLOOK.COM"

// smtpIdle is how long a client may stay silent.
const smtpIdle = 5 * time.Minute

// smtpConn is one connection for submission. Only its own goroutine uses it.
type smtpConn struct {
	sim    *Simulator
	conn   net.Conn
	r      *bufio.Reader
	w      *bufio.Writer
	closed chan struct{}
	once   sync.Once

	secure bool
	helo   bool
	user   *account
	busy   bool // one connection too many of this user
	named  []string
	done   bool
	mail   transaction
}

// transaction is one mail under way, from MAIL to its end.
type transaction struct {
	begun bool
	from  string
	to    []string
	data  []byte // BDAT chunks so far

	unsaved bool // no copy in Sent Items is wanted
}

func (s *Simulator) serveSMTP(ctx context.Context) error {
	return s.smtp.serve(ctx, s.smtpAt, s.openSMTP, (*smtpConn).run)
}

func (s *Simulator) openSMTP(raw net.Conn) *smtpConn {
	return &smtpConn{
		sim:    s,
		conn:   raw,
		r:      bufio.NewReader(raw),
		w:      bufio.NewWriter(raw),
		closed: make(chan struct{}),
		named:  []string{"*"},
	}
}

// close ends the connection at once.
func (c *smtpConn) close() {
	c.once.Do(func() { close(c.closed) })
	c.conn.Close()
}

// run speaks until one side has had enough.
func (c *smtpConn) run() {
	if reply, on := c.faultReply(SMTPGreeting); on {
		c.reply("%s", reply)
		c.w.Flush()
		return
	}
	now := c.sim.opts.Now().Format("Mon, 2 Jan 2006 15:04:05 -0700")
	c.reply("220 %s Microsoft ESMTP MAIL Service ready at %s [SIMULATED]", smtpHost, now)
	for !c.done {
		if c.w.Flush() != nil {
			return
		}
		line, err := c.readLine()
		if err != nil {
			return
		}
		c.execute(line)
	}
	c.w.Flush()
}

// execute carries out one command.
func (c *smtpConn) execute(line string) {
	word, args, _ := strings.Cut(line, " ")
	word, args = strings.ToUpper(word), strings.TrimSpace(args)
	if c.sim.faults.matching(SMTPCut, word, c.named...) {
		c.done = true
		return
	}
	switch word {
	case "EHLO", "HELO":
		c.hello(word)
	case "STARTTLS":
		c.startTLS()
	case "AUTH":
		c.auth(args)
	case "MAIL":
		c.mailFrom(args)
	case "RCPT":
		c.rcptTo(args)
	case "DATA":
		c.dataBlock()
	case "BDAT":
		c.bdat(args)
	case "RSET":
		c.mail = transaction{}
		c.reply("250 2.0.0 Resetting")
	case "NOOP":
		c.reply("250 2.0.0 OK")
	case "VRFY":
		c.reply("252 2.1.5 Cannot VRFY user")
	case "QUIT":
		c.reply("221 2.0.0 Service closing transmission channel")
		c.done = true
	default:
		c.reply("500 5.3.3 Unrecognized command '%s'", word)
	}
}

// hello greets, and tells what can be done now.
func (c *smtpConn) hello(word string) {
	c.helo, c.mail = true, transaction{}
	host, _, _ := net.SplitHostPort(c.conn.RemoteAddr().String())
	if word == "HELO" {
		c.reply("250 %s Hello [%s]", smtpHost, host)
		return
	}
	lines := []string{fmt.Sprintf("%s Hello [%s]", smtpHost, host), "SIZE 157286400", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES"}
	if c.secure {
		lines = append(lines, "AUTH LOGIN "+strings.Join(c.sim.mechanisms(), " "))
	} else {
		lines = append(lines, "STARTTLS")
	}
	lines = append(lines, "8BITMIME", "BINARYMIME", "CHUNKING", "SMTPUTF8")
	for i, line := range lines {
		between := "-"
		if i == len(lines)-1 {
			between = " "
		}
		c.reply("250%s%s", between, line)
	}
}

// startTLS changes to TLS. What came before counts no more (RFC 3207, 4.2).
func (c *smtpConn) startTLS() {
	if c.secure {
		c.reply("503 5.5.2 Only one STARTTLS command can be issued per session")
		return
	}
	c.reply("220 2.0.0 SMTP server ready")
	if c.w.Flush() != nil {
		c.done = true
		return
	}
	conn := tls.Server(c.conn, c.sim.trust.tls)
	c.conn.SetDeadline(time.Now().Add(10 * time.Second))
	if conn.Handshake() != nil {
		c.done = true
		return
	}
	c.conn.SetDeadline(time.Time{})
	c.r, c.w = bufio.NewReader(conn), bufio.NewWriter(conn)
	c.secure, c.helo, c.mail = true, false, transaction{}
}

// reply writes one line.
func (c *smtpConn) reply(format string, args ...any) {
	fmt.Fprintf(c.w, format+"\r\n", args...)
}

// readLine reads a command. A line with a token in it is far longer than the 512 bytes of RFC 5321.
func (c *smtpConn) readLine() (string, error) {
	const most = 64 << 10
	c.conn.SetReadDeadline(time.Now().Add(smtpIdle))
	var line []byte
	for {
		part, err := c.r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return string(trimEOL(line)), nil
		case len(line) > most:
			return "", errors.New("line too long")
		case !errors.Is(err, bufio.ErrBufferFull):
			return "", err
		}
	}
}

// wait passes time, or less when the connection is closed.
func (c *smtpConn) wait(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-c.closed:
	}
}
