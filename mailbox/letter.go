package mailbox

import (
	"bytes"
	"context"
	"fmt"
	"net/textproto"
	"strings"
	"time"

	"postroom/message"
	"postroom/problem"
	"postroom/store"
)

// letter is a mail as it came from the server.
type letter struct {
	seen
	date  time.Time // internal date
	raw   []byte    // nil: it did not come
	heads bool      // raw is its header alone
	why   *problem.Problem
}

// read makes of a letter what the store keeps. A letter without its source, or one that breaks our
// reading, becomes a stub that says so: it is listed all the same.
func (w *worker) read(ctx context.Context, l letter) (m store.NewMessage, err error) {
	defer func() {
		if r := recover(); r != nil {
			w.log.Error("reading a mail panicked", "uid", l.uid, "panic", fmt.Sprint(r))
			m, err = store.NewMessage{Message: stub(l, problem.New(problem.MailUnreadable, ""))}, nil
		}
	}()
	if l.raw == nil {
		return store.NewMessage{Message: stub(l, l.why)}, nil
	}
	p := message.Parse(l.raw)
	m.Message = stub(l, l.why)
	describe(&m.Message, p)
	m.Words = words(p)
	if l.heads {
		return m, nil
	}
	m.Size = int64(len(l.raw))
	m.Snippet = message.Preview(p)
	if p.Complex && m.Problem == nil {
		m.Problem = problem.New(problem.MailUnreadable, "It is too complex to be taken apart.")
	}
	m.Source, err = w.Store.Keep(ctx, l.raw)
	if err != nil {
		return m, fmt.Errorf("keep source: %w", err)
	}
	return m, nil
}

// stub is what is known of a mail beside its text.
func stub(l letter, why *problem.Problem) store.Message {
	date := l.date.UnixMilli()
	if l.date.IsZero() {
		date = 0
	}
	return store.Message{
		UID: l.uid, InternalDate: date, Date: date, Size: l.size, Problem: why,
		Seen: l.flags.Seen, Flagged: l.flags.Flagged, Answered: l.flags.Answered, Forwarded: l.flags.Forwarded, Draft: l.flags.Draft,
	}
}

func describe(m *store.Message, p message.Parsed) {
	m.RFCMessageID = p.MessageID
	if len(p.InReplyTo) > 0 {
		m.InReplyTo = p.InReplyTo[0]
	}
	m.References = strings.Join(p.References, " ")
	m.Subject = p.Subject
	m.From, m.To, m.Cc, m.ReplyTo = addresses(p.From), addresses(p.To), addresses(p.Cc), addresses(p.ReplyTo)
	for _, part := range p.Parts {
		if !part.Inline {
			m.Attachments++
		}
	}
	if sane(p.Date, m.InternalDate) {
		m.Date = p.Date.UnixMilli()
	}
}

// sane reports whether a Date header may be believed: not from before there was mail, nor from well
// after it arrived.
func sane(date time.Time, arrived int64) bool {
	const slack = 48 * time.Hour
	if date.IsZero() || date.Year() < 1971 {
		return false
	}
	return arrived == 0 || date.UnixMilli() <= arrived+slack.Milliseconds()
}

func addresses(list []message.Address) []store.Address {
	out := make([]store.Address, len(list))
	for i, a := range list {
		out[i] = store.Address{Name: a.Name, Addr: a.Addr}
	}
	return out
}

func words(p message.Parsed) store.Words {
	var people, files strings.Builder
	for _, list := range [][]message.Address{p.From, p.To, p.Cc} {
		for _, a := range list {
			people.WriteString(a.Name + " " + a.Addr + "\n")
		}
	}
	for _, part := range p.Parts {
		if !part.Inline {
			files.WriteString(part.Name + "\n")
		}
	}
	return store.Words{Subject: p.Subject, People: people.String(), Body: p.Text, Files: files.String()}
}

// Names of a mail that we have sent, by which its copy in the Sent folder is known.
const (
	headerOutgoing = "X-Postroom-Outgoing-ID"
	headerOriginal = "X-Microsoft-Original-Message-ID" // Outlook.com keeps ours there when it makes its own
	headerID       = "Message-ID"
)

// header reads fields of a mail's header, without angle brackets. It looks no further than 64 KB.
func header(raw []byte, names ...string) map[string]string {
	raw = raw[:min(len(raw), 64<<10)]
	found := map[string]string{}
	for len(raw) > 0 {
		line, rest, _ := bytes.Cut(raw, []byte("\n"))
		for len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') {
			var more []byte
			more, rest, _ = bytes.Cut(rest, []byte("\n"))
			line = append(line[:len(line):len(line)], more...)
		}
		raw = rest
		line = bytes.TrimRight(line, "\r")
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		for _, want := range names {
			if textproto.CanonicalMIMEHeaderKey(string(name)) == textproto.CanonicalMIMEHeaderKey(want) && found[want] == "" {
				found[want] = strings.Trim(strings.TrimSpace(string(value)), "<>")
			}
		}
	}
	return found
}
