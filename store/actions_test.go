package store

import (
	"testing"

	"postroom/problem"
)

func (p *person) finish(t testing.TB, a Action, uid uint32) {
	t.Helper()
	tx(t, p.st, func(tx *Tx) error { return tx.FinishAction(a, uid, 14) })
}

func (p *person) refuse(t testing.TB, a Action) {
	t.Helper()
	tx(t, p.st, func(tx *Tx) error { return tx.RefuseAction(a, problem.New(problem.ServerRefused, "no")) })
}

func (p *person) one(t testing.TB) Action {
	t.Helper()
	as := p.due(t)
	equal(t, "due actions", len(as), 1)
	return as[0]
}

func (p *person) message(t testing.TB, id int64) Message {
	t.Helper()
	m, err := p.st.Message(t.Context(), p.user.ID, id)
	check(t, err)
	return m
}

func (p *person) unread(t testing.TB, folder string) int64 {
	t.Helper()
	f, err := p.st.Folder(t.Context(), p.user.ID, p.folders[folder].ID)
	check(t, err)
	return f.Unread
}

func TestReadingAMailShowsAtOnceAndReachesTheServer(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		ms := ada.add(t, "INBOX", ada.mail("INBOX", "one"), ada.mail("INBOX", "two"))
		woken, stop := st.WatchMailbox(ada.mailbox.ID)
		defer stop()
		now := ada.act(t, MarkRead, "", ms[0].ID, ms[1].ID, ms[0].ID)
		<-woken
		equal(t, "messages", len(now), 2)
		equal(t, "seen", now[0].Seen, true)
		equal(t, "unread", ada.unread(t, "INBOX"), 0)
		as := ada.due(t)
		equal(t, "actions", len(as), 2)
		equal(t, "uid", as[1].UID, 2)
		ada.finish(t, as[0], 0)
		ada.finish(t, as[1], 0)
		equal(t, "actions", len(ada.due(t)), 0)
	})
}

func TestWhatChangesNothingIsNotQueued(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		m := ada.add(t, "INBOX", ada.mail("INBOX", "one"))[0]
		start := ada.seq(t)
		ada.act(t, MarkUnread, "", m.ID)
		ada.act(t, Move, "INBOX", m.ID)
		equal(t, "actions", len(ada.due(t)), 0)
		equal(t, "lines", ada.seq(t), start)
	})
}

func TestOnlyTheLastWordAboutAFlagCounts(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		m := ada.add(t, "INBOX", ada.mail("INBOX", "one"))[0]
		ada.act(t, MarkRead, "", m.ID)
		ada.act(t, Star, "", m.ID)
		first := ada.one(t)
		ada.act(t, MarkUnread, "", m.ID)
		equal(t, "first in order", ada.one(t).Kind, Star)
		ada.finish(t, first, 0) // the worker was just telling the server
		ada.finish(t, ada.one(t), 0)
		last := ada.one(t)
		equal(t, "last word", last.Kind, MarkUnread)
		ada.refuse(t, last)
		equal(t, "undone to what it was at first", ada.message(t, m.ID).Seen, false)
	})
}

func TestTheServerDoesNotOverruleAFlagThatItHasYetToHearOf(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		m := ada.add(t, "INBOX", ada.mail("INBOX", "one"))[0]
		ada.act(t, MarkRead, "", m.ID)
		set := func(f Flags) {
			tx(t, st, func(tx *Tx) error { return second(tx.SetFlags(ada.folders["INBOX"], map[uint32]Flags{1: f})) })
		}
		set(Flags{Flagged: true})
		equal(t, "ours", ada.message(t, m.ID).Seen, true)
		equal(t, "theirs", ada.message(t, m.ID).Flagged, true)
		ada.finish(t, ada.one(t), 0)
		set(Flags{})
		equal(t, "theirs again", ada.message(t, m.ID).Seen, false)
	})
}

