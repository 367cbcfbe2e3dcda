package auth

import (
	"fmt"

	"postroom/store"
)

// Where is the place that a sealed value belongs to. It is bound into the seal: a value moved to
// another row, column or owner, or put back after a newer one, does not open.
type Where struct {
	Table, Column string
	Row           string
	Owner         string // user the row belongs to; empty when it belongs to the installation
	Version       int64
}

func (w Where) bytes() []byte {
	return fmt.Appendf(nil, "postroom|%s|%s|%s|%s|%d", w.Table, w.Column, w.Row, w.Owner, w.Version)
}

// whereOf is the place of a value as store.SealedColumns describes it. It says the same as the
// functions below, by which values are sealed and opened one at a time.
func whereOf(c store.SealedColumn, r store.SealedRow) Where {
	return Where{Table: c.Table, Column: c.Name, Row: r.Row, Owner: r.Owner, Version: r.Version}
}

// The places of sealed values. Each column stands in store.SealedColumns too: what does not is lost
// when its key is replaced.

func grantAt(box store.Mailbox, version int64) Where {
	return Where{Table: "mailboxes", Column: "grant", Row: box.ID, Owner: box.UserID, Version: version}
}

// accessAt is bound to the grant's version: the token of an earlier grant does not open.
func accessAt(box store.Mailbox, version int64) Where {
	return Where{Table: "mailboxes", Column: "access", Row: box.ID, Owner: box.UserID, Version: version}
}

func clientSecretAt(providerID string, version int64) Where {
	return Where{Table: "providers", Column: "client_secret", Row: providerID, Version: version}
}

// verifierAt is bound to the provider's version too: when the operator changes a provider while
// somebody is at its sign-in page, the answer is not sent to the new place.
func verifierAt(a store.Authorization, provider store.Provider) Where {
	return Where{Table: "authorizations", Column: "verifier", Row: a.StateHash + "|" + a.ProviderID, Owner: a.UserID, Version: provider.Version}
}

// heldAt is what an attempt goes on with: the code, then the grant.
func heldAt(a store.Attempt) Where {
	return Where{Table: "attempts", Column: "held", Row: a.ID, Owner: a.UserID}
}

// secondSecretAt is the provider's other slot.
func secondSecretAt(providerID string, version int64) Where {
	return Where{Table: "providers", Column: "second_secret", Row: providerID, Version: version}
}

func signInSecretAt(providerID string, version int64) Where {
	return Where{Table: "sign_in_providers", Column: "client_secret", Row: providerID, Version: version}
}

// tripAt is bound to the provider's version too, as verifierAt is.
func tripAt(t store.SignInTrip, version int64) Where {
	return Where{Table: "sign_in_trips", Column: "verifier", Row: t.StateHash + "|" + t.ProviderID, Owner: t.UserID, Version: version}
}

func authenticatorAt(a store.Authenticator) Where {
	return Where{Table: "authenticators", Column: "secret", Row: a.UserID, Owner: a.UserID, Version: a.CreatedAt}
}

// SettingAt is a secret of the whole installation, kept by Tx.SetSealedSetting.
func SettingAt(name string) Where {
	return Where{Table: "sealed_settings", Column: "value", Row: name}
}

func keyCheckAt() Where {
	return Where{Table: "key_checks", Column: "sealed"}
}

// NoticeLinkAt is where the link of a notice belongs.
func NoticeLinkAt(id string) Where {
	return Where{Table: "notices", Column: "link_sealed", Row: id}
}

// SenderSecretAt is where the password or client secret of this version of the sender belongs.
func SenderSecretAt(version int64) Where {
	return Where{Table: "senders", Column: "secret_sealed", Row: "system", Version: version}
}
