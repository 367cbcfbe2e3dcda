package simulator

import (
	"fmt"
)

func (c *imapConn) copy(args *parser) (string, error)    { return c.copySet(args, false) }
func (c *imapConn) uidCopy(args *parser) (string, error) { return c.copySet(args, true) }
func (c *imapConn) move(args *parser) (string, error)    { return c.moveSet(args, false) }
func (c *imapConn) uidMove(args *parser) (string, error) { return c.moveSet(args, true) }

func (c *imapConn) copySet(args *parser, byUID bool) (string, error) {
	code, _, err := c.transfer(args, byUID)
	if err != nil || code == "" {
		return "", err
	}
	return code + " COPY completed.", nil
}

// moveSet copies and expunges (RFC 6851). The codes come before the expunges.
func (c *imapConn) moveSet(args *parser, byUID bool) (string, error) {
	if c.view.readOnly {
		return "", errReadOnly
	}
	code, moved, err := c.transfer(args, byUID)
	if err != nil {
		return "", err
	}
	switch how, _ := c.faultValue(CopyUID); {
	case code == "":
	case how == "bare":
		fmt.Fprintf(c.w, "%s\r\n", code)
	default:
		c.untagged("OK %s", code)
	}
	gone := map[uint32]bool{}
	for _, uid := range moved {
		gone[uid] = true
	}
	c.box.mu.Lock()
	c.box.expunge(c.view.folder, func(m *message) bool { return gone[m.uid] })
	c.box.mu.Unlock()
	c.view.sync(c, true)
	return "", nil
}

// transfer copies messages to another folder. code is the COPYUID that tells their new UIDs.
func (c *imapConn) transfer(args *parser, byUID bool) (code string, copied []uint32, err error) {
	set, err := args.numbers()
	if err != nil {
		return "", nil, err
	}
	name, err := args.folder()
	if err != nil {
		return "", nil, err
	}
	c.box.mu.Lock()
	defer c.box.mu.Unlock()
	to := c.box.find(name)
	if to == nil {
		return "", nil, tryCreate(name)
	}
	found, missing := c.view.pick(set, byUID)
	if missing {
		return "", nil, errVanished
	}
	var fresh []uint32
	for _, e := range found {
		copied = append(copied, e.uid)
		fresh = append(fresh, c.box.append(to, e.msg.raw, e.flags, e.msg.at).uid)
	}
	how, _ := c.faultValue(CopyUID)
	switch {
	case len(fresh) == 0 || how == "none":
		return "", copied, nil
	case how == "empty":
		return fmt.Sprintf("[COPYUID %d  ]", to.validity), copied, nil
	}
	return fmt.Sprintf("[COPYUID %d %s %s]", to.validity, formatSet(copied), formatSet(fresh)), copied, nil
}

// tryCreate answers whoever wants to put something into a folder that is not there.
func tryCreate(name string) refusal {
	return refusal("NO [TRYCREATE] " + quoteName(name) + " doesn't exist.")
}
