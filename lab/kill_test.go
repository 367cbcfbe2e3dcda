package lab_test

import (
	"testing"
	"time"
)

// Killed three times on its way, each time further on.
func TestKillInTheMiddleOfTheFirstSyncLosesNothing(t *testing.T) {
	w := open(t)
	w.filled("alice")
	want := there(t, w.other(alice))
	data := t.TempDir()
	p := w.start(data)
	c, provider := w.admin(p)
	c.Connect(provider, alice)
	for _, at := range []int{300, len(want) / 3, 2 * len(want) / 3} {
		c.Until("the sync is on its way", time.Minute, func() bool { return len(here(t, data, alice)) >= at })
		p.Kill()
		n := len(here(t, data, alice))
		if n >= len(want) {
			t.Fatalf("the kill came too late: all %d were here", n)
		}
		t.Logf("killed with %d of %d here", n, len(want))
		p = w.start(data)
		c.At(p.URL)
	}
	waitSynced(t, c)
	if d := differences(here(t, data, alice), want); len(d) > 0 {
		t.Fatalf("%d differences after three kills, such as %s", len(d), d[0])
	}
	t.Logf("after three kills: %d here, 0 missing, 0 twice", len(want))
}
