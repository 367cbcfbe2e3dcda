package store

import (
	"testing"
	"time"

	"postroom/problem"
)

func TestUsersAreFoundByEmailInAnyCase(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		u := User{Email: "Ada@Postroom.example", Name: "Ada", Role: RoleAdmin}
		tx(t, st, func(tx *Tx) error { return tx.AddUser(&u) })
		found, err := st.UserByEmail(t.Context(), "aDA@postroom.EXAMPLE")
		check(t, err)
		equal(t, "user", found, u)
		err = st.Tx(t.Context(), func(tx *Tx) error {
			return tx.AddUser(&User{Email: "ADA@postroom.example", Role: RoleMember})
		})
		wantProblem(t, err, problem.Conflict)
		_, err = st.UserByEmail(t.Context(), "nobody@postroom.example")
		wantProblem(t, err, problem.NotFound)
		n, err := st.CountUsers(t.Context())
		check(t, err)
		equal(t, "users", n, 1)
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := User{Email: "ada", Role: RoleAdmin}, User{Email: "bob", Role: RoleAdmin}
		tx(t, st, func(tx *Tx) error {
			check(t, tx.AddUser(&ada))
			return tx.AddUser(&bob)
		})
		bob.DisabledAt = st.Now()
		tx(t, st, func(tx *Tx) error { return tx.UpdateUser(bob) })
		for name, change := range map[string]func(*User){
			"disabled": func(u *User) { u.DisabledAt = st.Now() },
			"demoted":  func(u *User) { u.Role = RoleMember },
		} {
			u := ada
			change(&u)
			err := st.Tx(t.Context(), func(tx *Tx) error { return tx.UpdateUser(u) })
			t.Log(name)
			wantProblem(t, err, problem.Conflict)
		}
		ada.Name, ada.ChangeSeq, ada.Email = "Countess", 99, "other"
		tx(t, st, func(tx *Tx) error { return tx.UpdateUser(ada) })
		now, err := st.User(t.Context(), ada.ID)
		check(t, err)
		equal(t, "name", now.Name, "Countess")
		equal(t, "feed number", now.ChangeSeq, 0)
		equal(t, "email", now.Email, "ada")
	})
}

func TestDisablingEndsSessionsAndWorkers(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		tx(t, st, func(tx *Tx) error {
			return tx.PutSession(Session{Token: "h", UserID: ada.user.ID, Data: []byte{1}, ExpiresAt: st.Now() + 1000})
		})
		all, err := st.AllMailboxes(t.Context())
		check(t, err)
		equal(t, "mailboxes with a worker", len(all), 1)
		woken, stop := st.WatchMailboxes()
		defer stop()
		ada.user.DisabledAt = st.Now()
		tx(t, st, func(tx *Tx) error { return tx.UpdateUser(ada.user) })
		<-woken
		all, err = st.AllMailboxes(t.Context())
		check(t, err)
		equal(t, "mailboxes with a worker", len(all), 0)
		_, ok, err := st.Session(t.Context(), "h")
		check(t, err)
		equal(t, "session", ok, false)
	})
}

func TestSessionsEndWithTheirTime(t *testing.T) {
	c := newClock()
	st := openTest(t, "", c)
	tx(t, st, func(tx *Tx) error { return tx.PutSession(Session{Token: "h", ExpiresAt: st.Now() + 1000}) })
	tx(t, st, func(tx *Tx) error {
		return tx.PutSession(Session{Token: "h", UserID: "u", Data: []byte("later"), ExpiresAt: st.Now() + 2000})
	})
	s, ok, err := st.Session(t.Context(), "h")
	check(t, err)
	equal(t, "session", ok, true)
	equal(t, "data", string(s.Data), "later")
	c.advance(2 * time.Second)
	_, ok, err = st.Session(t.Context(), "h")
	check(t, err)
	equal(t, "session", ok, false)
}

func TestSettings(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		for _, want := range []string{"", "one", "two"} {
			if want != "" {
				tx(t, st, func(tx *Tx) error { return tx.SetSetting("k", want) })
			}
			got, err := st.Setting(t.Context(), "k")
			check(t, err)
			equal(t, "setting", got, want)
		}
	})
}

func TestAnAuthorizationIsTakenOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		a := Authorization{
			StateHash: "s", UserID: ada.user.ID, ProviderID: ada.mailbox.ProviderID,
			Verifier: sealed(3, "verifier"), CreatedAt: st.Now(), ExpiresAt: st.Now() + 600_000,
		}
		tx(t, st, func(tx *Tx) error { return tx.AddAuthorization(a) })
		tx(t, st, func(tx *Tx) error {
			got, err := tx.TakeAuthorization("s")
			equal(t, "verifier", string(got.Verifier), string(a.Verifier))
			equal(t, "user", got.UserID, ada.user.ID)
			return err
		})
		err := st.Tx(t.Context(), func(tx *Tx) error {
			_, err := tx.TakeAuthorization("s")
			return err
		})
		wantProblem(t, err, problem.NotFound)
	})
}

func TestAProviderIsChangedByOneAtATime(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		p := Provider{Name: "Outlook", Kind: KindMicrosoft, ClientSecret: sealed(0xCAFE, "secret")}
		tx(t, st, func(tx *Tx) error { return tx.AddProvider(&p) })
		mine, theirs := p, p
		mine.Name = "mine"
		tx(t, st, func(tx *Tx) error { return tx.UpdateProvider(&mine) })
		equal(t, "version", mine.Version, p.Version+1)
		err := st.Tx(t.Context(), func(tx *Tx) error { return tx.UpdateProvider(&theirs) })
		wantProblem(t, err, problem.Conflict)
		got, err := st.Provider(t.Context(), p.ID)
		check(t, err)
		equal(t, "name", got.Name, "mine")
		equal(t, "key", got.SecretKeyID, 0xCAFE)
		equal(t, "made", got.CreatedAt, p.CreatedAt)
	})
}

// What changes by itself must not get in the way of an admin's change, nor be undone by it.
func TestAProvidersTroubleAndItsSlotChangeWithoutAVersion(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		p := Provider{Name: "Outlook", Kind: KindMicrosoft, Version: 1, SMTPTLS: "tls", FilesSent: SentByServer, SASL: XOAUTH2}
		tx(t, st, func(tx *Tx) error { return tx.AddProvider(&p) })
		trouble := problem.New(problem.ProviderSecret, "It has expired.").WithRaw("AADSTS7000222 trace 1")
		note := func(version int64, why *problem.Problem) (changed bool) {
			tx(t, st, func(tx *Tx) (err error) {
				changed, err = tx.SetProviderProblem(p.ID, version, why)
				return err
			})
			return changed
		}
		equal(t, "noted", note(1, trouble), true)
		equal(t, "noted again", note(1, problem.New(problem.ProviderSecret, "It has expired.").WithRaw("AADSTS7000222 trace 2")), false)
		equal(t, "noted of another version", note(2, nil), false)
		tx(t, st, func(tx *Tx) error {
			changed, err := tx.PreferSecret(p.ID, 1, true)
			equal(t, "preferred", changed, true)
			return err
		})
		p.Name = "Work mail"
		tx(t, st, func(tx *Tx) error { return tx.UpdateProvider(&p) })
		got, err := st.Provider(t.Context(), p.ID)
		check(t, err)
		if got.Name != "Work mail" || !got.SecondFirst || got.Problem == nil || got.Problem.Raw != "AADSTS7000222 trace 1" || got.ProblemAt == 0 || got.Version != 2 {
			t.Errorf("%+v", got)
		}
		equal(t, "ended", note(2, nil), true)
		got, err = st.Provider(t.Context(), p.ID)
		check(t, err)
		if got.Problem != nil || got.ProblemAt != 0 {
			t.Errorf("%+v", got.Problem)
		}
	})
}

func TestMailboxesAreCountedByProvider(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		counts, err := st.CountMailboxes(t.Context())
		check(t, err)
		equal(t, "providers with mailboxes", len(counts), 1)
		equal(t, "mailboxes", counts[ada.mailbox.ProviderID], int64(1))
	})
}

func TestAProviderInUseIsNotDeleted(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		remove := func() error {
			return st.Tx(t.Context(), func(tx *Tx) error { return tx.DeleteProvider(ada.mailbox.ProviderID) })
		}
		wantProblem(t, remove(), problem.Conflict)
		tx(t, st, func(tx *Tx) error { return tx.RemoveMailbox(ada.user.ID, ada.mailbox.ID) })
		check(t, remove())
		wantProblem(t, remove(), problem.NotFound)
	})
}
