package courier

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"postroom/store"
)

// watch tells people, once, what they have to know, until ctx ends. Without a sender nobody is told by
// mail, and nothing is noted as told.
func (c *Courier) watch(ctx context.Context) error {
	wake, unwatch := c.Store.WatchTellings()
	defer unwatch()
	tick := time.NewTicker(c.Timing.Watch)
	defer tick.Stop()
	for {
		if err := c.look(ctx); err != nil && ctx.Err() == nil {
			c.Log.Error("look for what people have to know", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		case <-tick.C:
		}
	}
}

func (c *Courier) look(ctx context.Context) error {
	if ready, err := c.Ready(ctx); err != nil || !ready {
		return err
	}
	if err := c.Store.Tx(ctx, func(tx *store.Tx) error { return tx.ForgetTold() }); err != nil {
		return err
	}
	boxes, err := c.Store.MailboxesToTell(ctx)
	if err != nil {
		return err
	}
	for _, box := range boxes {
		if err := c.tellOwner(ctx, box); err != nil {
			return fmt.Errorf("tell owner of mailbox %s: %w", box.ID, err)
		}
	}
	return c.tellOfSecrets(ctx)
}

// tellOwner writes to the address that the owner signs in with. When that is the broken mailbox itself
// there is no other: the mail arrives there all the same, and is read in Outlook.
func (c *Courier) tellOwner(ctx context.Context, box store.Mailbox) error {
	owner, err := c.Store.User(ctx, box.UserID)
	if err != nil {
		return err
	}
	to := Notice{To: owner.Email, ToName: owner.Name}
	if box.State == store.NeedsYou && box.ToldAt == 0 {
		to.Event, to.Values = MailboxNeedsYou, map[string]string{"address": box.Address}
		if box.Problem != nil {
			to.Values["title"], to.Values["action"] = box.Problem.Title, box.Problem.Action
		}
		if err := c.postOnce(ctx, to, func(tx *store.Tx) (bool, error) { return tx.TellOwner(box.ID) }); err != nil {
			return err
		}
	}
	if box.SilentSince == 0 {
		return nil
	}
	to.Event = MailboxSilent
	to.Values = map[string]string{"address": box.Address, "since": c.dayOf(box.SilentSince), "usual": strconv.FormatInt(box.UsualPerDay, 10)}
	name := fmt.Sprintf("silent %s %d", box.ID, box.SilentSince)
	return c.postOnce(ctx, to, func(tx *store.Tx) (bool, error) { return tx.TellOnce(name) })
}

// postOnce posts n in the transaction in which first says that it is news.
func (c *Courier) postOnce(ctx context.Context, n Notice, first func(*store.Tx) (bool, error)) error {
	row, err := c.write(ctx, n)
	if err != nil {
		return err
	}
	return c.Store.Tx(ctx, func(tx *store.Tx) error {
		if news, err := first(tx); err != nil || !news {
			return err
		}
		return tx.AddNotice(&row)
	})
}

func (c *Courier) dayOf(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02")
}
