package mailbox

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"postroom/store"
)

// cutting dials connections that are cut after so many bytes from the server. Each one lives a
// third longer than the one before, so that something gets through at last.
func cutting(first int64) func(context.Context, string, string) (net.Conn, error) {
	var limit atomic.Int64
	limit.Store(first)
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		n := limit.Load()
		limit.Store(n + n/3 + 500)
		return &cutConn{Conn: conn, left: n}, nil
	}
}

type cutConn struct {
	net.Conn
	left int64
}

func (c *cutConn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		c.Conn.Close()
		return 0, errors.New("cut")
	}
	n, err := c.Conn.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

func TestFirstSyncInterruptedAnywhereLosesNothing(t *testing.T) {
	w := newWorld(t)
	w.fill("", 60)
	w.fill("sent", 20)
	const cuts = 12
	for i := range cuts {
		w.st.Close()
		w.dir = t.TempDir()
		w.open()
		w.settle()
		w.dial = cutting(int64(i * 53_000 / cuts))
		stop := w.run()
		w.until("connected", w.connected())
		w.same()
		stop()
	}
}

func TestKilledAtAnyCommitLosesNothing(t *testing.T) {
	w := newWorld(t)
	w.fill("", 400)
	w.fill("archive", 60)
	dice := rand.New(rand.NewPCG(1, 2))
	for range 8 {
		stop := w.run()
		feed, unwatch := w.st.WatchUser(w.user.ID)
		for range dice.IntN(6) {
			select {
			case <-feed:
			case <-time.After(100 * time.Millisecond):
			}
		}
		unwatch()
		stop()
		check(t, w.st.Close())
		w.open()
	}
	w.run()
	w.until("connected", w.connected())
	w.same()
}

func TestMoveElsewhereKeepsTheMessage(t *testing.T) {
	w := newWorld(t)
	uid := w.deliver("", "Lunch", `\Seen`)
	w.deliver("", "Dinner")
	w.run()
	w.until("connected", w.connected())
	before := w.mails(store.Inbox)
	id := before[slices.IndexFunc(before, func(m store.Message) bool { return m.Subject == "Lunch" })].ID

	w.deliver("archive", "Lunch", `\Seen`)
	check(t, w.sim.Remove(ada, "", uid))
	w.until("Lunch in the archive", func() bool { return w.shows(store.Archive, "Lunch")() && w.shows(store.Inbox, "Dinner")() })
	if got := w.mails(store.Archive)[0].ID; got != id {
		t.Errorf("message %d became %d", id, got)
	}
	w.same()
}

func TestRenumberedFolderKeepsItsMessages(t *testing.T) {
	w := newWorld(t)
	w.fill("", 40)
	w.run()
	w.until("connected", w.connected())
	before := ids(w.mails(store.Inbox))
	was := w.folder(store.Inbox).UIDValidity
	check(t, w.sim.ChangeValidity(ada, ""))
	w.until("read anew", func() bool {
		f := w.folder(store.Inbox)
		return f.UIDValidity != was && f.LowUID == 1 && f.Total == 40 && w.state() == store.Connected
	})
	if after := ids(w.mails(store.Inbox)); !slices.Equal(before, after) {
		t.Errorf("ids changed: %v, then %v", before, after)
	}
	w.same()
}

func ids(mails []store.Message) []int64 {
	var ids []int64
	for _, m := range mails {
		ids = append(ids, m.ID)
	}
	slices.Sort(ids)
	return ids
}

func TestMuchMailArrivingWhileOfflineIsHauled(t *testing.T) {
	w := newWorld(t)
	w.fill("", 5)
	stop := w.run()
	w.until("connected", w.connected())
	stop()
	w.fill("", mostNews+50)
	w.run()
	w.until("all of it", func() bool { return w.folder(store.Inbox).Total == mostNews+55 && w.state() == store.Connected })
	w.same()
}
