package store

import (
	"cmp"
	"slices"
)

// adopt looks for mails that are new in this folder but known here: gone from another folder, or moved
// here by us so that their UID was not known. The Message-ID, the date and about the size must agree.
func (a *arrival) adopt() error {
	var ids []string
	for _, m := range a.mails {
		if _, ok := a.at[m.UID]; !ok && m.RFCMessageID != "" {
			ids = append(ids, m.RFCMessageID)
		}
	}
	known, err := a.adrift(ids)
	if err != nil || len(known) == 0 {
		return err
	}
	pending, err := a.pendingOf(known)
	if err != nil {
		return err
	}
	ours, err := a.tx.pendingFlags(a.box.ID)
	if err != nil {
		return err
	}
	var turns []turn
	for i := range a.mails {
		m := &a.mails[i]
		if _, ok := a.at[m.UID]; ok {
			continue
		}
		k := slices.IndexFunc(known, func(k Message) bool { return sameMail(k, m.Message) && a.fits(k, pending[k.ID]) })
		if k < 0 {
			continue
		}
		found := known[k]
		known = slices.Delete(known, k, k+1)
		a.at[m.UID] = found.ID
		if a.waits(pending[found.ID]) {
			if _, err := a.tx.rebase(pending[found.ID], a.folder.ID, m.UID); err != nil {
				return err
			}
		}
		if a.movingAway(pending[found.ID]) {
			continue
		}
		turns = append(turns, turn{found.standing(), a.landed(found, *m, ours[found.ID], pending[found.ID])})
	}
	return a.tx.restate(a.box, turns)
}

// adrift returns messages of the mailbox that have no place on the server as far as we know, those
// that should be in this folder first, and then the latest.
func (a *arrival) adrift(rfcIDs []string) (known []Message, err error) {
	err = inChunks(rfcIDs, batch, func(rfcIDs []string) error {
		var some []Message
		err := a.tx.db.Where("mailbox_id = ? AND uid = 0 AND rfc_message_id IN ?", a.box.ID, rfcIDs).Find(&some).Error
		known = append(known, some...)
		return failed("look for messages adrift", err)
	})
	slices.SortStableFunc(known, func(x, y Message) int {
		if here := x.FolderID == a.folder.ID; here != (y.FolderID == a.folder.ID) {
			if here {
				return -1
			}
			return 1
		}
		return cmp.Compare(y.ID, x.ID)
	})
	return known, err
}

// sameMail says whether two rows are one mail. Servers report sizes a little differently by folder.
func sameMail(x, y Message) bool {
	near := max(x.Size, y.Size) / 20
	return x.RFCMessageID == y.RFCMessageID && x.Date == y.Date && max(x.Size-y.Size, y.Size-x.Size) <= near
}

// pendingOf returns the pending actions on messages, each message's in order.
func (a *arrival) pendingOf(known []Message) (map[int64][]Action, error) {
	ids := make([]int64, len(known))
	for i, m := range known {
		ids[i] = m.ID
	}
	pending := map[int64][]Action{}
	err := inChunks(ids, batch, func(ids []int64) error {
		var as []Action
		err := a.tx.db.Where("message_id IN ? AND failed_at = 0", ids).Order("id").Find(&as).Error
		for _, act := range as {
			pending[act.MessageID] = append(pending[act.MessageID], act)
		}
		return failed("read pending actions", err)
	})
	return pending, err
}

// fits says whether a message adrift may be the one that was found here. While we are moving or deleting
// it, it can only be where it comes from or where it goes to; anywhere else it is another copy.
func (a *arrival) fits(m Message, pending []Action) bool {
	busy := slices.ContainsFunc(pending, func(act Action) bool { return act.Kind == Move || act.Kind == Delete })
	return !busy || m.FolderID == a.folder.ID || a.movingAway(pending)
}

// movingAway says whether a pending move is to take the message out of this folder and does not know
// its UID yet.
func (a *arrival) movingAway(pending []Action) bool {
	k := slices.IndexFunc(pending, func(act Action) bool { return act.Kind == Move })
	return k >= 0 && a.waits(pending[k:])
}

// waits says whether the first of these actions waits for a UID of this folder.
func (a *arrival) waits(pending []Action) bool {
	return len(pending) > 0 && pending[0].FolderID == a.folder.ID && pending[0].UID == 0
}

// landed is the standing of an adopted message: this place, the server's flags, and what we have yet
// to tell the server.
func (a *arrival) landed(old Message, m NewMessage, ours Flags, pending []Action) standing {
	s := old.standing()
	deleting := slices.ContainsFunc(pending, func(act Action) bool { return act.Kind == Delete })
	if !deleting {
		s.GoneAt = 0
	}
	s.FolderID, s.UIDValidity, s.UID, s.MovedAt = a.folder.ID, a.folder.UIDValidity, m.UID, 0
	s.Flags = ours.keep(s.Flags, m.standing().Flags)
	return s
}
