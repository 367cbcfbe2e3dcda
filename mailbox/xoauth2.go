package mailbox

import (
	"encoding/json"

	"github.com/emersion/go-sasl"

	"postroom/auth"
)

// xoauth2 is Microsoft's and Google's SASL mechanism for bearer tokens, for one sign-in over IMAP
// or SMTP. It is not for use twice.
type xoauth2 struct {
	user    string
	token   auth.Secret
	refusal []byte // the server's challenge that came before its refusal; JSON where it follows the rules
}

var _ sasl.Client = (*xoauth2)(nil)

// Start sends the token at once.
func (c *xoauth2) Start() (mech string, ir []byte, err error) {
	return "XOAUTH2", []byte("user=" + c.user + "\x01auth=Bearer " + c.token.Reveal() + "\x01\x01"), nil
}

// Next keeps the challenge. After a token there is nothing more to say, so any challenge is a
// refusal that wants an answer before the server gives its verdict. The answer should be an empty
// line, but the IMAP library would write an empty answer as "=", on which Dovecot loses the reason;
// one byte is taken by all. Whatever the verdict, the connection must be closed.
func (c *xoauth2) Next(challenge []byte) ([]byte, error) {
	c.refusal = append([]byte(nil), challenge...)
	return []byte{1}, nil
}

// reason is what the challenge said, for people; empty when there was none. Exchange gives none.
func (c *xoauth2) reason() string {
	var said struct {
		Status  string `json:"status"`
		Schemes string `json:"schemes"`
		Scope   string `json:"scope"`
	}
	if len(c.refusal) == 0 {
		return ""
	}
	if json.Unmarshal(c.refusal, &said) != nil || said.Status == "" {
		return clip(string(c.refusal))
	}
	s := "status " + said.Status
	if said.Schemes != "" {
		s += ", schemes " + said.Schemes
	}
	if said.Scope != "" {
		s += ", scope " + said.Scope
	}
	return clip(s)
}

// clip keeps a server's words to a length that a log line and a page can bear.
func clip(s string) string {
	const most = 500
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
