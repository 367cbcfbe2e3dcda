package mailbox

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"

	"postroom/store"
)

// mostFolders bounds how many folders a server can make us believe in.
const mostFolders = 10_000

// list reads the server's folders and brings ours in line with them.
func (w *worker) list(ctx context.Context, s *session) error {
	found, err := s.folders(ctx)
	if err != nil {
		return err
	}
	var stored []store.Folder
	err = w.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		stored, err = tx.PutFolders(w.id, foldersOf(found))
		return err
	})
	if err != nil {
		return fmt.Errorf("store folders: %w", err)
	}
	w.cursorMu.Lock()
	for _, f := range stored {
		if _, ok := w.cursors[f.ID]; !ok {
			w.cursors[f.ID] = store.FolderCursor{UIDValidity: f.UIDValidity, UIDNext: f.UIDNext, LowUID: f.LowUID, ModSeq: f.ModSeq, ServerTotal: f.ServerTotal, Since: f.Since, AllFrom: f.AllFrom}
		}
	}
	w.cursorMu.Unlock()
	w.mu.Lock()
	w.folders = slices.DeleteFunc(stored, func(f store.Folder) bool { return f.Hidden })
	slices.SortStableFunc(w.folders, func(a, b store.Folder) int { return turn(a) - turn(b) })
	w.mu.Unlock()
	return nil
}

// turn is a folder's place in the order in which folders are looked at.
func turn(f store.Folder) int {
	order := []store.FolderRole{store.Inbox, store.Sent, store.Drafts, "", store.Archive, store.Trash, store.Junk}
	return slices.Index(order, f.Role)
}

func (s *session) folders(ctx context.Context) (found []*imap.ListData, err error) {
	var options *imap.ListOptions
	if s.caps.Has(imap.CapSpecialUse) && s.caps.Has(imap.CapListExtended) {
		options = &imap.ListOptions{ReturnSpecialUse: true}
	}
	err = s.do(ctx, "list folders", func() error {
		command := s.client.List("", "*", options)
		for f := command.Next(); f != nil; f = command.Next() {
			if len(found) < mostFolders {
				found = append(found, f)
			}
		}
		return command.Close()
	})
	return found, err
}

// foldersOf reads LIST. Of several folders with one role the first has it, one with an attribute
// before one that only has the name.
func foldersOf(list []*imap.ListData) []store.Folder {
	folders := make([]store.Folder, 0, len(list))
	roles := map[store.FolderRole]int{}
	attributed := map[store.FolderRole]bool{}
	for _, d := range list {
		f := store.Folder{Path: d.Mailbox, Name: d.Mailbox}
		if d.Delim != 0 {
			f.Delimiter = string(d.Delim)
			if i := strings.LastIndex(f.Path, f.Delimiter); i >= 0 && i+len(f.Delimiter) < len(f.Path) {
				f.Name = f.Path[i+len(f.Delimiter):]
			}
		}
		f.Role = RoleOf(f.Path, f.Name, d.Attrs)
		f.Hidden = slices.Contains(d.Attrs, imap.MailboxAttrNoSelect) || slices.Contains(d.Attrs, imap.MailboxAttrNonExistent) ||
			slices.Contains(d.Attrs, imap.MailboxAttrAll) || (f.Role == "" && notMail(f.Path, f.Name))
		byAttribute := f.Role != "" && RoleOf(f.Path, f.Name, nil) != f.Role
		if at, taken := roles[f.Role]; taken && f.Role != "" {
			if byAttribute && !attributed[f.Role] {
				folders[at].Role = ""
			} else {
				f.Role = ""
			}
		}
		if f.Role != "" && !f.Hidden {
			roles[f.Role], attributed[f.Role] = len(folders), byAttribute
		}
		folders = append(folders, f)
	}
	return folders
}

// shown returns the folders whose mail is kept here, in the order in which they are looked at, with
// fresh counts.
func (w *worker) shown(ctx context.Context) ([]store.Folder, error) {
	fresh, err := w.Store.WorkerFolders(ctx, w.id)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	listed := slices.Clone(w.folders)
	w.mu.Unlock()
	var shown []store.Folder
	for _, f := range listed {
		if i := slices.IndexFunc(fresh, func(o store.Folder) bool { return o.ID == f.ID }); i >= 0 {
			shown = append(shown, fresh[i])
		}
	}
	return shown, nil
}

// withRole finds the folder of a role; ok is false when the mailbox has none.
func (w *worker) withRole(role store.FolderRole) (f store.Folder, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.IndexFunc(w.folders, func(f store.Folder) bool { return f.Role == role })
	if i < 0 {
		return f, false
	}
	return w.folders[i], true
}

// cursor returns how far a folder has been read.
func (w *worker) cursor(id int64) store.FolderCursor {
	w.cursorMu.Lock()
	defer w.cursorMu.Unlock()
	return w.cursors[id]
}

// advance moves a folder's cursor in one transaction with what change writes.
func (w *worker) advance(ctx context.Context, f store.Folder, change func(*store.Tx, *store.FolderCursor) error) error {
	w.cursorMu.Lock()
	defer w.cursorMu.Unlock()
	old := w.cursors[f.ID]
	c := old
	err := w.Store.Tx(ctx, func(tx *store.Tx) error {
		c = old
		if err := change(tx, &c); err != nil {
			return err
		}
		if c == old {
			return nil
		}
		return tx.SetFolderCursor(f.ID, c)
	})
	if err != nil {
		return fmt.Errorf("move cursor: %w", err)
	}
	w.cursors[f.ID] = c
	return nil
}
