package simulator

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// inboxValidity is the UIDVALIDITY of every INBOX, as it is at Exchange.
const inboxValidity = 14

// The answers Exchange gives when it does not like a folder's name.
const (
	errFolderExists = refusal("NO Mailbox already exists")
	errReserved     = refusal("NO Folder name is reserved")
)

// noFolder answers whoever names a folder that is not there.
func noFolder(name string) refusal { return refusal("NO " + quoteName(name) + " doesn't exist.") }

// postbox is the mail of one address: folders with messages, and who watches them.
type postbox struct {
	mu       sync.Mutex // guards everything below, the folders and their messages included
	folders  []*folder
	validity uint32 // the last UIDVALIDITY given out
	watchers map[chan struct{}]bool
	touch    func() // tells the simulator that there is something to save
}

// folder is what IMAP calls a mailbox.
type folder struct {
	name     string // path with "/" between its parts
	role     role
	validity uint32
	next     uint32     // UIDNEXT
	messages []*message // by UID
	version  uint64     // rises when a message comes or goes
}

// message is one mail in one folder. Its bytes are never changed once it is filed.
type message struct {
	uid   uint32
	flags flags
	at    time.Time // INTERNALDATE
	raw   []byte
	hash  string // names its bytes on disk; "" before they are first saved
}

// newPostbox makes an empty one with the standard folders.
func newPostbox(names []standardFolder, touch func()) *postbox {
	box := &postbox{validity: inboxValidity - 1, watchers: map[chan struct{}]bool{}, touch: touch}
	for _, n := range names {
		f := box.add(n.name, n.role)
		if n.role.isMail() {
			continue
		}
		box.append(f, placeholder(n.name), flagSeen, time.Date(2024, 1, 8, 9, 0, 0, 0, time.UTC))
	}
	return box
}

// add makes a folder; the caller holds the lock or nobody else knows the box yet.
func (b *postbox) add(name string, r role) *folder {
	b.validity++
	f := &folder{name: name, role: r, validity: b.validity, next: 1}
	b.folders = append(b.folders, f)
	return f
}

// find looks a folder up by its name, which compares without case; nil when there is none.
func (b *postbox) find(name string) *folder {
	for _, f := range b.folders {
		if strings.EqualFold(f.name, name) {
			return f
		}
	}
	return nil
}

// withRole finds the folder of a role.
func (b *postbox) withRole(r role) *folder {
	for _, f := range b.folders {
		if f.role == r {
			return f
		}
	}
	return nil
}

// named finds a folder by name or by role; "" is the INBOX.
func (b *postbox) named(name string) *folder {
	if name == "" {
		return b.withRole(roleInbox)
	}
	if f := b.find(name); f != nil {
		return f
	}
	return b.withRole(role(name))
}

// append files a message and returns it.
func (b *postbox) append(f *folder, raw []byte, fl flags, at time.Time) *message {
	m := &message{uid: f.next, flags: fl, at: at, raw: raw}
	f.next++
	f.messages = append(f.messages, m)
	b.changed(f)
	return m
}

// expunge removes the messages that match and returns their UIDs.
func (b *postbox) expunge(f *folder, match func(*message) bool) []uint32 {
	var removed []uint32
	f.messages = slices.DeleteFunc(f.messages, func(m *message) bool {
		if !match(m) {
			return false
		}
		removed = append(removed, m.uid)
		return true
	})
	if len(removed) > 0 {
		b.changed(f)
	}
	return removed
}

// message finds a message by UID; nil when it is gone.
func (f *folder) message(uid uint32) *message {
	i, ok := slices.BinarySearchFunc(f.messages, uid, func(m *message, uid uint32) int {
		return int(int64(m.uid) - int64(uid))
	})
	if !ok {
		return nil
	}
	return f.messages[i]
}

// changed tells watchers and the saver that messages of f came or went.
func (b *postbox) changed(f *folder) {
	f.version++
	b.notify()
}

// notify tells watchers and the saver that something is different.
func (b *postbox) notify() {
	for w := range b.watchers {
		poke(w)
	}
	b.touch()
}

// watch returns a channel with a token whenever something in the box changed.
func (b *postbox) watch() (<-chan struct{}, func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := make(chan struct{}, 1)
	b.watchers[w] = true
	return w, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.watchers, w)
	}
}

// create makes a folder and those above it.
func (b *postbox) create(name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	name = strings.TrimSuffix(name, "/")
	switch {
	case name == "" || strings.EqualFold(name, "Files"):
		return errReserved
	case b.find(name) != nil:
		return errFolderExists
	}
	for i, c := range name {
		if c == '/' && b.find(name[:i]) == nil {
			b.add(name[:i], "")
		}
	}
	b.add(name, "")
	b.notify()
	return nil
}

// delete removes a folder of the user's own making, with what is below it.
func (b *postbox) delete(name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.find(name)
	switch {
	case f == nil:
		return noFolder(name)
	case f.role != "":
		return errReserved
	}
	below := strings.ToLower(f.name) + "/"
	b.folders = slices.DeleteFunc(b.folders, func(o *folder) bool {
		if o != f && !strings.HasPrefix(strings.ToLower(o.name), below) {
			return false
		}
		o.messages = nil // a session that has it selected sees it empty
		o.version++
		return true
	})
	b.notify()
	return nil
}

// rename gives a folder and what is below it a new name; UIDs and UIDVALIDITY stay.
func (b *postbox) rename(from, to string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.find(from)
	switch {
	case f == nil:
		return noFolder(from)
	case f.role != "" || to == "":
		return errReserved
	case b.find(to) != nil:
		return errFolderExists
	}
	old := f.name
	for _, o := range b.folders {
		if rest, ok := strings.CutPrefix(o.name, old+"/"); ok {
			o.name = to + "/" + rest
		}
	}
	f.name = to
	b.notify()
	return nil
}
