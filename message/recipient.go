package message

import (
	"fmt"
	"net/mail"
	"strings"

	"golang.org/x/net/idna"
)

// A BadAddress is an address that no mail can be sent to or from.
type BadAddress struct {
	Field   string // "From", "To", …
	Address string // as it was given
	Reason  string
}

// Error implements error.
func (e *BadAddress) Error() string {
	return fmt.Sprintf("%s address %q: %s", e.Field, e.Address, e.Reason)
}

// A recipient is an address that was read once and is only written from here on.
type recipient struct {
	name string
	addr string // ASCII, quoted where it has to be
}

// readRecipients checks the addresses of one field.
func readRecipients(field string, list []Address) ([]recipient, error) {
	var out []recipient
	for _, a := range list {
		addr, reason := readAddr(a.Addr)
		if reason == "" && !isOneLine(a.Name) {
			reason = "its name holds a line end or a NUL"
		}
		if reason != "" {
			return nil, &BadAddress{Field: field, Address: a.Addr, Reason: reason}
		}
		out = append(out, recipient{name: strings.TrimSpace(a.Name), addr: addr})
	}
	return out, nil
}

// readAddr returns an address as SMTP has it, or the reason why there is none.
func readAddr(s string) (addr, reason string) {
	s = strings.TrimSpace(s)
	at := strings.LastIndexByte(s, '@')
	switch {
	case at < 0:
		return "", "there is no @ in it"
	case at == 0 || at == len(s)-1:
		return "", "one side of the @ is empty"
	case !isOneLine(s):
		return "", "it holds a line end or a NUL"
	}
	local, ok := readLocal(s[:at])
	if !ok {
		return "", "what is before the @ is not an address"
	}
	domain, ok := readDomain(s[at+1:])
	if !ok {
		return "", "what is after the @ is not a domain"
	}
	if len(local) > 64+2 || len(local)+1+len(domain) > 254+2 {
		return "", "it is too long"
	}
	return local + "@" + domain, ""
}

// readLocal reads what is before the @: dotted words, or a quoted string, which is written anew.
func readLocal(s string) (string, bool) {
	if isDotAtom(s) {
		return s, true
	}
	if !strings.HasPrefix(s, `"`) {
		return "", false
	}
	a, err := mail.ParseAddress(s + "@localhost")
	if err != nil || a.Name != "" {
		return "", false
	}
	for _, c := range a.Address {
		if c < ' ' || c > '~' {
			return "", false
		}
	}
	written := a.String() // <"…"@localhost>
	return strings.TrimSuffix(strings.TrimPrefix(written, "<"), "@localhost>"), true
}

// readDomain reads a domain and returns it in ASCII.
func readDomain(s string) (string, bool) {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			ascii, err := idna.Lookup.ToASCII(s)
			return ascii, err == nil && isDomain(ascii)
		}
	}
	return s, isDomain(s)
}

func isDomain(s string) bool {
	if len(s) == 0 || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || onlyOf(label, "-_", 63) == "" {
			return false
		}
	}
	return true
}

func isDotAtom(s string) bool {
	for word := range strings.SplitSeq(s, ".") {
		if onlyOf(word, "!#$%&'*+-/=?^_`{|}~", 64) == "" {
			return false
		}
	}
	return true
}

// isOneLine reports whether s can stand in a header: nothing in it ends a line anywhere.
func isOneLine(s string) bool {
	return !strings.ContainsAny(s, "\r\n\x00\u2028\u2029\u0085\v\f")
}
