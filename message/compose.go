package message

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// OutgoingHeader carries our own name of a mail on its way. Servers keep it where they replace the
// Message-ID, so that the mail can be found again in Sent.
const OutgoingHeader = "X-Postroom-Outgoing-ID"

// ErrNoRecipient is returned for a draft that is addressed to nobody.
var ErrNoRecipient = errors.New("the mail has no recipient")

// A Draft is a mail to be composed.
type Draft struct {
	From        Address
	To, Cc, Bcc []Address
	ReplyTo     []Address
	Subject     string
	Text        string // made from HTML when empty
	HTML        string // none: a mail in plain text
	InReplyTo   string // a message id, with or without angle brackets
	References  []string
	MessageID   string // made from the sender's domain when empty
	OutgoingID  string // becomes X-Postroom-Outgoing-ID
	Date        time.Time
	Attachments []Attachment
	Automatic   bool // nobody wrote it and nobody should answer it by machine (RFC 3834)
}

// Composed is a mail ready to be sent.
type Composed struct {
	Raw        []byte   // canonical, without Bcc
	Recipients []string // of To, Cc and Bcc, each once, as SMTP has them
	MessageID  string   // without angle brackets
}

// Compose writes a mail. Every address is read once and written anew; a value that could end a
// header line is refused, not repaired. A *BadAddress says which address cannot be used.
func Compose(d Draft) (Composed, error) {
	env, err := d.envelope()
	if err != nil {
		return Composed{}, err
	}
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	m.SetDateWithValue(d.date())
	for _, f := range env.fields {
		if !isOneLine(f.value) {
			return Composed{}, fmt.Errorf("%s holds a line end or a NUL", f.name)
		}
		m.SetGenHeader(mail.Header(f.name), f.value)
	}
	setBody(m, d)
	if err := attach(m, d.Attachments); err != nil {
		return Composed{}, err
	}
	var raw bytes.Buffer
	if _, err := m.WriteTo(&raw); err != nil {
		return Composed{}, fmt.Errorf("write mail: %w", err)
	}
	canonical, err := Canonical(raw.Bytes())
	if err != nil {
		return Composed{}, fmt.Errorf("write mail: %w", err)
	}
	return Composed{Raw: canonical, Recipients: env.recipients, MessageID: env.messageID}, nil
}

// An envelope is the header of a mail and whom it goes to.
type envelope struct {
	fields     []headerField
	recipients []string
	messageID  string
}

type headerField struct{ name, value string }

func (e *envelope) set(name, value string) {
	if value != "" {
		e.fields = append(e.fields, headerField{name, value})
	}
}

// envelope checks and writes the header fields of a draft.
func (d Draft) envelope() (*envelope, error) {
	from, err := readRecipients("From", []Address{d.From})
	if err != nil {
		return nil, err
	}
	e := &envelope{}
	e.set("From", list(from))
	for _, f := range []struct {
		name      string
		addresses []Address
	}{{"To", d.To}, {"Cc", d.Cc}, {"Bcc", d.Bcc}, {"Reply-To", d.ReplyTo}} {
		read, err := readRecipients(f.name, f.addresses)
		if err != nil {
			return nil, err
		}
		if f.name != "Reply-To" {
			e.send(read)
		}
		if f.name != "Bcc" {
			e.set(f.name, list(read))
		}
	}
	if len(e.recipients) == 0 {
		return nil, ErrNoRecipient
	}
	if len(d.To)+len(d.Cc) == 0 {
		e.set("To", "undisclosed-recipients:;")
	}
	if !isOneLine(d.Subject) {
		return nil, errors.New("subject holds a line end or a NUL")
	}
	e.fields = append(e.fields, headerField{"Subject", encodeText(d.Subject)})
	e.set(OutgoingHeader, d.OutgoingID)
	if d.Automatic {
		e.set("Auto-Submitted", "auto-generated")
		e.set("X-Auto-Response-Suppress", "All") // Exchange's word for the same
	}
	return e, e.identify(d, from[0].addr)
}

// send adds recipients, each once.
func (e *envelope) send(list []recipient) {
	for _, r := range list {
		known := false
		for _, already := range e.recipients {
			known = known || strings.EqualFold(already, r.addr)
		}
		if !known {
			e.recipients = append(e.recipients, r.addr)
		}
	}
}

// identify sets the mail's own id and those of the mails that it answers.
func (e *envelope) identify(d Draft, from string) error {
	e.messageID = strings.Trim(d.MessageID, "<>")
	if e.messageID == "" {
		e.messageID = strings.ToLower(rand.Text()) + from[strings.LastIndexByte(from, '@'):]
	}
	if !isMessageID(e.messageID) {
		return fmt.Errorf("Message-ID %q is none", d.MessageID)
	}
	e.set("Message-ID", "<"+e.messageID+">")
	if d.InReplyTo != "" {
		if !isMessageID(strings.Trim(d.InReplyTo, "<>")) {
			return fmt.Errorf("In-Reply-To %q is no message id", d.InReplyTo)
		}
		e.set("In-Reply-To", "<"+strings.Trim(d.InReplyTo, "<>")+">")
	}
	var ids []string
	for _, id := range lastReferences(d.References) {
		if !isMessageID(strings.Trim(id, "<>")) {
			return fmt.Errorf("references: %q is no message id", id)
		}
		ids = append(ids, "<"+strings.Trim(id, "<>")+">")
	}
	e.set("References", strings.Join(ids, " "))
	return nil
}

// lastReferences shortens a thread that has become very long to its first mail and its last ones.
func lastReferences(ids []string) []string {
	const most = 100
	if len(ids) <= most {
		return ids
	}
	return append([]string{ids[0]}, ids[len(ids)-most+1:]...)
}

// isMessageID reports whether s can stand between angle brackets on a line of its own. Ids that others made
// are seldom what RFC 5322 wants; an answer has to repeat them as they are.
func isMessageID(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] > '~' || s[i] == '<' || s[i] == '>' {
			return false
		}
	}
	return s != "" && len(s) <= 900 && !strings.Contains(s, "=?")
}

func (d Draft) date() time.Time {
	if d.Date.IsZero() {
		return time.Now()
	}
	return d.Date
}

// setBody adds the text, and the HTML when there is some.
func setBody(m *mail.Msg, d Draft) {
	text, rich := bodyText(d.Text), bodyText(d.HTML)
	if text == "" && rich != "" {
		text = bodyText(TextOf(rich))
	}
	m.SetBodyString(mail.TypeTextPlain, text)
	if rich != "" {
		m.AddAlternativeString(mail.TypeTextHTML, rich)
	}
}

// bodyText gives text the line ends of mail and takes NULs out of it.
func bodyText(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.ReplaceAll(s, "\n", "\r\n")
}
