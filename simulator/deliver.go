package simulator

import (
	"bytes"
	"fmt"
	"slices"
	"time"
)

// Mailbox is a copy of what an address holds, for tests to look at.
type Mailbox struct {
	Address string   `json:"address"`
	Folders []Folder `json:"folders"`
}

// Folder is a copy of one folder.
type Folder struct {
	Name        string    `json:"name"`
	Role        string    `json:"role,omitempty"` // inbox, archive, trash, drafts, junk, sent, outbox, other; "" for the user's own
	UIDValidity uint32    `json:"uidValidity"`
	UIDNext     uint32    `json:"uidNext"`
	Messages    []Message `json:"messages"`
}

// Message is a copy of one message.
type Message struct {
	UID       uint32    `json:"uid"`
	Flags     []string  `json:"flags"`
	At        time.Time `json:"at"`
	Subject   string    `json:"subject"`   // as it stands in the header
	MessageID string    `json:"messageId"` // with its brackets
	Raw       []byte    `json:"-"`
}

// Deliver files a message at an address, as if it had arrived, and wakes whoever idles there. The
// folder is given by name or role; "" is the INBOX. Bare line feeds become CRLF. A zero time is now.
func (s *Simulator) Deliver(address, name string, raw []byte, flagNames []string, at time.Time) (uint32, error) {
	if at.IsZero() {
		at = s.opts.Now()
	}
	raw = canonical(raw)
	var uid uint32
	err := s.inFolder(address, name, func(box *postbox, f *folder) {
		uid = box.append(f, raw, parseFlags(flagNames), at).uid
	})
	return uid, err
}

// Remove expunges messages, as another client would.
func (s *Simulator) Remove(address, name string, uids ...uint32) error {
	return s.inFolder(address, name, func(box *postbox, f *folder) {
		box.expunge(f, func(m *message) bool { return slices.Contains(uids, m.uid) })
	})
}

// Flag replaces a message's flags, as another client would. Exchange tells nobody of it.
func (s *Simulator) Flag(address, name string, uid uint32, flagNames ...string) error {
	found := false
	err := s.inFolder(address, name, func(box *postbox, f *folder) {
		if m := f.message(uid); m != nil {
			m.flags, found = parseFlags(flagNames), true
			box.notify()
		}
	})
	if err == nil && !found {
		err = fmt.Errorf("%s has no UID %d in %q", address, uid, name)
	}
	return err
}

// CreateFolder makes a folder, as another client would.
func (s *Simulator) CreateFolder(address, name string) error {
	a := s.account(address)
	if a == nil {
		return fmt.Errorf("no user %s", address)
	}
	if err := a.box.create(name); err != nil {
		return fmt.Errorf("create %q: %w", name, err)
	}
	return nil
}

// ChangeValidity gives a folder a new UIDVALIDITY and its messages new UIDs, as a restore or a
// migration does, and cuts the address's sessions.
func (s *Simulator) ChangeValidity(address, name string) error {
	err := s.inFolder(address, name, func(box *postbox, f *folder) {
		box.validity++
		f.validity, f.next = box.validity, 1
		renumbered := make([]*message, len(f.messages))
		for i, m := range f.messages {
			renumbered[i] = &message{uid: f.next, flags: m.flags, at: m.at, raw: m.raw}
			f.next++
		}
		f.messages = renumbered
		box.changed(f)
	})
	if err == nil {
		s.cut(address, byeClosed)
	}
	return err
}

// Mailbox copies what an address holds.
func (s *Simulator) Mailbox(address string) (Mailbox, error) {
	a := s.account(address)
	if a == nil {
		return Mailbox{}, fmt.Errorf("no user %s", address)
	}
	a.box.mu.Lock()
	defer a.box.mu.Unlock()
	m := Mailbox{Address: a.Address}
	for _, f := range a.box.folders {
		c := Folder{Name: f.name, Role: string(f.role), UIDValidity: f.validity, UIDNext: f.next, Messages: []Message{}}
		for _, msg := range f.messages {
			c.Messages = append(c.Messages, Message{
				UID: msg.uid, Flags: msg.flags.names(), At: msg.at, Raw: msg.raw,
				Subject: headerValue(msg.raw, "Subject"), MessageID: headerValue(msg.raw, "Message-ID"),
			})
		}
		m.Folders = append(m.Folders, c)
	}
	return m, nil
}

// Folder finds a folder by name or role; an empty one when there is none.
func (m Mailbox) Folder(name string) Folder {
	for _, f := range m.Folders {
		if f.Name == name || f.Role == name {
			return f
		}
	}
	return Folder{}
}

// Watch returns a channel with a token whenever something in the address's mailbox changed, and
// what ends it.
func (s *Simulator) Watch(address string) (<-chan struct{}, func(), error) {
	a := s.account(address)
	if a == nil {
		return nil, nil, fmt.Errorf("no user %s", address)
	}
	c, stop := a.box.watch()
	return c, stop, nil
}

// inFolder calls do with a locked mailbox and one of its folders.
func (s *Simulator) inFolder(address, name string, do func(*postbox, *folder)) error {
	a, _ := s.recipient(address)
	if a == nil {
		return fmt.Errorf("no user %s", address)
	}
	a.box.mu.Lock()
	defer a.box.mu.Unlock()
	f := a.box.named(name)
	if f == nil {
		return fmt.Errorf("%s has no folder %q", address, name)
	}
	do(a.box, f)
	return nil
}

// canonical makes every line end with CRLF, as Exchange's regenerated MIME does.
func canonical(raw []byte) []byte {
	if bytes.Count(raw, []byte("\n")) == bytes.Count(raw, []byte("\r\n")) {
		return bytes.Clone(raw)
	}
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
}
