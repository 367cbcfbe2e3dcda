package store

import (
	"fmt"
	"testing"
	"time"

	"postroom/problem"
)

func (p *person) attempt(t *testing.T, st *Store, id string) Attempt {
	t.Helper()
	a := Attempt{
		ID: id, UserID: p.user.ID, ProviderID: p.mailbox.ProviderID, State: Running, Held: sealed(7, "code"), ExpiresAt: st.Now() + 1_800_000,
		Wish: Wish{Since: 5, Address: "ada@contoso.example"}, Steps: []Step{{Name: StepToken, State: StepRuns, At: st.Now()}},
	}
	tx(t, st, func(tx *Tx) error { return tx.AddAttempt(&a) })
	return a
}

func TestAnAttemptIsChangedByOneAtATimeAndHoldsNothingAtItsEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		mine := ada.attempt(t, st, "a")
		theirs := mine
		mine.Asks, mine.State = AskAddress, Asking
		tx(t, st, func(tx *Tx) error { return tx.UpdateAttempt(&mine) })
		wantProblem(t, st.Tx(t.Context(), func(tx *Tx) error { return tx.UpdateAttempt(&theirs) }), problem.Conflict)
		got, err := st.Attempt(t.Context(), ada.user.ID, "a")
		check(t, err)
		if got.Asks != AskAddress || got.Wish.Address != "ada@contoso.example" || len(got.Steps) != 1 || got.HeldKeyID != 7 || len(got.Held) == 0 {
			t.Errorf("%+v", got)
		}
		got.State = Done
		tx(t, st, func(tx *Tx) error { return tx.UpdateAttempt(&got) })
		got, err = st.Attempt(t.Context(), ada.user.ID, "a")
		check(t, err)
		if len(got.Held) != 0 || got.HeldKeyID != 0 {
			t.Error("it still holds something")
		}
		_, err = st.Attempt(t.Context(), "somebody", "a")
		wantProblem(t, err, problem.NotFound)
	})
}

func TestAnAttemptThatNobodyCarriesOnFails(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		for _, id := range []string{"lost", "carried", "asking"} {
			a := ada.attempt(t, st, id)
			if id == "asking" {
				a.State = Asking
				tx(t, st, func(tx *Tx) error { return tx.UpdateAttempt(&a) })
			}
		}
		before := st.Now() + 1
		st.clock = func() time.Time { return time.UnixMilli(before) }
		tx(t, st, func(tx *Tx) error { return tx.TouchAttempts([]string{"carried"}) })
		tx(t, st, func(tx *Tx) error { return tx.FailLostAttempts(before, problem.New(problem.Interrupted, "")) })
		for id, want := range map[string]AttemptState{"lost": Broken, "carried": Running, "asking": Asking} {
			got, err := st.Attempt(t.Context(), ada.user.ID, id)
			check(t, err)
			equal(t, id, got.State, want)
			if id == "lost" && (len(got.Held) != 0 || got.Problem == nil || got.Steps[0].State != StepFailed) {
				t.Errorf("%+v", got)
			}
		}
	})
}

func TestRow25WhoeverStartsTooOftenLosesTheOldest(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		bobs := bob.attempt(t, st, "bobs")
		for n := range 3 * mostPending {
			ada.attempt(t, st, fmt.Sprintf("%03d", n))
			tx(t, st, func(tx *Tx) error {
				return tx.AddAuthorization(Authorization{StateHash: fmt.Sprintf("%03d", n), UserID: ada.user.ID, ProviderID: ada.mailbox.ProviderID, ExpiresAt: st.Now() + 1})
			})
		}
		for _, table := range []string{"attempts", "authorizations"} {
			var n int
			check(t, st.db.read.Raw("SELECT count(*) FROM "+table+" WHERE user_id = ?", ada.user.ID).Scan(&n).Error)
			equal(t, table, n, mostPending)
		}
		_, err := st.Attempt(t.Context(), bob.user.ID, bobs.ID)
		check(t, err)
		_, err = st.Attempt(t.Context(), ada.user.ID, fmt.Sprintf("%03d", 3*mostPending-1))
		check(t, err)
	})
}

func TestExpiredAttemptsAreForgotten(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		ada.attempt(t, st, "a")
		now := st.Now() + 1_800_001
		st.clock = func() time.Time { return time.UnixMilli(now) }
		_, err := st.Attempt(t.Context(), ada.user.ID, "a")
		wantProblem(t, err, problem.NotFound)
		check(t, st.upkeep(t.Context()))
		var n int
		check(t, st.db.read.Raw("SELECT count(*) FROM attempts").Scan(&n).Error)
		equal(t, "attempts", n, 0)
	})
}

