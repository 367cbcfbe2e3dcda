package store

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"postroom/problem"
)

// A reader who follows the feed while eight writers fill it misses no line and sees none twice.
func TestAFollowerMissesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		const writers, each = 8, 250
		ada := newPerson(t, st, "ada")
		start := ada.seq(t)
		var g errgroup.Group
		for w := range writers {
			g.Go(func() error {
				for i := range each {
					err := st.Tx(t.Context(), func(tx *Tx) error {
						tx.note(ada.user.ID, Change{Kind: OutgoingChanged, Ref: fmt.Sprint(w, " ", i)})
						return nil
					})
					if err != nil {
						return err
					}
				}
				return nil
			})
		}
		woken, stop := st.WatchUser(ada.user.ID)
		defer stop()
		seen, after := map[string]bool{}, start
		for len(seen) < writers*each {
			lines, reset, err := st.Changes(t.Context(), ada.user.ID, after, 100)
			check(t, err)
			equal(t, "reset", reset, false)
			for _, l := range lines {
				equal(t, "number", l.Seq, after+1)
				equal(t, l.Ref+" seen before", seen[l.Ref], false)
				seen[l.Ref], after = true, l.Seq
			}
			if len(lines) == 0 {
				select {
				case <-woken:
				case <-time.After(20 * time.Second):
					t.Fatalf("not woken; %d lines of %d", len(seen), writers*each)
				}
			}
		}
		check(t, g.Wait())
	})
}

// Eight writers read and write the same rows at once: nobody fails, and nothing is counted wrong.
func TestWritersWaitForOneAnother(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		var g errgroup.Group
		for w := range 8 {
			g.Go(func() error {
				p := []*person{ada, bob}[w%2]
				for i := range 20 {
					uid := uint32(1000*(w+1) + i)
					err := st.Tx(t.Context(), func(tx *Tx) error {
						ms, err := tx.AddMessages(p.folders["INBOX"], []NewMessage{{Message: Message{UID: uid, InternalDate: int64(uid)}}})
						if err != nil || i%2 == 0 {
							return err
						}
						return second(tx.Act(p.user.ID, []int64{ms[0].ID}, Move, p.folders["Archive"].ID))
					})
					if err != nil {
						return fmt.Errorf("writer %d: %w", w, err)
					}
				}
				return nil
			})
		}
		check(t, g.Wait())
		for _, p := range []*person{ada, bob} {
			equal(t, "inbox", p.page(t, "INBOX").Total, 40)
			equal(t, "archive", p.page(t, "Archive").Total, 40)
		}
	})
}

func TestLinesAboutTheSameBecomeOne(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		start := ada.seq(t)
		tx(t, st, func(tx *Tx) error {
			for range 120 {
				check(t, second(tx.AddMessages(ada.folders["INBOX"], []NewMessage{ada.mail("INBOX", "m")})))
			}
			return second(tx.AddMessages(ada.folders["Archive"], []NewMessage{ada.mail("Archive", "m")}))
		})
		lines := ada.changes(t, start)
		equal(t, "lines", len(lines), 3)
		equal(t, "many", len(lines[0].IDs), 0)
		equal(t, "few", len(lines[1].IDs), 1)
		equal(t, "folder", lines[1].Folder, ada.folders["Archive"].ID)
		equal(t, "counts", lines[2].Kind, FoldersChanged)
	})
}

func TestAReaderWhoComesTooLateIsTold(t *testing.T) {
	c := newClock()
	st := openTest(t, "", c)
	ada := newPerson(t, st, "ada")
	last := ada.seq(t)
	reset := func(after int64) bool {
		_, reset, err := st.Changes(t.Context(), ada.user.ID, after, 10)
		check(t, err)
		return reset
	}
	equal(t, "up to date", reset(last), false)
	equal(t, "from the future", reset(last+1), true)
	c.advance(8 * 24 * time.Hour)
	check(t, st.upkeep(t.Context()))
	equal(t, "up to date, and nothing is kept", reset(last), false)
	equal(t, "behind, and nothing is kept", reset(last-1), true)
	ada.add(t, "INBOX", ada.mail("INBOX", "new"))
	equal(t, "behind what is kept", reset(last-1), true)
	equal(t, "at what is kept", reset(last), false)
	_, _, err := st.Changes(t.Context(), "nobody", 0, 10)
	wantProblem(t, err, problem.NotFound)
}

func TestNothingIsWokenByWhatDidNotCommit(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		woken, stop := st.WatchUser(ada.user.ID)
		defer stop()
		start := ada.seq(t)
		broken := fmt.Errorf("broken")
		err := st.Tx(t.Context(), func(tx *Tx) error {
			check(t, second(tx.AddMessages(ada.folders["INBOX"], []NewMessage{ada.mail("INBOX", "m")})))
			return broken
		})
		equal(t, "error", err, broken)
		select {
		case <-woken:
			t.Fatal("woken")
		default:
		}
		equal(t, "feed", ada.seq(t), start)
		equal(t, "inbox", ada.page(t, "INBOX").Total, 0)
	})
}
