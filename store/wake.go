package store

import "sync"

const mailboxesTopic = "mailboxes"

func userTopic(id string) string    { return "user:" + id }
func mailboxTopic(id string) string { return "mailbox:" + id }

// wakes are the watchers of this process. A watcher is a channel with one slot: a slow one holds no
// writer up, and never misses that something happened.
type wakes struct {
	mu       sync.Mutex
	watchers map[string]map[chan struct{}]struct{}
}

func newWakes() *wakes { return &wakes{watchers: map[string]map[chan struct{}]struct{}{}} }

// WatchUser returns a channel that gets a token when the user's feed has grown, and a function that
// ends the watch.
func (s *Store) WatchUser(userID string) (<-chan struct{}, func()) {
	return s.wakes.watch(userTopic(userID))
}

// WatchMailbox is for a mailbox's worker: there is an action or a mail to send, the grant is new, or
// the mailbox is gone.
func (s *Store) WatchMailbox(id string) (<-chan struct{}, func()) {
	return s.wakes.watch(mailboxTopic(id))
}

// WatchMailboxes tells when the set of mailboxes that should have a worker may have changed.
func (s *Store) WatchMailboxes() (<-chan struct{}, func()) { return s.wakes.watch(mailboxesTopic) }

func (w *wakes) watch(topic string) (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.watchers[topic] == nil {
		w.watchers[topic] = map[chan struct{}]struct{}{}
	}
	w.watchers[topic][c] = struct{}{}
	return c, func() { w.unwatch(topic, c) }
}

func (w *wakes) unwatch(topic string, c chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.watchers[topic], c)
	if len(w.watchers[topic]) == 0 {
		delete(w.watchers, topic)
	}
}

func (w *wakes) wake(topics ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, topic := range topics {
		for c := range w.watchers[topic] {
			poke(c)
		}
	}
}

// wakeAll is for when wake-ups may have been missed.
func (w *wakes) wakeAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, watchers := range w.watchers {
		for c := range watchers {
			poke(c)
		}
	}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // a wake-up is already waiting
	}
}
