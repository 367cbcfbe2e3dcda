package mailbox

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"postroom/store"
)

const (
	mostNews    = 300  // new mails of a folder that the line fetches itself; more are hauled
	flagsWindow = 2000 // newest UIDs whose flags are looked at each time, without CONDSTORE
)

// comparison is when a folder's UIDs were compared, and with which counts.
type comparison struct {
	exists, total int64
	spare         int64 // how many of the server's are not wanted here
	unseen        int64 // how many more unread ones the server counts than we do, for that reason
	at            time.Time
}

// glance is what a look at a folder has found and not yet fetched.
type glance struct {
	folder store.Folder
	view   view
	news   []seen
	begin  bool // the folder's first look
	whole  bool // then: nothing that is wanted is missing in news
}

// look brings folders up to date. What has left is noted in all of them before anything new is
// added in any: so a mail that was moved elsewhere is known again where it is now, and keeps its
// row, its thread and its place in somebody's browser.
func (w *worker) look(ctx context.Context, s *session, folders []store.Folder, full bool) error {
	var glances []glance
	for _, f := range folders {
		g, err := w.examine(ctx, s, f, full)
		if refused(err) && throttleOf(err) == nil && f.Role != store.Inbox {
			// Listed, but it cannot be opened: removed just now, or a phantom. The next LIST tells.
			w.log.Info("folder cannot be opened", "folder", f.ID, "err", err)
			continue
		}
		if err != nil {
			return fmt.Errorf("look at folder %d: %w", f.ID, err)
		}
		glances = append(glances, g)
	}
	for _, g := range glances {
		if err := w.welcome(ctx, s, g); err != nil {
			return fmt.Errorf("new mail in folder %d: %w", g.folder.ID, err)
		}
	}
	return nil
}

// examine sees what is new in a folder, and notes what is gone and what has changed.
func (w *worker) examine(ctx context.Context, s *session, f store.Folder, full bool) (g glance, err error) {
	v, err := s.open(ctx, f.Path)
	if err != nil {
		return g, err
	}
	f, c, err := w.settle(ctx, f, v)
	if err != nil {
		return g, err
	}
	g = glance{folder: f, view: v}
	if c.LowUID == 0 {
		g.begin = true
		err := w.first(ctx, s, &g)
		if refused(err) && throttleOf(err) == nil {
			return g, nil // for one bad message, perhaps; the haul finds out
		}
		return g, err
	}
	if v.next == 0 || v.next > c.UIDNext {
		if g.news, err = w.census(ctx, s, f, c.UIDNext, 0, true); err != nil {
			return g, err
		}
	}
	if c.LowUID > 1 {
		return g, nil // being hauled, which compares as well
	}
	if full || v.exists != f.Total+int64(len(g.news))+w.lastComparison(f).spare {
		missing, err := w.compare(ctx, s, f, v, full)
		if err != nil {
			return g, err
		}
		g.news = append(g.news, missing...)
	}
	if !full {
		err = w.flags(ctx, s, f, v)
	}
	return g, err
}

// first finds the newest mail of a folder at the first look.
func (w *worker) first(ctx context.Context, s *session, g *glance) (err error) {
	since := w.goal(g.folder)
	if since == 0 {
		g.news, err = s.newest(ctx, g.view.exists, firstBatch)
		g.whole = int64(len(g.news)) >= g.view.exists
		return err
	}
	if g.view.next, err = w.beyond(ctx, s, g.folder, g.view); err != nil {
		return err
	}
	uids, err := s.young(ctx, since, g.view.next, g.view.exists)
	if err != nil {
		return err
	}
	newest := uids[max(0, len(uids)-firstBatch):]
	if len(newest) > 0 {
		g.news, err = s.list(ctx, setOf(newest), wanted(bare))
	}
	g.whole = len(newest) == len(uids) && len(g.news) == len(newest)
	return err
}

