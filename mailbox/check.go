package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"postroom/problem"
	"postroom/store"
)

// check is for a mail whose answer was lost: it is looked for in the Sent folder.
func (o *outbox) check(ctx context.Context, mail store.Outgoing) error {
	err := o.step(ctx, &mail, store.Checking, nil)
	if err == nil {
		o.errands = append(o.errands, errand{mail: mail, at: time.Now().Add(o.Timing.Checks[0])})
	}
	return err
}

// runErrands does what is due in the Sent folder.
func (o *outbox) runErrands(ctx context.Context) error {
	var left []errand
	var failed error
	for i, e := range o.errands {
		if time.Now().Before(e.at) {
			left = append(left, e)
			continue
		}
		do := o.look
		if e.file {
			do = o.fileCopy
		}
		again, err := do(ctx, &o.errands[i])
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			failed = errors.Join(failed, err)
			again, o.errands[i].at = true, time.Now().Add(o.Timing.Resend)
		}
		if again {
			left = append(left, o.errands[i])
		}
	}
	o.errands = left
	return failed
}

// look looks once for a mail in checking. It reports whether to look again.
func (o *outbox) look(ctx context.Context, e *errand) (again bool, err error) {
	found, err := o.findCopy(ctx, e.mail)
	if err != nil {
		o.log.Info("Sent folder cannot be read", "outgoing", e.mail.ID, "err", err)
		e.at = time.Now().Add(o.Timing.Resend)
		return true, nil // this look does not count
	}
	if found != nil {
		return false, o.settleSent(ctx, e.mail, found)
	}
	if e.step++; e.step < len(o.Timing.Checks) {
		e.at = time.Now().Add(o.Timing.Checks[e.step] - o.Timing.Checks[e.step-1])
		return true, nil
	}
	o.log.Warn("mail not found in the Sent folder", "outgoing", e.mail.ID)
	err = o.Store.Tx(ctx, func(tx *store.Tx) error {
		return tx.MoveOutgoing(e.mail.ID, store.Checking, store.Unconfirmed, func(m *store.Outgoing) {
			m.Problem = problem.New(problem.SendUncertain, "")
		})
	})
	if problem.Is(err, problem.Conflict) {
		return false, nil // its copy came by the sync meanwhile
	}
	return false, err
}

// copyOf is what the Sent folder says of a mail of ours.
type copyOf struct{ rfcMessageID string }

func (o *outbox) settleSent(ctx context.Context, mail store.Outgoing, found *copyOf) error {
	now := o.Now().UnixMilli()
	err := o.Store.Tx(ctx, func(tx *store.Tx) error {
		err := tx.MoveOutgoing(mail.ID, store.Checking, store.SentState, found.seen(now))
		if err != nil {
			return err
		}
		return answered(tx, mail)
	})
	if problem.Is(err, problem.Conflict) {
		return nil
	}
	return err
}

// findCopy reads the Sent folder above the noted UID for a mail with one of our names: our own
// header, our Message-ID, or the one that Outlook.com put aside for its own. The server's own search
// by header is known not to be reliable, so it is not asked.
func (o *outbox) findCopy(ctx context.Context, mail store.Outgoing) (found *copyOf, err error) {
	ctx, cancel := context.WithTimeout(ctx, lineTime)
	defer cancel()
	err = o.ask(ctx, func(ctx context.Context, s *session) error {
		found, err = o.readSent(ctx, s, mail)
		return err
	})
	return found, err
}

func (o *outbox) readSent(ctx context.Context, s *session, mail store.Outgoing) (*copyOf, error) {
	sent, ok := o.withRole(store.Sent)
	if !ok {
		return nil, nil
	}
	s.opened = "" // the count of a folder that is open already may be old
	v, err := s.open(ctx, sent.Path)
	if err != nil || v.exists == 0 {
		return nil, err
	}
	const window = 200
	var set imap.NumSet
	if mail.SentUIDNext != 0 && mail.SentUIDValidity == v.validity {
		newest, err := s.last(ctx, mail.SentUIDNext)
		if err != nil || newest == 0 {
			return nil, err
		}
		above := imap.UIDSet{}
		above.AddRange(imap.UID(mail.SentUIDNext), imap.UID(newest))
		set = above
	} else { // renumbered since, or nothing was noted
		last := imap.SeqSet{}
		last.AddRange(uint32(max(1, v.exists-window+1)), uint32(v.exists))
		set = last
	}
	section := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, HeaderFields: []string{headerOutgoing, headerOriginal, headerID}, Peek: true}
	var found *copyOf
	err = s.do(ctx, "read sent mail", func() error {
		command := s.client.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
		for m := command.Next(); m != nil; m = command.Next() {
			raw, err := readHeader(m)
			if err != nil {
				return err
			}
			if h := header(raw, headerOutgoing, headerOriginal, headerID); isCopy(h, mail) {
				found = &copyOf{h[headerID]}
			}
		}
		return command.Close()
	})
	return found, err
}

