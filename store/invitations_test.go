package store

import (
	"strings"
	"testing"

	"postroom/problem"
)

func TestOneOpenInvitationForAnAddress(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		first := Invitation{Email: "bob@postroom.example", Role: RoleMember, TokenHash: "a", InvitedBy: "x", ExpiresAt: st.Now() + 1000}
		second := Invitation{Email: "bob@postroom.example", Role: RoleMember, TokenHash: "b", InvitedBy: "x", ExpiresAt: st.Now() + 1000}
		tx(t, st, func(tx *Tx) error { return tx.AddInvitation(&first) })
		tx(t, st, func(tx *Tx) error { return tx.AddInvitation(&second) })
		was, err := st.InvitationByToken(t.Context(), "a")
		check(t, err)
		is, err := st.InvitationByToken(t.Context(), "b")
		check(t, err)
		equal(t, "first", was.Open(st.Now()), false)
		equal(t, "second", is.Open(st.Now()), true)
		equal(t, "at its end", is.Open(is.ExpiresAt), false)
		is.TokenHash, is.AcceptedAt, is.UserID = "c", 5, "u"
		tx(t, st, func(tx *Tx) error { return tx.UpdateInvitation(is) })
		now, err := st.Invitation(t.Context(), is.ID)
		check(t, err)
		equal(t, "invitation", now, is)
	})
}

func TestOneResetLinkForAUserAndItIsTakenOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		for _, hash := range []string{"a", "b"} {
			tx(t, st, func(tx *Tx) error {
				return tx.AddReset(Reset{TokenHash: hash, UserID: ada.user.ID, ExpiresAt: st.Now() + 1000})
			})
		}
		_, err := st.Reset(t.Context(), "a")
		wantProblem(t, err, problem.NotFound)
		tx(t, st, func(tx *Tx) error {
			r, err := tx.TakeReset("b")
			equal(t, "user", r.UserID, ada.user.ID)
			return err
		})
		err = st.Tx(t.Context(), func(tx *Tx) error { _, err := tx.TakeReset("b"); return err })
		wantProblem(t, err, problem.NotFound)
	})
}

func TestRemovingAUserTakesAllThatIsTheirs(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		ada.add(t, "INBOX", ada.mail("INBOX", "one"))
		_, err := st.PutUpload(t.Context(), ada.user.ID, "a.txt", "text/plain", strings.NewReader("x"), 10)
		check(t, err)
		tx(t, st, func(tx *Tx) error {
			check(t, tx.PutSession(Session{Token: "h", UserID: ada.user.ID, ExpiresAt: st.Now() + 1000}))
			return tx.AddReset(Reset{TokenHash: "r", UserID: ada.user.ID, ExpiresAt: st.Now() + 1000})
		})
		woken, stop := st.WatchMailboxes()
		defer stop()
		tx(t, st, func(tx *Tx) error { return tx.RemoveUser(ada.user.ID) })
		<-woken
		all, err := st.AllMailboxes(t.Context())
		check(t, err)
		equal(t, "mailboxes left", len(all), 1)
		equal(t, "whose", all[0].UserID, bob.user.ID)
		_, open, err := st.Session(t.Context(), "h")
		check(t, err)
		equal(t, "session", open, false)
		check(t, st.upkeep(t.Context()))
		var mails int64
		check(t, st.db.read.Model(&Message{}).Count(&mails).Error)
		equal(t, "mails left", mails, 0)
	})
}

func TestTheLastAdministratorIsNotRemoved(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := User{Email: "ada", Role: RoleAdmin}
		tx(t, st, func(tx *Tx) error { return tx.AddUser(&ada) })
		wantProblem(t, st.Tx(t.Context(), func(tx *Tx) error { return tx.RemoveUser(ada.ID) }), problem.Conflict)
	})
}

func TestTheAuditLogIsReadNewestFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		for _, e := range []AuditEntry{
			{UserID: "ada", Action: "session.open", Subject: "ada", Detail: "one"},
			{UserID: "bob", Action: "patch-users-id", Subject: "ada", Detail: "two"},
			{UserID: "bob", Action: "session.open", Subject: "bob", Detail: "three"},
		} {
			tx(t, st, func(tx *Tx) error { return tx.AddAudit(e) })
		}
		details := func(q AuditQuery) (all string) {
			q.Limit = 2
			es, err := st.Audit(t.Context(), q)
			check(t, err)
			for _, e := range es {
				all += e.Detail + " "
			}
			return all
		}
		equal(t, "newest", details(AuditQuery{}), "three two ")
		equal(t, "about ada", details(AuditQuery{Person: "ada"}), "two one ")
		equal(t, "of one action", details(AuditQuery{Action: "session.open"}), "three one ")
		es, err := st.Audit(t.Context(), AuditQuery{Limit: 1})
		check(t, err)
		equal(t, "before", details(AuditQuery{Before: es[0].ID}), "two one ")
		names, err := st.AuditActions(t.Context())
		check(t, err)
		equal(t, "actions", len(names), 2)
	})
}
