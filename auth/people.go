package auth

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"postroom/problem"
	"postroom/store"
)

const (
	settingSetupToken = "setup_token"

	mostTries    = 10
	triesWindow  = 15 * time.Minute
	namesCounted = 10_000
)

// People are the users of this Postroom: the first one comes by the set-up link, an admin adds the
// others. Whether the caller may do so is the web side's question.
type People struct {
	store     *store.Store
	passwords *passwords
	byAccount *limit // failed sign-ins
	byAddress *limit
	resets    *limit // reset links asked for, by account and by address
}

// NewPeople returns the people whom st keeps.
func NewPeople(st *store.Store) *People {
	return &People{
		store:     st,
		passwords: newPasswords(),
		byAccount: newLimit(mostTries, triesWindow, namesCounted),
		byAddress: newLimit(mostTries, triesWindow, namesCounted),
		resets:    newLimit(mostResets, resetsWindow, namesCounted),
	}
}

// Check returns the user whom email and password name. Somebody unknown, somebody disabled and a
// wrong password get the same answer after the same time. Ten failures within fifteen minutes, for
// one account or from one address, are the last that are looked at; ip may be empty.
func (p *People) Check(ctx context.Context, email, password, ip string) (store.User, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	from := networkOf(ip)
	if !p.admit(email, from) {
		return store.User{}, p.lockedOut(ctx, email, from, ip)
	}
	user, err := p.store.UserByEmail(ctx, email)
	if err != nil && !problem.Is(err, problem.NotFound) {
		return store.User{}, fmt.Errorf("look up user: %w", err)
	}
	ok, err := p.passwords.fits(ctx, password, user.PasswordHash)
	if err != nil {
		return store.User{}, err
	}
	if !ok || user.DisabledAt != 0 {
		if err := p.Note(ctx, store.AuditEntry{Action: SignInRefused, Subject: user.ID, IP: ip}); err != nil {
			return store.User{}, err
		}
		return store.User{}, problem.New(problem.SignInFailed, "")
	}
	p.byAccount.forget(digest(email))
	p.byAddress.giveBack(from)
	return user, nil
}

// lockedOut notes, once in a window, that an account or an address has had its tries.
func (p *People) lockedOut(ctx context.Context, email, from, ip string) error {
	account, address := p.byAccount.tell(digest(email)), from != "" && p.byAddress.tell(from)
	if account || address {
		user, err := p.store.UserByEmail(ctx, email)
		if err != nil && !problem.Is(err, problem.NotFound) {
			return fmt.Errorf("look up user: %w", err)
		}
		if err := p.Note(ctx, store.AuditEntry{Action: SignInLocked, Subject: user.ID, IP: ip}); err != nil {
			return err
		}
	}
	return problem.New(problem.TooMany, "")
}

// admit counts an attempt against the account and against the address it comes from.
func (p *People) admit(email, from string) bool {
	now := time.UnixMilli(p.store.Now())
	if from != "" && !p.byAddress.take(from, now) {
		return false
	}
	return p.byAccount.take(digest(email), now)
}

// networkOf is whom an IP address is counted for: itself, or its /64, of which everybody with IPv6
// has as many addresses as he likes.
func networkOf(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return addr.String()
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return ip
	}
	return prefix.String()
}

// NewPerson is somebody to be added.
type NewPerson struct {
	Email    string
	Name     string
	Password string
	Role     store.Role
}

// Add makes a user.
func (p *People) Add(ctx context.Context, n NewPerson) (store.User, error) {
	user, err := p.user(ctx, n)
	if err != nil {
		return store.User{}, err
	}
	err = p.store.Tx(ctx, func(tx *store.Tx) error { return tx.AddUser(&user) })
	if problem.Is(err, problem.Conflict) {
		return store.User{}, problem.Wrap(problem.Conflict, "There is somebody with this e-mail address already.", err)
	}
	if err != nil {
		return store.User{}, fmt.Errorf("add user: %w", err)
	}
	return user, nil
}

