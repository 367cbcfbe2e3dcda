package mailbox

import (
	"context"
	"fmt"
	"slices"

	"github.com/emersion/go-imap/v2"

	"postroom/store"
)

// census lists a folder's messages with from ≤ UID ≤ to, like session.census. Some servers refuse a
// whole FETCH for one message that they cannot read: it is found, remembered, and listed as odd.
func (w *worker) census(ctx context.Context, s *session, f store.Folder, from, to uint32, sizes bool) ([]seen, error) {
	for {
		odd := w.oddOnes(f)
		found, err := s.census(ctx, from, to, sizes, odd)
		if refused(err) && throttleOf(err) == nil {
			more, searchErr := w.findOdd(ctx, s, f, from, to)
			switch {
			case searchErr != nil:
				return nil, searchErr
			case !more:
				return nil, err
			}
			continue
		}
		if err != nil || len(odd) == 0 {
			return found, err
		}
		there, err := s.uids(ctx, 0)
		if err != nil {
			return nil, err
		}
		for _, uid := range odd {
			if uid >= from && (to == 0 || uid <= to) && slices.Contains(there, uid) {
				found = append(found, seen{uid: uid, odd: true})
			}
		}
		slices.SortFunc(found, byUID)
		return found, nil
	}
}

// oddOnes are the UIDs of a folder with which every FETCH is refused.
func (w *worker) oddOnes(f store.Folder) (uids []uint32) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for p := range w.poison.odd {
		if p.folder == f.ID && p.validity == f.UIDValidity {
			uids = append(uids, p.uid)
		}
	}
	slices.Sort(uids)
	return uids
}

// findOdd finds the messages for which a FETCH is refused, and reports whether there are any.
func (w *worker) findOdd(ctx context.Context, s *session, f store.Folder, from, to uint32) (found bool, err error) {
	known := w.oddOnes(f)
	uids, err := s.uids(ctx, 0)
	if err != nil {
		return false, err
	}
	uids = slices.DeleteFunc(uids, func(uid uint32) bool {
		return uid < from || (to != 0 && uid > to) || slices.Contains(known, uid)
	})
	const atOnce = 500 // a command should stay below 8 KB
	for some := range slices.Chunk(uids, atOnce) {
		more, err := w.bisect(ctx, s, f, some)
		if err != nil {
			return found, err
		}
		found = found || more
	}
	return found, nil
}

func (w *worker) bisect(ctx context.Context, s *session, f store.Folder, uids []uint32) (found bool, err error) {
	tries := 1
	if len(uids) == 1 {
		tries = strikesWhole
	}
	for range tries {
		if _, err = s.list(ctx, setOf(uids), wanted(bare)); err == nil {
			return false, nil
		}
		if !refused(err) || throttleOf(err) != nil {
			return false, fmt.Errorf("look for a bad message: %w", err)
		}
	}
	if len(uids) == 1 {
		w.log.Warn("server refuses a message", "folder", f.ID, "uid", uids[0], "err", err)
		w.mu.Lock()
		w.poison.odd[place{f.ID, f.UIDValidity, uids[0]}] = true
		w.mu.Unlock()
		return true, nil
	}
	half := len(uids) / 2
	low, err := w.bisect(ctx, s, f, uids[:half])
	if err != nil {
		return low, err
	}
	high, err := w.bisect(ctx, s, f, uids[half:])
	return low || high, err
}

// span is the set of UIDs from ≤ UID ≤ to without some; to 0 means without end.
func span(from, to uint32, without []uint32) imap.UIDSet {
	var set imap.UIDSet
	from = max(1, from)
	for _, uid := range without {
		if uid < from || (to != 0 && uid > to) {
			continue
		}
		if uid > from {
			set.AddRange(imap.UID(from), imap.UID(uid-1))
		}
		from = uid + 1
	}
	if to == 0 || from <= to {
		set.AddRange(imap.UID(from), imap.UID(to))
	}
	return set
}
