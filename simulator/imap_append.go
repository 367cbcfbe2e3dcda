package simulator

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// What APPEND takes: a mailbox's receive limit, and lines a little shorter than a command.
const (
	mostAppend = 36 << 20
	mostLine   = 10000
)

const errTooBig = refusal("NO Maximum size of appendable message has been exceeded")

// append files a message of the client's own.
func (c *imapConn) append(args *parser) (string, error) {
	name, err := args.folder()
	if err != nil {
		return "", err
	}
	var fl flags
	if args.peek() == '(' {
		names, err := args.list()
		if err != nil {
			return "", err
		}
		fl = parseFlags(names)
	}
	at := c.sim.opts.Now()
	if args.peek() == '"' {
		text, err := args.string()
		if err != nil {
			return "", err
		}
		if at, err = time.Parse("_2-Jan-2006 15:04:05 -0700", text); err != nil {
			return "", errArgument
		}
	}
	if args.peek() != '{' {
		return "", errArgument
	}
	text, err := args.string()
	if err != nil {
		return "", err
	}
	if err := args.end(); err != nil {
		return "", err
	}
	most := mostAppend
	if limit, on := c.faultValue(AppendLimit); on {
		most, _ = strconv.Atoi(limit)
	}
	if len(text) > most {
		return "", errTooBig
	}
	for line := range strings.Lines(text) {
		if len(line) > mostLine {
			return "", errArgument
		}
	}
	c.box.mu.Lock()
	defer c.box.mu.Unlock()
	f := c.box.find(name)
	if f == nil {
		return "", tryCreate(name)
	}
	m := c.box.append(f, []byte(text), fl, at)
	return fmt.Sprintf("[APPENDUID %d %d] APPEND completed.", f.validity, m.uid), nil
}
