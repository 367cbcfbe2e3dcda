package simulator

import (
	"sync"
	"time"
)

// later holds work to be done after a delay, such as the copy in Sent Items. Delays are real time
// even when the simulator's clock is a test's, or they would never end.
type later struct {
	mu    sync.Mutex
	tasks []task
	wake  chan struct{} // one slot: a new task came
}

type task struct {
	at time.Time
	do func()
}

// add has do called after the delay; at once when there is none.
func (l *later) add(delay time.Duration, do func()) {
	if delay <= 0 {
		do()
		return
	}
	l.mu.Lock()
	l.tasks = append(l.tasks, task{time.Now().Add(delay), do})
	l.mu.Unlock()
	poke(l.wake)
}

// due is ready when the next task is.
func (l *later) due() <-chan time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.tasks) == 0 {
		return nil
	}
	next := l.tasks[0].at
	for _, t := range l.tasks[1:] {
		if t.at.Before(next) {
			next = t.at
		}
	}
	return time.After(time.Until(next))
}

// run does what is due.
func (l *later) run() { l.runUntil(time.Now()) }

// finish does everything at once: the simulator ends.
func (l *later) finish() { l.runUntil(time.Now().AddDate(1, 0, 0)) }

func (l *later) runUntil(limit time.Time) {
	l.mu.Lock()
	var ready, wait []task
	for _, t := range l.tasks {
		if t.at.After(limit) {
			wait = append(wait, t)
		} else {
			ready = append(ready, t)
		}
	}
	l.tasks = wait
	l.mu.Unlock()
	for _, t := range ready {
		t.do()
	}
}

// poke puts a token into a one-slot channel unless one is waiting already.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
