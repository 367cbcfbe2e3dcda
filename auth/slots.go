package auth

import (
	"context"

	"postroom/problem"
	"postroom/store"
)

// slot is one of a provider's two places for a client secret. Two live side by side while one takes
// over from the other.
type slot struct {
	name   string // as people call it
	second bool
	sealed store.Sealed
	setAt  int64
	where  Where
}

type slots struct{ first, second slot }

func slotsOf(p store.Provider) slots {
	return slots{
		slot{"client secret", false, p.ClientSecret, p.SecretSetAt, clientSecretAt(p.ID, p.Version)},
		slot{"second client secret", true, p.SecondSecret, p.SecondSetAt, secondSecretAt(p.ID, p.Version)},
	}
}

// tried are the slots that hold something, the one that worked last first; or one without a secret.
func tried(p store.Provider) []slot {
	s := slotsOf(p)
	order := []slot{s.first, s.second}
	if p.SecondFirst {
		order = []slot{s.second, s.first}
	}
	var full []slot
	for _, slot := range order {
		if len(slot.sealed) > 0 {
			full = append(full, slot)
		}
	}
	if len(full) == 0 {
		return []slot{s.first}
	}
	return full
}

// open opens a slot's secret; it is empty where there is none.
func (c Connections) open(p store.Provider, s slot) (Secret, error) {
	if len(s.sealed) == 0 {
		return "", nil
	}
	secret, err := c.Keys.Open(s.sealed, s.where)
	if err != nil {
		return "", problem.Wrap(problem.SecretUnreadable, "The "+s.name+" of “"+p.Name+"” cannot be opened.", err)
	}
	return secret, nil
}

// withSecret does something that takes a provider's client secret, at most once with each of its
// secrets: when the sign-in service does not take one, the other is tried, and the one that works is
// remembered. When neither does, that is the provider's problem: an administrator reads of it once,
// not at each mailbox. A success ends it. do must fail with problem.ProviderSecret where the service
// refused the client, and with that alone may it be called again.
func (c Connections) withSecret(ctx context.Context, p store.Provider, do func(Secret) error) error {
	var refused error
	for _, slot := range tried(p) {
		secret, err := c.open(p, slot)
		if err == nil {
			err = do(secret)
		}
		if !problem.Is(err, problem.ProviderSecret) && !problem.Is(err, problem.SecretUnreadable) {
			if tookClient(err) {
				c.works(ctx, p, slot)
			}
			return err
		}
		if refused == nil || problem.Is(err, problem.ProviderSecret) {
			refused = err
		}
	}
	c.blame(ctx, p, problem.Of(refused))
	return refused
}

// tookClient reports whether the service knew us, whatever it thought of the grant.
func tookClient(err error) bool {
	p := problem.Of(err)
	return err == nil || p != nil && p.Who == problem.You && p.Code != problem.AddressBlocked
}

// works remembers the secret that the service took.
func (c Connections) works(ctx context.Context, p store.Provider, s slot) {
	if p.SecondFirst == s.second && p.Problem == nil || len(s.sealed) == 0 && p.Problem == nil {
		return
	}
	err := c.Store.Tx(ctx, func(tx *store.Tx) error {
		changed, err := tx.PreferSecret(p.ID, p.Version, s.second)
		if err != nil {
			return err
		}
		if changed {
			c.Log.WarnContext(ctx, "changed over to another client secret", "provider", p.ID, "slot", s.name)
			if err := tx.AddAudit(store.AuditEntry{Action: "provider.secret", Subject: p.ID, Detail: "The " + s.name + " took over: the other one was refused."}); err != nil {
				return err
			}
		}
		_, err = tx.SetProviderProblem(p.ID, p.Version, nil)
		return err
	})
	if err != nil {
		c.Log.ErrorContext(ctx, "remember client secret", "provider", p.ID, "err", err)
	}
}

// blame notes why none of p's secrets works.
func (c Connections) blame(ctx context.Context, p store.Provider, why *problem.Problem) {
	if why == nil || p.ID == "" {
		return
	}
	var news bool
	err := c.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		news, err = tx.SetProviderProblem(p.ID, p.Version, why)
		return err
	})
	switch {
	case err != nil:
		c.Log.ErrorContext(ctx, "note problem of provider", "provider", p.ID, "err", err)
	case news:
		c.Log.ErrorContext(ctx, "no client secret of this provider works", "provider", p.ID, "problem", string(why.Code), "err", why.Unwrap())
	}
}
