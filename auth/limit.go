package auth

import (
	"sync"
	"time"
)

// limit counts attempts by name (an account, an address) in windows of a fixed length. It holds a
// bounded number of names: when it is full, the one whose window began first makes room.
type limit struct {
	most   int           // attempts in one window
	window time.Duration // length of a window
	names  int           // names held at once

	mu    sync.Mutex
	tries map[string]tries
}

type tries struct {
	count int
	since time.Time
	told  bool // somebody was told that there were too many
}

func newLimit(most int, window time.Duration, names int) *limit {
	return &limit{most: most, window: window, names: names, tries: map[string]tries{}}
}

// take counts one attempt and reports whether it may go on. Attempts are counted before they are
// made, so that many at once do not slip through together.
func (l *limit) take(name string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, known := l.tries[name]
	if !known {
		l.makeRoom(now)
	}
	if !known || now.Sub(t.since) >= l.window {
		t = tries{since: now}
	}
	if t.count >= l.most {
		return false
	}
	t.count++
	l.tries[name] = t
	return true
}

// tell reports, once in a window, that name has used it up.
func (l *limit) tell(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, known := l.tries[name]
	if !known || t.count < l.most || t.told {
		return false
	}
	t.told = true
	l.tries[name] = t
	return true
}

// giveBack takes one attempt off again: it was a good one.
func (l *limit) giveBack(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t, ok := l.tries[name]; ok && t.count > 0 {
		t.count--
		l.tries[name] = t
	}
}

func (l *limit) forget(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.tries, name)
}

func (l *limit) makeRoom(now time.Time) {
	if len(l.tries) < l.names {
		return
	}
	oldest, since := "", now
	for name, t := range l.tries {
		if now.Sub(t.since) >= l.window {
			delete(l.tries, name)
		} else if !t.since.After(since) {
			oldest, since = name, t.since
		}
	}
	if len(l.tries) >= l.names {
		delete(l.tries, oldest)
	}
}
