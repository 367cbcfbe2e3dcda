package mailbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"postroom/problem"
	"postroom/store"
)

const (
	mostActed  = 200 // messages of one command
	mostTries  = 8   // for an action whose message cannot be found
	retryAfter = 30 * time.Second
)

// act tells the server what has been done here, in order. It reports whether folders other than the
// open one have changed by it.
func (w *worker) act(ctx context.Context, s *session) (changed bool, err error) {
	for {
		due, err := w.Store.DueActions(ctx, w.id, w.Now().UnixMilli())
		if err != nil || len(due) == 0 {
			return changed, err
		}
		for _, group := range groups(due) {
			if err := w.actTogether(ctx, s, group); err != nil {
				return changed, err
			}
			changed = changed || group[0].Kind == store.Move
		}
	}
}

// groups puts neighbours together that one command can do.
func groups(as []store.Action) (all [][]store.Action) {
	for _, a := range as {
		if n := len(all) - 1; n >= 0 {
			first := all[n][0]
			if first.UID != 0 && a.UID != 0 && first.Kind == a.Kind && first.FolderID == a.FolderID && first.ToFolder == a.ToFolder && len(all[n]) < mostActed {
				all[n] = append(all[n], a)
				continue
			}
		}
		all = append(all, []store.Action{a})
	}
	return all
}

// actTogether does a group with one command. When the server refuses that, each is tried alone, to
// see which it is.
func (w *worker) actTogether(ctx context.Context, s *session, group []store.Action) error {
	err := w.actOn(ctx, s, group)
	if err == nil {
		return nil
	}
	if throttleOf(err) == nil && refused(err) && len(group) > 1 {
		for _, a := range group {
			if err := w.actTogether(ctx, s, []store.Action{a}); err != nil {
				return err
			}
		}
		return nil
	}
	if throttleOf(err) == nil && refused(err) {
		return w.refuse(ctx, group[0], problem.Of(err))
	}
	if ctx.Err() == nil {
		w.retry(ctx, group, err)
	}
	return err
}