func TestAMoveShowsAtOnceAndSettlesUnderItsNewUID(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		m := ada.add(t, "INBOX", ada.mail("INBOX", "one"))[0]
		now := ada.act(t, Move, "Archive", m.ID)[0]
		equal(t, "folder", now.FolderID, ada.folders["Archive"].ID)
		equal(t, "inbox", ada.page(t, "INBOX").Total, 0)
		equal(t, "archive unread", ada.unread(t, "Archive"), 1)

		uids, err := st.UIDs(t.Context(), ada.folders["INBOX"].ID)
		check(t, err)
		equal(t, "the old place stays known", uids[1].ID, m.ID)
		again := ada.add(t, "INBOX", NewMessage{Message: Message{UID: 1, RFCMessageID: m.RFCMessageID, Date: m.Date, Size: m.Size}})
		equal(t, "seen again in the old place", again[0].ID, m.ID)
		equal(t, "inbox", ada.page(t, "INBOX").Total, 0)

		ada.finish(t, ada.one(t), 40)
		settled := ada.message(t, m.ID)
		equal(t, "uid", settled.UID, 40)
		equal(t, "moved at", settled.MovedAt, 0)
		uids, err = st.UIDs(t.Context(), ada.folders["INBOX"].ID)
		check(t, err)
		equal(t, "known in the old place", len(uids), 0)
	})
}

func TestAMoveWithoutCOPYUIDIsAdoptedInItsNewFolder(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		mail := ada.mail("INBOX", "one")
		m := ada.add(t, "INBOX", mail)[0]
		ada.act(t, Move, "Archive", m.ID)
		ada.finish(t, ada.one(t), 0)
		ada.act(t, Star, "", m.ID)
		equal(t, "uid of the next action", ada.one(t).UID, 0)
		mail.UID = 77
		got := ada.add(t, "Archive", mail)[0]
		equal(t, "id", got.ID, m.ID)
		equal(t, "uid", got.UID, 77)
		equal(t, "star", got.Flagged, true)
		equal(t, "uid of the next action", ada.one(t).UID, 77)
		equal(t, "archive", ada.page(t, "Archive").Total, 1)
	})
}

func TestTheWorkerMaySeeAMovedMailBeforeTheMoveIsFinished(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		noID := ada.mail("INBOX", "no message id")
		noID.RFCMessageID = ""
		m := ada.add(t, "INBOX", noID)[0]
		ada.act(t, Move, "Archive", m.ID)
		noID.UID = 5
		if other := ada.add(t, "Archive", noID)[0]; other.ID == m.ID {
			t.Fatal("adopted without a Message-ID")
		}
		ada.finish(t, ada.one(t), 5)
		page := ada.page(t, "Archive")
		equal(t, "archive", page.Total, 1)
		equal(t, "id", page.Messages[0].ID, m.ID)
	})
}

func TestActionsOnOneMessageHappenInOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		m := ada.add(t, "INBOX", ada.mail("INBOX", "one"))[0]
		ada.act(t, Move, "Archive", m.ID)
		ada.act(t, Star, "", m.ID)
		ada.act(t, Move, "Trash", m.ID)
		first := ada.one(t)
		tx(t, st, func(tx *Tx) error { return tx.RetryAction(first, st.Now()+1000, problem.New(problem.Throttled, "")) })
		equal(t, "due while the first one waits", len(ada.due(t)), 0)
		woken, stop := st.WatchMailbox(ada.mailbox.ID)
		defer stop()
		ada.finish(t, first, 8)
		<-woken // for the next one
		star := ada.one(t)
		equal(t, "second", star.Kind, Star)
		equal(t, "its folder", star.FolderID, ada.folders["Archive"].ID)
		equal(t, "its uid", star.UID, 8)
		ada.finish(t, star, 0)
		move := ada.one(t)
		equal(t, "third from", move.FolderID, ada.folders["Archive"].ID)
		equal(t, "its uid", move.UID, 8)
		ada.finish(t, move, 3)
		equal(t, "place", ada.message(t, m.ID).UID, 3)
	})
}

func TestARefusedMoveIsUndoneAndShown(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		m := ada.add(t, "INBOX", ada.mail("INBOX", "one"))[0]
		ada.act(t, Move, "Archive", m.ID)
		start := ada.seq(t)
		ada.refuse(t, ada.one(t))
		back := ada.message(t, m.ID)
		equal(t, "folder", back.FolderID, ada.folders["INBOX"].ID)
		equal(t, "uid", back.UID, m.UID)
		equal(t, "archive", ada.page(t, "Archive").Total, 0)
		lines := ada.changes(t, start)
		kinds := map[string]bool{}
		for _, l := range lines {
			kinds[l.Kind] = true
		}
		equal(t, "noted", kinds[ActionFailed], true)

		as, err := st.FailedActions(t.Context(), ada.user.ID)
		check(t, err)
		equal(t, "failed", len(as), 1)
		equal(t, "why", as[0].Problem.Code, problem.ServerRefused)
		tx(t, st, func(tx *Tx) error { return tx.DismissAction(ada.user.ID, as[0].ID) })
		as, err = st.FailedActions(t.Context(), ada.user.ID)
		check(t, err)
		equal(t, "failed", len(as), 0)
	})
}

