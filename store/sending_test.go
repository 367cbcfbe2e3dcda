package store

import (
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"postroom/problem"
)

func (p *person) queue(t testing.TB, key string) Outgoing {
	t.Helper()
	o := Outgoing{
		UserID: p.user.ID, MailboxID: p.mailbox.ID, IdempotencyKey: key, From: p.mailbox.Address,
		Recipients: []string{"bob@contoso.example", "bcc@contoso.example"}, Subject: "Lunch?",
		Raw: []byte("Subject: Lunch?\r\n\r\n" + strings.Repeat("At noon.\r\n", 100)),
	}
	tx(t, p.st, func(tx *Tx) error {
		existing, err := tx.QueueOutgoing(&o)
		equal(t, "existing", existing, false)
		return err
	})
	return o
}

func TestAMailIsQueuedOncePerKey(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		first := ada.queue(t, "k")
		again := Outgoing{UserID: ada.user.ID, MailboxID: ada.mailbox.ID, IdempotencyKey: "k", Subject: "other", Raw: []byte("other")}
		tx(t, st, func(tx *Tx) error {
			existing, err := tx.QueueOutgoing(&again)
			equal(t, "existing", existing, true)
			return err
		})
		equal(t, "id", again.ID, first.ID)
		equal(t, "subject", again.Subject, "Lunch?")
		bob.queue(t, "k")
		err := st.Tx(t.Context(), func(tx *Tx) error {
			return second(tx.QueueOutgoing(&Outgoing{UserID: bob.user.ID, MailboxID: ada.mailbox.ID, IdempotencyKey: "x"}))
		})
		wantProblem(t, err, problem.NotFound)
	})
}

func TestAMailOnItsWay(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		woken, stop := st.WatchMailbox(ada.mailbox.ID)
		defer stop()
		o := ada.queue(t, "k")
		<-woken
		due, err := st.DueOutgoing(t.Context(), ada.mailbox.ID, st.Now())
		check(t, err)
		equal(t, "due", len(due), 1)
		equal(t, "bytes", string(due[0].Raw), string(o.Raw))
		equal(t, "recipients", strings.Join(due[0].Recipients, " "), "bob@contoso.example bcc@contoso.example")
		equal(t, "size", due[0].Size, int64(len(o.Raw)))

		move := func(from, to OutgoingState, f func(*Outgoing)) error {
			return st.Tx(t.Context(), func(tx *Tx) error { return tx.MoveOutgoing(o.ID, from, to, f) })
		}
		check(t, move(Queued, Claimed, func(o *Outgoing) { o.SentUIDNext, o.Attempts, o.UserID = 7, 1, "thief" }))
		wantProblem(t, move(Queued, Claimed, nil), problem.Conflict)
		check(t, move(Claimed, InData, nil))
		cut, err := st.InterruptedOutgoing(t.Context(), ada.mailbox.ID)
		check(t, err)
		equal(t, "interrupted", len(cut), 1)
		equal(t, "noted", cut[0].SentUIDNext, 7)
		check(t, move(InData, Checking, nil))
		check(t, move(Checking, Unconfirmed, func(o *Outgoing) { o.Problem = problem.New(problem.SendUncertain, "") }))

		tx(t, st, func(tx *Tx) error { return tx.RetryOutgoing(ada.user.ID, o.ID) })
		again, err := st.DueOutgoing(t.Context(), ada.mailbox.ID, st.Now())
		check(t, err)
		equal(t, "due again", len(again), 1)
		equal(t, "attempts", again[0].Attempts, 0)
		equal(t, "bytes", string(again[0].Raw), string(o.Raw))
		check(t, move(Queued, Unconfirmed, nil))
		tx(t, st, func(tx *Tx) error { return tx.ResolveOutgoing(ada.user.ID, o.ID) })
		sent, err := st.Outgoing(t.Context(), ada.user.ID, o.ID)
		check(t, err)
		equal(t, "state", sent.State, SentState)
		equal(t, "problem", sent.Problem, nil)
		equal(t, "owner", sent.UserID, ada.user.ID)
		raw, err := st.OutgoingRaw(t.Context(), ada.user.ID, o.ID)
		check(t, err)
		equal(t, "bytes", string(raw), string(o.Raw))
	})
}

func TestOneOfManyClaimsAMail(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		o := ada.queue(t, "k")
		var g errgroup.Group
		won := make(chan int, 8)
		for i := range 8 {
			g.Go(func() error {
				err := st.Tx(t.Context(), func(tx *Tx) error { return tx.MoveOutgoing(o.ID, Queued, Claimed, nil) })
				if err == nil {
					won <- i
				} else if !problem.Is(err, problem.Conflict) {
					return err
				}
				return nil
			})
		}
		check(t, g.Wait())
		equal(t, "winners", len(won), 1)
	})
}

func TestOnlyAMailAtRestIsCancelled(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		o := ada.queue(t, "k")
		cancel := func() error {
			return st.Tx(t.Context(), func(tx *Tx) error { return tx.CancelOutgoing(ada.user.ID, o.ID) })
		}
		tx(t, st, func(tx *Tx) error { return tx.MoveOutgoing(o.ID, Queued, Claimed, nil) })
		wantProblem(t, cancel(), problem.Conflict)
		err := st.Tx(t.Context(), func(tx *Tx) error { return tx.RetryOutgoing(ada.user.ID, o.ID) })
		wantProblem(t, err, problem.Conflict)
		tx(t, st, func(tx *Tx) error { return tx.MoveOutgoing(o.ID, Claimed, Failed, nil) })
		check(t, cancel())
		os, err := st.Outgoings(t.Context(), ada.user.ID)
		check(t, err)
		equal(t, "mails", len(os), 0)
	})
}
