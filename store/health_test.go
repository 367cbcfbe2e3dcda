package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"postroom/problem"
)

func (p *person) now(t testing.TB) Mailbox {
	t.Helper()
	m, err := p.st.WorkerMailbox(t.Context(), p.mailbox.ID)
	check(t, err)
	return m
}

// journal is a mailbox's journal from a time on, in words.
func (p *person) journal(t testing.TB, from int64) string {
	t.Helper()
	es, err := p.st.States(t.Context(), p.user.ID, p.mailbox.ID, from)
	check(t, err)
	var words []string
	for _, e := range es {
		word := string(e.State)
		if e.Problem != nil {
			word += ":" + string(e.Problem.Code)
			if e.Problem.Raw != "" || e.Problem.Detail != "" {
				t.Errorf("the journal keeps too much: %+v", e.Problem)
			}
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// onBothWithClock is onBoth for tests that move the clock.
func onBothWithClock(t *testing.T, f func(t *testing.T, st *Store, c *clock)) {
	t.Run("sqlite", func(t *testing.T) {
		c := newClock()
		f(t, openTest(t, "", c), c)
	})
	t.Run("postgres", func(t *testing.T) {
		c := newClock()
		f(t, openTest(t, newPostgres(t), c), c)
	})
}

func (p *person) state(t testing.TB, state MailboxState, why *problem.Problem) {
	t.Helper()
	tx(t, p.st, func(tx *Tx) error { return tx.SetMailboxState(p.mailbox.ID, state, why, 0) })
}

func TestTheJournalHasEveryChangeOnce(t *testing.T) {
	onBothWithClock(t, func(t *testing.T, st *Store, c *clock) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		start := st.Now()
		before := ada.journal(t, 0)
		yes, no := true, false
		can := func(can *bool) {
			tx(t, st, func(tx *Tx) error { return tx.SetMailbox(ada.mailbox.ID, MailboxUpdate{CanSend: can}) })
		}
		can(&yes)
		ada.state(t, Syncing, nil)
		ada.state(t, Connected, nil)
		ada.state(t, Connected, nil)
		c.advance(time.Hour)
		ada.state(t, Throttled, problem.New(problem.Throttled, "secret detail").WithRaw("raw"))
		tx(t, st, func(tx *Tx) error {
			return tx.SetMailboxState(ada.mailbox.ID, Throttled, problem.New(problem.Throttled, "").WithRaw("other"), 7)
		})
		ada.state(t, Connected, nil)
		can(&no)
		tx(t, st, func(tx *Tx) error { return tx.PauseMailbox(ada.user.ID, ada.mailbox.ID) })
		tx(t, st, func(tx *Tx) error { return tx.ResumeMailbox(ada.user.ID, ada.mailbox.ID) })
		tx(t, st, func(tx *Tx) error {
			return tx.ReplaceGrant(ada.mailbox.ID, ada.now(t).GrantVersion, sealed(1, "new"), Syncing)
		})
		want := "syncing connected throttled:throttled connected receive_only paused connecting syncing"
		equal(t, "journal", strings.TrimPrefix(ada.journal(t, 0), before+" "), want)
		equal(t, "from later on, with what held then", ada.journal(t, start+1), "connected throttled:throttled connected receive_only paused connecting syncing")
		es, err := st.States(t.Context(), bob.user.ID, ada.mailbox.ID, 0)
		check(t, err)
		equal(t, "what bob sees of it", len(es), 0)

		c.advance(40 * 24 * time.Hour)
		check(t, st.upkeep(t.Context()))
		equal(t, "after 40 days", ada.journal(t, 0), "syncing")
		tx(t, st, func(tx *Tx) error { return tx.RemoveMailbox(ada.user.ID, ada.mailbox.ID) })
		equal(t, "of a removed mailbox", ada.journal(t, 0), "")
	})
}

func TestTheLastFiftyEventsAreKept(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		for i := range 40 {
			tx(t, st, func(tx *Tx) error {
				return tx.AddEvents(ada.mailbox.ID, []Event{
					{At: int64(2 * i), Side: SideIMAP, What: "sign_in", Outcome: WentWell, Times: 1},
					{At: int64(2*i + 1), Side: SideSMTP, What: "send", Outcome: WentBad, Words: fmt.Sprint(i), Times: 1},
				})
			})
		}
		tx(t, st, func(tx *Tx) error {
			return tx.AddEvents(bob.mailbox.ID, []Event{{At: 1, Side: SideToken, What: "renew", Outcome: ToWait, Times: 3}})
		})
		es, err := st.Events(t.Context(), ada.user.ID, ada.mailbox.ID)
		check(t, err)
		equal(t, "events", len(es), mostEvents)
		equal(t, "newest", es[0].Words, "39")
		equal(t, "oldest", es[mostEvents-1].At, 30)
		var all int64
		check(t, st.db.read.Model(&Event{}).Count(&all).Error)
		equal(t, "in all", all, mostEvents+1)
		es, err = st.Events(t.Context(), bob.user.ID, ada.mailbox.ID)
		check(t, err)
		equal(t, "of another's mailbox", len(es), 0)
	})
}

