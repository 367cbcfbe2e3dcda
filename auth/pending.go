package auth

import (
	"encoding/json"
	"errors"
	"fmt"

	"postroom/problem"
	"postroom/store"
)

// pending is what an attempt goes on with from one question to the next, sealed in its row: the code
// until it is redeemed, then the grant and whose it is, and what the person has answered.
type pending struct {
	ProviderVersion int64 // a provider that was changed meanwhile gets neither code nor token

	Code, Verifier  Secret
	Nonce, Iss      string
	Access, Refresh Secret
	Who             claims

	Login       string // the mailbox's name, as the person typed it
	ReceiveOnly bool
}

func (h pending) granted() bool { return h.Refresh != "" }

// plain is pending as it is sealed: secrets as such do not let themselves be encoded.
type plain struct {
	pending
	Code, Verifier, Access, Refresh string
}

func (c Connections) seal(a store.Attempt, h pending) (store.Sealed, error) {
	clear, err := json.Marshal(plain{h, h.Code.Reveal(), h.Verifier.Reveal(), h.Access.Reveal(), h.Refresh.Reveal()})
	if err != nil {
		return nil, fmt.Errorf("encode what is held: %w", err)
	}
	return c.Keys.Seal(Secret(clear), heldAt(a))
}

func (c Connections) unseal(a store.Attempt) (pending, error) {
	opened, err := c.Keys.Open(a.Held, heldAt(a))
	if err != nil {
		return pending{}, problem.Wrap(problem.Interrupted, "", err)
	}
	var o plain
	if json.Unmarshal([]byte(opened.Reveal()), &o) != nil {
		return pending{}, problem.Wrap(problem.Interrupted, "", errors.New("what is held cannot be read"))
	}
	h := o.pending
	h.Code, h.Verifier, h.Access, h.Refresh = Secret(o.Code), Secret(o.Verifier), Secret(o.Access), Secret(o.Refresh)
	return h, nil
}
