package simulator

import (
	"encoding/base64"
	"slices"
	"strings"
)

// mostSMTP is how many connections a mailbox may have at once.
const mostSMTP = 3

const errUnauthenticated = "535 5.7.3 Authentication unsuccessful"

// auth signs in with XOAUTH2, where a refusal comes directly, with no challenge before it.
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
	mechanism = strings.ToUpper(mechanism)
	switch {
	case slices.Contains(c.sim.mechanisms(), mechanism):
	case mechanism == "LOGIN":
		c.reply("%s", c.stamp(smtpReplies["basic"]))
		return
	default:
		c.reply("504 5.7.4 Unrecognized authentication type")
		return
	}
	if response == "" {
		var ok bool
		if response, ok = c.ask("334 "); !ok {
			return
		}
	}
	name, token, ok := readBearer(mechanism, response)
	grant, valid := c.sim.access(token)
	if !ok || !valid || !grant.allows(scopeSMTP) || c.sim.account(name) != grant.user {
		if mechanism == "OAUTHBEARER" {
			end, ok := c.ask("334 " + base64.StdEncoding.EncodeToString([]byte(bearerRefusal)))
			if !ok {
				return
			}
			if end != bearerEnd {
				c.reply("501 5.5.4 The exchange was not ended")
				return
			}
		}
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

// ask sends a challenge and reads the answer to it; it is false when the connection is gone.
func (c *smtpConn) ask(challenge string) (string, bool) {
	c.reply("%s", challenge)
	err := c.w.Flush()
	line := ""
	if err == nil {
		line, err = c.readLine()
	}
	c.done = err != nil
	return line, err == nil
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
