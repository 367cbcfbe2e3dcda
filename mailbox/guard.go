package mailbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// Bounds on what a server may send. The IMAP library trusts sizes and nesting: a literal of 300 MB
// takes 746 MB of heap, 32 KB of "(" take 17.8 s of CPU, and a reply that never ends is waited for.
const (
	mostLine    = 1 << 20  // bytes of one response outside of message literals
	mostLiteral = 64 << 20 // bytes of one message literal
	mostString  = 64 << 10 // bytes of any other literal: a folder name, for one
	mostDepth   = 64       // open parentheses
	mostNoise   = 10_000   // responses that are of no use, during one command
	mostReplies = 5 << 20  // responses of any kind, during one command
)

// guard is the connection that the IMAP library reads from. It looks at every line before the
// library does: bounds it, mends what would make the library give up the connection, and remembers
// a BYE, whose text the library does not hand out. It knows literals, and never touches their
// bytes. Deadlines for reading are its own; the library knows none for a command.
//
// Only the library's reader calls Read; everything else may be called from anywhere.
type guard struct {
	net.Conn
	in   *bufio.Reader
	out  []byte // mended, not yet read by the library
	line []byte // buffer of readLine

	literal int64 // bytes of the literal under way
	within  bool  // in a response that a literal has interrupted
	drop    bool  // the response under way is kept from the library
	held    int   // bytes of this response that the library will hold in memory
	depth   int
	broken  error // why nothing more is read

	mu       sync.Mutex
	err      error         // why the connection was given up
	bye      string        // what the server said in its BYE
	waiting  bool          // a command is under way
	patience time.Duration // how long it may keep us waiting, when fresh
	left     time.Duration // how much of it is left
	noise    int
	replies  int
}

// errBye ends a connection whose server said BYE, whether or not it closes.
var errBye = errors.New("server said BYE")

// guarded puts a guard on conn. Nothing is due until expect is called.
func guarded(conn net.Conn) *guard {
	g := &guard{Conn: conn}
	g.in = bufio.NewReaderSize(wire{g}, 4096)
	return g
}

// expect says that an answer is due. The server may keep us waiting for d in all, and a second
// more for each KiB that it sends; so a slow line is no reason to give up, and a trickle is.
func (g *guard) expect(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting, g.patience, g.left, g.noise, g.replies = true, d, d, 0, 0
	_ = g.Conn.SetReadDeadline(time.Now().Add(d))
}

// rest says that nothing is due.
func (g *guard) rest() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = false
	_ = g.Conn.SetReadDeadline(time.Time{})
}

// ended is what the server said in its BYE, and why the guard gave up the connection, if it did.
func (g *guard) ended() (bye string, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.bye, g.err
}

// SetReadDeadline does nothing: the library sets deadlines for parts of a response only, and clears
// those that expect has set.
func (g *guard) SetReadDeadline(time.Time) error { return nil }

// SetDeadline sets the deadline for writing; see SetReadDeadline.
func (g *guard) SetDeadline(t time.Time) error { return g.Conn.SetWriteDeadline(t) }

// wire reads from the connection and counts the time that this takes. Time in which we ourselves
// are busy, and do not read, is not the server's.
type wire struct{ *guard }

func (w wire) Read(p []byte) (int, error) {
	g := w.guard
	start := time.Now()
	g.mu.Lock()
	if g.waiting {
		_ = g.Conn.SetReadDeadline(start.Add(g.left))
	}
	g.mu.Unlock()
	n, err := g.Conn.Read(p)
	g.mu.Lock()
	g.left -= time.Since(start)
	g.left = min(g.patience, g.left+time.Duration(n)*time.Second/1024)
	g.mu.Unlock()
	return n, err
}

// Read hands the library what it may see. Once it has failed it fails for ever: between two
// responses the library ignores an error and reads on.
func (g *guard) Read(p []byte) (int, error) {
	for {
		switch {
		case g.broken != nil:
			return 0, g.broken
		case len(g.out) > 0:
			n := copy(p, g.out)
			g.out = g.out[n:]
			return n, nil
		case g.literal > 0:
			n, err := g.in.Read(p[:min(int64(len(p)), g.literal)])
			g.literal -= int64(n)
			if err != nil {
				g.giveUp(err)
			}
			if !g.drop && n > 0 {
				return n, nil
			}
		default:
			if err := g.next(); err != nil {
				g.giveUp(err)
			}
		}
	}
}

func (g *guard) giveUp(err error) {
	g.broken = err
	g.mu.Lock()
	defer g.mu.Unlock()
	g.err = err
}

// next reads a line and puts what the library may see of it into out.
func (g *guard) next() error {
	if bye, _ := g.ended(); bye != "" && g.in.Buffered() == 0 {
		return errBye
	}
	line, err := g.readLine()
	if err != nil {
		return err
	}
	if !g.within {
		return g.begin(line)
	}
	end, err := g.scan(line)
	if err != nil {
		return err
	}
	if end.quoted || (end.literal < 0 && g.depth != 0) {
		return errors.New("imap guard: response is cut short")
	}
	return g.pass(line, end)
}

// begin looks at the first line of a response.
func (g *guard) begin(line []byte) error {
	r := readResponse(line)
	if err := g.count(r); err != nil {
		return err
	}
	if r.bye {
		g.mu.Lock()
		g.bye = string(bytes.TrimSpace(r.text)) + " "
		g.mu.Unlock()
	}
	g.held, g.depth, g.drop = 0, 0, r.drop
	if !r.data {
		if r.drop {
			return nil
		}
		return g.pass(r.line, lineEnd{literal: -1})
	}
	end, err := g.scan(r.line)
	if err != nil {
		return err
	}
	if end.quoted || (end.literal < 0 && g.depth != 0) {
		g.drop = true // the library would read on into the next line
		end.literal = -1
	}
	return g.pass(r.line, end)
}

// count bounds how long a server can keep us busy with what nobody asked for.
func (g *guard) count(r response) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.replies++; r.drop || r.chatter {
		g.noise++
	}
	if g.noise > mostNoise || g.replies > mostReplies {
		return errors.New("imap guard: no end of responses")
	}
	return nil
}

// pass hands a line on, unless its response is dropped, and prepares for the literal that follows.
func (g *guard) pass(line []byte, end lineEnd) error {
	g.held += len(line)
	g.literal, g.within = 0, end.literal >= 0
	if g.within {
		most := int64(mostString)
		if end.message {
			most = mostLiteral
		} else {
			g.held += int(min(end.literal, mostLine+1))
		}
		if end.literal > most {
			return fmt.Errorf("imap guard: literal of %d bytes", end.literal)
		}
		g.literal = end.literal
	}
	if g.held > mostLine {
		return errors.New("imap guard: response too long")
	}
	if !g.drop {
		g.out = append(append(g.out[:0:0], line...), '\r', '\n')
	}
	return nil
}

// readLine reads one line, without its end. It is valid until the next call.
func (g *guard) readLine() ([]byte, error) {
	g.line = g.line[:0]
	for {
		part, err := g.in.ReadSlice('\n')
		if len(g.line)+len(part) > mostLine {
			return nil, errors.New("imap guard: line too long")
		}
		g.line = append(g.line, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(g.line) > 0:
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		default:
			line := bytes.TrimRight(g.line, "\r\n")
			if cap(g.line) > 64<<10 {
				g.line = nil // do not keep a large buffer for one long line
			}
			return line, nil
		}
	}
}