// user checks what was typed and hashes the password.
func (p *People) user(ctx context.Context, n NewPerson) (store.User, error) {
	email, err := goodEmail(n.Email)
	if err != nil {
		return store.User{}, err
	}
	name, err := goodName(n.Name)
	if err != nil {
		return store.User{}, err
	}
	if err := goodRole(n.Role); err != nil {
		return store.User{}, err
	}
	if err := goodPassword(n.Password, email); err != nil {
		return store.User{}, err
	}
	hash, err := p.passwords.hash(ctx, n.Password)
	if err != nil {
		return store.User{}, err
	}
	return store.User{ID: store.NewID(), Email: email, Name: name, PasswordHash: hash, Role: n.Role, CreatedAt: p.store.Now()}, nil
}

// PersonChange is what an admin, or somebody about himself, changes. Nil leaves as it is.
type PersonChange struct {
	Name     *string
	Role     *store.Role
	Disabled *bool
	Password *string
}

// Change changes a user. Whoever is disabled or gets another password is signed out everywhere.
// The last enabled admin stays one (problem.Conflict).
func (p *People) Change(ctx context.Context, id string, c PersonChange) (store.User, error) {
	user, err := p.store.User(ctx, id)
	if err != nil {
		return store.User{}, fmt.Errorf("read user: %w", err)
	}
	hash, err := p.newHash(ctx, c.Password, user.Email)
	if err != nil {
		return store.User{}, err
	}
	err = p.store.Tx(ctx, func(tx *store.Tx) error {
		user, err = p.store.User(ctx, id)
		if err != nil {
			return fmt.Errorf("read user: %w", err)
		}
		if err := apply(&user, c, hash, p.store.Now()); err != nil {
			return err
		}
		if err := tx.UpdateUser(user); err != nil {
			return fmt.Errorf("update user: %w", err)
		}
		if hash == "" && user.DisabledAt == 0 {
			return nil
		}
		if err := tx.DeleteResets(id); err != nil {
			return err
		}
		return tx.DeleteUserSessions(id)
	})
	return user, err
}

// Remove removes a user with everything that is theirs, mail included. The last enabled admin stays
// (problem.Conflict).
func (p *People) Remove(ctx context.Context, id string) (store.User, error) {
	user, err := p.store.User(ctx, id)
	if err != nil {
		return store.User{}, fmt.Errorf("read user: %w", err)
	}
	if err := p.store.Tx(ctx, func(tx *store.Tx) error { return tx.RemoveUser(id) }); err != nil {
		return store.User{}, fmt.Errorf("remove user: %w", err)
	}
	return user, nil
}

func (p *People) newHash(ctx context.Context, password *string, email string) (string, error) {
	if password == nil {
		return "", nil
	}
	if err := goodPassword(*password, email); err != nil {
		return "", err
	}
	return p.passwords.hash(ctx, *password)
}

func apply(user *store.User, c PersonChange, hash string, now int64) (err error) {
	if c.Name != nil {
		if user.Name, err = goodName(*c.Name); err != nil {
			return err
		}
	}
	if c.Role != nil {
		if err := goodRole(*c.Role); err != nil {
			return err
		}
		user.Role = *c.Role
	}
	if c.Disabled != nil {
		switch {
		case !*c.Disabled:
			user.DisabledAt = 0
		case user.DisabledAt == 0:
			user.DisabledAt = now
		}
	}
	if hash != "" {
		user.PasswordHash = hash
	}
	return nil
}

func goodName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 200 || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", problem.New(problem.Invalid, "A name is needed, of at most 200 bytes and on one line.")
	}
	return name, nil
}

func goodRole(role store.Role) error {
	if role != store.RoleAdmin && role != store.RoleManager && role != store.RoleMember {
		return problem.New(problem.Invalid, "A role is admin, manager or member.")
	}
	return nil
}
