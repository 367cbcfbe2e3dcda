package mailbox

import (
	"math/rand/v2"
	"time"
)

// backoff says how long to wait after one more failure: anything up to a bound that doubles, so
// that mailboxes which failed together do not come back together.
type backoff struct {
	least, most time.Duration
	fails       int
	spared      bool // an ending that is routine has cost nothing; the next one will
}

func (b *backoff) next() time.Duration {
	bound := b.most
	if b.fails < 30 && b.least<<b.fails < b.most {
		bound = b.least << b.fails
	}
	b.fails++
	return bound/10 + rand.N(bound-bound/10+1)
}

func (b *backoff) reset() { b.fails, b.spared = 0, false }
