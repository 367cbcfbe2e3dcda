package mailbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"postroom/store"
)

// A mailbox may be wanted only from a day on (Mailbox.Since). Then a folder is complete when everything
// is here that the server received since that day, and everything that came into the folder after the
// first look at it, however old it says it is: somebody may have moved it there just now. What is older
// is neither fetched nor counted as missing; what was fetched when more was wanted stays.

// deeper is the earlier of two days; 0 is the beginning.
func deeper(a, b int64) int64 {
	if a == 0 || b == 0 {
		return 0
	}
	return min(a, b)
}

// goal is how far back a folder is to be fetched. One that reaches further already stays so.
func (w *worker) goal(f store.Folder) int64 {
	box, _ := w.mailbox()
	c := w.cursor(f.ID)
	if c.LowUID == 0 {
		return box.Since
	}
	return deeper(c.Since, box.Since)
}

// unfetched reports whether not everything that is wanted of a folder is here.
func (w *worker) unfetched(f store.Folder) bool {
	c := w.cursor(f.ID)
	return c.LowUID != 1 || c.Since != w.goal(f)
}

// beyond is where mail begins that came after the first look at the open folder: the UID from which on
// everything is wanted.
func (w *worker) beyond(ctx context.Context, s *session, f store.Folder, v view) (uint32, error) {
	if c := w.cursor(f.ID); c.AllFrom != 0 {
		return c.AllFrom, nil
	}
	if v.next != 0 {
		return v.next, nil
	}
	last, err := s.last(ctx, 1)
	return last + 1, err
}

// young lists the UIDs of the open folder that the server received since a day, and all from another UID
// on. Servers compare days, and each in a time zone of its own: so it asks from the day before.
func (s *session) young(ctx context.Context, since int64, from uint32, exists int64) ([]uint32, error) {
	day := time.UnixMilli(since).UTC().Add(-24 * time.Hour)
	var found []uint32
	if exists <= mostSearched {
		some, err := s.search(ctx, &imap.SearchCriteria{Since: day})
		if err != nil {
			return nil, err
		}
		found = some
	} else {
		for low := uint32(1); low < from; low += mostSearched {
			var set imap.UIDSet
			set.AddRange(imap.UID(low), imap.UID(min(from-1, low+mostSearched-1)))
			some, err := s.search(ctx, &imap.SearchCriteria{Since: day, UID: []imap.UIDSet{set}})
			if err != nil {
				return nil, err
			}
			found = append(found, some...)
		}
	}
	var late imap.UIDSet
	late.AddRange(imap.UID(from), 0)
	some, err := s.search(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{late}})
	if err != nil {
		return nil, err
	}
	for _, uid := range some {
		if uid >= from { // "n:*" always answers with the newest
			found = append(found, uid)
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// youngOnes lists these messages of the open folder, whose UIDs are in order, and others between them.
func (w *worker) youngOnes(ctx context.Context, s *session, f store.Folder, uids []uint32, sizes bool) ([]seen, error) {
	if len(uids) == 0 {
		return nil, nil
	}
	return w.census(ctx, s, f, uids[0], 0, sizes)
}

// departed leaves, of UIDs that are here, those that the server does not have any more.
func (s *session) departed(ctx context.Context, uids []uint32) ([]uint32, error) {
	const atOnce = 500 // a command should stay below 8 KB
	var gone []uint32
	for some := range slices.Chunk(uids, atOnce) {
		there, err := s.search(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{setOf(some)}})
		if err != nil {
			return nil, fmt.Errorf("look for mails that have left: %w", err)
		}
		for _, uid := range some {
			if !slices.Contains(there, uid) {
				gone = append(gone, uid)
			}
		}
	}
	return gone, nil
}

// only leaves the messages whose UIDs are in a sorted list.
func only(mails []seen, uids []uint32) []seen {
	return slices.DeleteFunc(slices.Clone(mails), func(m seen) bool {
		_, ok := slices.BinarySearch(uids, m.uid)
		return !ok
	})
}
