package mailbox

import (
	"context"
	"slices"
	"testing"
	"time"

	"postroom/problem"
	"postroom/simulator"
	"postroom/store"
)

func (w *world) act(kind store.ActionKind, to store.FolderRole, ids ...int64) {
	w.t.Helper()
	var target int64
	if to != "" {
		target = w.folder(to).ID
	}
	w.actTo(kind, target, ids...)
}

func (w *world) named(path string) int64 {
	for _, f := range w.folders() {
		if f.Path == path {
			return f.ID
		}
	}
	w.t.Fatalf("no folder %q", path)
	return 0
}

func (w *world) actTo(kind store.ActionKind, target int64, ids ...int64) {
	w.t.Helper()
	check(w.t, w.st.Tx(context.Background(), func(tx *store.Tx) error {
		_, err := tx.Act(w.user.ID, ids, kind, target)
		return err
	}))
}

func (w *world) there(folder string) []simulator.Message {
	box, err := w.sim.Mailbox(ada)
	check(w.t, err)
	return box.Folder(folder).Messages
}

func (w *world) idle() func() bool {
	return func() bool {
		due, err := w.st.DueActions(context.Background(), w.box.ID, 1<<60)
		check(w.t, err)
		return len(due) == 0
	}
}

func TestFlagsBothWays(t *testing.T) {
	w := newWorld(t)
	uid := w.deliver("", "Lunch")
	archived := w.deliver("archive", "Old")
	w.run()
	w.until("connected", w.connected())

	check(t, w.sim.Flag(ada, "", uid, `\Seen`, `\Flagged`))
	check(t, w.sim.Flag(ada, "archive", archived, `\Flagged`)) // STATUS tells nobody of a star
	w.until("their flags", func() bool {
		m, old := w.mails(store.Inbox)[0], w.mails(store.Archive)[0]
		return m.Seen && m.Flagged && old.Flagged
	})
	id := w.mails(store.Inbox)[0].ID
	w.act(store.Unstar, "", id)
	w.act(store.MarkUnread, "", id)
	w.until("our flags", func() bool { return len(w.there("inbox")[0].Flags) == 0 })
	w.until("nothing to do", w.idle())
	w.same()
}

func TestMovesKeepTheMessage(t *testing.T) {
	for _, spoiled := range []string{"", "none", "empty", "bare"} {
		t.Run("COPYUID "+spoiled, func(t *testing.T) {
			w := newWorld(t)
			if spoiled != "" {
				w.sim.Set(ada, simulator.CopyUID, spoiled)
			}
			w.fill("", 6)
			w.run()
			w.until("connected", w.connected())
			all := w.mails(store.Inbox)
			moved := ids(all[1:4])
			w.act(store.Move, store.Archive, moved...)
			w.act(store.Star, "", moved[0])
			w.until("moved there", func() bool { return len(w.there("archive")) == 3 && len(w.there("inbox")) == 3 })
			w.until("settled", func() bool {
				return w.idle()() && !slices.ContainsFunc(w.mails(store.Archive), func(m store.Message) bool { return m.UID == 0 })
			})
			w.until("star there", func() bool {
				return slices.ContainsFunc(w.there("archive"), func(m simulator.Message) bool { return slices.Contains(m.Flags, `\Flagged`) })
			})
			if got := ids(w.mails(store.Archive)); !slices.Equal(got, moved) {
				t.Errorf("moved %v, there are %v", moved, got)
			}
			w.same()
		})
	}
}

func TestDeletedForGood(t *testing.T) {
	w := newWorld(t)
	w.fill("", 3)
	w.run()
	w.until("connected", w.connected())
	w.act(store.Delete, "", w.mails(store.Inbox)[1].ID)
	w.until("deleted there", func() bool { return len(w.there("inbox")) == 2 })
	w.until("nothing to do", w.idle())
	w.same()
}

func TestActionsAreDoneAfterTheServerWasAway(t *testing.T) {
	w := newWorld(t)
	w.fill("", 3)
	stop := w.run()
	w.until("connected", w.connected())
	stop()
	mails := w.mails(store.Inbox)
	w.act(store.MarkRead, "", ids(mails)...)
	w.act(store.Move, store.Trash, mails[0].ID)
	w.sim.SetTimes(ada, simulator.CutIMAP, "STORE", 1)
	w.run()
	w.until("done there", func() bool { return len(w.there("trash")) == 1 && w.idle()() })
	for _, m := range append(w.there("inbox"), w.there("trash")...) {
		if !slices.Contains(m.Flags, `\Seen`) {
			t.Errorf("UID %d is unread there", m.UID)
		}
	}
	w.until("connected again", w.connected())
	w.same()
}

func TestRefusedMoveIsUndone(t *testing.T) {
	w := newWorld(t)
	w.fill("", 2)
	check(t, w.sim.CreateFolder(ada, "Projects"))
	w.run()
	w.until("connected", w.connected())
	m := w.mails(store.Inbox)[0]
	token, _, err := w.tokens.Access(t.Context(), "")
	check(t, err)
	other, err := signIn(t.Context(), w.dial, w.provider, ada, token, time.Minute)
	check(t, err)
	defer other.close()
	check(t, other.client.Delete("Projects").Wait())
	w.actTo(store.Move, w.named("Projects"), m.ID)
	w.until("undone", func() bool {
		failed, err := w.st.FailedActions(t.Context(), w.user.ID)
		check(t, err)
		return len(failed) == 1 && len(w.mails(store.Inbox)) == 2
	})
	failed, err := w.st.FailedActions(t.Context(), w.user.ID)
	check(t, err)
	if p := failed[0].Problem; p == nil || p.Code != problem.FolderGone || p.Raw == "" {
		t.Errorf("problem %v", p)
	}
	if back := w.mails(store.Inbox)[0]; back.ID != m.ID || back.UID != m.UID {
		t.Errorf("message %d UID %d came back as %d UID %d", m.ID, m.UID, back.ID, back.UID)
	}
}
