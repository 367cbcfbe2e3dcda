package courier

import (
	"context"

	"postroom/problem"
	"postroom/store"
)

// SendTest sends a test mail now and returns its line of the log.
func (c *Courier) SendTest(ctx context.Context, by store.User, to string) (store.Notice, error) {
	sender, ok, err := c.Store.Sender(ctx)
	if err != nil {
		return store.Notice{}, err
	}
	if !ok {
		return store.Notice{}, problem.New(problem.SenderMissing, "")
	}
	row, err := c.write(ctx, Notice{Event: Test, To: to, By: by.ID})
	if err != nil {
		return store.Notice{}, err
	}
	row.Status, row.Attempts, row.NextAt = store.NoticeSending, 1, c.lease()
	if err := c.Store.Tx(ctx, func(tx *store.Tx) error { return tx.AddNotice(&row) }); err != nil {
		return store.Notice{}, err
	}
	ctx, release := outlive(ctx, c.Timing.Send)
	defer release()
	return row, c.conclude(ctx, &row, sender, c.send(ctx, row, sender))
}
