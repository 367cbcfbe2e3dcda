package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
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
		if w.unfetched(f) {
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

// haulFolder makes a folder complete: everything that is wanted of what the server has and we have not,
// newest first.
func (w *worker) haulFolder(ctx context.Context, s *session, f store.Folder) error {
	s.opened = "" // what is known of a folder that was open before is old
	v, err := s.open(ctx, f.Path)
	if err != nil {
		return err
	}
	if f, _, err = w.settle(ctx, f, v); err != nil {
		return err
	}
	h := load{folder: f, view: v, since: w.goal(f)}
	if err := w.weigh(ctx, s, &h); err != nil {
		return err
	}
	ours, err := w.Store.UIDs(ctx, f.ID)
	if err != nil {
		return err
	}
	if err := w.noteGone(ctx, s, h, ours); err != nil {
		return err
	}
	if err := w.noteFlags(ctx, f, h.all); err != nil {
		return err
	}
	missing := slices.DeleteFunc(h.wanted, func(m seen) bool { _, here := ours[m.uid]; return here })
	if h.since != 0 {
		if err := w.expect(ctx, len(missing)); err != nil {
			return err
		}
	}
	if err := w.bring(ctx, s, f, missing); err != nil {
		return err
	}
	if len(missing) > 0 {
		w.tell(store.SideIMAP, "fetch", store.WentWell, strconv.Itoa(len(missing)))
	}
	return w.advance(ctx, f, func(_ *store.Tx, c *store.FolderCursor) error {
		if c.UIDValidity != f.UIDValidity {
			return nil // renumbered meanwhile
		}
		if c.UIDNext == 0 {
			c.ModSeq, c.ServerTotal = v.modSeq, v.exists
		}
		c.UIDNext, c.LowUID, c.Since, c.AllFrom = max(c.UIDNext, h.next), 1, h.since, h.allFrom
		return nil
	})
}

// load is what a haul finds in one folder.
type load struct {
	folder  store.Folder
	view    view
	since   int64  // how far back it goes
	allFrom uint32 // with since: the UID from which on everything is wanted
	next    uint32 // above all that was there
	all     []seen // as far as it was looked at
	wanted  []seen // of those
}

// weigh sees what there is in the open folder.
func (w *worker) weigh(ctx context.Context, s *session, h *load) (err error) {
	if h.since == 0 {
		if h.all, err = w.census(ctx, s, h.folder, 1, 0, true); err != nil {
			return err
		}
		h.wanted = slices.Clone(h.all)
		h.next = max(1, h.view.next)
	} else {
		if h.allFrom, err = w.beyond(ctx, s, h.folder, h.view); err != nil {
			return err
		}
		uids, err := s.young(ctx, h.since, h.allFrom, h.view.exists)
		if err != nil {
			return err
		}
		if h.all, err = w.youngOnes(ctx, s, h.folder, uids, true); err != nil {
			return err
		}
		h.wanted = only(h.all, uids)
		h.next = max(1, h.view.next, h.allFrom)
	}
	if len(h.all) > 0 {
		h.next = max(h.next, h.all[len(h.all)-1].uid+1)
	}
	return nil
}

// noteGone notes what is here and no longer there.
func (w *worker) noteGone(ctx context.Context, s *session, h load, ours map[uint32]store.UIDFlags) error {
	_, gone := difference(uidsOf(h.all), ours, h.next)
	// The line may have added newer ones since the census.
	gone = slices.DeleteFunc(gone, func(uid uint32) bool { return uid >= h.next })
	if h.since != 0 {
		var err error
		if gone, err = s.departed(ctx, gone); err != nil {
			return err
		}
	}
	if len(gone) == 0 {
		return nil
	}
	err := w.Store.Tx(ctx, func(tx *store.Tx) error { return tx.Vanish(h.folder, gone) })
	if err != nil {
		return fmt.Errorf("note vanished mails: %w", err)
	}
	return nil
}
