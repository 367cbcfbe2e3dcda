package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// How long codes and refresh tokens live.
const (
	codeLife       = 10 * time.Minute
	refreshLife    = 90 * 24 * time.Hour
	spaRefreshLife = 24 * time.Hour
)

// grants are the codes and tokens given out, by their hash. Simulator.mu guards them.
type grants struct {
	codes   map[string]*code
	refresh map[string]*refresh
	access  map[string]*access
	renewed map[string]int // by lower-case address: how often a refresh was asked for, granted or not
	apps    map[string]*appAccess
}

func newGrants() grants {
	return grants{codes: map[string]*code{}, refresh: map[string]*refresh{}, access: map[string]*access{}, renewed: map[string]int{}, apps: map[string]*appAccess{}}
}

// code is an authorization code.
type code struct {
	flow     flow // the sign-in that ended with it
	user     *account
	issued   time.Time
	redeemed bool
}

// refresh is a refresh token. It is not bound to a resource.
type refresh struct {
	user   *account
	app    string
	scope  string // as first asked for
	issued time.Time
	used   bool
	calls  []time.Time // of the last minute
}

// access is an access token.
type access struct {
	user     *account
	app      string
	audience string
	scopes   []string // full names
	expires  time.Time
}

// allows tells whether a token is for Outlook and carries the permission.
func (a access) allows(permission string) bool {
	return a.audience == outlookResource && slices.Contains(a.scopes, outlookResource+"/"+permission)
}

// access finds a token that is still good.
func (s *Simulator) access(token string) (access, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.grants.access[hash(token)]
	if a == nil || s.opts.Now().After(a.expires) {
		return access{}, false
	}
	return *a, true
}

// Refreshes is how often each address's refresh tokens were sent to the token endpoint, by lower-case
// address, whether that was granted or refused.
func (s *Simulator) Refreshes() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.grants.renewed)
}

// Expire ends the access tokens of an address at once and cuts the sessions that use them.
func (s *Simulator) Expire(address string) {
	s.mu.Lock()
	for key, a := range s.grants.access {
		if strings.EqualFold(a.user.Address, address) {
			delete(s.grants.access, key)
		}
	}
	s.mu.Unlock()
	s.touch()
	s.cut(address, byeExpired)
}

// Revoke is an administrator's "revoke all sessions": every refresh token of the address is void.
func (s *Simulator) Revoke(address string) error {
	a := s.account(address)
	if a == nil {
		return fmt.Errorf("no user %s", address)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a.revoked = s.opts.Now()
	s.touch()
	return nil
}

// WithdrawConsent takes back what the address consented to for an app.
func (s *Simulator) WithdrawConsent(address, appID string) error {
	a := s.account(address)
	if a == nil {
		return fmt.Errorf("no user %s", address)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(a.consents, appID)
	s.touch()
	return nil
}

// consented tells whether the user has agreed to all of the scopes for the app.
func (s *Simulator) consented(a *account, app string, all []string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, scope := range all {
		if !a.consents[app][scope] {
			return false
		}
	}
	return true
}

// consent notes that the user agrees.
func (s *Simulator) consent(a *account, app string, all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.consents[app] == nil {
		a.consents[app] = map[string]bool{}
	}
	for _, scope := range all {
		a.consents[app][scope] = true
	}
	s.touch()
}

// hash is the name a code or token is kept under: the thing itself is not.
func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// loops notes a call and tells whether it is the n-th with this token within a minute. Callers hold
// Simulator.mu.
func (t *refresh) loops(now time.Time, n int) bool {
	t.calls = append(slices.DeleteFunc(t.calls, func(at time.Time) bool { return now.Sub(at) >= time.Minute }), now)
	return n > 0 && len(t.calls) >= n
}
