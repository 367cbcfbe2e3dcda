package store

import (
	"testing"
	"time"

	"postroom/problem"
)

func (p *person) lease(t testing.TB, owner string, version int64, life time.Duration) (leased bool) {
	t.Helper()
	tx(t, p.st, func(tx *Tx) (err error) {
		leased, err = tx.LeaseRefresh(p.mailbox.ID, version, owner, p.st.Now()+life.Milliseconds())
		return err
	})
	return leased
}

func (p *person) reread(t testing.TB) Mailbox {
	t.Helper()
	m, err := p.st.WorkerMailbox(t.Context(), p.mailbox.ID)
	check(t, err)
	return m
}

func TestOneProcessAtATimeRenewsAGrant(t *testing.T) {
	c := newClock()
	for name, url := range map[string]func() string{"sqlite": func() string { return "" }, "postgres": func() string { return newPostgres(t) }} {
		t.Run(name, func(t *testing.T) {
			st := openTest(t, url(), c)
			ada := newPerson(t, st, "ada")
			renew := func(owner string, version int64) error {
				return st.Tx(t.Context(), func(tx *Tx) error {
					return tx.RenewGrant(ada.mailbox.ID, Renewal{Owner: owner, Version: version, Grant: sealed(9, "new"), Access: sealed(9, "access"), AccessAt: 5, AccessExpires: 6})
				})
			}
			equal(t, "leased", ada.lease(t, "a", 0, time.Minute), true)
			equal(t, "leased by another one too", ada.lease(t, "b", 0, time.Minute), false)
			equal(t, "leased again by the same", ada.lease(t, "a", 0, time.Minute), true)
			wantProblem(t, renew("b", 0), problem.Conflict)
			c.advance(time.Minute)
			equal(t, "leased when the time is over", ada.lease(t, "b", 0, time.Minute), true)
			wantProblem(t, renew("a", 0), problem.Conflict)

			woken, unwatch := st.WatchToken(ada.mailbox.ID)
			defer unwatch()
			check(t, renew("b", 0))
			select {
			case <-woken:
			default:
				t.Error("who waited was not woken")
			}
			m := ada.reread(t)
			equal(t, "version", m.GrantVersion, 1)
			equal(t, "granted at", m.GrantedAt, st.Now())
			equal(t, "keys", m.GrantKeyID+m.AccessKeyID, 18)
			equal(t, "access", string(m.Access), string(sealed(9, "access")))
			equal(t, "times", m.AccessAt*10+m.AccessExpires, 56)
			equal(t, "lease", m.RefreshOwner, "")
			equal(t, "state", m.State, Connecting)
			equal(t, "leased at an old version", ada.lease(t, "a", 0, time.Minute), false)

			equal(t, "leased", ada.lease(t, "a", 1, time.Minute), true)
			tx(t, st, func(tx *Tx) error { return tx.EndRefresh(ada.mailbox.ID, "b") })
			equal(t, "ended by another one", ada.lease(t, "b", 1, time.Minute), false)
			tx(t, st, func(tx *Tx) error { return tx.EndRefresh(ada.mailbox.ID, "a") })
			equal(t, "ended", ada.lease(t, "b", 1, time.Minute), true)

			tx(t, st, func(tx *Tx) error { return tx.ReplaceGrant(ada.mailbox.ID, 1, sealed(9, "signed in"), Connecting) })
			wantProblem(t, renew("b", 1), problem.Conflict)
			equal(t, "the token of the grant before", len(ada.reread(t).Access), 0)
		})
	}
}

func TestAStartOnSQLiteEndsTheLeasesOfTheProcessBefore(t *testing.T) {
	dir := t.TempDir()
	st, err := Open(t.Context(), Config{Dir: dir})
	check(t, err)
	ada := newPerson(t, st, "ada")
	equal(t, "leased", ada.lease(t, "a", 0, time.Hour), true)
	check(t, st.Close())
	ada.st, err = Open(t.Context(), Config{Dir: dir})
	check(t, err)
	defer func() { check(t, ada.st.Close()) }()
	equal(t, "lease", ada.reread(t).RefreshOwner, "")
}

func TestACommandWorksBesideAServerAndChangesNoTable(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(t.Context(), Config{Dir: dir, Beside: true}); err == nil {
		t.Fatal("a database was made")
	}
	st, err := Open(t.Context(), Config{Dir: dir})
	check(t, err)
	defer func() { check(t, st.Close()) }()
	ada := newPerson(t, st, "ada")
	beside, err := Open(t.Context(), Config{Dir: dir, Beside: true})
	check(t, err)
	defer func() { check(t, beside.Close()) }()
	equal(t, "leased", ada.lease(t, "a", 0, time.Hour), true)
	check(t, beside.Tx(t.Context(), func(tx *Tx) error { return tx.SetSealedSetting("x", sealed(1, "x")) }))
	equal(t, "the server's lease", ada.reread(t).RefreshOwner, "a")
	_, err = Open(t.Context(), Config{Dir: dir})
	if err == nil {
		t.Error("two servers")
	}
}

func TestACommandRefusesAnotherVersionsDatabase(t *testing.T) {
	url := newPostgres(t)
	st, err := Open(t.Context(), Config{Database: url, Dir: t.TempDir()})
	check(t, err)
	db, err := st.db.write.DB()
	check(t, err)
	p, err := newMigrator(db, dialectPostgres)
	check(t, err)
	_, err = p.Down(t.Context())
	check(t, err)
	check(t, st.Close())
	if _, err := Open(t.Context(), Config{Database: url, Dir: t.TempDir(), Beside: true}); err == nil {
		t.Error("opened")
	}
}
