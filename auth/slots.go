package auth

import "postroom/store"

// withSecret does something that takes a provider's client secret.
func (c Connections) withSecret(p store.Provider, do func(Secret) error) error {
	secret, err := c.clientSecret(p)
	if err != nil {
		return err
	}
	return do(secret)
}
