package simulator

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"slices"
)

// AppSecret is a further client secret of an app, beside App.Secret.
type AppSecret struct {
	Value   string `json:"value"`
	Expired bool   `json:"expired,omitempty"`
}

// newSecret has the look of one of Entra's: 40 characters.
func newSecret() string { return rand.Text() + "~" + rand.Text()[:13] }

// AddSecret gives an app, by name or id, another client secret; those that it has go on working.
func (s *Simulator) AddSecret(app string) (string, error) {
	secret := newSecret()
	return secret, s.changeApp(app, func(a *App) { a.Secrets = append(slices.Clone(a.Secrets), AppSecret{Value: secret}) })
}

// ExpireSecrets lets an app's client secret expire (AADSTS7000222); "" stands for all that it has.
func (s *Simulator) ExpireSecrets(app, secret string) error {
	return s.changeApp(app, func(a *App) {
		a.Secrets = slices.Clone(a.Secrets)
		for i := range a.Secrets {
			if secret == "" || a.Secrets[i].Value == secret {
				a.Secrets[i].Expired = true
			}
		}
		if secret == "" || a.Secret == secret {
			a.SecretExpired = true
		}
	})
}

// changeApp replaces an app: others may be reading the old one.
func (s *Simulator) changeApp(name string, change func(*App)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, a := range s.apps {
		if a.Name == name || id == name {
			changed := *a
			change(&changed)
			s.apps[id] = &changed
			s.touch()
			return nil
		}
	}
	return fmt.Errorf("no app %s", name)
}

// wrongSecret is the AADSTS number of what is wrong with a client secret; 0 when it is right.
func (a *App) wrongSecret(given string) int {
	for _, known := range append([]AppSecret{{a.Secret, a.SecretExpired}}, a.Secrets...) {
		if subtle.ConstantTimeCompare([]byte(given), []byte(known.Value)) != 1 {
			continue
		}
		if known.Expired {
			return 7000222
		}
		return 0
	}
	return 7000215
}

// secretless is an app as it may be shown.
func (a *App) secretless() App {
	shown := *a
	shown.Secret, shown.Secrets = "", nil
	return shown
}