func TestARefusedMoveDoesNotStopTheNextOne(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		m := ada.add(t, "INBOX", ada.mail("INBOX", "one"))[0]
		ada.act(t, Move, "Archive", m.ID)
		ada.act(t, Move, "Trash", m.ID)
		ada.refuse(t, ada.one(t))
		next := ada.one(t)
		equal(t, "from", next.FolderID, ada.folders["INBOX"].ID)
		equal(t, "uid", next.UID, m.UID)
		equal(t, "shown in", ada.message(t, m.ID).FolderID, ada.folders["Trash"].ID)
	})
}

func TestADeletedMailHidesAtOnceAndComesBackWhenRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		m := ada.add(t, "INBOX", ada.mail("INBOX", "one"))[0]
		ada.act(t, Delete, "", m.ID)
		equal(t, "inbox", ada.page(t, "INBOX").Total, 0)
		_, err := st.Message(t.Context(), ada.user.ID, m.ID)
		wantProblem(t, err, problem.NotFound)
		ada.refuse(t, ada.one(t))
		equal(t, "uid", ada.message(t, m.ID).UID, m.UID)
		equal(t, "inbox", ada.page(t, "INBOX").Total, 1)

		ada.act(t, Delete, "", m.ID)
		ada.finish(t, ada.one(t), 0)
		var rows int64
		check(t, st.db.read.Model(&Message{}).Where("id = ?", m.ID).Count(&rows).Error)
		equal(t, "rows", rows, 0)
	})
}

func TestADeletedMailDoesNotComeBackWithTheNextSync(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		mail := ada.mail("INBOX", "one")
		m := ada.add(t, "INBOX", mail)[0]
		ada.act(t, Delete, "", m.ID)
		uids, err := st.UIDs(t.Context(), ada.folders["INBOX"].ID)
		check(t, err)
		equal(t, "known", uids[1].ID, m.ID)
		ada.add(t, "INBOX", mail)
		equal(t, "inbox", ada.page(t, "INBOX").Total, 0)
	})
}

func TestAnActionNamesOnlyWhatIsTheUsers(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		mine := ada.add(t, "INBOX", ada.mail("INBOX", "mine"))[0]
		theirs := bob.add(t, "INBOX", bob.mail("INBOX", "theirs"))[0]
		for name, c := range map[string]struct {
			ids  []int64
			kind ActionKind
			to   int64
			want problem.Code
		}{
			"another's message":        {[]int64{mine.ID, theirs.ID}, Star, 0, problem.NotFound},
			"no message":               {[]int64{mine.ID + 1}, Star, 0, problem.NotFound},
			"another's folder":         {[]int64{mine.ID}, Move, bob.folders["INBOX"].ID, problem.NotFound},
			"no folder":                {[]int64{mine.ID}, Move, 0, problem.NotFound},
			"an action of no kind":     {[]int64{mine.ID}, "explode", 0, problem.Invalid},
			"another mailbox's number": {[]int64{999 << 32}, Delete, 0, problem.NotFound},
		} {
			t.Log(name)
			err := st.Tx(t.Context(), func(tx *Tx) error { return second(tx.Act(ada.user.ID, c.ids, c.kind, c.to)) })
			wantProblem(t, err, c.want)
		}
		equal(t, "starred", ada.message(t, mine.ID).Flagged, false)
	})
}

func TestAMailThatNeverArrivesInItsNewFolderIsGivenUp(t *testing.T) {
	c := newClock()
	st := openTest(t, "", c)
	ada := newPerson(t, st, "ada")
	ms := ada.add(t, "INBOX", ada.mail("INBOX", "lost"), ada.mail("INBOX", "pending"))
	ada.act(t, Move, "Archive", ms[0].ID, ms[1].ID)
	ada.finish(t, ada.due(t)[0], 0)
	c.advance(2 * keepGone)
	check(t, st.upkeep(t.Context()))
	equal(t, "archive", ada.subjects(t, "Archive"), "pending")
}
