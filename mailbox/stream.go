package mailbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"golang.org/x/sync/semaphore"

	"postroom/store"
)

const (
	firstBatch = 25       // mails of the first FETCH, so that the newest are here soon
	mostMails  = 200      // of one FETCH
	mostBytes  = 8 << 20  // of one FETCH, by the server's estimate
	inFlight   = 3        // FETCHes under way: the wire must not wait for a round trip
	mostHeld   = 32 << 20 // bytes of mails in memory, between wire and database
)

// Depths of asking for a mail, from all of it down to what cannot hurt.
const (
	whole = iota
	heads // the header
	bare  // flags and size
)

// plan cuts a list of mails into batches for FETCH, in order.
func plan(mails []seen, first, most int) [][]seen {
	var batches [][]seen
	for len(mails) > 0 {
		n, size := 0, int64(0)
		for n < min(first, most, len(mails)) && (n == 0 || size+mails[n].size <= mostBytes) {
			size += mails[n].size
			n++
		}
		batches = append(batches, mails[:n])
		mails, first = mails[n:], mostMails
	}
	return batches
}

// fetching is one FETCH of a stream, and what of it has not come.
type fetching struct {
	asked  []seen
	absent map[uint32]seen
	err    error
}

// stream asks for batches of mails, some at a time, and hands each mail on as it comes. It returns
// what was asked for, in order, with what did not come; the first error that ended the connection
// ends the stream.
func (s *session) stream(ctx context.Context, batches [][]seen, depth, atOnce int, hold *semaphore.Weighted, each func(letter) error) (done []*fetching, err error) {
	err = s.do(ctx, "fetch mails", func() error {
		ctx, stop := context.WithCancelCause(ctx)
		defer stop(nil)
		defer context.AfterFunc(ctx, s.cut)()
		slots := make(chan struct{}, atOnce)
		var wait sync.WaitGroup
		for _, batch := range batches {
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
			}
			if ctx.Err() != nil {
				break
			}
			f := &fetching{asked: batch, absent: map[uint32]seen{}}
			for _, m := range batch {
				f.absent[m.uid] = m
			}
			done = append(done, f)
			command := s.client.Fetch(setOf(uidsOf(batch)), wanted(depth))
			wait.Go(func() {
				defer func() { <-slots }()
				f.err = survive(func() error { return f.collect(ctx, command, depth, hold, each) })
				if f.err != nil && !isRefusal(f.err) {
					stop(f.err)
				}
			})
		}
		wait.Wait()
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return nil
	})
	return done, err
}

func isRefusal(err error) bool {
	var no *imap.Error
	return errors.As(err, &no) && throttled(no.Text) == nil
}

func wanted(depth int) *imap.FetchOptions {
	o := &imap.FetchOptions{UID: true, Flags: true, RFC822Size: true}
	switch depth {
	case whole:
		o.InternalDate = true
		o.BodySection = []*imap.FetchItemBodySection{{Peek: true}}
	case heads:
		o.InternalDate = true
		o.BodySection = []*imap.FetchItemBodySection{{Specifier: imap.PartSpecifierHeader, Peek: true}}
	}
	return o
}

// collect reads one FETCH to its end. A mail without the section asked for counts as absent: the
// library gives what it has when the server announces a flag change in between.
func (f *fetching) collect(ctx context.Context, command *imapclient.FetchCommand, depth int, hold *semaphore.Weighted, each func(letter) error) (err error) {
	defer func() {
		if err != nil && !errors.Is(err, errTorn) {
			_ = command.Close()
		}
	}()
	for m := command.Next(); m != nil; m = command.Next() {
		l, err := readLetter(ctx, m, depth, hold)
		if err != nil {
			return err
		}
		if _, ok := f.absent[l.uid]; !ok || (depth != bare && l.raw == nil) {
			hold.Release(l.weight())
			continue
		}
		delete(f.absent, l.uid)
		if err := each(l); err != nil {
			return err
		}
	}
	return command.Close()
}

// weight is how much of the memory for mails a letter takes.
func (l letter) weight() int64 { return min(int64(len(l.raw)), mostHeld) }

func readLetter(ctx context.Context, m *imapclient.FetchMessageData, depth int, hold *semaphore.Weighted) (l letter, err error) {
	for item := m.Next(); item != nil; item = m.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			l.uid = uint32(item.UID)
		case imapclient.FetchItemDataFlags:
			l.flags = flagsOf(item.Flags)
		case imapclient.FetchItemDataRFC822Size:
			l.size = item.Size
		case imapclient.FetchItemDataInternalDate:
			l.date = item.Time
		case imapclient.FetchItemDataBodySection:
			if l.raw != nil || item.Literal == nil || item.Section.Partial != nil || (depth == whole) != (item.Section.Specifier == imap.PartSpecifierNone) {
				continue // the next Next skips it
			}
			l.heads = depth == heads
			if l.raw, err = readSource(ctx, item.Literal, hold); err != nil {
				return l, err
			}
		}
	}
	return l, nil
}

// errTorn is a mail that the connection's end cut off. Its command is left alone: to drain it would
// be to read the same literal again, while the library's reader has gone on.
var errTorn = errors.New("mail is cut off")

// readSource reads a mail's bytes once there is room for them. It does not believe the announced
// size before the bytes are there.
func readSource(ctx context.Context, lit imap.LiteralReader, hold *semaphore.Weighted) ([]byte, error) {
	size := lit.Size()
	if err := hold.Acquire(ctx, min(size, mostHeld)); err != nil {
		return nil, context.Cause(ctx)
	}
	var buf bytes.Buffer
	buf.Grow(int(min(size, 256<<10)) + bytes.MinRead)
	_, err := io.Copy(&buf, lit)
	if err == nil && int64(buf.Len()) != size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		hold.Release(min(size, mostHeld))
		return nil, fmt.Errorf("%w: %w", errTorn, err)
	}
	if buf.Len() == 0 {
		return []byte{}, nil
	}
	return buf.Bytes(), nil
}

func uidsOf(mails []seen) []uint32 {
	uids := make([]uint32, len(mails))
	for i, m := range mails {
		uids[i] = m.uid
	}
	return uids
}

// kept is a mail on its way into the database.
type kept struct {
	letter
	store.NewMessage
}

// writer gathers mails and commits them in portions, early when nothing follows.
type writer struct {
	commit func([]kept) error
	hold   *semaphore.Weighted
	batch  []kept
	size   int64
}

const commitAfter = 200 * time.Millisecond

// run commits what comes until the channel is closed. After an error it only drains.
func (w *writer) run(mails <-chan kept, failed func(error)) error {
	var err error
	late := time.NewTimer(commitAfter)
	defer late.Stop()
	flush := func() {
		if err == nil && len(w.batch) > 0 {
			if err = w.commit(w.batch); err != nil {
				failed(err)
			}
		}
		for _, k := range w.batch {
			w.hold.Release(k.weight())
		}
		w.batch, w.size = nil, 0
	}
	for {
		select {
		case k, ok := <-mails:
			if !ok {
				flush()
				return err
			}
			if len(w.batch) == 0 {
				late.Reset(commitAfter)
			}
			w.batch, w.size = append(w.batch, k), w.size+int64(len(k.raw))
			if len(w.batch) >= mostMails || w.size >= mostBytes {
				flush()
			}
		case <-late.C:
			flush()
		}
	}
}
