package server

import (
	"context"
	"fmt"
	"strconv"

	"postroom/auth"
	"postroom/store"
)

// keyring shows administrators how the key ring stands. It is changed on the machine, by `postroom
// secrets`, never over the web.
type keyring struct {
	keys *auth.Keys
}

// KeyRing is the keys that seal tokens and secrets here.
type KeyRing struct {
	Keys    []Key  `json:"keys"`
	Total   int64  `json:"total" doc:"Sealed values"`
	Done    int64  `json:"done" doc:"Of them, those under the primary key"`
	Refused string `json:"refused,omitempty" doc:"Why a changed key file was not taken"`
}

// Key is one key with what it seals. Nothing of the key itself is ever told.
type Key struct {
	ID      string    `json:"id"`
	Primary bool      `json:"primary" doc:"It seals what is new"`
	InFile  bool      `json:"inFile" doc:"False: what it seals cannot be opened here"`
	Kinds   []KeyKind `json:"kinds"`
}

// KeyKind is how many values of one kind a key seals.
type KeyKind struct {
	Kind  string `json:"kind" doc:"Such as mailboxes.grant"`
	What  string `json:"what" doc:"The kind in English words"`
	Count int64  `json:"count"`
}

func (h *keyring) show(ctx context.Context, _ store.User, _ *struct{}) (KeyRing, error) {
	status, err := h.keys.Status(ctx, false)
	if err != nil {
		return KeyRing{}, fmt.Errorf("status of the key ring: %w", err)
	}
	return wireKeyRing(status), nil
}

func wireKeyRing(status auth.KeyStatus) KeyRing {
	ring := KeyRing{Keys: each(status.Keys, wireKey), Refused: status.Refused}
	for _, key := range status.Keys {
		ring.Total += key.N()
		if key.Primary {
			ring.Done = key.N()
		}
	}
	return ring
}

func wireKey(key auth.KeyUse) Key {
	return Key{ID: strconv.FormatInt(key.ID, 10), Primary: key.Primary, InFile: key.InFile, Kinds: each(key.Kinds, func(k auth.KindUse) KeyKind {
		return KeyKind{Kind: k.Kind, What: k.What, Count: k.N}
	})}
}
