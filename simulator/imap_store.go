package simulator

import (
	"fmt"
	"strings"
)

func (c *imapConn) store(args *parser) (string, error)    { return c.storeSet(args, false) }
func (c *imapConn) uidStore(args *parser) (string, error) { return c.storeSet(args, true) }

const errReadOnly = refusal("NO Command is not supported in a folder opened read-only.")

// storeSet changes flags. Keywords of the client's own are not kept, and not refused.
func (c *imapConn) storeSet(args *parser, byUID bool) (string, error) {
	set, err := args.numbers()
	if err != nil {
		return "", err
	}
	how := strings.ToUpper(args.word())
	names, err := args.list()
	if err != nil {
		return "", err
	}
	if err := args.end(); err != nil {
		return "", err
	}
	how, silent := strings.CutSuffix(how, ".SILENT")
	var change func(old, given flags) flags
	switch how {
	case "FLAGS":
		change = func(_, given flags) flags { return given }
	case "+FLAGS":
		change = func(old, given flags) flags { return old | given }
	case "-FLAGS":
		change = func(old, given flags) flags { return old &^ given }
	default:
		return "", errArgument
	}
	if c.view.readOnly {
		return "", errReadOnly
	}
	c.box.mu.Lock()
	defer c.box.mu.Unlock()
	found, missing := c.view.pick(set, byUID)
	given := parseFlags(names)
	for _, e := range found {
		e.msg.flags = change(e.msg.flags, given)
		if silent {
			continue
		}
		uid := ""
		if byUID {
			uid = fmt.Sprintf("UID %d ", e.uid)
		}
		c.untagged("%d FETCH (%sFLAGS %s)", e.seq, uid, e.msg.flags)
	}
	c.box.notify()
	if missing {
		return "", errVanished
	}
	return "", nil
}

// expunge removes what is marked as deleted.
func (c *imapConn) expunge(*parser) (string, error) {
	return c.expungeMarked(func(uint32) bool { return true })
}

// uidExpunge removes what is marked as deleted and in the set (RFC 4315).
func (c *imapConn) uidExpunge(args *parser) (string, error) {
	set, err := args.numbers()
	if err != nil {
		return "", err
	}
	c.box.mu.Lock()
	found, _ := c.view.pick(set, true)
	c.box.mu.Unlock()
	in := map[uint32]bool{}
	for _, e := range found {
		in[e.uid] = true
	}
	return c.expungeMarked(func(uid uint32) bool { return in[uid] })
}

func (c *imapConn) expungeMarked(in func(uid uint32) bool) (string, error) {
	if c.view.readOnly {
		return "", errReadOnly
	}
	c.box.mu.Lock()
	defer c.box.mu.Unlock()
	c.box.expunge(c.view.folder, func(m *message) bool { return m.flags&flagDeleted != 0 && in(m.uid) })
	return "", nil
}