// readHeader reads the section that was asked for.
func readHeader(m *imapclient.FetchMessageData) (raw []byte, err error) {
	for item := m.Next(); item != nil; item = m.Next() {
		if part, ok := item.(imapclient.FetchItemDataBodySection); ok && part.Literal != nil {
			if raw, err = io.ReadAll(io.LimitReader(part.Literal, 64<<10)); err != nil {
				return nil, fmt.Errorf("%w: %w", errTorn, err)
			}
		}
	}
	return raw, nil
}

// isCopy reports whether a header is that of a copy of mail.
func isCopy(h map[string]string, mail store.Outgoing) bool {
	return h[headerOutgoing] == mail.ID ||
		(mail.RFCMessageID != "" && (h[headerOriginal] == mail.RFCMessageID || h[headerID] == mail.RFCMessageID)) ||
		(mail.ServerMessageID != "" && h[headerID] == mail.ServerMessageID)
}

// fetchCopy sees to it that the copy of a mail just sent is here soon.
func (o *outbox) fetchCopy(mail store.Outgoing) {
	mail.State, mail.Raw, mail.SentAt = store.SentState, nil, o.Now().UnixMilli()
	o.errands = append(o.errands, errand{mail: mail, at: time.Now(), file: true})
}

// resumeFiling takes up the mails that were sent, and whose copy had not been seen, when the last
// worker ended.
func (o *outbox) resumeFiling(ctx context.Context) error {
	box, err := o.Store.WorkerMailbox(ctx, o.id)
	if err != nil {
		return err
	}
	all, err := o.Store.Outgoings(ctx, box.UserID)
	if err != nil {
		return err
	}
	const recent = 7 * 24 * time.Hour
	for _, mail := range slices.Backward(all) {
		if mail.MailboxID == o.id && mail.State == store.SentState && mail.ConfirmedAt == 0 && o.Now().UnixMilli()-mail.SentAt < recent.Milliseconds() {
			o.errands = append(o.errands, errand{mail: mail, at: time.Now(), file: true})
		}
	}
	return nil
}

// fileCopy looks at the Sent folder for the copy of a sent mail, so that it is here without waiting
// for the next sweep. Where filing is ours it appends the copy, unless it finds that it has done so
// before. It reports whether to look again.
func (o *outbox) fileCopy(ctx context.Context, e *errand) (again bool, err error) {
	box, provider := o.mailbox()
	if provider.ID == "" {
		e.at = time.Now().Add(time.Second)
		return true, nil
	}
	// What is sent from a shared mailbox, the server files with whoever was signed in.
	if provider.FilesSent == store.SentByClient || box.Shared != "" {
		return false, o.appendCopy(ctx, e.mail)
	}
	found, err := o.awaitCopy(ctx, e.mail)
	if err != nil {
		o.log.Info("Sent folder cannot be read", "outgoing", e.mail.ID, "err", err)
	}
	if found != nil {
		return false, o.note(ctx, e.mail, found)
	}
	if e.step++; e.step >= len(o.Timing.Checks) {
		return false, nil // a late copy comes with a sweep
	}
	e.at = time.Now().Add(o.Timing.Checks[e.step] - o.Timing.Checks[e.step-1])
	return true, nil
}

// awaitCopy brings what is new in the Sent folder, and tells whether the copy is there.
func (o *outbox) awaitCopy(ctx context.Context, mail store.Outgoing) (found *copyOf, err error) {
	ctx, cancel := context.WithTimeout(ctx, lineTime)
	defer cancel()
	err = o.ask(ctx, func(ctx context.Context, s *session) error {
		if err := o.lookAt(ctx, s, store.Sent, false); err != nil {
			return err
		}
		found, err = o.readSent(ctx, s, mail)
		return err
	})
	return found, err
}

