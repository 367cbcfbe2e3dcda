package mailbox

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"postroom/store"
)

// countedConn counts what we say to the server.
type countedConn struct {
	net.Conn
	said *atomic.Int64
}

func (c countedConn) Write(b []byte) (int, error) {
	c.said.Add(1)
	return c.Conn.Write(b)
}

// A server answers "n:*" with its newest mail even when nothing is newer. Taken for news, that would
// make us look again, and again.
func TestQuietMailboxIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.fill("", 3)
	w.timing.Sweep, w.timing.Census = time.Hour, time.Hour
	var said atomic.Int64
	plain := w.dial
	w.dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := plain(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return countedConn{conn, &said}, nil
	}
	w.run()
	w.until("connected", w.connected())
	uid := w.deliver("", "came and went")
	w.until("the mail", w.shows(store.Inbox, "came and went", "mail 3", "mail 2", "mail 1"))
	check(t, w.sim.Remove(ada, "", uid))
	w.until("its end", w.shows(store.Inbox, "mail 3", "mail 2", "mail 1"))
	before := said.Load()
	<-time.After(500 * time.Millisecond) // nothing is to happen, so there is nothing to wait on
	if n := said.Load() - before; n > 10 {
		t.Errorf("%d lines were said to a server that has nothing new", n)
	}
}