// settle notices a new UIDVALIDITY: then every UID we know of the folder is void. The mails stay as
// gone until the folder is read anew, and are adopted then.
func (w *worker) settle(ctx context.Context, f store.Folder, v view) (store.Folder, store.FolderCursor, error) {
	c := w.cursor(f.ID)
	if v.validity != 0 && c.UIDValidity != v.validity {
		if c.UIDValidity != 0 {
			w.log.Warn("folder was renumbered", "folder", f.ID, "was", c.UIDValidity, "is", v.validity)
		}
		err := w.advance(ctx, f, func(tx *store.Tx, to *store.FolderCursor) error {
			*to = store.FolderCursor{UIDValidity: v.validity}
			if c.UIDValidity == 0 {
				return nil
			}
			return tx.ForgetFolder(f)
		})
		if err != nil {
			return f, c, err
		}
		c = w.cursor(f.ID)
	}
	f.UIDValidity = c.UIDValidity
	return f, c, nil
}

// compare compares all UIDs of a folder with ours, and all flags when full. What has left vanishes;
// what should be here and is not is returned, or left to the haul when it is much.
func (w *worker) compare(ctx context.Context, s *session, f store.Folder, v view, full bool) (missing []seen, err error) {
	if !full && w.comparedAlready(f, v) {
		return nil, nil
	}
	theirs, err := w.theirs(ctx, s, f, v, full)
	if err != nil {
		return nil, err
	}
	ours, err := w.Store.UIDs(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	c := w.cursor(f.ID)
	absent, gone := difference(theirs, ours, c.UIDNext)
	spare := int64(0)
	if c.Since != 0 {
		older := len(gone) // what was fetched when more was wanted
		if gone, err = s.departed(ctx, gone); err != nil {
			return nil, err
		}
		spare = v.exists - int64(len(theirs)+older-len(gone))
	}
	if len(gone) > 0 {
		err := w.Store.Tx(ctx, func(tx *store.Tx) error { return tx.Vanish(f, gone) })
		if err != nil {
			return nil, fmt.Errorf("note vanished mails: %w", err)
		}
	}
	w.mu.Lock()
	w.left = w.left || len(gone) > 0
	w.compared[f.ID] = comparison{v.exists, f.Total - int64(len(gone)), spare, w.compared[f.ID].unseen, time.Now()}
	w.mu.Unlock()
	switch {
	case len(absent) == 0:
		return nil, nil
	case len(absent) > mostNews:
		return nil, w.leaveToHaul(ctx, f, c.UIDNext)
	}
	return s.list(ctx, setOf(absent), wanted(bare))
}

// theirs lists the UIDs of the open folder that should be here, and notes their flags when full.
func (w *worker) theirs(ctx context.Context, s *session, f store.Folder, v view, full bool) (uids []uint32, err error) {
	c := w.cursor(f.ID)
	low := uint32(1)
	switch {
	case c.Since != 0:
		if uids, err = s.young(ctx, c.Since, c.AllFrom, v.exists); err != nil || !full || len(uids) == 0 {
			return uids, err
		}
		low = uids[0]
	case !full:
		return s.uids(ctx, v.exists)
	}
	all, err := w.census(ctx, s, f, low, 0, false)
	if err != nil {
		return nil, err
	}
	if uids == nil {
		uids = uidsOf(all)
	}
	return uids, w.noteFlags(ctx, f, all)
}

// lastComparison is how a folder compared last.
func (w *worker) lastComparison(f store.Folder) comparison {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.compared[f.ID]
}

// comparedAlready reports whether the counts are those of the last comparison. They may differ from
// the server's for as long as it has not heard of a move.
func (w *worker) comparedAlready(f store.Folder, v view) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	last := w.compared[f.ID]
	return last.exists == v.exists && last.total == f.Total && time.Since(last.at) < w.Timing.Census
}

// difference tells which of their UIDs below next are absent here, and which of ours are gone there.
func difference(theirs []uint32, ours map[uint32]store.UIDFlags, next uint32) (absent, gone []uint32) {
	there := make(map[uint32]struct{}, len(theirs))
	for _, uid := range theirs {
		there[uid] = struct{}{}
		if _, here := ours[uid]; !here && uid < next {
			absent = append(absent, uid)
		}
	}
	for uid := range ours {
		if _, ok := there[uid]; !ok {
			gone = append(gone, uid)
		}
	}
	slices.Sort(gone)
	return absent, gone
}

