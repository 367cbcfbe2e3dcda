package simulator

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// mostCommand is the longest command line Exchange reads, literals aside. A token is longer than
// that allows: AUTHENTICATE is excepted.
const (
	mostCommand = 10240
	mostLiteral = 150 << 20
)

// command is one command as read, with its literals in place.
type command struct {
	tag  string
	name string // upper case; UID commands as "UID FETCH"
	args *parser
	long bool // longer than Exchange reads
}

// readCommand reads a line, and with it the literals it announces.
func (c *imapConn) readCommand() (command, error) {
	var text []byte
	size, tooLong := 0, false
	for {
		line, err := c.readLine()
		if err != nil {
			return command{}, err
		}
		size += len(line)
		tooLong = tooLong || size > mostCommand
		text = append(text, line...)
		n, sync, ok := literalAt(line)
		if !ok {
			break
		}
		if n > mostLiteral {
			return command{}, fmt.Errorf("literal of %d bytes", n)
		}
		if sync {
			if _, err := c.w.WriteString("+ Ready for additional command text.\r\n"); err != nil {
				return command{}, err
			}
			if err := c.w.Flush(); err != nil {
				return command{}, err
			}
		}
		text = append(text, "\r\n"...)
		start := len(text)
		text = append(text, make([]byte, n)...)
		if _, err := io.ReadFull(c.r, text[start:]); err != nil {
			return command{}, err
		}
	}
	c.mu.Lock()
	c.active = c.sim.opts.Now()
	c.mu.Unlock()

	p := &parser{text: text}
	cmd := command{tag: p.word(), args: p}
	cmd.name = strings.ToUpper(p.word())
	if cmd.name == "UID" {
		cmd.name += " " + strings.ToUpper(p.word())
	}
	cmd.long = tooLong && cmd.name != "AUTHENTICATE"
	return cmd, nil
}

// readLine reads up to the line's end, which it leaves off. A line longer than a token could ever
// need is refused.
func (c *imapConn) readLine() ([]byte, error) {
	const most = 64 << 10
	var line []byte
	for {
		part, err := c.r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return trimEOL(line), nil
		case len(line) > most:
			return nil, errors.New("line too long")
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// literalAt reads the announcement of a literal at a line's end. sync tells whether the client
// waits to be asked for it.
func literalAt(line []byte) (n int, sync, ok bool) {
	text, found := strings.CutSuffix(string(line), "}")
	open := strings.LastIndexByte(text, '{')
	if !found || open < 0 {
		return 0, false, false
	}
	digits, plus := strings.CutSuffix(text[open+1:], "+")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 {
		return 0, false, false
	}
	return n, !plus, true
}
