package courier

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"postroom/store"
)

// secret is a client secret whose day is known.
type secret struct {
	id, name string
	ends     int64
}

// warnings are how many days before its end a secret is warned of.
var warnings = []int{0, 3, 14, 30}

// tellOfSecrets warns every administrator of client secrets that end.
func (c *Courier) tellOfSecrets(ctx context.Context) error {
	secrets, err := c.secrets(ctx)
	if err != nil {
		return err
	}
	users, err := c.Store.Users(ctx)
	if err != nil {
		return err
	}
	for _, s := range secrets {
		left := daysLeft(s.ends, c.now())
		due, ok := warningFor(left)
		if !ok {
			continue
		}
		for _, u := range users {
			if u.Role != store.RoleAdmin || u.DisabledAt != 0 {
				continue
			}
			n := Notice{Event: SecretExpires, To: u.Email, ToName: u.Name, Values: map[string]string{"provider": s.name, "days": strconv.Itoa(max(left, 0))}}
			name := fmt.Sprintf("secret %s %d %d %s", s.id, s.ends, due, u.ID)
			if err := c.postOnce(ctx, n, func(tx *store.Tx) (bool, error) { return tx.TellOnce(name) }); err != nil {
				return fmt.Errorf("warn of secret: %w", err)
			}
		}
	}
	return nil
}

// secrets are the client secrets whose end somebody has noted.
func (c *Courier) secrets(ctx context.Context) (all []secret, err error) {
	providers, err := c.Store.Providers(ctx)
	if err != nil {
		return nil, err
	}
	add := func(id, name string, ends int64) {
		if ends > 0 {
			all = append(all, secret{id, name, ends})
		}
	}
	for _, p := range providers {
		if p.Disabled {
			continue
		}
		add(p.ID+" 1", p.Name, p.SecretExpiresAt)
		add(p.ID+" 2", p.Name, p.SecondExpiresAt)
	}
	sender, ok, err := c.Store.Sender(ctx)
	if ok && sender.Kind == store.SenderMicrosoft {
		add("sender", sender.Address, sender.SecretExpiresAt)
	}
	return all, err
}

// daysLeft counts whole days that begin before the end; 0 or less once it is over.
func daysLeft(ends, now int64) int {
	const day = int64(24 * time.Hour / time.Millisecond)
	if ends <= now {
		return 0
	}
	return int((ends - now + day - 1) / day)
}

// warningFor is the warning that is due with so many days left: the closest one alone, for whoever
// enters the date late.
func warningFor(left int) (due int, ok bool) {
	for _, w := range warnings {
		if left <= w {
			return w, true
		}
	}
	return 0, false
}