// retry has actions done again on the next connection.
func (w *worker) retry(ctx context.Context, group []store.Action, cause error) {
	err := w.Store.Tx(ctx, func(tx *store.Tx) error {
		for _, a := range group {
			if err := tx.RetryAction(a, w.Now().UnixMilli(), problem.Of(cause)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.log.Error("note retry of actions", "err", err)
	}
}

// refuse undoes an action here that the server will not do.
func (w *worker) refuse(ctx context.Context, a store.Action, p *problem.Problem) error {
	w.log.Info("action refused", "action", a.ID, "kind", a.Kind, "problem", p.Code)
	if p.Code != problem.FolderGone && p.Code != problem.MailboxFull {
		p = problem.New(problem.ServerRefused, p.Detail).WithRaw(p.Raw)
	}
	err := w.Store.Tx(ctx, func(tx *store.Tx) error { return tx.RefuseAction(a, p) })
	if err != nil {
		return fmt.Errorf("refuse action: %w", err)
	}
	return nil
}

func (w *worker) actOn(ctx context.Context, s *session, group []store.Action) error {
	first := group[0]
	from, ok := w.folder(first.FolderID)
	if !ok {
		return w.refuseAll(ctx, group, problem.New(problem.FolderGone, ""))
	}
	v, err := s.open(ctx, from.Path)
	if err != nil {
		return err
	}
	if c := w.cursor(from.ID); v.validity != 0 && v.validity != c.UIDValidity {
		// The UIDs are void. A look gives the messages, and so the actions, their new ones.
		if err := w.lookAtFolder(ctx, s, from.ID); err != nil {
			return err
		}
		return w.later(ctx, group, time.Second)
	}
	if first.UID == 0 {
		return w.findFirst(ctx, s, from, first)
	}
	uids := make([]uint32, len(group))
	for i, a := range group {
		uids[i] = a.UID
	}
	switch first.Kind {
	case store.Move:
		return w.move(ctx, s, group, uids)
	case store.Delete:
		err = s.remove(ctx, uids)
	default:
		err = s.mark(ctx, uids, first.Kind)
	}
	if err != nil {
		return err
	}
	return w.finish(ctx, group, nil, 0)
}

func (w *worker) refuseAll(ctx context.Context, group []store.Action, p *problem.Problem) error {
	for _, a := range group {
		if err := w.refuse(ctx, a, p); err != nil {
			return err
		}
	}
	return nil
}

// later has actions wait.
func (w *worker) later(ctx context.Context, group []store.Action, d time.Duration) error {
	return w.Store.Tx(ctx, func(tx *store.Tx) error {
		for _, a := range group {
			if err := tx.RetryAction(a, w.Now().Add(d).UnixMilli(), nil); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *worker) finish(ctx context.Context, group []store.Action, to []uint32, validity uint32) error {
	err := w.Store.Tx(ctx, func(tx *store.Tx) error {
		for i, a := range group {
			var uid uint32
			if i < len(to) {
				uid = to[i]
			}
			if err := tx.FinishAction(a, uid, validity); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("finish actions: %w", err)
	}
	return nil
}

// folder finds a listed folder.
func (w *worker) folder(id int64) (store.Folder, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.IndexFunc(w.folders, func(f store.Folder) bool { return f.ID == id })
	if i < 0 {
		return store.Folder{}, false
	}
	return w.folders[i], true
}

func (w *worker) lookAtFolder(ctx context.Context, s *session, id int64) error {
	folders, err := w.shown(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(folders, func(f store.Folder) bool { return f.ID == id })
	if i < 0 {
		return nil
	}
	return w.look(ctx, s, folders[i:i+1], false)
}

// findFirst is for an action on a message whose UID is not known, because it was moved here and the
// server did not say where to. A look at the folder adopts it; when that did not help, its
// Message-ID is searched for, which not all servers do well.
func (w *worker) findFirst(ctx context.Context, s *session, from store.Folder, a store.Action) error {
	if err := w.lookAtFolder(ctx, s, from.ID); err != nil {
		return err
	}
	due, err := w.Store.DueActions(ctx, w.id, w.Now().UnixMilli())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(due, func(d store.Action) bool { return d.ID == a.ID })
	if i < 0 || due[i].UID != 0 {
		return nil // the look has found it
	}
	box, _ := w.mailbox()
	m, err := w.Store.Message(ctx, box.UserID, a.MessageID)
	if problem.Is(err, problem.NotFound) {
		return w.refuse(ctx, a, problem.New(problem.ServerRefused, "The mail is not on the server any more."))
	}
	if err != nil {
		return err
	}
	if uid := s.find(ctx, m.RFCMessageID); uid != 0 {
		a.UID = uid
		return w.actTogether(ctx, s, []store.Action{a})
	}
	if a.Attempts >= mostTries {
		return w.refuse(ctx, a, problem.New(problem.ServerRefused, "The mail cannot be found on the server."))
	}
	return w.later(ctx, []store.Action{a}, retryAfter)
}

// find looks for a mail by its Message-ID; 0 unless there is exactly one.
func (s *session) find(ctx context.Context, rfcMessageID string) (uid uint32) {
	if rfcMessageID == "" || strings.ContainsFunc(rfcMessageID, func(r rune) bool { return r < '!' || r > '~' }) {
		return 0
	}
	found, err := s.search(ctx, &imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: headerID, Value: rfcMessageID}}})
	if err != nil || len(found) != 1 {
		return 0
	}
	return found[0]
}

// mark sets or clears a flag.
func (s *session) mark(ctx context.Context, uids []uint32, kind store.ActionKind) error {
	change := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true}
	switch kind {
	case store.MarkRead:
		change.Flags = []imap.Flag{imap.FlagSeen}
	case store.MarkUnread:
		change.Op, change.Flags = imap.StoreFlagsDel, []imap.Flag{imap.FlagSeen}
	case store.Star:
		change.Flags = []imap.Flag{imap.FlagFlagged}
	case store.Unstar:
		change.Op, change.Flags = imap.StoreFlagsDel, []imap.Flag{imap.FlagFlagged}
	case store.Answered:
		change.Flags = []imap.Flag{imap.FlagAnswered}
	default:
		return fmt.Errorf("unknown action %q", kind)
	}
	return s.do(ctx, "store flags", func() error { return s.client.Store(setOf(uids), change, nil).Close() })
}

// remove deletes for good. Without UIDPLUS the mails are only marked: EXPUNGE would take whatever
// else is marked as well.
func (s *session) remove(ctx context.Context, uids []uint32) error {
	return s.do(ctx, "delete", func() error {
		change := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
		if err := s.client.Store(setOf(uids), change, nil).Close(); err != nil {
			return err
		}
		if !s.caps.Has(imap.CapUIDPlus) {
			return nil
		}
		return s.client.UIDExpunge(setOf(uids)).Close()
	})
}

// move moves mails to another folder. Where the server says under which UIDs they are there, they
// keep their place; otherwise the next look adopts them.
func (w *worker) move(ctx context.Context, s *session, group []store.Action, uids []uint32) error {
	to, ok := w.folder(group[0].ToFolder)
	if !ok {
		return w.refuseAll(ctx, group, problem.New(problem.FolderGone, ""))
	}
	set := setOf(uids)
	var validity uint32
	var source, dest imap.NumSet
	err := s.do(ctx, "move", func() error {
		if s.caps.Has(imap.CapMove) {
			d, err := s.client.Move(set, to.Path).Wait()
			if err == nil {
				validity, source, dest = d.UIDValidity, d.SourceUIDs, d.DestUIDs
			}
			return err
		}
		d, err := s.client.Copy(set, to.Path).Wait()
		if err == nil {
			validity, source, dest = d.UIDValidity, d.SourceUIDs, d.DestUIDs
		}
		return err
	})
	if err != nil {
		return err
	}
	if !s.caps.Has(imap.CapMove) {
		// Once it is copied the move must not be done again, whatever becomes of the rest.
		if err := s.remove(ctx, uids); err != nil && refused(err) {
			w.log.Warn("copied, but not removed", "folder", group[0].FolderID, "err", err)
		} else if err != nil {
			_ = w.finish(ctx, group, landing(uids, source, dest), validity)
			return err
		}
	}
	return w.finish(ctx, group, landing(uids, source, dest), validity)
}

// landing reads COPYUID: the new UID of each of uids, 0 where it is not told. Both sets are in the
// same order (RFC 4315, 3), which servers keep ascending.
func landing(uids []uint32, source, dest imap.NumSet) []uint32 {
	landed := make([]uint32, len(uids))
	from, ok1 := source.(imap.UIDSet)
	to, ok2 := dest.(imap.UIDSet)
	if !ok1 || !ok2 {
		return landed
	}
	olds, err1 := expand(from)
	news, err2 := expand(to)
	if err1 != nil || err2 != nil || len(olds) != len(news) {
		return landed
	}
	for i, uid := range uids {
		if at := slices.Index(olds, uid); at >= 0 {
			landed[i] = news[at]
		}
	}
	return landed
}
