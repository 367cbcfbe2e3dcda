package problem

import (
	"cmp"
	"regexp"
	"strings"
)

// Place is where the dictionary has p: an address within Postroom.
func (p *Problem) Place() string { return "/help/problems#" + cmp.Or(p.Entry, string(p.Code)) }

// Message is a short mail to whoever can mend p, for the person to copy; mailbox is the address that
// it is about and may be empty. It is empty where nobody else is needed.
func (p *Problem) Message(mailbox string) string {
	e, ok := EntryOf(cmp.Or(p.Entry, string(p.Code)))
	if !ok || e.Mender() != p.Who {
		// Advice was given that the dictionary does not know: what it would ask for may not fit.
		e = codeEntry(p.Code)
		if e.Mender() != p.Who {
			e = Entry{}
		}
	}
	switch {
	case p.Who == Operator:
		wish := "What helps: " + p.Action
		if e.Ask != "" {
			wish = "Could you please " + e.Ask + "?"
		}
		return letter(e, mailbox, "Postroom needs your help"+about(mailbox)+". It says:", p, wish)
	case p.Who == Admin, p.Who == You && e.Ask != "":
		wish := "Could you please " + cmp.Or(e.Ask, "have a look") + "?"
		return letter(e, mailbox, "I use Postroom to read and send my mail"+about(mailbox)+". It says:", p, wish)
	}
	return ""
}

var plainAddress = regexp.MustCompile(`^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$`)

func about(mailbox string) string {
	if mailbox == "" {
		return ""
	}
	return " (" + mailbox + ")"
}

func letter(e Entry, mailbox, opening string, p *Problem, wish string) string {
	says := strings.TrimSpace(p.Title + " " + p.Detail)
	parts := []string{"Hello,", opening + "\n“" + says + "”", wish}
	if e.Where != "" {
		parts = append(parts, "This is the place:\n    "+e.Where)
	}
	if len(e.Run) > 0 {
		if !plainAddress.MatchString(mailbox) { // it stands in a command: nothing that a shell reads
			mailbox = "<address of the mailbox>"
		}
		run := strings.ReplaceAll(strings.Join(e.Run, "\n"), "{mailbox}", mailbox)
		parts = append(parts, "In Exchange Online PowerShell:\n"+indent(run))
	}
	if p.Raw != "" {
		parts = append(parts, "The other side's own words:\n"+indent(p.Raw))
	}
	return strings.Join(append(parts, "Thank you!"), "\n\n")
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}
