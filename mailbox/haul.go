package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"postroom/store"
)

// haul brings what is missing here in bulk, on a connection of its own that lives no longer than
// that takes: after much mail a connection keeps large buffers. It returns an error only when that
// concerns all of the mailbox's connections.
func (w *worker) haul(ctx context.Context) error {
	back := backoff{least: w.Timing.LeastWait, most: w.Timing.MostWait}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.behind:
		}
		for len(w.unhauled()) > 0 {
			began := time.Now()
			err := w.haulOnce(ctx)
			if errors.Is(err, errNoSecond) && back.fails > 1 {
				err = w.haulOnLine(ctx)
			}
			var token tokenError
			switch {
			case ctx.Err() != nil:
				return nil
			case err == nil:
				continue
			case throttleOf(err) != nil, errors.As(err, &token):
				return err
			}
			if w.lively.Load() > began.UnixNano() {
				back.reset()
			}
			wait := back.next()
			w.log.Info("haul interrupted", "err", err, "retry", wait)
			if !sleep(ctx, wait) {
				return nil
			}
		}
		if err := w.healthy(ctx); err != nil && ctx.Err() == nil {
			w.log.Error("write mailbox state", "err", err)
		}
	}
}

// sleep waits and reports whether ctx still lives.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// unhauled returns the folders of which not everything is here, in order.
func (w *worker) unhauled() (folders []store.Folder) {
	w.mu.Lock()
	all := slices.Clone(w.folders)
	w.mu.Unlock()
	for _, f := range all {
		if w.cursor(f.ID).LowUID != 1 {
			folders = append(folders, f)
		}
	}
	return folders
}

func (w *worker) haulOnce(ctx context.Context) error {
	s, _, err := w.connect(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", errNoSecond, err)
	}
	defer s.close()
	for _, f := range w.unhauled() {
		err := w.haulFolder(ctx, s, f)
		if refused(err) && throttleOf(err) == nil {
			w.log.Info("folder cannot be opened", "folder", f.ID, "err", err)
			w.setAside(f)
			continue
		}
		if err != nil {
			return fmt.Errorf("folder %d: %w", f.ID, err)
		}
	}
	return nil
}

// errNoSecond is a haul that found no connection: others use up what the server allows.
var errNoSecond = errors.New("no second connection")

// haulOnLine hauls one folder on the line's connection, which hears of nothing else meanwhile.
func (w *worker) haulOnLine(ctx context.Context) error {
	f := w.unhauled()[0]
	return w.ask(ctx, func(ctx context.Context, s *session) error {
		err := w.haulFolder(ctx, s, f)
		if refused(err) && throttleOf(err) == nil {
			w.setAside(f)
			return nil
		}
		return err
	})
}

// setAside takes a folder that cannot be opened out of the list, until the next LIST.
func (w *worker) setAside(f store.Folder) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.folders = slices.DeleteFunc(slices.Clone(w.folders), func(o store.Folder) bool { return o.ID == f.ID })
}

// haulFolder makes a folder complete: everything that the server has and we have not, newest first.
func (w *worker) haulFolder(ctx context.Context, s *session, f store.Folder) error {
	s.opened = "" // what is known of a folder that was open before is old
	v, err := s.open(ctx, f.Path)
	if err != nil {
		return err
	}
	if f, _, err = w.settle(ctx, f, v); err != nil {
		return err
	}
	all, err := w.census(ctx, s, f, 1, 0, true)
	if err != nil {
		return err
	}
	ours, err := w.Store.UIDs(ctx, f.ID)
	if err != nil {
		return err
	}
	next := max(1, v.next)
	if len(all) > 0 {
		next = max(next, all[len(all)-1].uid+1)
	}
	if _, gone := difference(uidsOf(all), ours, next); len(gone) > 0 {
		// The line may have added newer ones since the census.
		gone = slices.DeleteFunc(gone, func(uid uint32) bool { return uid >= next })
		err := w.Store.Tx(ctx, func(tx *store.Tx) error { return tx.Vanish(f, gone) })
		if err != nil {
			return fmt.Errorf("note vanished mails: %w", err)
		}
	}
	if err := w.noteFlags(ctx, f, all); err != nil {
		return err
	}
	missing := slices.DeleteFunc(all, func(m seen) bool { _, here := ours[m.uid]; return here })
	if err := w.bring(ctx, s, f, missing); err != nil {
		return err
	}
	return w.advance(ctx, f, func(_ *store.Tx, c *store.FolderCursor) error {
		if c.UIDValidity != f.UIDValidity {
			return nil // renumbered meanwhile
		}
		if c.UIDNext == 0 {
			c.ModSeq, c.ServerTotal = v.modSeq, v.exists
		}
		c.UIDNext, c.LowUID = max(c.UIDNext, next), 1
		return nil
	})
}
