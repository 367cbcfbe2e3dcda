package simulator

import (
	"strings"
)

// mostSMTP is how many connections a mailbox may have at once.
const mostSMTP = 3

const errUnauthenticated = "535 5.7.3 Authentication unsuccessful"

// auth signs in with XOAUTH2. A refusal comes directly, with no challenge before it.
func (c *smtpConn) auth(args string) {
	mechanism, response, _ := strings.Cut(args, " ")
	switch {
	case !c.helo:
		c.reply("503 5.5.2 Send hello first")
		return
	case !c.secure:
		c.reply("504 5.7.4 Unrecognized authentication type")
		return
	case c.user != nil:
		c.reply("503 5.5.2 Already authenticated")
		return
	}
	switch strings.ToUpper(mechanism) {
	case "XOAUTH2":
	case "LOGIN":
		c.reply("%s", c.stamp(smtpReplies["basic"]))
		return
	default:
		c.reply("504 5.7.4 Unrecognized authentication type")
		return
	}
	if response == "" {
		c.reply("334 ")
		if c.w.Flush() != nil {
			c.done = true
			return
		}
		line, err := c.readLine()
		if err != nil {
			c.done = true
			return
		}
		response = line
	}
	name, token, ok := readXOAUTH2(response)
	grant, valid := c.sim.access(token)
	if !ok || !valid || !grant.allows(scopeSMTP) || c.sim.account(name) != grant.user {
		c.reply("%s", c.stamp(errUnauthenticated))
		return
	}
	if value, on := c.sim.faults.value(SMTPAuth, grant.user.scopes()...); on {
		c.reply("%s", c.stamp(authReply(value)))
		return
	}
	c.user, c.named = grant.user, grant.user.scopes()
	c.busy = c.sim.smtp.signIn(c, grant.user.Address) > mostSMTP
	c.reply("235 2.7.0 Authentication successful")
}

// authReply is the refusal that the value of SMTPAuth asks for.
func authReply(value string) string {
	if reply := smtpReplies[value]; reply != "" {
		return reply
	}
	if value == "" || value == "refused" || value == "on" {
		return errUnauthenticated
	}
	return value
}
