package lab_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"postroom/lab"
)

const alice = "alice@example.test"

func TestRealMailIsSyncedListedAndOpens(t *testing.T) {
	w := open(t)
	n := w.filled("alice")
	data := t.TempDir()
	p := w.start(data)
	c, provider := w.admin(p)
	start := time.Now()
	c.Connect(provider, alice)
	t.Logf("connected after %.2f s", time.Since(start).Seconds())
	inbox := waitForFirstMail(t, c)
	t.Logf("first mail readable after %.2f s", time.Since(start).Seconds())
	waitSynced(t, c)
	t.Logf("sync_s: %.2f", time.Since(start).Seconds())

	rows := c.Rows(inbox)
	if len(rows) != n {
		t.Fatalf("%d mails were delivered, %d are listed", n, len(rows))
	}
	t.Logf("listed: %d", len(rows))
	openAll(t, c, rows)
	other := w.other(alice)
	if d := differences(here(t, data, alice), there(t, other)); len(d) > 0 {
		t.Fatalf("%d differences, such as %s", len(d), d[0])
	}
	otherClientChangesThings(t, other)
	c.Until("both sides agree again", 2*time.Minute, func() bool {
		return len(differences(here(t, data, alice), there(t, other))) == 0
	})
	t.Log("after 50 flag changes, 20 moves and 20 deletions elsewhere: 0 differences")
}

// waitForFirstMail returns the inbox as soon as its first page has mail that opens.
func waitForFirstMail(t *testing.T, c *lab.Client) (inbox string) {
	t.Helper()
	c.Until("the first mail is readable", time.Minute, func() bool {
		m := c.Mailbox(alice)
		for _, f := range m.Folders {
			if f.Role == "inbox" && f.Total > 0 {
				inbox = f.ID
				return true
			}
		}
		return false
	})
	rows := firstPage(c, inbox)
	var m lab.Message
	c.Must("GET", "/api/messages/"+rows[0].ID, nil, &m)
	return inbox
}

func firstPage(c *lab.Client, folder string) []lab.Row {
	var page struct{ Messages []lab.Row }
	c.Must("GET", "/api/folders/"+folder+"/messages?limit=50&offset=0", nil, &page)
	return page.Messages
}

func waitSynced(t *testing.T, c *lab.Client) {
	t.Helper()
	c.Until("the first sync is done", 5*time.Minute, func() bool { return c.Mailbox(alice).State == "connected" })
}

// openAll opens every mail as a reader would: its JSON, its document, its source.
func openAll(t *testing.T, c *lab.Client, rows []lab.Row) {
	t.Helper()
	work := make(chan lab.Row)
	var wg sync.WaitGroup
	var mu sync.Mutex
	opened, blank := 0, 0
	for range 4 {
		wg.Go(func() {
			for row := range work {
				var m lab.Message
				if err := c.Call("GET", "/api/messages/"+row.ID, nil, &m); err != nil {
					t.Errorf("%q does not open: %v", row.Subject, err)
					continue
				}
				doc, status := c.Bytes(m.FrameURL, "Sec-Fetch-Dest", "iframe")
				if status != 200 {
					t.Errorf("%q: document %d %.200s", row.Subject, status, doc)
				}
				mu.Lock()
				opened++
				if !strings.Contains(string(doc), "<body") {
					blank++
				}
				mu.Unlock()
			}
		})
	}
	for _, r := range rows {
		work <- r
	}
	close(work)
	wg.Wait()
	t.Logf("opened: %d of %d, %d without a body", opened, len(rows), blank)
	if opened != len(rows) || blank > 0 {
		t.Errorf("not every mail opens")
	}
}

// otherClientChangesThings makes 50 flag changes, 20 moves and 20 deletions in the inbox.
func otherClientChangesThings(t *testing.T, c *imapclient.Client) {
	t.Helper()
	sel, err := c.Select("INBOX", nil).Wait()
	if err != nil {
		t.Fatal(err)
	}
	last := uint32(sel.UIDNext) - 1
	store := func(first, n uint32, op imap.StoreFlagsOp, flag imap.Flag) {
		if err := c.Store(uids(first, n), &imap.StoreFlags{Op: op, Flags: []imap.Flag{flag}, Silent: true}, nil).Close(); err != nil {
			t.Fatal(err)
		}
	}
	store(last-9, 10, imap.StoreFlagsAdd, imap.FlagSeen)
	store(100, 20, imap.StoreFlagsAdd, imap.FlagFlagged)
	store(last/2, 10, imap.StoreFlagsAdd, imap.FlagSeen)
	store(last/2+5, 5, imap.StoreFlagsDel, imap.FlagSeen)
	store(1, 5, imap.StoreFlagsAdd, imap.FlagAnswered)
	if _, err := c.Move(uids(200, 10), "Archive").Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Move(uids(last-49, 10), "Deleted Items").Wait(); err != nil {
		t.Fatal(err)
	}
	for _, first := range []uint32{300, last - 99} {
		store(first, 10, imap.StoreFlagsAdd, imap.FlagDeleted)
		if err := c.UIDExpunge(uids(first, 10)).Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Unselect().Wait(); err != nil {
		t.Fatal(err)
	}
}

func uids(first, n uint32) imap.UIDSet {
	var set imap.UIDSet
	set.AddRange(imap.UID(first), imap.UID(first+n-1))
	return set
}
