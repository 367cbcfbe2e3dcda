package simulator

import "strings"

// idle tells what happens in the folder until the client says DONE.
func (c *imapConn) idle(*parser) (string, error) {
	changes, stop := c.box.watch()
	defer stop()
	c.view.sync(c, true) // what came before is told before the "+"
	c.w.WriteString("+ IDLE accepted, awaiting DONE command.\r\n")
	if err := c.w.Flush(); err != nil {
		return "", errNoAnswer
	}
	type reply struct {
		line []byte
		err  error
	}
	replies := make(chan reply, 1)
	go func() { // ends with the line, or with the connection
		line, err := c.readLine()
		replies <- reply{line, err}
	}()
	for {
		select {
		case r := <-replies:
			switch {
			case r.err != nil:
				return "", errNoAnswer
			case !strings.EqualFold(string(r.line), "DONE"):
				return "", errUnknown
			}
			c.mu.Lock()
			c.active = c.sim.opts.Now()
			c.mu.Unlock()
			return "", nil
		case <-changes:
			if c.fault(IdleDeaf) {
				continue
			}
			c.view.sync(c, true)
			if err := c.w.Flush(); err != nil {
				c.close()
			}
		}
	}
}