func TestAConnectLinkBelongsToWhoeverOpensItFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		l := ConnectLink{TokenHash: "h1", ProviderID: ada.mailbox.ProviderID, Address: "ada@contoso.example", MadeBy: bob.user.ID, State: LinkInvited, ExpiresAt: st.Now() + 1000}
		tx(t, st, func(tx *Tx) error { return tx.AddLink(&l) })
		tx(t, st, func(tx *Tx) error { return tx.ClaimLink(l.ID, ada.user.ID) })
		tx(t, st, func(tx *Tx) error { return tx.ClaimLink(l.ID, ada.user.ID) })
		wantProblem(t, st.Tx(t.Context(), func(tx *Tx) error { return tx.ClaimLink(l.ID, bob.user.ID) }), problem.NotFound)
		tx(t, st, func(tx *Tx) error { return tx.RenewLink(l.ID, "h2", st.Now()+2000, 0) })
		_, err := st.LinkByToken(t.Context(), "h1")
		wantProblem(t, err, problem.NotFound)
		tx(t, st, func(tx *Tx) error { return tx.MoveLink(l.ID, LinkFailed, problem.New(problem.AdminConsent, ""), "") })
		tx(t, st, func(tx *Tx) error { return tx.MoveLink(l.ID, LinkConnected, nil, "box") })
		wantProblem(t, st.Tx(t.Context(), func(tx *Tx) error { return tx.MoveLink(l.ID, LinkFailed, nil, "") }), problem.NotFound)
		got, err := st.LinkByToken(t.Context(), "h2")
		check(t, err)
		if got.State != LinkConnected || got.Problem != nil || got.MailboxID != "box" || got.UserID != ada.user.ID {
			t.Errorf("%+v", got)
		}
	})
}

func TestADisconnectedMailboxKeepsItsMailAndNoGrant(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		ada.add(t, "INBOX", ada.mail("INBOX", "kept"))
		out := ada.queue(t, "k")
		wantProblem(t, st.Tx(t.Context(), func(tx *Tx) error { return tx.Disconnect("somebody", ada.mailbox.ID) }), problem.NotFound)
		tx(t, st, func(tx *Tx) error { return tx.Disconnect(ada.user.ID, ada.mailbox.ID) })
		got, err := st.Mailbox(t.Context(), ada.user.ID, ada.mailbox.ID)
		check(t, err)
		if got.State != Disconnected || len(got.Grant) != 0 || got.GrantKeyID != 0 || got.CanSend || got.GrantVersion != ada.mailbox.GrantVersion+1 {
			t.Errorf("%+v", got)
		}
		equal(t, "found", ada.find(t, "kept"), "kept")
		all, err := st.AllMailboxes(t.Context())
		check(t, err)
		equal(t, "with a worker", len(all), 0)
		o, err := st.Outgoing(t.Context(), ada.user.ID, out.ID)
		check(t, err)
		equal(t, "mail on its way", o.State, Failed)
	})
}

func TestMailboxesAreCountedByWhoHasThemAndByAccount(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		shared := ada.mailbox
		shared.ID, shared.Shared, shared.Address = "", "office@contoso.example", "office@contoso.example"
		tx(t, st, func(tx *Tx) error { return tx.AddMailbox(&shared) })
		again := shared
		again.ID = ""
		wantProblem(t, st.Tx(t.Context(), func(tx *Tx) error { return tx.AddMailbox(&again) }), problem.Conflict)
		for who, want := range map[*person]int64{ada: 2, bob: 1} {
			tx(t, st, func(tx *Tx) error {
				n, err := tx.CountMailboxes(who.user.ID, who.mailbox.ProviderID)
				equal(t, who.user.Name, n, want)
				return err
			})
		}
		count := func() int64 {
			n, err := st.CountAccount(t.Context(), "iss", "tid", "ada")
			check(t, err)
			return n
		}
		equal(t, "on the account", count(), 2)
		tx(t, st, func(tx *Tx) error { return tx.Disconnect(ada.user.ID, shared.ID) })
		equal(t, "on the account, one given up", count(), 1)
		got, err := st.MailboxByIdentity(t.Context(), ada.user.ID, "iss", "tid", "ada", "office@contoso.example")
		check(t, err)
		equal(t, "the shared one", got.ID, shared.ID)
	})
}
