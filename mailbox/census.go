package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"postroom/store"
)

// seen is what the server says of one message.
type seen struct {
	uid   uint32
	flags store.Flags
	size  int64 // an estimate, at Exchange

	modSeq uint64
	odd    bool // the server refuses to say more
}

func byUID(a, b seen) int { return int(int64(a.uid) - int64(b.uid)) }

// mostSeen bounds how many messages a server can make us believe in.
const mostSeen = 4 << 20

// census lists the messages with from ≤ UID ≤ to, by UID, without some; to 0 means without end.
func (s *session) census(ctx context.Context, from, to uint32, sizes bool, without []uint32) ([]seen, error) {
	if to == 0 && from > 1 {
		last, err := s.last(ctx, from)
		if err != nil || last < from {
			return nil, err
		}
		to = last
	}
	set := span(from, to, without)
	if len(set) == 0 {
		return nil, nil
	}
	found, err := s.list(ctx, set, &imap.FetchOptions{UID: true, Flags: true, RFC822Size: sizes})
	return slices.DeleteFunc(found, func(m seen) bool { return m.uid < from || (to != 0 && m.uid > to) }), err
}

// last finds the highest UID of the open folder that is at least from; 0 when there is none. A FETCH
// of "n:*" would always answer with the newest message, even when nothing is newer (RFC 9051,
// 6.4.9): outside of what was asked for, the library takes that for news, and we would look again,
// for ever. In a SEARCH the same answer is only a number.
func (s *session) last(ctx context.Context, from uint32) (last uint32, err error) {
	var set imap.UIDSet
	set.AddRange(imap.UID(from), 0)
	uids, err := s.search(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{set}})
	for _, uid := range uids {
		if uid >= from {
			last = max(last, uid)
		}
	}
	return last, err
}

// changedSince lists the messages whose flags have changed since modSeq, and new ones.
func (s *session) changedSince(ctx context.Context, modSeq uint64) ([]seen, error) {
	var set imap.UIDSet
	set.AddRange(1, 0)
	return s.list(ctx, set, &imap.FetchOptions{UID: true, Flags: true, ModSeq: true, ChangedSince: modSeq})
}

// newest lists the last n messages of the open folder. It is to follow open at once: message
// numbers hold only until the server has a chance to announce an expunge.
func (s *session) newest(ctx context.Context, exists int64, n int64) ([]seen, error) {
	if exists == 0 {
		return nil, nil
	}
	var set imap.SeqSet
	set.AddRange(uint32(max(1, exists-n+1)), uint32(exists))
	return s.list(ctx, set, &imap.FetchOptions{UID: true, Flags: true, RFC822Size: true})
}

func (s *session) list(ctx context.Context, set imap.NumSet, want *imap.FetchOptions) (found []seen, err error) {
	err = s.do(ctx, "list messages", func() error {
		command := s.client.Fetch(set, want)
		defer command.Close()
		for m := command.Next(); m != nil; m = command.Next() {
			if one := readSeen(m); one.uid != 0 && len(found) < mostSeen {
				found = append(found, one)
			}
		}
		if err := command.Close(); !vanished(err) {
			return err
		}
		return nil
	})
	slices.SortFunc(found, byUID)
	return slices.CompactFunc(found, func(a, b seen) bool { return a.uid == b.uid }), err
}

// vanished reports whether a FETCH was refused only for messages that are gone: Exchange sends the
// others, and then "NO Some of the requested messages no longer exist."
func vanished(err error) bool {
	var no *imap.Error
	return errors.As(err, &no) && strings.Contains(no.Text, "no longer exist")
}

func readSeen(m *imapclient.FetchMessageData) (one seen) {
	for item := m.Next(); item != nil; item = m.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			one.uid = uint32(item.UID)
		case imapclient.FetchItemDataFlags:
			one.flags = flagsOf(item.Flags)
		case imapclient.FetchItemDataRFC822Size:
			one.size = item.Size
		case imapclient.FetchItemDataModSeq:
			one.modSeq = item.ModSeq
		}
	}
	return one
}

// mostSearched is how many UIDs may come on one SEARCH line: the guard ends lines of more than 1 MB.
const mostSearched = 80_000

// uids lists the UIDs of the open folder. A SEARCH costs a seventh of the bytes of a FETCH.
func (s *session) uids(ctx context.Context, exists int64) (uids []uint32, err error) {
	if exists > mostSearched {
		all, err := s.census(ctx, 1, 0, false, nil)
		for _, m := range all {
			uids = append(uids, m.uid)
		}
		return uids, err
	}
	return s.search(ctx, &imap.SearchCriteria{})
}

// search lists the UIDs of the open folder that the criteria find.
func (s *session) search(ctx context.Context, criteria *imap.SearchCriteria) (uids []uint32, err error) {
	err = s.do(ctx, "search", func() error {
		d, err := s.client.UIDSearch(criteria, nil).Wait()
		if err != nil {
			return err
		}
		set, ok := d.All.(imap.UIDSet)
		if !ok && d.All != nil {
			return fmt.Errorf("search: answered with %T", d.All)
		}
		uids, err = expand(set)
		return err
	})
	return uids, err
}

// expand lists the UIDs of a set that came from a server.
func expand(set imap.UIDSet) ([]uint32, error) {
	var uids []uint32
	for _, r := range set {
		if r.Stop == 0 || len(uids)+int(r.Stop-r.Start) > mostSeen {
			return nil, fmt.Errorf("a set of UIDs without end")
		}
		for uid := uint64(r.Start); uid <= uint64(r.Stop); uid++ {
			uids = append(uids, uint32(uid))
		}
	}
	return uids, nil
}

// setOf makes a set of UIDs for a command.
func setOf(uids []uint32) imap.UIDSet {
	var set imap.UIDSet
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	return set
}

func flagsOf(list []imap.Flag) (f store.Flags) {
	for _, flag := range list {
		switch flag {
		case imap.FlagSeen:
			f.Seen = true
		case imap.FlagFlagged:
			f.Flagged = true
		case imap.FlagAnswered:
			f.Answered = true
		case imap.FlagForwarded:
			f.Forwarded = true
		case imap.FlagDraft:
			f.Draft = true
		}
	}
	return f
}
