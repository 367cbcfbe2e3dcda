package simulator

import (
	"net/mail"
	"strings"
	"testing"
	"time"
)

func TestTheDemoHasRecentMailInEveryState(t *testing.T) {
	sim, err := New(Options{})
	check(t, err)
	defer sim.Close()
	began := time.Now()
	check(t, sim.Seed())
	t.Logf("seeded in %v", time.Since(began))
	check(t, sim.Seed()) // a second time changes nothing
	box, err := sim.Mailbox(ada)
	check(t, err)
	total := 0
	seen, flagged := 0, 0
	for _, name := range []string{"inbox", "archive", "junk", "sent", "drafts"} {
		f := box.Folder(name)
		t.Logf("%s: %d", f.Name, len(f.Messages))
		total += len(f.Messages)
		last := time.Time{}
		for _, m := range f.Messages {
			if m.At.Before(last) || m.At.After(time.Now()) || time.Since(m.At) > 80*24*time.Hour {
				t.Errorf("%s %d arrived %v", f.Name, m.UID, m.At)
			}
			last = m.At
			if strings.Contains(strings.Join(m.Flags, " "), `\Seen`) {
				seen++
			}
			if strings.Contains(strings.Join(m.Flags, " "), `\Flagged`) {
				flagged++
			}
			if date, err := mail.ParseDate(headerValue(m.Raw, "Date")); err == nil && !date.Equal(m.At) {
				t.Errorf("%s %d is dated %v and arrived %v", f.Name, m.UID, date, m.At)
			}
			if strings.Contains(string(m.Raw), seedHeader) {
				t.Errorf("%s %d still says where it goes", f.Name, m.UID)
			}
		}
	}
	if total < 320 || seen < 200 || seen == total || flagged < 10 {
		t.Errorf("%d mails, %d read, %d flagged", total, seen, flagged)
	}
	for _, address := range []string{grace, "linus@contoso.example"} {
		box, err := sim.Mailbox(address)
		check(t, err)
		if n := len(box.Folder("inbox").Messages); n < 30 {
			t.Errorf("%s has %d mails", address, n)
		}
	}
}
