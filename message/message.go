// Package message turns the bytes of a mail into words, and words into the bytes of a mail.
//
// It is made of pure functions that know nothing of mailboxes, users or the network. Parse reads
// whatever arrives and always has something to show; Sanitize and TextDocument make a mail safe to
// look at; Compose writes a mail and Canonical makes its bytes safe to send.
package message

import "time"

// An Address is one person or list: a display name, which may be empty, and an address.
type Address struct{ Name, Addr string }

// Parsed is a mail in words. Every string is valid UTF-8.
type Parsed struct {
	MessageID   string   // without angle brackets
	InReplyTo   []string // message ids, without angle brackets
	References  []string // message ids, oldest first, without angle brackets
	Subject     string
	From        []Address
	Sender      []Address
	ReplyTo     []Address
	To          []Address
	Cc          []Address
	Bcc         []Address
	Date        time.Time // zero when the mail has none that can be read
	ThreadTopic string    // Outlook's Thread-Topic: the subject without prefixes

	Text    string   // the best plain text; made from HTML when there is none
	HTML    string   // as sent, unsanitised; empty when there is none
	Parts   []Part   // attachments and inline parts, in order
	Defects []string // what was wrong with the mail, for those who look at its source
	Complex bool     // a cap was hit: only the source shows all of it
}

// A Part is something beside the text: an attachment, or an image that the HTML shows.
type Part struct {
	Index     int    // its number for OpenPart
	Name      string // a file name without any path; never empty
	Type      string // a lower-case media type without parameters
	ContentID string // without angle brackets
	Inline    bool   // belongs to the HTML rather than beside it
	Size      int64  // decoded
}