func TestAPauseIsTheOwnersAndHolds(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		id := ada.mailbox.ID
		wantProblem(t, st.Tx(t.Context(), func(tx *Tx) error { return tx.PauseMailbox(bob.user.ID, id) }), problem.NotFound)
		woken, unwatch := st.WatchMailboxes()
		defer unwatch()
		tx(t, st, func(tx *Tx) error { return tx.PauseMailbox(ada.user.ID, id) })
		<-woken
		ada.state(t, Connected, nil) // a worker that has not heard yet
		equal(t, "state", ada.now(t).State, Paused)
		equal(t, "leased", ada.lease(t, "a", ada.now(t).GrantVersion, time.Minute), true)
		tx(t, st, func(tx *Tx) error {
			return tx.RenewGrant(id, Renewal{Owner: "a", Version: ada.now(t).GrantVersion, Grant: sealed(1, "renewed"), Access: sealed(1, "token")})
		})
		equal(t, "state after a renewal", ada.now(t).State, Paused)
		wantProblem(t, st.Tx(t.Context(), func(tx *Tx) error { return tx.ResumeMailbox(bob.user.ID, id) }), problem.NotFound)
		tx(t, st, func(tx *Tx) error { return tx.ResumeMailbox(ada.user.ID, id) })
		equal(t, "resumed", ada.now(t).State, Connecting)
		ada.state(t, NeedsYou, problem.New(problem.Reconnect, ""))
		wantProblem(t, st.Tx(t.Context(), func(tx *Tx) error { return tx.PauseMailbox(ada.user.ID, id) }), problem.Conflict)
	})
}

func TestLastMailAndSilenceFollowArrivals(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		at := func(folder, subject string, at int64) NewMessage {
			m := ada.mail(folder, subject)
			m.InternalDate = at
			return m
		}
		now := st.Now()
		ada.add(t, "INBOX", at("INBOX", "one", now-3000), at("INBOX", "two", now-5000))
		equal(t, "last mail", ada.now(t).LastMailAt, now-3000)
		ada.add(t, "INBOX", at("INBOX", "future", now+1_000_000))
		equal(t, "last mail, by a clock that is ahead", ada.now(t).LastMailAt, now)
		silent, usual := now-1, int64(40)
		tx(t, st, func(tx *Tx) error {
			return tx.SetMailbox(ada.mailbox.ID, MailboxUpdate{SilentSince: &silent, UsualPerDay: &usual})
		})
		ada.add(t, "INBOX", at("INBOX", "older", now-9000))
		equal(t, "silent after old mail", ada.now(t).SilentSince, silent)
		came, err := st.Arrivals(t.Context(), ada.mailbox.ID, now-6000)
		check(t, err)
		equal(t, "arrivals", fmt.Sprint(came), fmt.Sprint([]int64{now - 5000, now - 3000, now + 1_000_000}))
	})
}

func TestOverviewsTellHowAllMailboxesFareAndNoSecrets(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		ada.add(t, "INBOX", ada.mail("INBOX", "one"), ada.mail("INBOX", "two"))
		ada.state(t, Offline, problem.New(problem.MailServerDown, "").WithRaw("raw"))
		o := Outgoing{UserID: bob.user.ID, MailboxID: bob.mailbox.ID, IdempotencyKey: "k", From: "b", Raw: []byte("x")}
		tx(t, st, func(tx *Tx) error {
			_, err := tx.QueueOutgoing(&o)
			return err
		})
		all, err := st.Overviews(t.Context())
		check(t, err)
		equal(t, "mailboxes", len(all), 2)
		equal(t, "messages", all[0].Messages, 2)
		equal(t, "state", all[0].State, Offline)
		equal(t, "problem", all[0].Problem.Code, problem.MailServerDown)
		equal(t, "owner", all[0].OwnerEmail, ada.user.Email)
		equal(t, "waiting", all[1].Waiting, 1)
		for _, o := range all {
			if len(o.Grant) != 0 || len(o.Access) != 0 {
				t.Error("a grant came along")
			}
		}
	})
}

func TestDeepeningAndCheckingSendingAreTheOwnersWishes(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		id := ada.mailbox.ID
		wantProblem(t, st.Tx(t.Context(), func(tx *Tx) error { return tx.SetSince(bob.user.ID, id, 5) }), problem.NotFound)
		wantProblem(t, st.Tx(t.Context(), func(tx *Tx) error { return tx.AskToCheckSending(bob.user.ID, id) }), problem.NotFound)
		no, at := false, int64(9)
		tx(t, st, func(tx *Tx) error {
			return tx.SetMailbox(id, MailboxUpdate{CanSend: &no, SendCheckedAt: &at, SyncDone: &at})
		})
		woken, unwatch := st.WatchMailbox(id)
		defer unwatch()
		tx(t, st, func(tx *Tx) error { return tx.AskToCheckSending(ada.user.ID, id) })
		<-woken
		tx(t, st, func(tx *Tx) error { return tx.SetSince(ada.user.ID, id, 5) })
		<-woken
		m := ada.now(t)
		equal(t, "checked at", m.SendCheckedAt, 0)
		equal(t, "since", m.Since, 5)
		equal(t, "progress", m.SyncDone, 0)
	})
}
