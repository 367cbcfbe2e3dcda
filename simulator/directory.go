package simulator

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// consumerTenant is the tenant id of all personal accounts.
const consumerTenant = "9188040d-6c67-4c5b-b112-36a304b66dad"

// Tenant is an organisation, or with Consumer the one tenant of personal accounts.
type Tenant struct {
	ID       string `json:"id"`     // GUID; made from the domain when blank
	Domain   string `json:"domain"` // its mail domain
	Name     string `json:"name"`
	Consumer bool   `json:"consumer,omitempty"`
}

// AppKind is the platform a redirect URI is registered for.
type AppKind string

// The platforms.
const (
	WebApp        AppKind = "web"    // confidential: needs its secret
	SinglePageApp AppKind = "spa"    // may redeem only from a browser
	PublicApp     AppKind = "public" // desktop or phone: has no secret
)

// App is an app registration.
type App struct {
	ID            string      `json:"id"`     // client id; made when blank
	Secret        string      `json:"secret"` // made when blank, unless the kind has none
	SecretExpired bool        `json:"secretExpired,omitempty"`
	Secrets       []AppSecret `json:"secrets,omitempty"` // further ones
	Name          string      `json:"name"`
	Tenant        string      `json:"tenant,omitempty"` // domain or id of its only tenant; "" for any organisation and personal accounts, "organizations" for any organisation
	RedirectURIs  []string    `json:"redirectUris"`
	Kind          AppKind     `json:"kind"`            // WebApp when blank
	Roles         []string    `json:"roles,omitempty"` // application permissions that an administrator has consented to, such as Mail.Send
}

// User is a person, or a shared mailbox, with everything that hangs on them.
type User struct {
	Address      string   `json:"address"` // primary SMTP address
	Name         string   `json:"name"`
	Password     string   `json:"password,omitempty"`     // asked for at sign-in; "" lets everybody in
	Tenant       string   `json:"tenant"`                 // domain or id, or "consumers" for a personal account; the address's domain when blank
	ObjectID     string   `json:"objectId"`               // made from the address when blank
	UPN          string   `json:"upn,omitempty"`          // sign-in name, when it is not the address
	Called       string   `json:"called,omitempty"`       // what id_tokens call the person: an alias that signs in at the web, and opens no mailbox
	Aliases      []string `json:"aliases,omitempty"`      // further addresses that mail arrives at; no IMAP user name
	Shared       bool     `json:"shared,omitempty"`       // a shared mailbox: nobody signs in as it
	Language     string   `json:"language,omitempty"`     // of the folder names: en, de, fr, ja
	FullAccess   []string `json:"fullAccess,omitempty"`   // users who may open this mailbox
	SendAs       []string `json:"sendAs,omitempty"`       // further addresses this user may send from
	IMAPDisabled bool     `json:"imapDisabled,omitempty"` // Set-CASMailbox -ImapEnabled $false
}

// account is a user with their mail. The User in it does not change.
type account struct {
	User
	tenant   *Tenant
	box      *postbox
	consents map[string]map[string]bool // app id → scopes consented; guarded by Simulator.mu
	revoked  time.Time                  // refresh tokens issued before are void; guarded by Simulator.mu
}

// login is what the id_token calls preferred_username.
func (a *account) login() string { return cmp.Or(a.UPN, a.Address) }

// scopes are the fault scopes the account falls under, the closest first.
func (a *account) scopes() []string {
	return []string{keyOf(a.Address), a.tenant.Domain, a.tenant.ID, "*"}
}

