package mailbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"postroom/problem"
	"postroom/store"
)

// ask is something that sending wants done on the line's connection.
type ask struct {
	do   func(context.Context, *session) error
	done chan error // one slot
}

// ask has do called with the line's session. It waits for its turn until ctx ends; once do has been
// taken on it waits for its end, which the line's own context and patience bound.
func (w *worker) ask(ctx context.Context, do func(context.Context, *session) error) error {
	a := ask{do, make(chan error, 1)}
	select {
	case w.asks <- a:
	case <-ctx.Done():
		return problem.Wrap(problem.MailServerDown, "", context.Cause(ctx))
	}
	return <-a.done
}

// event is why the line left its IDLE.
type event struct {
	news   bool // the server said something about the INBOX
	wake   bool // there may be actions
	nudged bool // somebody wants a full look
	ask    *ask
}

// agenda is when the line does what it does at intervals.
type agenda struct {
	sweep, list, renew time.Time
}

func (a agenda) next(idle time.Duration) time.Time {
	next := time.Now().Add(idle)
	for _, t := range []time.Time{a.sweep, a.list, a.renew} {
		if t.Before(next) {
			next = t
		}
	}
	return next
}

// line is the connection that lives as long as the mailbox is well.
func (w *worker) line(ctx context.Context) error {
	wake, unwatch := w.Store.WatchMailbox(w.id)
	defer unwatch()
	s, renew, err := w.connect(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	if err := w.begin(ctx, s); err != nil {
		return err
	}
	due := agenda{sweep: time.Now(), list: time.Now().Add(w.Timing.List), renew: renew}
	e := event{wake: true}
	for {
		if err := w.attend(ctx, s, e, &due); err != nil {
			return err
		}
		if e, err = w.idle(ctx, s, wake, due.next(w.Timing.Idle)); err != nil {
			if e.ask != nil {
				e.ask.done <- err
			}
			return err
		}
		if !time.Now().Before(due.renew) && e.ask == nil {
			return errRenew
		}
	}
}

// begin shows the newest mail of the INBOX as soon as possible, and starts the haul if much is missing.
func (w *worker) begin(ctx context.Context, s *session) error {
	if err := w.list(ctx, s); err != nil {
		return err
	}
	if err := w.lookAt(ctx, s, store.Inbox, false); err != nil {
		return err
	}
	if err := w.measure(ctx, s); err != nil {
		return err
	}
	if len(w.unhauled()) > 0 {
		w.ringBehind()
	}
	return w.healthy(ctx)
}

// lookAt looks at the folder of a role.
func (w *worker) lookAt(ctx context.Context, s *session, role store.FolderRole, full bool) error {
	folders, err := w.shown(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(folders, func(f store.Folder) bool { return f.Role == role })
	if i < 0 {
		return nil
	}
	return w.look(ctx, s, folders[i:i+1], full)
}

// attend does what an event asks for, and what is due.
func (w *worker) attend(ctx context.Context, s *session, e event, due *agenda) error {
	if e.ask != nil {
		err := survive(func() error { return e.ask.do(ctx, s) })
		e.ask.done <- err
		if err != nil && (!refused(err) || throttleOf(err) != nil) {
			return err
		}
	}
	if e.news {
		if err := w.lookAt(ctx, s, store.Inbox, false); err != nil {
			return err
		}
	}
	if e.wake {
		if err := w.heed(ctx, s); err != nil {
			return err
		}
	}
	changed, err := w.act(ctx, s)
	if err != nil {
		return err
	}
	if !time.Now().Before(due.list) || e.nudged {
		if err := w.list(ctx, s); err != nil {
			return err
		}
		due.list = time.Now().Add(w.Timing.List)
	}
	if !time.Now().Before(due.sweep) || e.nudged || changed || w.tookLeave() {
		if err := w.sweep(ctx, s, e.nudged); err != nil {
			return err
		}
		due.sweep = time.Now().Add(w.Timing.Sweep)
	}
	return nil
}

// heed reads what the owner wants of the mailbox. When more of the past is wanted than before, it is
// hauled.
func (w *worker) heed(ctx context.Context, s *session) error {
	was, _ := w.mailbox()
	box, err := w.load(ctx)
	if err != nil {
		return err
	}
	if box.Since == was.Since || len(w.unhauled()) == 0 {
		return nil
	}
	if err := w.measure(ctx, s); err != nil {
		return err
	}
	w.ringBehind()
	return w.healthy(ctx)
}

// tookLeave reports whether mail has vanished since it was asked last: it may be in another folder.
func (w *worker) tookLeave() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	left := w.left
	w.left = false
	return left
}

// sweep asks for the state of all folders and looks at those that differ from ours, and at the INBOX.
// Without CONDSTORE one folder at a time is compared as a whole, because STATUS does not tell of stars.
func (w *worker) sweep(ctx context.Context, s *session, full bool) error {
	folders, err := w.shown(ctx)
	if err != nil {
		return err
	}
	var paths []string
	for _, f := range folders {
		if f.Path != s.opened {
			paths = append(paths, f.Path)
		}
	}
	stats, err := s.status(ctx, paths)
	if err != nil {
		return err
	}
	var stale []store.Folder
	for _, f := range folders {
		d, ok := stats[f.Path]
		if c := w.cursor(f.ID); f.Role == store.Inbox || (ok && c.LowUID != 0 && (full || w.differs(f, c, d))) {
			stale = append(stale, f)
		}
	}
	if err := w.look(ctx, s, stale, full); err != nil {
		return err
	}
	if err := w.noteUnseen(ctx, stale, stats); err != nil {
		return err
	}
	if f, ok := w.overdue(folders); ok && !full && !s.hasModSeq() {
		if err := w.look(ctx, s, []store.Folder{f}, true); err != nil {
			return err
		}
	}
	return w.healthy(ctx)
}

// noteUnseen remembers how many unread mails of folders are not wanted here, so that they do not make
// them look different at each sweep.
func (w *worker) noteUnseen(ctx context.Context, looked []store.Folder, stats map[string]*imap.StatusData) error {
	if !slices.ContainsFunc(looked, func(f store.Folder) bool { return w.cursor(f.ID).Since != 0 }) {
		return nil
	}
	fresh, err := w.shown(ctx)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range fresh {
		d := stats[f.Path]
		c, ok := w.compared[f.ID]
		if ok && d != nil && d.NumUnseen != nil && slices.ContainsFunc(looked, func(o store.Folder) bool { return o.ID == f.ID && o.Since != 0 }) {
			c.unseen = int64(*d.NumUnseen) - f.Unread
			w.compared[f.ID] = c
		}
	}
	return nil
}

// overdue finds a folder that has not been compared for long.
func (w *worker) overdue(folders []store.Folder) (store.Folder, bool) {
	for _, f := range folders {
		if w.cursor(f.ID).LowUID != 1 {
			continue
		}
		w.mu.Lock()
		last, ok := w.compared[f.ID]
		if !ok { // just hauled, or known from before
			w.compared[f.ID] = comparison{exists: -1, at: time.Now()}
		}
		w.mu.Unlock()
		if ok && time.Since(last.at) > w.Timing.Census {
			return f, true
		}
	}
	return store.Folder{}, false
}

func (s *session) hasModSeq() bool { return s.caps.Has(imap.CapCondStore) }

// differs compares a folder's STATUS with what is here.
func (w *worker) differs(f store.Folder, c store.FolderCursor, d *imap.StatusData) bool {
	exists, last := int64(*d.NumMessages), w.lastComparison(f)
	return d.UIDValidity != c.UIDValidity || uint32(d.UIDNext) != c.UIDNext || d.HighestModSeq != c.ModSeq && c.ModSeq != 0 ||
		exists != f.Total+last.spare && !w.comparedAlready(f, view{exists: exists}) ||
		d.NumUnseen != nil && int64(*d.NumUnseen) != f.Unread+last.unseen
}

// idle waits for something to happen, in IDLE on the INBOX where the server knows that.
func (w *worker) idle(ctx context.Context, s *session, wake <-chan struct{}, until time.Time) (e event, err error) {
	inbox, _ := w.withRole(store.Inbox)
	if s.opened != inbox.Path {
		if err := w.lookAt(ctx, s, store.Inbox, false); err != nil {
			return e, err
		}
	}
	const poll = 30 * time.Second
	var command *imapclient.IdleCommand
	if s.caps.Has(imap.CapIdle) {
		err := s.do(ctx, "idle", func() (err error) {
			command, err = s.client.Idle()
			return err
		})
		if err != nil {
			return e, err
		}
	} else if soon := time.Now().Add(poll); soon.Before(until) {
		until = soon
	}
	e = w.wait(ctx, s, wake, until)
	return e, s.do(ctx, "leave idle", func() error {
		if command == nil {
			e.news = true
			return s.client.Noop().Wait()
		}
		if err := command.Close(); err != nil {
			return err
		}
		return command.Wait()
	})
}

func (w *worker) wait(ctx context.Context, s *session, wake <-chan struct{}, until time.Time) (e event) {
	defer context.AfterFunc(ctx, s.cut)()
	s.guard.expect(time.Until(until) + s.command)
	defer s.guard.rest()
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-s.client.Closed():
	case <-s.news:
		e.news = true
	case <-wake:
		e.wake = true
	case <-w.nudge:
		e.nudged = true
	case a := <-w.asks:
		e.ask = &a
	}
	return e
}

