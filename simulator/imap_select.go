package simulator

import (
	"fmt"
	"strings"
)

const allFlags = `\Seen \Answered \Flagged \Deleted \Draft $MDNSent`

func (c *imapConn) selectFolder(args *parser) (string, error) { return c.open(args, false) }

func (c *imapConn) examine(args *parser) (string, error) { return c.open(args, true) }

// open selects a folder. A refused one leaves none selected.
func (c *imapConn) open(args *parser, readOnly bool) (string, error) {
	c.view = nil
	name, err := args.folder()
	if err != nil {
		return "", err
	}
	if err := args.end(); err != nil {
		return "", err // CONDSTORE and QRESYNC are unknown here
	}
	if phantom, on := c.faultValue(PhantomFolder); on && strings.EqualFold(phantom, name) {
		return "", noFolder(name)
	}
	c.box.mu.Lock()
	defer c.box.mu.Unlock()
	f := c.box.find(name)
	if f == nil {
		return "", noFolder(name)
	}
	v := &view{folder: f, readOnly: readOnly, version: f.version, uids: make([]uint32, 0, len(f.messages))}
	unseen := 0
	for i, m := range f.messages {
		v.uids = append(v.uids, m.uid)
		if unseen == 0 && m.flags&flagSeen == 0 {
			unseen = i + 1
		}
	}
	permanent := allFlags
	if readOnly {
		permanent = ""
	}
	c.untagged("%d EXISTS", len(v.uids))
	c.untagged("0 RECENT")
	c.untagged("FLAGS (%s)", allFlags)
	c.untagged("OK [PERMANENTFLAGS (%s)] Permanent flags", permanent)
	if unseen > 0 {
		c.untagged("OK [UNSEEN %d] Is the first unseen message", unseen)
	}
	c.untagged("OK [UIDVALIDITY %d] UIDVALIDITY value", f.validity)
	c.untagged("OK [UIDNEXT %d] The next unique identifier value", f.next)
	c.view = v
	if readOnly {
		return "[READ-ONLY] EXAMINE completed.", nil
	}
	return "[READ-WRITE] SELECT completed.", nil
}

// closeFolder expunges silently, then leaves the folder.
func (c *imapConn) closeFolder(*parser) (string, error) {
	if !c.view.readOnly {
		c.box.mu.Lock()
		c.box.expunge(c.view.folder, func(m *message) bool { return m.flags&flagDeleted != 0 })
		c.box.mu.Unlock()
	}
	c.view = nil
	return "", nil
}

func (c *imapConn) unselect(*parser) (string, error) {
	c.view = nil
	return "", nil
}

// status counts a folder without opening it.
func (c *imapConn) status(args *parser) (string, error) {
	name, err := args.folder()
	if err != nil {
		return "", err
	}
	items, err := args.list()
	if err != nil {
		return "", err
	}
	c.box.mu.Lock()
	defer c.box.mu.Unlock()
	f := c.box.find(name)
	if f == nil {
		return "", noFolder(name)
	}
	var values []string
	for _, item := range items {
		var n int
		switch item = strings.ToUpper(item); item {
		case "MESSAGES":
			n = len(f.messages)
		case "RECENT":
		case "UIDNEXT":
			n = int(f.next)
		case "UIDVALIDITY":
			n = int(f.validity)
		case "UNSEEN":
			for _, m := range f.messages {
				if m.flags&flagSeen == 0 {
					n++
				}
			}
		default:
			return "", errArgument
		}
		values = append(values, fmt.Sprintf("%s %d", item, n))
	}
	c.untagged("STATUS %s (%s)", quoteName(f.name), strings.Join(values, " "))
	return "", nil
}
