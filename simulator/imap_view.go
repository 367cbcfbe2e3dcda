package simulator

import (
	"slices"
)

// view is a session's picture of its selected folder: which message has which number. It changes
// only when the client is told.
type view struct {
	folder   *folder
	readOnly bool
	uids     []uint32 // by sequence number, the first is 1
	version  uint64   // the folder's, when they agreed
	recent   int      // how many came since it was selected
}

// sync tells the client what came and went since the last time. Flags that another client changed
// are not told, as at Exchange.
func (v *view) sync(c *imapConn, mayExpunge bool) {
	c.box.mu.Lock()
	defer c.box.mu.Unlock()
	if v.version == v.folder.version {
		return
	}
	here := v.folder.messages
	gone := false
	for i := len(v.uids) - 1; i >= 0; i-- {
		if v.folder.message(v.uids[i]) != nil {
			continue
		}
		if !mayExpunge {
			gone = true
			continue
		}
		v.uids = slices.Delete(v.uids, i, i+1)
		c.untagged("%d EXPUNGE", i+1)
	}
	var last uint32
	if len(v.uids) > 0 {
		last = v.uids[len(v.uids)-1]
	}
	first, _ := slices.BinarySearchFunc(here, last+1, func(m *message, uid uint32) int {
		return int(int64(m.uid) - int64(uid))
	})
	if first < len(here) {
		for _, m := range here[first:] {
			v.uids = append(v.uids, m.uid)
		}
		v.recent += len(here) - first
		c.untagged("%d EXISTS", len(v.uids))
		c.untagged("%d RECENT", v.recent)
	}
	if !gone {
		v.version = v.folder.version
	}
}

// entry is a message of the view as it was when a command looked.
type entry struct {
	seq   int
	uid   uint32
	msg   *message
	flags flags
}

// pick finds the messages of a set. missing tells whether one of them is gone and the client does
// not know it yet. The caller holds the box's lock.
func (v *view) pick(set numberSet, byUID bool) (found []entry, missing bool) {
	var highest uint32
	if n := len(v.uids); n > 0 {
		highest = uint32(n)
		if byUID {
			highest = v.uids[n-1]
		}
	}
	set = set.resolve(highest)
	for i, uid := range v.uids {
		n := uint32(i + 1)
		if byUID {
			n = uid
		}
		if !set.has(n) {
			continue
		}
		m := v.folder.message(uid)
		if m == nil {
			missing = true
			continue
		}
		found = append(found, entry{i + 1, uid, m, m.flags})
	}
	return found, missing
}