// synced is how far the haul has come.
type synced struct {
	done, total int64
	written     time.Time
	on          bool
}

// measure counts what there is to haul.
func (w *worker) measure(ctx context.Context, s *session) error {
	if len(w.unhauled()) == 0 {
		return nil
	}
	folders, err := w.shown(ctx)
	if err != nil {
		return err
	}
	if box, _ := w.mailbox(); box.Since != 0 {
		return w.measureLater(ctx, folders)
	}
	var paths []string
	var now synced
	for _, f := range folders {
		now.done += f.Total
		if f.Path == s.opened {
			now.total += w.cursor(f.ID).ServerTotal
		} else {
			paths = append(paths, f.Path)
		}
	}
	stats, err := s.status(ctx, paths)
	if err != nil {
		return err
	}
	for _, d := range stats {
		now.total += int64(*d.NumMessages)
	}
	now.on, now.total = true, max(now.total, now.done)
	w.mu.Lock()
	w.synced = now
	w.mu.Unlock()
	return w.Store.Tx(ctx, func(tx *store.Tx) error {
		return tx.SetMailbox(w.id, store.MailboxUpdate{SyncDone: &now.done, SyncTotal: &now.total})
	})
}

// measureLater is measure where not everything is wanted: only the haul finds out how much that is,
// folder by folder.
func (w *worker) measureLater(ctx context.Context, folders []store.Folder) error {
	now := synced{on: true}
	for _, f := range folders {
		now.done += f.Total
	}
	w.mu.Lock()
	w.synced = now
	w.mu.Unlock()
	return w.Store.Tx(ctx, func(tx *store.Tx) error {
		return tx.SetMailbox(w.id, store.MailboxUpdate{SyncDone: &now.done, SyncTotal: &now.total})
	})
}

