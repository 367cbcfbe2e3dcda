package courier

import (
	"context"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// Post gives c a notice to send. It returns once the notice is safe, not once it is sent.
func (c *Courier) Post(ctx context.Context, n Notice) error {
	row, err := c.write(ctx, n)
	if err != nil {
		return err
	}
	return c.Store.Tx(ctx, func(tx *store.Tx) error { return tx.AddNotice(&row) })
}

// write makes n's words and seals its link.
func (c *Courier) write(ctx context.Context, n Notice) (store.Notice, error) {
	sender, ok, err := c.Store.Sender(ctx)
	if err != nil {
		return store.Notice{}, err
	}
	row := store.Notice{
		ID: store.NewID(), Event: string(n.Event), Recipient: n.To, ToName: n.ToName, CausedBy: n.By,
		Status: store.NoticeQueued, Sender: sender.Address,
	}
	if !ok {
		row.Status, row.Problem = store.NoticeDropped, problem.New(problem.SenderMissing, "")
	}
	words, err := c.wording(ctx, n.Event, languageOf(sender))
	if err != nil {
		return store.Notice{}, err
	}
	filled := words.fill(c.values(ctx, n, words.Language))
	row.Subject, row.Text, row.HTML = filled.Subject, filled.Text, filled.HTML
	if n.Link != "" && ok {
		if row.Link, err = c.Keys.Seal(n.Link, auth.NoticeLinkAt(row.ID)); err != nil {
			return store.Notice{}, err
		}
	}
	return row, nil
}

// values are the words that n's template may put in.
func (c *Courier) values(ctx context.Context, n Notice, language string) map[string]string {
	values := map[string]string{"name": n.ToName, "postroom": c.PublicURL, "link": linkMark}
	if n.ToName == "" {
		values["name"] = n.To
	}
	if n.By != "" {
		if by, err := c.Store.User(ctx, n.By); err == nil {
			values["by"] = by.Name
		}
	}
	for name, value := range n.Values {
		if name != "link" {
			values[name] = value
		}
	}
	switch n.Event {
	case SecretExpires:
		values["expires"] = expiry(values["days"], language)
	case MailboxSilent:
		values["usual"] = rhythm(values["usual"], language)
	}
	return values
}

// languageOf is the language of the mails; English where nothing else was chosen.
func languageOf(s store.Sender) string {
	if s.Language == "" {
		return "en"
	}
	return s.Language
}
