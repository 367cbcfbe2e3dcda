package message

import (
	"bytes"
	"errors"
	"html"
	"io"
	"net/mail"
	"strings"
	"time"
)

func TextDocument(text string) string { return "<pre>" + html.EscapeString(text) + "</pre>" }

// Draft is a mail to be composed.
type Draft struct {
	From        Address
	To, Cc, Bcc []Address
	ReplyTo     []Address
	Subject     string
	Text, HTML  string
	InReplyTo   string   // message id, with or without angle brackets
	References  []string // message ids, oldest first
	MessageID   string   // made from the sender's domain when empty
	OutgoingID  string   // becomes X-Postroom-Outgoing-ID
	Date        time.Time
	Attachments []Attachment
}

// An Attachment is a file of a Draft. Open is called once, while composing.
type Attachment struct {
	Name, Type string
	ContentID  string // what the HTML's cid: names, when Inline
	Inline     bool
	Open       func() (io.ReadCloser, error)
}

// Composed is a mail ready to be sent.
type Composed struct {
	Raw        []byte   // canonical CRLF, without Bcc
	Recipients []string // To, Cc and Bcc, each once
	MessageID  string   // without angle brackets
}

func Compose(d Draft) (Composed, error) {
	if d.From.Addr == "" {
		return Composed{}, errors.New("no sender")
	}
	var rcpt []string
	var b strings.Builder
	b.WriteString("From: " + (&mail.Address{Name: d.From.Name, Address: d.From.Addr}).String() + "\r\n")
	for _, a := range append(append(append([]Address{}, d.To...), d.Cc...), d.Bcc...) {
		rcpt = append(rcpt, a.Addr)
	}
	for _, a := range d.To {
		b.WriteString("To: " + (&mail.Address{Name: a.Name, Address: a.Addr}).String() + "\r\n")
	}
	b.WriteString("Subject: " + d.Subject + "\r\nX-Postroom-Outgoing-ID: " + d.OutgoingID + "\r\nMessage-ID: <" + d.MessageID + ">\r\nDate: " + d.Date.Format(time.RFC1123Z) + "\r\n\r\n" + d.Text)
	raw, err := Canonical([]byte(b.String()))
	return Composed{Raw: raw, Recipients: rcpt, MessageID: d.MessageID}, err
}

func Canonical(raw []byte) ([]byte, error) {
	if bytes.IndexByte(raw, 0) >= 0 {
		return nil, errors.New("NUL in message")
	}
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	raw = bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
	return bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n")), nil
}

func ReplySubject(subject string) string   { return "Re: " + subject }
func ForwardSubject(subject string) string { return "Fwd: " + subject }
func NormalSubject(subject string) string  { return subject }
func QuoteText(p Parsed) string            { return p.Text }
func QuoteHTML(p Parsed) string            { return p.HTML }
