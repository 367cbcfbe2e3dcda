package store

import (
	"context"

	"gorm.io/gorm/clause"

	"postroom/problem"
)

// SignInProvider is a service that people may sign in to this Postroom with. It opens no mail, and its
// registration is apart from those of Provider.
type SignInProvider struct {
	ID             string `gorm:"primaryKey"` // ULID
	Name           string // shown on the button: "Microsoft"
	Kind           ProviderKind
	Authority      string // as of Provider
	Tenant         string
	ClientID       string
	ClientSecret   Sealed
	SecretKeyID    int64 // filled by the store
	SecretHint     string
	SecretSetAt    int64
	Version        int64  // rises with every change; part of the sealed secret's associated data
	AllowedTenants string // space-separated tenant ids; empty: all that the authority lets in
	CAPEM          string // further trust roots, PEM; may be empty
	Admits         bool   // whoever is unknown becomes a member; else nobody but by invitation
	Disabled       bool
	CreatedAt      int64 `gorm:"autoCreateTime:false"`
}

// SignInTrip is one trip to such a service and back.
type SignInTrip struct {
	StateHash     string `gorm:"primaryKey"` // SHA-256 of the state parameter, hex
	SessionHash   string // binds it to the browser session that began it
	Purpose       TripPurpose
	ProviderID    string
	UserID        string // LinkTrip: whose account; else empty
	InvitationID  string // InvitationTrip
	Next          string // a path of our own, to go on at
	Nonce         string
	Verifier      Sealed // PKCE
	VerifierKeyID int64  // filled by the store
	CreatedAt     int64  `gorm:"autoCreateTime:false"`
	ExpiresAt     int64
}

// TripPurpose is what a SignInTrip is for.
type TripPurpose string

// Purposes.
const (
	LoginTrip      TripPurpose = "login"
	LinkTrip       TripPurpose = "link"       // somebody signed in adds a way to sign in
	InvitationTrip TripPurpose = "invitation" // somebody invited becomes a user
)

// Identity is an account elsewhere that signs a user in. It is known by issuer, tenant and object id,
// never by an address.
type Identity struct {
	ID         string `gorm:"primaryKey"` // ULID
	UserID     string
	ProviderID string
	Issuer     string
	TenantID   string
	ObjectID   string
	Name       string // what the account was called at last; for showing
	CreatedAt  int64  `gorm:"autoCreateTime:false"`
	UsedAt     int64
}

// SignInProviders returns all of them, disabled ones too, oldest first.
func (s *Store) SignInProviders(ctx context.Context) (ps []SignInProvider, err error) {
	err = s.db.read.WithContext(ctx).Order("created_at, id").Find(&ps).Error
	return ps, failed("list sign-in providers", err)
}

// SignInProvider returns one of them.
func (s *Store) SignInProvider(ctx context.Context, id string) (p SignInProvider, err error) {
	err = s.db.read.WithContext(ctx).Where("id = ?", id).Take(&p).Error
	return p, failed("read sign-in provider", err)
}

// AddSignInProvider adds p and fills SecretKeyID and CreatedAt.
func (tx *Tx) AddSignInProvider(p *SignInProvider) error {
	p.CreatedAt, p.SecretKeyID = tx.s.Now(), p.ClientSecret.keyID()
	return failed("add sign-in provider", tx.db.Create(p).Error)
}

// UpdateSignInProvider writes p over the version that it was read with, and raises Version. It is a
// problem.Conflict when somebody else was quicker.
func (tx *Tx) UpdateSignInProvider(p *SignInProvider) error {
	old := p.Version
	p.Version, p.SecretKeyID = old+1, p.ClientSecret.keyID()
	result := tx.db.Model(&SignInProvider{}).Where("id = ? AND version = ?", p.ID, old).
		Select("*").Omit("ID", "CreatedAt").Updates(p)
	if result.Error == nil && result.RowsAffected == 0 {
		return problem.New(problem.Conflict, "The provider was changed or removed in the meantime.")
	}
	return failed("update sign-in provider", result.Error)
}

// DeleteSignInProvider removes a provider with every identity of it.
func (tx *Tx) DeleteSignInProvider(id string) error {
	return touched("delete sign-in provider", tx.db.Where("id = ?", id).Delete(&SignInProvider{}))
}

// AddTrip notes a trip.
func (tx *Tx) AddTrip(t SignInTrip) error {
	t.CreatedAt, t.VerifierKeyID = tx.s.Now(), t.Verifier.keyID()
	return failed("add trip", tx.db.Create(&t).Error)
}

// TakeTrip removes a trip and returns it, so that its answer counts once. The caller looks at ExpiresAt
// and at whose it is.
func (tx *Tx) TakeTrip(stateHash string) (SignInTrip, error) {
	var t []SignInTrip
	result := tx.db.Clauses(clause.Returning{}).Where("state_hash = ?", stateHash).Delete(&t)
	if err := touched("take trip", result); err != nil {
		return SignInTrip{}, err
	}
	return t[0], nil
}

// IdentityOf returns the identity of an account elsewhere.
func (s *Store) IdentityOf(ctx context.Context, issuer, tenantID, objectID string) (i Identity, err error) {
	err = s.db.read.WithContext(ctx).
		Where("issuer = ? AND tenant_id = ? AND object_id = ?", issuer, tenantID, objectID).Take(&i).Error
	return i, failed("look for identity", err)
}

// Identities returns a user's identities, oldest first.
func (s *Store) Identities(ctx context.Context, userID string) (is []Identity, err error) {
	err = s.db.read.WithContext(ctx).Where("user_id = ?", userID).Order("created_at, id").Find(&is).Error
	return is, failed("list identities", err)
}

// AddIdentity adds an identity. It is a problem.Conflict when the account signs somebody in already.
func (tx *Tx) AddIdentity(i *Identity) error {
	i.ID, i.CreatedAt = NewID(), tx.s.Now()
	return failed("add identity", tx.db.Create(i).Error)
}

// UseIdentity notes that an identity signed its user in, and what it is called now.
func (tx *Tx) UseIdentity(id, name string) error {
	return touched("use identity", tx.db.Model(&Identity{}).Where("id = ?", id).
		Updates(map[string]any{"name": name, "used_at": tx.s.Now()}))
}

// DeleteIdentity takes a way to sign in away from a user.
func (tx *Tx) DeleteIdentity(userID, id string) error {
	return touched("delete identity", tx.db.Where("id = ? AND user_id = ?", id, userID).Delete(&Identity{}))
}
