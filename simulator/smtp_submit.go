package simulator

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What one message may be.
const (
	mostRecipients = 500
	mostMessage    = 35 << 20
)

// mailFrom begins a mail.
func (c *smtpConn) mailFrom(args string) {
	switch reply, on := c.faultReply(SMTPMail); {
	case !c.helo:
		c.reply("503 5.5.2 Send hello first")
		return
	case c.user == nil:
		c.reply("530 5.7.57 Client not authenticated to send mail.")
		return
	case c.busy:
		c.reply("%s", smtpReplies["busy"])
		c.done = true
		return
	case on:
		c.reply("%s", reply)
		return
	}
	address, params, ok := path(args, "FROM:")
	if !ok {
		c.reply("501 5.5.4 Invalid arguments")
		return
	}
	for param := range strings.FieldsSeq(params) {
		name, value, _ := strings.Cut(strings.ToUpper(param), "=")
		if size, err := strconv.Atoi(value); name == "SIZE" && err == nil && size > mostMessage {
			c.reply("%s", smtpReplies["size"])
			return
		}
	}
	c.mail = transaction{begun: true, from: address}
	c.reply("250 2.1.0 Sender OK")
}

// rcptTo adds a recipient. Whether there is such a person shows later, by a mail.
func (c *smtpConn) rcptTo(args string) {
	if !c.mail.begun {
		c.reply("503 5.5.2 Need mail command")
		return
	}
	address, _, ok := path(args, "TO:")
	if local, domain, _ := strings.Cut(address, "@"); !ok || local == "" || domain == "" {
		c.reply("%s", smtpReplies["address"])
		return
	}
	if reply, on := c.faultReply(SMTPRcpt); on {
		c.reply("%s", reply)
		return
	}
	if len(c.mail.to) >= mostRecipients {
		c.reply("%s", smtpReplies["recipients"])
		return
	}
	c.mail.to = append(c.mail.to, address)
	c.reply("250 2.1.5 Recipient OK")
}

// path reads the address of MAIL or RCPT, and the parameters after it.
func path(args, keyword string) (address, params string, ok bool) {
	if len(args) < len(keyword) || !strings.EqualFold(args[:len(keyword)], keyword) {
		return "", "", false
	}
	rest, ok := strings.CutPrefix(strings.TrimSpace(args[len(keyword):]), "<")
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, ">")
}

// dataBlock reads a mail up to its final dot.
func (c *smtpConn) dataBlock() {
	if len(c.mail.to) == 0 {
		c.reply("503 5.5.2 Need rcpt command")
		return
	}
	c.reply("354 Start mail input; end with <CRLF>.<CRLF>")
	if c.w.Flush() != nil {
		c.done = true
		return
	}
	raw, err := c.readDotted()
	if err != nil {
		c.done = true
		return
	}
	c.submit(raw)
}

// readDotted reads lines up to a dot of its own and takes the dots off that the client doubled
// (RFC 5321, 4.5.2). Only CRLF ends a line: a bare LF never ends a mail.
func (c *smtpConn) readDotted() ([]byte, error) {
	var raw, line []byte
	for {
		c.conn.SetReadDeadline(time.Now().Add(smtpIdle))
		piece, err := c.r.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		line = append(line, piece...)
		if !bytes.HasSuffix(line, []byte("\r\n")) && len(line) < mostMessage {
			continue
		}
		if string(line) == ".\r\n" {
			return raw, nil
		}
		if len(raw) <= mostMessage { // what is too long is read to its end, then refused
			raw = append(raw, bytes.TrimPrefix(line, []byte("."))...)
		}
		line = line[:0]
	}
}

// bdat reads a chunk (RFC 3030).
func (c *smtpConn) bdat(args string) {
	size, last, _ := strings.Cut(args, " ")
	n, err := strconv.Atoi(size)
	if err != nil || n < 0 || n > 2*mostMessage {
		c.reply("501 5.5.4 Invalid arguments")
		c.done = true // what follows cannot be told from commands
		return
	}
	chunk := make([]byte, n)
	if _, err := io.ReadFull(c.r, chunk); err != nil {
		c.done = true
		return
	}
	if len(c.mail.to) == 0 {
		c.reply("503 5.5.2 Need rcpt command")
		return
	}
	c.mail.data = append(c.mail.data, chunk...)
	if strings.EqualFold(last, "LAST") {
		c.submit(c.mail.data)
		return
	}
	c.reply("250 2.0.0 Chunk received OK, %d octets", n)
}

// submit judges a whole mail, takes it and answers.
func (c *smtpConn) submit(raw []byte) {
	mail := c.mail
	c.mail = transaction{}
	if len(raw) > mostMessage {
		c.reply("%s", smtpReplies["size"])
		return
	}
	if reply, on := c.faultReply(SMTPData); on {
		c.reply("%s", reply)
		return
	}
	if sender, ok := c.maySend(mail.from, raw); !ok {
		c.reply("554 5.2.252 SendAsDenied; %s not allowed to send as %s; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; "+
			"Failed to process message due to a permanent exception with message Cannot submit message. [Hostname=%s]", c.user.Address, sender, smtpHost)
		return
	}
	if most, on := c.sim.faults.value(SMTPDaily, c.named...); on {
		if n, _ := strconv.Atoi(most); c.sim.overDay(c.user, len(mail.to), n) {
			c.reply("%s", smtpReplies["quota"])
			return
		}
	}
	if rate, on := c.sim.faults.value(SMTPRate, c.named...); on {
		most, _ := strconv.Atoi(rate)
		c.wait(c.sim.overRate(c.user, most))
	}
	lost, isLost := c.sim.faults.value(SMTPLost, c.named...)
	if isLost && lost == "dropped" {
		c.done = true
		return
	}
	id := c.sim.take(c.user, mail, raw)
	if value, on := c.sim.faults.value(SMTPSlow, c.named...); on {
		delay, _ := time.ParseDuration(value)
		c.wait(delay)
	}
	if isLost {
		c.done = true
		return
	}
	c.reply("250 2.0.0 OK %s [Hostname=%s]", id, smtpHost)
}

// maySend tells whether the user may send from the mail's senders, and which one they may not.
func (c *smtpConn) maySend(envelope string, raw []byte) (string, bool) {
	granted, _ := c.sim.faults.value(SendAsToo, c.named...)
	for _, sender := range []string{envelope, addressIn(headerValue(raw, "From"))} {
		if sender != "" && !c.user.owns(sender) && !slices.Contains(strings.Fields(granted), sender) {
			return sender, false
		}
	}
	return "", true
}

// owns tells whether an address is the user's own, or one they may send as. An alias is not,
// unless SendAs has it, as in a tenant without SendFromAliasEnabled.
func (a *account) owns(address string) bool {
	for _, own := range append([]string{a.Address, a.login()}, a.SendAs...) {
		if strings.EqualFold(own, address) {
			return true
		}
	}
	return false
}

func messageID(host string) string { return fmt.Sprintf("<%s@%s>", strings.ToUpper(traceID()), host) }