// expect adds mails to those that are still to come.
func (w *worker) expect(ctx context.Context, mails int) error {
	w.mu.Lock()
	if !w.synced.on || mails == 0 {
		w.mu.Unlock()
		return nil
	}
	w.synced.total = max(w.synced.total, w.synced.done) + int64(mails)
	total := w.synced.total
	w.mu.Unlock()
	return w.Store.Tx(ctx, func(tx *store.Tx) error { return tx.SetMailbox(w.id, store.MailboxUpdate{SyncTotal: &total}) })
}

// progress counts mails that have come, and writes that down four times a second.
func (w *worker) progress(tx *store.Tx, mails int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.synced.on {
		return nil
	}
	w.synced.done += int64(mails)
	if w.synced.total > 0 {
		w.synced.done = min(w.synced.total, w.synced.done)
	}
	if time.Since(w.synced.written) < 250*time.Millisecond {
		return nil
	}
	w.synced.written = time.Now()
	return tx.SetMailbox(w.id, store.MailboxUpdate{SyncDone: &w.synced.done})
}

// healthy says that the mailbox is well, and whether everything is here.
func (w *worker) healthy(ctx context.Context) error {
	state := store.Connected
	if len(w.unhauled()) > 0 {
		state = store.Syncing
	}
	now := w.Now().UnixMilli()
	var update store.MailboxUpdate
	w.mu.Lock()
	if now-w.box.LastSyncAt > (5*time.Minute).Milliseconds() || w.box.State != state {
		w.box.LastSyncAt, update.LastSyncAt = now, &now
	}
	if w.synced.on && state == store.Connected {
		w.synced.total = max(w.synced.total, w.synced.done)
		w.synced.on, w.synced.done = false, w.synced.total
		update.SyncDone, update.SyncTotal = &w.synced.total, &w.synced.total
	}
	w.box.State = state
	w.mu.Unlock()
	err := w.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.SetMailboxState(w.id, state, nil, 0); err != nil {
			return err
		}
		return tx.SetMailbox(w.id, update)
	})
	if err != nil {
		return fmt.Errorf("write mailbox state: %w", err)
	}
	if state != store.Connected {
		return nil
	}
	return w.listen(ctx)
}
