package store

import (
	"context"
	"slices"
	"strings"
)

// longestPath is the longest folder name that is kept, in bytes: PostgreSQL indexes no longer one.
const longestPath = 1000

// Folders returns the folders of a user's mailbox by path; mailboxID may be empty for those of all.
func (s *Store) Folders(ctx context.Context, userID, mailboxID string) (fs []Folder, err error) {
	q := s.db.read.WithContext(ctx).Where(ownMailboxes, userID)
	if mailboxID != "" {
		q = q.Where("mailbox_id = ?", mailboxID)
	}
	return fs, failed("list folders", q.Order("mailbox_id, path").Find(&fs).Error)
}

// Folder returns one folder of a user.
func (s *Store) Folder(ctx context.Context, userID string, folderID int64) (f Folder, err error) {
	err = s.db.read.WithContext(ctx).Where("id = ?", folderID).Where(ownMailboxes, userID).Take(&f).Error
	return f, failed("read folder", err)
}

// WorkerFolders returns a mailbox's folders for its worker.
func (s *Store) WorkerFolders(ctx context.Context, mailboxID string) (fs []Folder, err error) {
	err = s.db.read.WithContext(ctx).Where("mailbox_id = ?", mailboxID).Order("path").Find(&fs).Error
	return fs, failed("list folders", err)
}

// PutFolders takes the server's whole list of folders: new ones are added, known ones (by Path) get
// name, role and whether they are hidden, those that are missing are removed with their messages,
// which stay as gone for a while. It returns the list with ids, by path. A folder whose path is longer
// than any server's should be is left out.
func (tx *Tx) PutFolders(mailboxID string, list []Folder) ([]Folder, error) {
	b, err := tx.box(mailboxID)
	if err != nil {
		return nil, err
	}
	var known []Folder
	if err := tx.db.Where("mailbox_id = ?", mailboxID).Order("path").Find(&known).Error; err != nil {
		return nil, failed("list folders", err)
	}
	byPath := map[string]*Folder{}
	for i := range known {
		byPath[known[i].Path] = &known[i]
	}
	var now []Folder
	for _, f := range list {
		if len(f.Path) > longestPath || slices.ContainsFunc(now, func(o Folder) bool { return o.Path == f.Path }) {
			continue
		}
		f, err := tx.putFolder(b, byPath[f.Path], f)
		if err != nil {
			return nil, err
		}
		delete(byPath, f.Path)
		now = append(now, f)
	}
	for _, f := range byPath {
		if err := tx.removeFolder(b, *f); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(now, func(a, b Folder) int { return strings.Compare(a.Path, b.Path) })
	return now, nil
}

// putFolder adds a folder, or brings the known one up to date.
func (tx *Tx) putFolder(b *box, known *Folder, f Folder) (Folder, error) {
	if known == nil {
		f.ID, f.MailboxID, f.Total, f.Unread = 0, b.ID, 0, 0
		tx.note(b.UserID, Change{Kind: FoldersChanged, Mailbox: b.ID})
		return f, failed("add folder", tx.db.Create(&f).Error)
	}
	if known.Name == f.Name && known.Role == f.Role && known.Hidden == f.Hidden && known.Delimiter == f.Delimiter {
		return *known, nil
	}
	known.Name, known.Role, known.Hidden, known.Delimiter = f.Name, f.Role, f.Hidden, f.Delimiter
	tx.note(b.UserID, Change{Kind: FoldersChanged, Mailbox: b.ID})
	return *known, failed("update folder", tx.db.Select("Name", "Role", "Hidden", "Delimiter").Updates(known).Error)
}

func (tx *Tx) removeFolder(b *box, f Folder) error {
	all, err := tx.standings(tx.db.Where("folder_id = ? AND gone_at = 0", f.ID))
	if err != nil {
		return err
	}
	if err := tx.leave(b, all); err != nil {
		return err
	}
	tx.note(b.UserID, Change{Kind: FoldersChanged, Mailbox: b.ID})
	return failed("remove folder", tx.db.Where("id = ?", f.ID).Delete(&Folder{}).Error)
}

// SetFolderCursor notes how far the worker has read a folder, in the transaction that holds what it
// has read.
func (tx *Tx) SetFolderCursor(folderID int64, c FolderCursor) error {
	f := Folder{
		UIDValidity: c.UIDValidity, UIDNext: c.UIDNext, LowUID: c.LowUID,
		ModSeq: c.ModSeq, ServerTotal: c.ServerTotal, Since: c.Since, AllFrom: c.AllFrom, CheckedAt: tx.s.Now(),
	}
	return touched("move folder cursor", tx.db.Model(&Folder{}).Where("id = ?", folderID).
		Select("UIDValidity", "UIDNext", "LowUID", "ModSeq", "ServerTotal", "Since", "AllFrom", "CheckedAt").Updates(&f))
}
