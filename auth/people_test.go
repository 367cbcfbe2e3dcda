package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"postroom/problem"
	"postroom/store"
)

func TestRow30SetupWorksOnce(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	old, open, err := h.people.SetupToken(ctx)
	check(t, err)
	token, again, err := h.people.SetupToken(ctx)
	check(t, err)
	if !open || !again || old == token || len(token) < 26 {
		t.Fatalf("tokens %q %v, %q %v", old, open, token, again)
	}
	if strings.Contains(string(h.databaseBytes()), token) {
		t.Error("the database holds the token itself")
	}
	for _, wrong := range []string{"", old, token + "x"} {
		_, err := h.people.Setup(ctx, wrong, "ada@postroom.example", "Ada", "correct horse")
		wantProblem(t, err, problem.Forbidden)
	}
	_, err = h.people.Setup(ctx, token, "ada@postroom.example", "Ada", "short")
	wantProblem(t, err, problem.Invalid) // does not use the token up
	ada, err := h.people.Setup(ctx, token, " Ada@Postroom.example ", "Ada", "correct horse")
	check(t, err)
	if ada.Role != store.RoleAdmin || ada.Email != "ada@postroom.example" {
		t.Errorf("first user %+v", ada)
	}
	_, err = h.people.Setup(ctx, token, "eve@postroom.example", "Eve", "correct horse")
	wantProblem(t, err, problem.SetupClosed)
	if _, open, err := h.people.SetupToken(ctx); open || err != nil {
		t.Errorf("still open: %v, %v", open, err)
	}
}

func TestRow30TwoSetupsAtOnceMakeOneUser(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	token, _, err := h.people.SetupToken(ctx)
	check(t, err)
	var group sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		group.Go(func() {
			_, errs[i] = h.people.Setup(ctx, token, fmt.Sprintf("user%d@postroom.example", i), "Somebody", "correct horse")
		})
	}
	group.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else if !problem.Is(err, problem.SetupClosed) {
			t.Error(err)
		}
	}
	users, err := h.store.CountUsers(ctx)
	check(t, err)
	if made != 1 || users != 1 {
		t.Errorf("%d set-ups, %d users, want 1 and 1", made, users)
	}
}

func TestRow30TheLastAdminStays(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	admin, err := h.people.Add(ctx, NewPerson{Email: "root@postroom.example", Name: "Root", Password: "correct horse", Role: store.RoleAdmin})
	check(t, err)
	member, yes := store.RoleMember, true
	_, err = h.people.Change(ctx, admin.ID, PersonChange{Role: &member})
	wantProblem(t, err, problem.Conflict)
	_, err = h.people.Change(ctx, admin.ID, PersonChange{Disabled: &yes})
	wantProblem(t, err, problem.Conflict)
	odd := store.Role("owner")
	_, err = h.people.Change(ctx, admin.ID, PersonChange{Role: &odd})
	wantProblem(t, err, problem.Invalid)
}

func TestPeopleAreCheckedBeforeTheyAreAdded(t *testing.T) {
	h := newHouse(t)
	h.user("ada@postroom.example")
	good := NewPerson{Email: "bob@postroom.example", Name: "Bob", Password: "correct horse", Role: store.RoleMember}
	for name, c := range map[string]struct {
		change func(*NewPerson)
		want   problem.Code
	}{
		"short password":       {func(n *NewPerson) { n.Password = "ninechars" }, problem.Invalid},
		"e-mail as password":   {func(n *NewPerson) { n.Password = "BOB@postroom.example" }, problem.Invalid},
		"endless password":     {func(n *NewPerson) { n.Password = strings.Repeat("x", 1<<20) }, problem.Invalid},
		"no address":           {func(n *NewPerson) { n.Email = "bob" }, problem.Invalid},
		"two addresses":        {func(n *NewPerson) { n.Email = "a@b.example,c@d.example" }, problem.Invalid},
		"line break in e-mail": {func(n *NewPerson) { n.Email = "a@b.example\r\nBcc: x@y" }, problem.Invalid},
		"no name":              {func(n *NewPerson) { n.Name = " " }, problem.Invalid},
		"line break in name":   {func(n *NewPerson) { n.Name = "a\nb" }, problem.Invalid},
		"odd role":             {func(n *NewPerson) { n.Role = "root" }, problem.Invalid},
		"known e-mail":         {func(n *NewPerson) { n.Email = "ADA@postroom.example" }, problem.Conflict},
	} {
		t.Run(name, func(t *testing.T) {
			n := good
			c.change(&n)
			_, err := h.people.Add(context.Background(), n)
			wantProblem(t, err, c.want)
		})
	}
	_, err := h.people.Add(context.Background(), good)
	check(t, err)
}

