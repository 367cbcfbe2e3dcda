package simulator

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// The permissions a token must carry.
const (
	scopeIMAP = "IMAP.AccessAsUser.All"
	scopeSMTP = "SMTP.Send"
)

const errAuthenticate = refusal("NO AUTHENTICATE failed.")

// login refuses every password: basic authentication is off for everybody.
func (c *imapConn) login(*parser) (string, error) {
	return "", refusal("NO LOGIN failed.")
}

// authenticate signs in with XOAUTH2, where a refusal comes directly, with no challenge before it.
func (c *imapConn) authenticate(args *parser) (string, error) {
	if c.user != nil {
		return "", errState
	}
	mechanism := strings.ToUpper(args.word())
	response := args.word()
	if response == "" {
		c.w.WriteString("+ \r\n")
		var err error
		if response, err = c.readResponse(); err != nil {
			return "", err
		}
	}
	user, token, ok := readBearer(mechanism, response)
	if !slices.Contains(c.sim.mechanisms(), mechanism) {
		return "", errAuthenticate
	}
	grant, good := c.sim.access(token)
	if !ok || !good || !grant.allows(scopeIMAP) || c.sim.faults.has(IMAPRefuse, grant.user.scopes()...) {
		return "", c.refuse(mechanism)
	}
	c.signIn(grant, user)
	return "", nil
}

// readResponse reads a line that continues AUTHENTICATE.
func (c *imapConn) readResponse() (string, error) {
	if c.w.Flush() != nil {
		return "", errNoAnswer
	}
	line, err := c.readLine()
	if err != nil {
		return "", errNoAnswer
	}
	return string(line), nil
}

// refuse ends an AUTHENTICATE that failed; OAUTHBEARER does so after a challenge that says why, and
// in Gmail's manner XOAUTH2 too.
func (c *imapConn) refuse(mechanism string) error {
	if mechanism == "OAUTHBEARER" {
		c.w.WriteString("+ " + base64.StdEncoding.EncodeToString([]byte(bearerRefusal)) + "\r\n")
		end, err := c.readResponse()
		if err != nil {
			return err
		}
		if end != bearerEnd {
			return refusal("BAD The exchange was not ended.")
		}
		return errAuthenticate
	}
	if c.fault(IMAPGmail) {
		why := `{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}`
		c.w.WriteString("+ " + base64.StdEncoding.EncodeToString([]byte(why)) + "\r\n")
		if _, err := c.readResponse(); err != nil {
			return err
		}
	}
	return errAuthenticate
}

// signIn gives the session its user, and a mailbox when the name is one the user may open. A
// session without one is signed in all the same: that is how Exchange does it.
func (c *imapConn) signIn(grant access, name string) {
	c.user = grant.user
	c.token = grant
	c.named = grant.user.scopes()
	mailbox := c.sim.account(name)
	open := c.sim.imap.signIn(c, grant.user.Address)
	limit, limited := c.faultValue(ConnectionLimit)
	most, _ := strconv.Atoi(limit)
	switch {
	case mailbox == nil || mailbox.IMAPDisabled || c.fault(NotConnected):
		c.notConnected = true
	case mailbox != grant.user && !slices.ContainsFunc(mailbox.FullAccess, func(a string) bool { return strings.EqualFold(a, grant.user.Address) }):
		c.notConnected = true
	case limited && open > most:
		c.notConnected = true
	default:
		c.box = mailbox.box
	}
	c.mu.Lock()
	c.expires = grant.expires
	c.mu.Unlock()
}
