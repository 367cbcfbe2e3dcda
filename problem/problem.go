// Package problem names what can go wrong, in words that a person can act on.
//
// A problem says what happened (Title, Detail), who can mend it (Who) and how (Action), and keeps
// the words of the machine that refused (Raw). It is an error, so that it travels as one; it is
// plain data, so that it can be stored beside a mailbox or a mail and shown again later. It follows
// RFC 9457, whose word it takes. Anything that is not a problem is our own mistake: the browser
// learns only that something went wrong, the log learns what.
package problem

import "errors"

// Who can mend a problem.
type Who string

const (
	You      Who = "you"      // the person in front of the screen
	Admin    Who = "admin"    // the administrator of the person's own organisation (Microsoft 365)
	Operator Who = "operator" // whoever runs this Postroom
	Wait     Who = "wait"     // nobody: it passes, and Postroom tries again by itself
)

// A Problem is what went wrong. Its zero value is no problem.
type Problem struct {
	Code   Code   `json:"code"`
	Title  string `json:"title"`            // one sentence, no jargon
	Detail string `json:"detail,omitempty"` // what happened this time
	Who    Who    `json:"who"`
	Action string `json:"action,omitempty"` // what that person can do
	Raw    string `json:"raw,omitempty"`    // the other side's own words; never holds a secret
	Entry  string `json:"entry,omitempty"`  // the line of the dictionary that named it; empty: its code

	cause error
}

// New returns the problem that code names, with the catalogue's words and this detail.
func New(code Code, detail string) *Problem {
	e := catalogue[code]
	return &Problem{Code: code, Title: e.title, Who: e.who, Action: e.action, Detail: detail}
}

// Wrap is New with the error that caused it, for the log and for errors.Is.
func Wrap(code Code, detail string, cause error) *Problem {
	p := New(code, detail)
	p.cause = cause
	return p
}

// WithRaw returns p with the other side's own words, cut to a length that a page can show.
func (p *Problem) WithRaw(raw string) *Problem {
	const most = 2000
	if len(raw) > most {
		raw = raw[:most] + "…"
	}
	p.Raw = raw
	return p
}

// WithAction returns p with other advice than the catalogue's.
func (p *Problem) WithAction(who Who, action string) *Problem {
	p.Who, p.Action = who, action
	return p
}

// Because returns p with the error that caused it.
func (p *Problem) Because(cause error) *Problem {
	p.cause = cause
	return p
}

// Error is for logs. It leaves Raw out, which may quote an address.
func (p *Problem) Error() string {
	s := string(p.Code) + ": " + p.Title
	if p.Detail != "" {
		s += ": " + p.Detail
	}
	if p.cause != nil {
		s += ": " + p.cause.Error()
	}
	return s
}

func (p *Problem) Unwrap() error { return p.cause }

// Status is the HTTP status that a handler answers p with.
func (p *Problem) Status() int { return p.Code.Status() }

// Of returns the first problem in err's chain, or nil.
func Of(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return nil
}

// Is reports whether err's chain holds a problem with this code.
func Is(err error, code Code) bool {
	p := Of(err)
	return p != nil && p.Code == code
}
