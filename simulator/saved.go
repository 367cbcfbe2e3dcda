package simulator

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// saved is the state of a simulator as it lies in state.json. The messages' bytes lie beside it,
// each in a file named by its hash, so that a change rewrites only the small part.
type saved struct {
	Addresses addresses      `json:"addresses"`
	CA        string         `json:"ca"`
	Cert      []byte         `json:"cert"`
	CertKey   []byte         `json:"certKey"`
	Keys      [][]byte       `json:"keys"`
	Tenants   []*Tenant      `json:"tenants"`
	Apps      []*App         `json:"apps"`
	Accounts  []savedAccount `json:"accounts"`
	Refresh   []savedRefresh `json:"refresh"`
	Access    []savedAccess  `json:"access"`
}

type savedAccount struct {
	User     User                       `json:"user"`
	Consents map[string]map[string]bool `json:"consents"`
	Revoked  time.Time                  `json:"revoked"`
	Validity uint32                     `json:"validity"`
	Folders  []savedFolder              `json:"folders"`
}

type savedFolder struct {
	Name     string         `json:"name"`
	Role     role           `json:"role,omitempty"`
	Validity uint32         `json:"validity"`
	Next     uint32         `json:"next"`
	Messages []savedMessage `json:"messages"`
}

type savedMessage struct {
	UID   uint32    `json:"uid"`
	Flags flags     `json:"flags"`
	At    time.Time `json:"at"`
	Mail  string    `json:"mail"` // hash of its bytes
}

type savedRefresh struct {
	Hash   string    `json:"hash"`
	User   string    `json:"user"`
	App    string    `json:"app"`
	Scope  string    `json:"scope"`
	Issued time.Time `json:"issued"`
	Used   bool      `json:"used,omitempty"`
}

type savedAccess struct {
	Hash     string    `json:"hash"`
	User     string    `json:"user"`
	App      string    `json:"app"`
	Audience string    `json:"audience"`
	Scopes   []string  `json:"scopes"`
	Expires  time.Time `json:"expires"`
}

// snapshot copies the state, and the bytes of the mails by their hash.
func (s *Simulator) snapshot() (saved, map[string][]byte, error) {
	keys, err := s.keys.marshal()
	if err != nil {
		return saved{}, nil, err
	}
	now := s.opts.Now()
	mails := map[string][]byte{}
	s.mu.Lock()
	defer s.mu.Unlock()
	state := saved{
		Addresses: addresses{s.oauthAt.Addr().String(), s.imapAt.Addr().String(), s.smtpAt.Addr().String(), s.controlAt.Addr().String()},
		CA:        s.trust.caPEM,
		Cert:      s.trust.certPEM,
		CertKey:   s.trust.keyPEM,
		Keys:      keys,
		Tenants:   s.tenants,
	}
	for _, a := range s.apps {
		state.Apps = append(state.Apps, a)
	}
	for _, a := range s.accounts {
		state.Accounts = append(state.Accounts, a.save(mails))
	}
	for h, t := range s.grants.refresh {
		state.Refresh = append(state.Refresh, savedRefresh{h, t.user.Address, t.app, t.scope, t.issued, t.used})
	}
	for h, t := range s.grants.access {
		if now.After(t.expires) {
			delete(s.grants.access, h)
			continue
		}
		state.Access = append(state.Access, savedAccess{h, t.user.Address, t.app, t.audience, t.scopes, t.expires})
	}
	return state, mails, nil
}

func (a *account) save(mails map[string][]byte) savedAccount {
	a.box.mu.Lock()
	defer a.box.mu.Unlock()
	consents := map[string]map[string]bool{}
	for app, scopes := range a.consents {
		consents[app] = map[string]bool{}
		for scope := range scopes {
			consents[app][scope] = true
		}
	}
	out := savedAccount{User: a.User, Consents: consents, Revoked: a.revoked, Validity: a.box.validity}
	for _, f := range a.box.folders {
		sf := savedFolder{Name: f.name, Role: f.role, Validity: f.validity, Next: f.next}
		for _, m := range f.messages {
			if m.hash == "" {
				sum := sha256.Sum256(m.raw)
				m.hash = hex.EncodeToString(sum[:16])
			}
			mails[m.hash] = m.raw
			sf.Messages = append(sf.Messages, savedMessage{m.uid, m.flags, m.at, m.hash})
		}
		out.Folders = append(out.Folders, sf)
	}
	return out
}

func (s *Simulator) loadAccount(in savedAccount) error {
	tenant := s.tenant(in.User.Tenant)
	if tenant == nil {
		return fmt.Errorf("no tenant %s", in.User.Tenant)
	}
	box := &postbox{validity: in.Validity, watchers: map[chan struct{}]bool{}, touch: s.touch}
	for _, sf := range in.Folders {
		f := &folder{name: sf.Name, role: sf.Role, validity: sf.Validity, next: sf.Next}
		for _, m := range sf.Messages {
			raw, err := os.ReadFile(filepath.Join(s.opts.Dir, "mail", filepath.Base(m.Mail)))
			if err != nil {
				return err
			}
			f.messages = append(f.messages, &message{uid: m.UID, flags: m.Flags, at: m.At, raw: raw, hash: m.Mail})
		}
		box.folders = append(box.folders, f)
	}
	a := &account{User: in.User, tenant: tenant, box: box, consents: in.Consents, revoked: in.Revoked}
	if a.consents == nil {
		a.consents = map[string]map[string]bool{}
	}
	s.accounts[keyOf(in.User.Address)] = a
	return nil
}

func (s *Simulator) loadGrants(state saved) {
	for _, t := range state.Refresh {
		if a := s.account(t.User); a != nil {
			s.grants.refresh[t.Hash] = &refresh{user: a, app: t.App, scope: t.Scope, issued: t.Issued, used: t.Used}
		}
	}
	for _, t := range state.Access {
		if a := s.account(t.User); a != nil {
			s.grants.access[t.Hash] = &access{a, t.App, t.Audience, t.Scopes, t.Expires}
		}
	}
}

func (k *keyRing) marshal() ([][]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var list [][]byte
	for _, key := range k.keys {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return nil, err
		}
		list = append(list, der)
	}
	return list, nil
}

func (k *keyRing) unmarshal(list [][]byte) error {
	for _, der := range list {
		key, err := x509.ParsePKCS8PrivateKey(der)
		if err != nil {
			return fmt.Errorf("read signing key: %w", err)
		}
		private, ok := key.(*rsa.PrivateKey)
		if !ok {
			return errors.New("signing key is not RSA")
		}
		k.keys = append(k.keys, private)
	}
	return nil
}
