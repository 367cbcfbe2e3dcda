package simulator

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"sync"
)

// addresses are where a simulator listened last.
type addresses struct {
	OAuth   string `json:"oauth"`
	IMAP    string `json:"imap"`
	SMTP    string `json:"smtp"`
	Control string `json:"control"`
}

// listen opens the four listeners: at the given address, else at the last one while it is free,
// so that a restarted demo keeps its issuer and a connected mailbox its host, else at a free port.
func (s *Simulator) listen(last addresses) error {
	for _, place := range []struct {
		at          *net.Listener
		what        string
		given, last string
	}{
		{&s.oauthAt, "sign-in", s.opts.OAuthAddr, last.OAuth},
		{&s.imapAt, "imap", s.opts.IMAPAddr, last.IMAP},
		{&s.smtpAt, "smtp", s.opts.SMTPAddr, last.SMTP},
		{&s.controlAt, "control", s.opts.ControlAddr, last.Control},
	} {
		l, err := net.Listen("tcp", cmp.Or(place.given, place.last, "127.0.0.1:0"))
		if err != nil && place.given == "" {
			l, err = net.Listen("tcp", "127.0.0.1:0")
		}
		if err != nil {
			return fmt.Errorf("listen for %s: %w", place.what, err)
		}
		*place.at = l
	}
	return nil
}

// connections are the open connections of one protocol.
type connections[C interface {
	comparable
	close()
}] struct {
	mu   sync.Mutex
	open map[C]string // the connection → the address it is signed in as, "" before
}

// add notes an open connection.
func (c *connections[C]) add(conn C) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == nil {
		c.open = map[C]string{}
	}
	c.open[conn] = ""
}

// signIn notes whose connection it is and tells how many that address has open now.
func (c *connections[C]) signIn(conn C, address string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open[conn] = address
	n := 0
	for _, a := range c.open {
		if a == address {
			n++
		}
	}
	return n
}

// remove forgets a connection.
func (c *connections[C]) remove(conn C) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, conn)
}

// each calls do for every open connection.
func (c *connections[C]) each(do func(conn C, address string)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn, address := range c.open {
		do(conn, address)
	}
}

// serve accepts connections from l until ctx ends; then it closes them and waits for their ends.
func (c *connections[C]) serve(ctx context.Context, l net.Listener, open func(net.Conn) C, run func(C)) error {
	var group sync.WaitGroup
	defer group.Wait()
	unhook := context.AfterFunc(ctx, func() {
		l.Close()
		c.each(func(conn C, _ string) { conn.close() })
	})
	defer unhook()
	for {
		raw, err := l.Accept()
		if err != nil {
			return err
		}
		conn := open(raw)
		c.add(conn)
		if ctx.Err() != nil {
			conn.close() // accepted while the others were being closed
		}
		group.Go(func() {
			defer c.remove(conn)
			defer conn.close()
			run(conn)
		})
	}
}
