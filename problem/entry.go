package problem

import "strings"

// An Entry is one line of the dictionary: what another machine says, and what that means for a
// person. Detail and Action speak to whoever looks at the screen; Ask, Where and Run are for whoever
// is asked for help (Problem.Message).
type Entry struct {
	ID     string // where the help page has it, such as "aadsts50173"; never changes
	Says   string // the other machine's words or number, as a person finds them in the raw text
	Code   Code
	Who    Who      // empty: the code's own
	Detail string   // what happened, in plain words
	Action string   // what to do; empty: the code's own
	Ask    string   // goes on from "Could you please"; empty: the administrator gets Action's words
	Where  string   // the way through an admin centre, steps parted by " › "
	Run    []string // Exchange Online PowerShell; {mailbox} stands for the mailbox's address
}

// Mender is who can mend it.
func (e Entry) Mender() Who {
	if e.Who != "" {
		return e.Who
	}
	return catalogue[e.Code].who
}

// Advice is what to do.
func (e Entry) Advice() string {
	if e.Action != "" {
		return e.Action
	}
	return catalogue[e.Code].action
}

// Title is the problem's sentence.
func (e Entry) Title() string { return catalogue[e.Code].title }

// Problem is what e describes, with the error that caused it; cause may be nil.
func (e Entry) Problem(cause error) *Problem {
	p := Wrap(e.Code, e.Detail, cause).WithAction(e.Mender(), e.Advice())
	p.Entry = e.ID
	return p
}

// slug makes an id of words: letters, digits and single hyphens.
func slug(words string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(words), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
}