// AddTenant adds an organisation. Adding the same domain again changes nothing.
func (s *Simulator) AddTenant(t Tenant) (Tenant, error) {
	if t.Domain == "" {
		return Tenant{}, errors.New("a tenant needs a domain")
	}
	t.Domain = strings.ToLower(t.Domain)
	t.Name = cmp.Or(t.Name, t.Domain)
	switch {
	case t.Consumer:
		t.ID = consumerTenant
	case t.ID == "":
		t.ID = guidOf("tenant " + t.Domain)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, old := range s.tenants {
		if old.Domain == t.Domain {
			return *old, nil
		}
	}
	s.tenants = append(s.tenants, &t)
	s.touch()
	return t, nil
}

// AddApp registers an app and returns it with its id and secret. An app with a known id is
// replaced and keeps its secret when none is given.
func (s *Simulator) AddApp(a App) (App, error) {
	a.Kind = cmp.Or(a.Kind, WebApp)
	a.ID = cmp.Or(a.ID, uuid.NewString())
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.apps[a.ID]; old != nil {
		if a.Secret == "" {
			a.Secret, a.SecretExpired = old.Secret, old.SecretExpired
		}
		if a.Secrets == nil {
			a.Secrets = old.Secrets
		}
	}
	if a.Secret == "" && a.Kind == WebApp {
		a.Secret = newSecret()
	}
	s.apps[a.ID] = &a
	s.touch()
	return a, nil
}

// App finds an app registration by its name.
func (s *Simulator) App(name string) (App, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.apps {
		if a.Name == name {
			return *a, true
		}
	}
	return App{}, false
}

// AddUser adds a person with an empty mailbox, and their tenant when it is new.
func (s *Simulator) AddUser(u User) (User, error) {
	_, domain, ok := strings.Cut(u.Address, "@")
	if !ok || domain == "" {
		return User{}, fmt.Errorf("%q is not an address", u.Address)
	}
	u.Tenant = cmp.Or(u.Tenant, domain)
	u.Name = cmp.Or(u.Name, u.Address)
	u.ObjectID = cmp.Or(u.ObjectID, guidOf("user "+strings.ToLower(u.Address)))
	names, err := folderNames(u.Language)
	if err != nil {
		return User{}, fmt.Errorf("add %s: %w", u.Address, err)
	}
	personal := u.Tenant == "consumers"
	if personal {
		u.Tenant = domain
	}
	if s.tenant(u.Tenant) == nil {
		if _, err := s.AddTenant(Tenant{Domain: u.Tenant, Consumer: personal}); err != nil {
			return User{}, err
		}
	}
	tenant := s.tenant(u.Tenant)

	s.mu.Lock()
	defer s.mu.Unlock()
	if s.accounts[keyOf(u.Address)] != nil {
		return User{}, fmt.Errorf("%s exists already", u.Address)
	}
	s.accounts[keyOf(u.Address)] = &account{
		User:     u,
		tenant:   tenant,
		box:      newPostbox(names, s.touch),
		consents: map[string]map[string]bool{},
	}
	s.touch()
	return u, nil
}

// tenant finds a tenant by domain, id, or "consumers".
func (s *Simulator) tenant(name string) *Tenant {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tenants {
		if strings.EqualFold(t.Domain, name) || strings.EqualFold(t.ID, name) || name == "consumers" && t.Consumer {
			return t
		}
	}
	return nil
}

// account finds a user by primary address or sign-in name; nil when there is none.
func (s *Simulator) account(name string) *account {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accountLocked(name)
}

func (s *Simulator) accountLocked(name string) *account {
	if a := s.accounts[keyOf(name)]; a != nil {
		return a
	}
	for _, a := range s.accounts {
		if a.UPN != "" && strings.EqualFold(a.UPN, name) {
			return a
		}
	}
	return nil
}

// recipient finds whose mailbox an address is delivered to, aliases included. local tells whether
// the address is in a domain of the simulator at all.
func (s *Simulator) recipient(address string) (a *account, local bool) {
	if a := s.account(address); a != nil {
		return a, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.accounts {
		for _, alias := range a.Aliases {
			if strings.EqualFold(alias, address) {
				return a, true
			}
		}
	}
	_, domain, _ := strings.Cut(address, "@")
	for _, t := range s.tenants {
		if strings.EqualFold(t.Domain, domain) {
			return nil, true
		}
	}
	return nil, false
}

// guidOf makes the same GUID of the same name, so that a rebuilt demo has the same identities.
func guidOf(name string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("simulator "+name)).String()
}

// keyOf is the form of an address that compares.
func keyOf(address string) string { return strings.ToLower(address) }
