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

// The sealed columns, all of them. Each says where one row's value belongs.

func grantAt(box store.Mailbox, version int64) Where {
	return Where{Table: "mailboxes", Column: "grant", Row: box.ID, Owner: box.UserID, Version: version}
}

func clientSecretAt(providerID string, version int64) Where {
	return Where{Table: "providers", Column: "client_secret", Row: providerID, Version: version}
}

// verifierAt is bound to the provider's version too: when the operator changes a provider while
// somebody is at its sign-in page, the answer is not sent to the new place.
func verifierAt(a store.Authorization, provider store.Provider) Where {
	return Where{Table: "authorizations", Column: "verifier", Row: a.StateHash + "|" + a.ProviderID, Owner: a.UserID, Version: provider.Version}
}

func keyCheckAt() Where {
	return Where{Table: "settings", Column: "value", Row: settingKeyCheck}
}
