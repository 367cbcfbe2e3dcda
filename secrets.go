package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"postroom/auth"
	"postroom/store"
)

// secretsCommand is what a person does with the key ring. Every command works beside a running
// Postroom. docs/keys.md tells in which order.
type secretsCommand struct {
	Status  secretsStatus  `cmd:"" help:"Print each key and what it seals."`
	Add     secretsAdd     `cmd:"" help:"Add a key to the key file. It opens, but seals nothing before it is the primary one."`
	Primary secretsPrimary `cmd:"" help:"Have a key seal everything that is new."`
	Rotate  secretsRotate  `cmd:"" help:"Seal everything anew with the primary key. May be stopped and begun again."`
	Forget  secretsForget  `cmd:"" help:"Take a key out of the key file that seals nothing any more."`
}

// openBeside opens the database for a command.
func (c *Config) openBeside(ctx context.Context) (*store.Store, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	st, err := store.Open(ctx, store.Config{Database: c.Database, Dir: c.Data, Blobs: c.Blobs, Beside: true, Log: c.logger()})
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	return st, nil
}

// withKeys opens database and key ring for a command.
func (c *Config) withKeys(ctx context.Context, do func(*auth.Keys) error) error {
	st, err := c.openBeside(ctx)
	if err != nil {
		return err
	}
	keys, _, err := auth.OpenKeys(ctx, st, c.KeysFile)
	if err == nil {
		err = do(keys)
	}
	return errors.Join(err, st.Close())
}

type secretsStatus struct {
	Config
	Check bool `help:"Open every value, and fail when one does not open."`
}

// Run prints what each key seals.
func (c *secretsStatus) Run(ctx context.Context, out io.Writer) error {
	return c.withKeys(ctx, func(keys *auth.Keys) error {
		status, err := keys.Status(ctx, c.Check)
		if err != nil {
			return err
		}
		return printStatus(out, status, c.Check)
	})
}

func printStatus(out io.Writer, status auth.KeyStatus, checked bool) error {
	var values, unreadable int64
	for _, key := range status.Keys {
		fmt.Fprintf(out, "key %d%s\n", key.ID, keyNote(key))
		for _, kind := range key.Kinds {
			fmt.Fprintf(out, "  %s: %d", kind.What, kind.N)
			if kind.Unreadable > 0 {
				fmt.Fprintf(out, ", of which %d do not open", kind.Unreadable)
			}
			fmt.Fprintln(out)
			values, unreadable = values+kind.N, unreadable+kind.Unreadable
		}
	}
	switch {
	case unreadable > 0:
		return fmt.Errorf("%d of %d values do not open", unreadable, values)
	case checked:
		fmt.Fprintf(out, "all %d values open\n", values)
	}
	return nil
}

func keyNote(key auth.KeyUse) string {
	switch {
	case key.Primary:
		return " (primary: seals what is new)"
	case !key.InFile:
		return " (not in the key file)"
	case len(key.Kinds) == 0:
		return " (seals nothing: may be forgotten)"
	}
	return ""
}

type secretsAdd struct {
	Config
	Primary bool `help:"Make it the primary key at once. With several replicas only when they share the key file."`
}

// Run adds a key and says what comes next.
func (c *secretsAdd) Run(ctx context.Context, out io.Writer) error {
	return c.withKeys(ctx, func(keys *auth.Keys) error {
		id, err := keys.Add(ctx, c.Primary)
		if err != nil {
			return err
		}
		if c.Primary {
			fmt.Fprintf(out, "key %d added; it seals everything that is new.\nNext: back up %s, then `postroom secrets rotate`.\n", id, c.KeysFile)
			return nil
		}
		fmt.Fprintf(out, "key %d added; it opens, but seals nothing yet.\nNext: back up %s and copy it to every replica, then `postroom secrets primary %d`.\n", id, c.KeysFile, id)
		return nil
	})
}

type secretsPrimary struct {
	Config
	Key int64 `arg:"" help:"Id of the key."`
}

// Run makes a key the primary one.
func (c *secretsPrimary) Run(ctx context.Context, out io.Writer) error {
	return c.withKeys(ctx, func(keys *auth.Keys) error {
		if err := keys.MakePrimary(c.Key); err != nil {
			return err
		}
		fmt.Fprintf(out, "key %d seals everything that is new.\nNext: copy %s to every replica, then `postroom secrets rotate`.\n", c.Key, c.KeysFile)
		return nil
	})
}

type secretsRotate struct{ Config }

// Run rotates and says how far it has come.
func (c *secretsRotate) Run(ctx context.Context, out io.Writer) error {
	return c.withKeys(ctx, func(keys *auth.Keys) error {
		shown := int64(-1)
		r, err := keys.Rotate(ctx, func(r auth.Rotation) {
			if tenth := 10 * r.Done / max(r.Total, 1); tenth != shown {
				shown = tenth
				fmt.Fprintf(out, "%d/%d\n", r.Done, r.Total)
			}
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "rotated: %d/%d values are under the primary key\n", r.Done, r.Total)
		switch {
		case r.Unreadable > 0:
			return fmt.Errorf("%d values do not open and stay under their old key; `postroom secrets status --check` counts them", r.Unreadable)
		case r.Done < r.Total:
			return errors.New("some values were sealed with another key meanwhile: copy the key file to every replica, then rotate again")
		}
		return nil
	})
}

type secretsForget struct {
	Config
	Key  int64 `arg:"" help:"Id of the key."`
	Lose bool  `help:"The key is lost for good: give up all that it seals. Its mailboxes have to be connected again."`
}

// Run forgets a key.
func (c *secretsForget) Run(ctx context.Context, out io.Writer) error {
	if c.Lose {
		return c.lose(ctx, out)
	}
	return c.withKeys(ctx, func(keys *auth.Keys) error {
		if err := keys.Forget(ctx, c.Key); err != nil {
			return err
		}
		fmt.Fprintf(out, "key %d forgotten.\nKeep it with the backups that need it. Next: copy %s to every replica.\n", c.Key, c.KeysFile)
		return nil
	})
}

func (c *secretsForget) lose(ctx context.Context, out io.Writer) error {
	st, err := c.openBeside(ctx)
	if err != nil {
		return err
	}
	lost, err := auth.LoseKey(ctx, st, c.KeysFile, c.Key)
	if err == nil {
		fmt.Fprintf(out, "key %d and what it sealed are given up: %s.\nIts mailboxes ask their owners to sign in again; client secrets have to be entered again.\n", c.Key, lost)
	}
	return errors.Join(err, st.Close())
}