// flags looks at the flags of what may have changed: what CONDSTORE names, or the newest mails.
func (w *worker) flags(ctx context.Context, s *session, f store.Folder, v view) error {
	c := w.cursor(f.ID)
	if c.ModSeq == 0 || !s.hasModSeq() {
		low := uint32(1)
		if c.UIDNext > flagsWindow {
			low = c.UIDNext - flagsWindow
		}
		all, err := w.census(ctx, s, f, low, 0, false)
		if err != nil {
			return err
		}
		return w.noteFlags(ctx, f, all)
	}
	if v.modSeq != 0 && v.modSeq <= c.ModSeq {
		return nil
	}
	changed, err := s.changedSince(ctx, c.ModSeq)
	if err != nil {
		return err
	}
	if err := w.noteFlags(ctx, f, changed); err != nil {
		return err
	}
	high := v.modSeq
	for _, m := range changed {
		high = max(high, m.modSeq)
	}
	return w.advance(ctx, f, func(_ *store.Tx, c *store.FolderCursor) error {
		c.ModSeq = max(c.ModSeq, high)
		return nil
	})
}

func (w *worker) noteFlags(ctx context.Context, f store.Folder, mails []seen) error {
	if len(mails) == 0 {
		return nil
	}
	known, err := w.Store.UIDs(ctx, f.ID)
	if err != nil {
		return err
	}
	theirs := map[uint32]store.Flags{}
	for _, m := range mails {
		if k, ok := known[m.uid]; ok && !m.odd && k.Flags != m.flags {
			theirs[m.uid] = m.flags
		}
	}
	if len(theirs) == 0 {
		return nil
	}
	err = w.Store.Tx(ctx, func(tx *store.Tx) error {
		_, err := tx.SetFlags(f, theirs)
		return err
	})
	if err != nil {
		return fmt.Errorf("note flags: %w", err)
	}
	return nil
}

// welcome fetches what a glance has found, and moves the cursor over it.
func (w *worker) welcome(ctx context.Context, s *session, g glance) error {
	f, news := g.folder, g.news
	since := w.goal(f) // of a first look
	next, low := g.view.next, uint32(0)
	for _, m := range news {
		next = max(next, m.uid+1)
	}
	switch {
	case g.begin && g.whole:
		low = 1
	case g.begin && len(news) == 0:
		low = max(2, next)
	case g.begin:
		low = news[0].uid
	case len(news) > mostNews:
		news = news[len(news)-firstBatch:]
		low = news[0].uid
	}
	news, err := w.unknown(ctx, f, news)
	if err != nil {
		return err
	}
	if len(news) > 0 {
		if _, err := s.open(ctx, f.Path); err != nil {
			return err
		}
		if err := w.bring(ctx, s, f, news); err != nil {
			return err
		}
	}
	err = w.advance(ctx, f, func(_ *store.Tx, c *store.FolderCursor) error {
		c.UIDNext = max(c.UIDNext, next, 1)
		c.ServerTotal = g.view.exists
		if low != 0 {
			c.LowUID = low
		}
		if g.begin {
			c.ModSeq, c.Since, c.AllFrom = g.view.modSeq, since, 0
			if since != 0 {
				c.AllFrom = g.view.next
			}
		}
		return nil
	})
	if err == nil && len(news) > 0 {
		w.tell(store.SideIMAP, "fetch", store.WentWell, strconv.Itoa(len(news)))
	}
	if low > 1 {
		w.ringBehind()
	}
	return err
}

// unknown leaves out what is here already: mails that we moved there ourselves, above all.
func (w *worker) unknown(ctx context.Context, f store.Folder, mails []seen) ([]seen, error) {
	if len(mails) == 0 {
		return nil, nil
	}
	ours, err := w.Store.UIDs(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(mails), func(m seen) bool { _, here := ours[m.uid]; return here }), nil
}

// leaveToHaul says that below a UID not everything is here.
func (w *worker) leaveToHaul(ctx context.Context, f store.Folder, low uint32) error {
	defer w.ringBehind()
	return w.advance(ctx, f, func(_ *store.Tx, c *store.FolderCursor) error {
		c.LowUID = max(2, low)
		return nil
	})
}

func (w *worker) ringBehind() {
	select {
	case w.behind <- struct{}{}:
	default: // a token is already waiting
	}
}
