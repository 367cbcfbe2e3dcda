package store

import (
	"testing"

	"postroom/problem"
)

func TestAnAccountIsConnectedOncePerUser(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		again := func(user string) error {
			m := ada.mailbox
			m.ID, m.UserID = "", user
			return st.Tx(t.Context(), func(tx *Tx) error { return tx.AddMailbox(&m) })
		}
		wantProblem(t, again(ada.user.ID), problem.Conflict)
		check(t, again(bob.user.ID))
		m, err := st.MailboxByIdentity(t.Context(), ada.user.ID, "iss", "tid", "ada", "")
		check(t, err)
		equal(t, "mailbox", m.ID, ada.mailbox.ID)
		equal(t, "key", m.GrantKeyID, 7)
	})
}

func TestAnOldGrantNeverReplacesANewerOne(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		id, version := ada.mailbox.ID, ada.mailbox.GrantVersion
		replace := func(grant string, state MailboxState) error {
			return st.Tx(t.Context(), func(tx *Tx) error { return tx.ReplaceGrant(id, version, sealed(9, grant), state) })
		}
		before := ada.seq(t)
		check(t, replace("first", Connecting))
		equal(t, "a rotation is no news", ada.seq(t), before)
		wantProblem(t, replace("second", Connecting), problem.Conflict)
		m, err := st.WorkerMailbox(t.Context(), id)
		check(t, err)
		equal(t, "grant", string(m.Grant), string(sealed(9, "first")))
		equal(t, "version", m.GrantVersion, version+1)
		equal(t, "key", m.GrantKeyID, 9)
	})
}

func TestReconnectingClearsTheProblemAndWakesTheWorker(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		id := ada.mailbox.ID
		tx(t, st, func(tx *Tx) error {
			return tx.SetMailboxState(id, NeedsYou, problem.New(problem.Reconnect, "expired"), 0)
		})
		woken, stop := st.WatchMailbox(id)
		defer stop()
		tx(t, st, func(tx *Tx) error { return tx.ReplaceGrant(id, 0, sealed(9, "new"), Connecting) })
		<-woken
		m, err := st.Mailbox(t.Context(), ada.user.ID, id)
		check(t, err)
		equal(t, "state", m.State, Connecting)
		equal(t, "problem", m.Problem, nil)
	})
}

func TestAStateIsNotedOnlyWhenItIsNews(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		set := func(p *problem.Problem) {
			t.Helper()
			tx(t, st, func(tx *Tx) error { return tx.SetMailboxState(ada.mailbox.ID, Offline, p, 5000) })
		}
		start := ada.seq(t)
		set(problem.New(problem.Throttled, "slow"))
		set(problem.New(problem.Throttled, "slow"))
		equal(t, "lines", len(ada.changes(t, start)), 1)
		set(problem.New(problem.Throttled, "slower"))
		equal(t, "lines", len(ada.changes(t, start)), 2)
		m, err := st.Mailbox(t.Context(), ada.user.ID, ada.mailbox.ID)
		check(t, err)
		equal(t, "detail", m.Problem.Detail, "slower")
		equal(t, "code", m.Problem.Code, problem.Throttled)
	})
}

func TestSetMailboxWritesOnlyWhatIsGiven(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		done, yes := int64(40), true
		tx(t, st, func(tx *Tx) error {
			return tx.SetMailbox(ada.mailbox.ID, MailboxUpdate{SyncDone: &done, CanSend: &yes})
		})
		zero := int64(0)
		tx(t, st, func(tx *Tx) error { return tx.SetMailbox(ada.mailbox.ID, MailboxUpdate{SyncDone: &zero}) })
		m, err := st.Mailbox(t.Context(), ada.user.ID, ada.mailbox.ID)
		check(t, err)
		equal(t, "done", m.SyncDone, 0)
		equal(t, "can send", m.CanSend, true)
		equal(t, "address", m.Address, "ada@contoso.example")
	})
}

func TestFoldersFollowTheServersList(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		m := ada.add(t, "Archive", ada.mail("Archive", "kept"))
		archive := ada.folders["Archive"].ID
		ada.putFolders(t, "INBOX", "Projekte", "Trash")
		fs, err := st.Folders(t.Context(), ada.user.ID, ada.mailbox.ID)
		check(t, err)
		paths := ""
		for _, f := range fs {
			paths += f.Path + " "
		}
		equal(t, "folders", paths, "INBOX Projekte Trash ")
		_, err = st.Folder(t.Context(), ada.user.ID, archive)
		wantProblem(t, err, problem.NotFound)
		_, err = st.Message(t.Context(), ada.user.ID, m[0].ID)
		wantProblem(t, err, problem.NotFound)

		moved := ada.mail("Projekte", "kept")
		moved.RFCMessageID = m[0].RFCMessageID
		again := ada.add(t, "Projekte", moved)
		equal(t, "a renamed folder's mail keeps its id", again[0].ID, m[0].ID)
	})
}

func TestARemovedMailboxIsGoneAtOnceAndDeletedSoon(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		m := ada.add(t, "INBOX", ada.mail("INBOX", "private"))
		ada.act(t, Star, "", m[0].ID)
		bob.add(t, "INBOX", bob.mail("INBOX", "stays"))
		tx(t, st, func(tx *Tx) error { return tx.RemoveMailbox(ada.user.ID, ada.mailbox.ID) })

		_, err := st.Message(t.Context(), ada.user.ID, m[0].ID)
		wantProblem(t, err, problem.NotFound)
		found, err := st.Search(t.Context(), ada.user.ID, Search{Text: "private"})
		check(t, err)
		equal(t, "found", len(found), 0)
		err = st.Tx(t.Context(), func(tx *Tx) error {
			_, err := tx.AddMessages(ada.folders["INBOX"], []NewMessage{ada.mail("INBOX", "late")})
			return err
		})
		wantProblem(t, err, problem.NotFound)

		check(t, st.upkeep(t.Context()))
		var left int64
		check(t, st.db.read.Model(&Message{}).Where("id >> 32 = ?", ada.mailbox.Number).Count(&left).Error)
		equal(t, "rows left", left, 0)
		equal(t, "bob's inbox", bob.subjects(t, "INBOX"), "stays")

		again := ada.mailbox
		again.ID = ""
		tx(t, st, func(tx *Tx) error { return tx.AddMailbox(&again) })
		if again.Number <= bob.mailbox.Number {
			t.Fatalf("mailbox number %d was given out before", again.Number)
		}
	})
}