func TestRow26DisabledUsersCannotSignIn(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	ada := h.user("ada@postroom.example")
	_, err := h.people.Check(ctx, "Ada@postroom.example ", "correct horse", "192.0.2.1")
	check(t, err)
	yes, no := true, false
	_, err = h.people.Change(ctx, ada.ID, PersonChange{Disabled: &yes})
	check(t, err)
	_, err = h.people.Check(ctx, "ada@postroom.example", "correct horse", "192.0.2.1")
	wantProblem(t, err, problem.SignInFailed)
	_, err = h.people.Change(ctx, ada.ID, PersonChange{Disabled: &no})
	check(t, err)
	_, err = h.people.Check(ctx, "ada@postroom.example", "correct horse", "192.0.2.1")
	check(t, err)
}

func TestRow33TenTriesInFifteenMinutes(t *testing.T) {
	for name, c := range map[string]struct{ email, ip func(i int) string }{
		"one account from everywhere": {func(int) string { return "ada@postroom.example" }, func(i int) string { return fmt.Sprintf("198.51.%d.%d", i/250, i%250) }},
		"one address, all accounts":   {func(i int) string { return fmt.Sprintf("user%d@postroom.example", i) }, func(int) string { return "192.0.2.7" }},
		"one IPv6 network":            {func(i int) string { return fmt.Sprintf("user%d@postroom.example", i) }, func(i int) string { return fmt.Sprintf("2001:db8::%x", i) }},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.user("ada@postroom.example")
			looked := 0
			for i := range 1000 {
				_, err := h.people.Check(context.Background(), c.email(i), "wrong password", c.ip(i))
				switch {
				case problem.Is(err, problem.SignInFailed):
					looked++
				default:
					wantProblem(t, err, problem.TooMany)
				}
			}
			if looked != 10 {
				t.Errorf("%d tries were looked at, want 10", looked)
			}
			h.clock.advance(15 * time.Minute)
			_, err := h.people.Check(context.Background(), c.email(0), "wrong password", c.ip(0))
			wantProblem(t, err, problem.SignInFailed)
		})
	}
}

func TestRow33ManyAtOnceDoNotSlipThrough(t *testing.T) {
	h := newHouse(t)
	h.user("ada@postroom.example")
	var group sync.WaitGroup
	var mu sync.Mutex
	looked := 0
	for range 50 {
		group.Go(func() {
			if _, err := h.people.Check(context.Background(), "ada@postroom.example", "wrong password", ""); problem.Is(err, problem.SignInFailed) {
				mu.Lock()
				looked++
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if looked != 10 {
		t.Errorf("%d tries were looked at, want 10", looked)
	}
}

func TestRow33GoodSignInsAreNotCounted(t *testing.T) {
	h := newHouse(t)
	h.user("ada@postroom.example")
	for range 30 {
		_, err := h.people.Check(context.Background(), "ada@postroom.example", "correct horse", "192.0.2.1")
		check(t, err)
	}
}

func TestRow33UnknownUsersTakeAsLongAsKnownOnes(t *testing.T) {
	h := newHouse(t)
	h.people.passwords = newPasswords() // at full cost
	ada := h.user("ada@postroom.example")
	dummy, err := h.people.passwords.dummy()
	check(t, err)
	real, _, _, err := argon2id.DecodeHash(ada.PasswordHash)
	check(t, err)
	unreal, _, _, err := argon2id.DecodeHash(dummy)
	check(t, err)
	if *real != *unreal {
		t.Errorf("a real hash costs %+v, the dummy %+v", real, unreal)
	}
	known, unknown := time.Hour, time.Hour
	for i := range 5 {
		known = min(known, h.failing("ada@postroom.example"))
		unknown = min(unknown, h.failing(fmt.Sprintf("nobody%d@postroom.example", i)))
	}
	// To the millisecond they can only be compared on a machine that does nothing else.
	t.Logf("known %v, unknown %v", known, unknown)
	if unknown < known/2 || known < unknown/2 {
		t.Errorf("known and unknown differ by %v", (known - unknown).Abs())
	}
}

// failing is how long a refused sign-in takes.
func (h *house) failing(email string) time.Duration {
	began := time.Now()
	_, err := h.people.Check(context.Background(), email, "wrong password", "")
	took := time.Since(began)
	wantProblem(h.t, err, problem.SignInFailed)
	return took
}

func TestAWaitForAPasswordCheckEndsWithItsRequest(t *testing.T) {
	p := newPasswords()
	for range parallelHash {
		p.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.fits(ctx, "x", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestLimitsHoldABoundedNumberOfNames(t *testing.T) {
	l := newLimit(2, time.Minute, 100)
	now := newClock().Now()
	for i := range 10_000 {
		l.take(fmt.Sprint(i), now.Add(time.Duration(i)*time.Microsecond))
	}
	if len(l.tries) > 100 {
		t.Errorf("%d names held", len(l.tries))
	}
	l.take("last", now)
	if !l.take("last", now) || l.take("last", now) {
		t.Error("the newest name is not counted")
	}
}
