// Package message turns the bytes of a mail into words, and words into the bytes of a mail.
//
// It is made of pure functions that know nothing of mailboxes, users or the network.
//
// Reading. Parse takes whatever arrives and always has something to show. A mail is split in one
// pass over its bytes into a tree of ranges (entity.go): nothing is copied, no level is scanned
// twice, and depth, number of parts, size of headers and time are capped while splitting, so that
// no mail can cost more than its own length. The strict MIME readers at hand lose bodies that people
// want to read (a wrong boundary, one bad base64 character, an unknown charset) and are quadratic or
// worse in nesting; so the readers of headers, parameters, encodings and addresses are our own
// and forgiving. What was forgiven is written down in Parsed.Defects. Only characters are left to
// golang.org/x/text.
//
// Showing. Sanitize parses HTML with golang.org/x/net/html and builds a new tree from an allow-list of elements,
// attributes and CSS tokens. It was preferred to bluemonday because bluemonday filters a stream of
// tokens that a browser may build another tree from, cannot rewrite <style>, and let 18 of the DOMPurify
// payloads cause a request; the tree and the allow-list let none. TextDocument does the same for
// plain text. Nothing may edit their output as text afterwards; it belongs into a document that begins
// with <!doctype html>, under a Content-Security-Policy.
//
// Writing. Compose writes a mail with github.com/wneessen/go-mail, Canonical makes the bytes of
// any mail safe to put on an SMTP connection, and the quoting functions begin an answer.
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
	Inline    bool   // the HTML shows it by its Content-ID
	Size      int64  // decoded
}
