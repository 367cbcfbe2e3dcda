package simulator

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// refusal is a tagged answer other than OK, such as "NO LOGIN failed.".
type refusal string

func (r refusal) Error() string { return string(r) }

// errNoAnswer ends a command that the connection did not survive.
var errNoAnswer = errors.New("connection lost")

// Refusals that several commands share.
const (
	errState       = refusal("BAD Command received in Invalid state.")
	errUnknown     = refusal("BAD Command Error. 12")
	errLong        = refusal("BAD Command Error. 10")
	errUnavailable = refusal("NO Server Unavailable. 15")
)

// handler carries a command out. ok is the text after OK; "" is "NAME completed.".
type handler struct {
	do       func(c *imapConn, args *parser) (ok string, err error)
	needs    state
	keepsSeq bool // no message may change its number in the answer (RFC 3501, 5.5)
}

// state is what a session must have reached for a command.
type state int

const (
	greeted state = iota
	signedIn
	selected
)

// imapCommands are the commands Exchange knows.
func imapCommands(name string) (handler, bool) {
	h, ok := map[string]handler{
		"CAPABILITY":   {do: (*imapConn).capability},
		"ID":           {do: (*imapConn).id},
		"NOOP":         {do: (*imapConn).noop},
		"LOGOUT":       {do: (*imapConn).logout},
		"LOGIN":        {do: (*imapConn).login},
		"AUTHENTICATE": {do: (*imapConn).authenticate},
		"NAMESPACE":    {do: (*imapConn).namespace, needs: signedIn},
		"LIST":         {do: (*imapConn).list, needs: signedIn},
		"LSUB":         {do: (*imapConn).lsub, needs: signedIn},
		"SUBSCRIBE":    {do: (*imapConn).subscribe, needs: signedIn},
		"UNSUBSCRIBE":  {do: (*imapConn).subscribe, needs: signedIn},
		"STATUS":       {do: (*imapConn).status, needs: signedIn},
		"CREATE":       {do: (*imapConn).create, needs: signedIn},
		"DELETE":       {do: (*imapConn).delete, needs: signedIn},
		"RENAME":       {do: (*imapConn).rename, needs: signedIn},
		"SELECT":       {do: (*imapConn).selectFolder, needs: signedIn},
		"EXAMINE":      {do: (*imapConn).examine, needs: signedIn},
		"APPEND":       {do: (*imapConn).append, needs: signedIn},
		"CHECK":        {do: (*imapConn).noop, needs: selected},
		"CLOSE":        {do: (*imapConn).closeFolder, needs: selected},
		"UNSELECT":     {do: (*imapConn).unselect, needs: selected},
		"IDLE":         {do: (*imapConn).idle, needs: selected},
		"FETCH":        {do: (*imapConn).fetch, needs: selected, keepsSeq: true},
		"UID FETCH":    {do: (*imapConn).uidFetch, needs: selected},
		"STORE":        {do: (*imapConn).store, needs: selected, keepsSeq: true},
		"UID STORE":    {do: (*imapConn).uidStore, needs: selected},
		"SEARCH":       {do: (*imapConn).search, needs: selected, keepsSeq: true},
		"UID SEARCH":   {do: (*imapConn).uidSearch, needs: selected},
		"COPY":         {do: (*imapConn).copy, needs: selected},
		"UID COPY":     {do: (*imapConn).uidCopy, needs: selected},
		"MOVE":         {do: (*imapConn).move, needs: selected},
		"UID MOVE":     {do: (*imapConn).uidMove, needs: selected},
		"EXPUNGE":      {do: (*imapConn).expunge, needs: selected},
		"UID EXPUNGE":  {do: (*imapConn).uidExpunge, needs: selected},
	}[name]
	return h, ok
}