// note writes down that the copy of a sent mail has been seen.
func (o *outbox) note(ctx context.Context, mail store.Outgoing, found *copyOf) error {
	err := o.Store.Tx(ctx, func(tx *store.Tx) error {
		return tx.MoveOutgoing(mail.ID, store.SentState, store.SentState, found.seen(o.Now().UnixMilli()))
	})
	return ignoreNotFound(err)
}

// seen is the change to a mail whose copy is in the Sent folder.
func (c *copyOf) seen(now int64) func(*store.Outgoing) {
	return func(m *store.Outgoing) {
		m.Problem = nil
		if m.ConfirmedAt == 0 {
			m.ConfirmedAt = now
		}
		if m.SentAt == 0 {
			m.SentAt = now
		}
		if c.rfcMessageID != "" && c.rfcMessageID != m.RFCMessageID {
			m.ServerMessageID = c.rfcMessageID
		}
	}
}

func ignoreNotFound(err error) error {
	if problem.Is(err, problem.NotFound) {
		return nil
	}
	return err
}

// appendCopy puts the copy of a mail into the Sent folder, once.
func (o *outbox) appendCopy(ctx context.Context, mail store.Outgoing) error {
	raw, err := o.Store.OutgoingRaw(ctx, mail.UserID, mail.ID)
	if err != nil {
		return ignoreNotFound(err)
	}
	within, cancel := context.WithTimeout(ctx, lineTime+answerTime)
	defer cancel()
	err = o.ask(within, func(ctx context.Context, s *session) error {
		sent, ok := o.withRole(store.Sent)
		if !ok {
			return nil
		}
		found, err := o.readSent(ctx, s, mail)
		if err != nil || found != nil {
			return err
		}
		if err := s.append(ctx, sent.Path, raw, time.UnixMilli(mail.SentAt)); err != nil {
			return err
		}
		return o.lookAt(ctx, s, store.Sent, false)
	})
	if err != nil && !refused(err) {
		return fmt.Errorf("file sent mail: %w", err)
	}
	if err != nil {
		o.log.Warn("sent mail cannot be filed", "outgoing", mail.ID, "err", err)
	}
	return o.note(ctx, mail, &copyOf{})
}

func (s *session) append(ctx context.Context, path string, raw []byte, at time.Time) error {
	return s.do(ctx, "append", func() error {
		command := s.client.Append(path, int64(len(raw)), &imap.AppendOptions{Flags: []imap.Flag{imap.FlagSeen}, Time: at})
		if _, err := command.Write(raw); err != nil {
			_ = command.Close()
			return err
		}
		if err := command.Close(); err != nil {
			return err
		}
		_, err := command.Wait()
		return err
	})
}

// copies finds, among mails for the Sent folder, copies of what this mailbox sends. An id in a header
// may be forged, so each is looked up first.
func (w *worker) copies(ctx context.Context, f store.Folder, batch []kept) (map[string]*copyOf, error) {
	if f.Role != store.Sent {
		return nil, nil
	}
	box, _ := w.mailbox()
	found := map[string]*copyOf{}
	for _, k := range batch {
		h := header(k.raw, headerOutgoing, headerID)
		id := h[headerOutgoing]
		if id == "" {
			continue
		}
		mail, err := w.Store.Outgoing(ctx, box.UserID, id)
		if err != nil && !problem.Is(err, problem.NotFound) {
			return nil, err
		}
		if err == nil && mail.MailboxID == w.id && mail.ConfirmedAt == 0 {
			found[id] = &copyOf{h[headerID]}
		}
	}
	return found, nil
}

// confirm is called in the transaction that adds copies: each proves that its mail was sent,
// whatever was thought of that before.
func (w *worker) confirm(tx *store.Tx, copies map[string]*copyOf) error {
	for id, found := range copies {
		for _, from := range []store.OutgoingState{store.SentState, store.Checking, store.Unconfirmed} {
			err := tx.MoveOutgoing(id, from, store.SentState, found.seen(w.Now().UnixMilli()))
			if err == nil {
				break
			}
			if !problem.Is(err, problem.Conflict) && !problem.Is(err, problem.NotFound) {
				return err
			}
		}
	}
	return nil
}
