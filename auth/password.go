package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"postroom/problem"
)

const (
	leastPassword = 10  // characters
	mostPassword  = 256 // bytes
	parallelHash  = 2   // checks at once: each takes 64 MiB for some 50 ms
)

// passwords hashes and checks with argon2id, a few at a time.
type passwords struct {
	params argon2id.Params
	slots  chan struct{}
	dummy  func() (string, error) // a hash that no password fits, as costly as a real one
}

func newPasswords() *passwords {
	p := &passwords{
		params: argon2id.Params{Memory: 64 << 10, Iterations: 1, Parallelism: 2, SaltLength: 16, KeyLength: 32},
		slots:  make(chan struct{}, parallelHash),
	}
	p.dummy = sync.OnceValues(func() (string, error) {
		return argon2id.CreateHash(randomToken(), &p.params)
	})
	return p
}

func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	if err := p.enter(ctx); err != nil {
		return "", err
	}
	defer p.leave()
	hash, err := argon2id.CreateHash(password, &p.params)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// fits takes as long for an empty hash (nobody of that name) as for a real one.
func (p *passwords) fits(ctx context.Context, password, hash string) (bool, error) {
	if err := p.enter(ctx); err != nil {
		return false, err
	}
	defer p.leave()
	dummy, err := p.dummy()
	if err != nil {
		return false, fmt.Errorf("hash password: %w", err)
	}
	nobody := hash == ""
	if nobody {
		hash = dummy
	}
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("compare password: %w", err)
	}
	return ok && !nobody, nil
}

func (p *passwords) enter(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for a password check: %w", context.Cause(ctx))
	}
}

func (p *passwords) leave() { <-p.slots }

// goodPassword says what is wrong with a new password, or nil.
func goodPassword(password, email string) error {
	switch {
	case utf8.RuneCountInString(password) < leastPassword:
		return problem.New(problem.Invalid, fmt.Sprintf("A password needs at least %d characters.", leastPassword))
	case len(password) > mostPassword:
		return problem.New(problem.Invalid, fmt.Sprintf("A password may have at most %d bytes.", mostPassword))
	case strings.EqualFold(password, email):
		return problem.New(problem.Invalid, "The password must not be the e-mail address.")
	}
	return nil
}

// goodEmail returns the address as it is stored: lower case, without spaces around it.
func goodEmail(email string) (string, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if err := plausibleAddress(email); err != nil {
		return "", problem.New(problem.Invalid, "That is not an e-mail address.")
	}
	return email, nil
}

// plausibleAddress accepts what looks like one address and cannot be mistaken for anything else.
func plausibleAddress(s string) error {
	local, domain, ok := strings.Cut(s, "@")
	switch {
	case !ok, local == "", domain == "", strings.Contains(domain, "@"):
		return errors.New("no address")
	case len(s) > 254, strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`<>()",;:\`, r) }):
		return errors.New("not a plain address")
	}
	return nil
}