// execute carries out one command and answers it.
func (c *imapConn) execute(cmd command) {
	if c.user != nil && c.disturbed(cmd) {
		return
	}
	h, known := imapCommands(cmd.name)
	ok, err := "", error(errUnknown)
	switch {
	case cmd.long:
		err = errLong
	case known && h.needs > c.state():
		err = errState
	case known:
		ok, err = h.do(c, cmd.args)
	}
	if errors.Is(err, errNoAnswer) {
		c.done = true
		return
	}
	if c.view != nil && c.interrupted() == "" && !c.done {
		c.view.sync(c, !h.keepsSeq)
	}
	name := strings.TrimPrefix(cmd.name, "UID ")
	switch text, refused := errors.AsType[refusal](err); {
	case refused:
		c.answer(cmd.tag, "%s", text)
	case err != nil:
		c.answer(cmd.tag, "NO %v", err)
	case ok != "":
		c.answer(cmd.tag, "OK %s", ok)
	default:
		c.answer(cmd.tag, "OK %s completed.", name)
	}
	if c.bad >= mostBad {
		c.interrupt(byeClosed)
	}
}

func (c *imapConn) state() state {
	switch {
	case c.view != nil:
		return selected
	case c.user != nil:
		return signedIn
	}
	return greeted
}

// disturbed lets the faults have their way with a command of somebody signed in, and tells
// whether one of them took it.
func (c *imapConn) disturbed(cmd command) bool {
	if c.sim.opts.Now().After(c.token.expires) {
		c.interrupt(byeExpired)
		return true
	}
	if c.fault(Silence) {
		io.Copy(io.Discard, c.conn)
		c.done = true
		return true
	}
	if c.sim.faults.matching(CutIMAP, cmd.name, c.named...) {
		c.done = true
		return true
	}
	if value, on := c.faultValue(SlowIMAP); on {
		delay, _ := time.ParseDuration(value)
		c.wait(delay)
	}
	if cmd.name == "LOGOUT" || cmd.name == "CAPABILITY" {
		return false
	}
	if c.notConnected {
		c.answer(cmd.tag, "BAD User is authenticated but not connected.")
		if c.bad >= 3 {
			c.interrupt(byeClosed)
		}
		return true
	}
	if wait, on := c.faultValue(Throttle); on {
		c.answer(cmd.tag, "BAD Request is throttled. Suggested Backoff Time: %s milliseconds", wait)
		c.interrupt(byeClosed)
		return true
	}
	switch how, on := c.faultValue(Unavailable); {
	case on && how == "bare":
		fmt.Fprint(c.w, "Server Unavailable. 15\r\n")
		c.done = true
		return true
	case on:
		c.answer(cmd.tag, "%s", errUnavailable)
		return true
	}
	return false
}

// wait passes time, or less when the connection is closed.
func (c *imapConn) wait(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-c.closed:
	}
}

// Capability lines, as Exchange Online writes them.
const (
	capsBefore  = "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 LOGINDISABLED SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+"
	capsAfter   = "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CLIENTACCESSRULES CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE CHILDREN IDLE NAMESPACE LITERAL+"
	capsRollout = "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CLIENTACCESSRULES CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE BACKENDAUTHENTICATE-IR CHILDREN IDLE NAMESPACE LITERAL+ ENABLE IMAP4rev2"
)

func (c *imapConn) capability(*parser) (string, error) {
	caps := capsBefore
	switch {
	case c.user != nil && c.fault(IMAPRollout):
		caps = capsRollout
	case c.user != nil:
		caps = capsAfter
	}
	c.untagged("CAPABILITY %s", strings.Replace(caps, "AUTH=XOAUTH2", "AUTH="+strings.Join(c.sim.mechanisms(), " AUTH="), 1))
	return "", nil
}

func (c *imapConn) id(*parser) (string, error) {
	c.untagged(`ID ("name" "Microsoft.Exchange.Imap4.Imap4Server" "version" "15.20")`)
	return "", nil
}

func (c *imapConn) noop(*parser) (string, error) {
	if c.view != nil && c.fault(StrayExpunge) {
		c.untagged("%d EXPUNGE", len(c.view.uids)+1)
	}
	return "", nil
}

func (c *imapConn) logout(*parser) (string, error) {
	c.untagged("BYE Microsoft Exchange Server IMAP4 server signing off.")
	c.done = true
	return "", nil
}

func (c *imapConn) namespace(*parser) (string, error) {
	c.untagged(`NAMESPACE (("" "/")) NIL NIL`)
	return "", nil
}
