package mailbox

import (
	"encoding/json"
	"net"
	"strings"

	"github.com/emersion/go-sasl"

	"postroom/auth"
	"postroom/store"
)

// bearer takes an access token to a mail server, for one sign-in over IMAP or SMTP; it is not for use
// twice. Its mechanism is XOAUTH2, Microsoft's and Google's own, or OAUTHBEARER (RFC 7628).
type bearer struct {
	mech    store.SASLName
	addr    string // host:port of the server
	user    string
	token   auth.Secret
	end     []byte // what answers a refusal
	refusal []byte // the server's challenge that came before its verdict; JSON where it follows the rules
}

var _ sasl.Client = (*bearer)(nil)

// overIMAP and overSMTP are the sign-ins to p's servers. After XOAUTH2 a refusal is answered with an
// empty line. The IMAP library would write that as "=", on which Dovecot loses the reason; one byte
// is taken by all, and is what OAUTHBEARER wants anyway (RFC 7628, 3.2.3).
func overIMAP(p store.Provider, user string, token auth.Secret) *bearer {
	return &bearer{mech: p.SASL, addr: p.IMAPHost, user: user, token: token, end: []byte{1}}
}

func overSMTP(p store.Provider, user string, token auth.Secret) *bearer {
	b := &bearer{mech: p.SASL, addr: p.SMTPHost, user: user, token: token, end: []byte{}}
	if b.mech == store.OAUTHBearer {
		b.end = []byte{1}
	}
	return b
}

// name is the mechanism as servers write it.
func (c *bearer) name() string { return mechanism(c.mech) }

func mechanism(name store.SASLName) string {
	if name == store.OAUTHBearer {
		return "OAUTHBEARER"
	}
	return "XOAUTH2"
}

// Start sends the token at once.
func (c *bearer) Start() (mech string, ir []byte, err error) {
	if c.mech != store.OAUTHBearer {
		return c.name(), []byte("user=" + c.user + "\x01auth=Bearer " + c.token.Reveal() + "\x01\x01"), nil
	}
	host, port, err := net.SplitHostPort(c.addr)
	if err != nil {
		return "", nil, err
	}
	user := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(c.user) // RFC 5801, 4
	return c.name(), []byte("n,a=" + user + ",\x01host=" + host + "\x01port=" + port + "\x01auth=Bearer " + c.token.Reveal() + "\x01\x01"), nil
}

// Next keeps the challenge. After a token there is nothing more to say, so any challenge is a refusal
// that wants an answer before the server gives its verdict. Whatever the verdict, the connection must
// be closed.
func (c *bearer) Next(challenge []byte) ([]byte, error) {
	c.refusal = append([]byte(nil), challenge...)
	return c.end, nil
}

// reason is what the challenge said, for people; empty when there was none. Exchange gives none.
func (c *bearer) reason() string {
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
