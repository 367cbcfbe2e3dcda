package store

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postroom/problem"
)

// Whatever a user, another mail program and a worker with a bad connection do to a mailbox, in whatever
// order: the folders' counts are right after every step, and when it is quiet the mail here is the mail
// there.
func TestMailHereBecomesMailThere(t *testing.T) {
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			c, url := newClock(), ""
			if database == "postgres" {
				url = newPostgres(t)
			}
			st, run := openTest(t, url, c), 0
			rapid.Check(t, func(r *rapid.T) {
				run++
				s := &struggle{r: r, t: t, clock: c, person: newPerson(t, st, fmt.Sprint("ada", run)), server: map[string]*serverFolder{}}
				for _, name := range s.names() {
					s.server[name] = &serverFolder{validity: 14, next: 1, mails: map[uint32]serverMail{}}
				}
				r.Repeat(map[string]func(*rapid.T){
					"deliver": s.deliver, "flag there": s.flagThere, "move there": s.moveThere, "copy there": s.copyThere,
					"expunge there": s.expungeThere, "renumber": s.renumber,
					"act": s.act, "act too": s.act, "sync": s.syncOne, "tell": s.tellOne, "tell too": s.tellOne,
					"": s.countsAreRight,
				})
				s.becomeQuiet()
				s.hereIsThere()
			})
		})
	}
}

// serverFolder is a folder of a mail server in a few lines.
type serverFolder struct {
	validity, next uint32
	mails          map[uint32]serverMail
}

type serverMail struct {
	id    string
	date  int64
	flags Flags
}

func (f *serverFolder) add(m serverMail) uint32 {
	uid := f.next
	f.next++
	f.mails[uid] = m
	return uid
}

// struggle is one mailbox with everybody who wants something of it.
type struggle struct {
	r      *rapid.T
	t      *testing.T
	clock  *clock
	person *person
	server map[string]*serverFolder
	count  int
}

func (s *struggle) names() []string { return []string{"Archive", "INBOX", "Trash"} }

func (s *struggle) nameOf(id int64) string {
	for name, f := range s.person.folders {
		if f.ID == id {
			return name
		}
	}
	s.r.Fatalf("no folder %d", id)
	return ""
}

func (s *struggle) folder(r *rapid.T) string { return rapid.SampledFrom(s.names()).Draw(r, "folder") }

// mail draws a mail on the server; it skips the step when there is none.
func (s *struggle) mail(r *rapid.T) (folder *serverFolder, uid uint32) {
	folder = s.server[s.folder(r)]
	if len(folder.mails) == 0 {
		r.Skip("empty folder")
	}
	return folder, rapid.SampledFrom(slices.Sorted(maps.Keys(folder.mails))).Draw(r, "uid")
}

func (s *struggle) deliver(r *rapid.T) {
	s.count++
	s.server["INBOX"].add(serverMail{id: fmt.Sprintf("m%d@x", s.count), date: s.person.st.Now()})
}

func (s *struggle) flagThere(r *rapid.T) {
	f, uid := s.mail(r)
	m := f.mails[uid]
	m.flags = Flags{Seen: rapid.Bool().Draw(r, "seen"), Flagged: rapid.Bool().Draw(r, "flagged"), Answered: m.flags.Answered}
	f.mails[uid] = m
}

func (s *struggle) moveThere(r *rapid.T) {
	f, uid := s.mail(r)
	s.server[s.folder(r)].add(f.mails[uid])
	delete(f.mails, uid)
}

func (s *struggle) copyThere(r *rapid.T) {
	f, uid := s.mail(r)
	s.server[s.folder(r)].add(f.mails[uid])
}

func (s *struggle) expungeThere(r *rapid.T) {
	f, uid := s.mail(r)
	delete(f.mails, uid)
}

// renumber gives a folder a new UIDVALIDITY.
func (s *struggle) renumber(r *rapid.T) {
	if rapid.IntRange(0, 4).Draw(r, "seldom") > 0 {
		r.Skip("not now")
	}
	f := s.server[s.folder(r)]
	old := f.mails
	f.validity++
	f.next, f.mails = 1, map[uint32]serverMail{}
	for _, uid := range slices.Sorted(maps.Keys(old)) {
		f.add(old[uid])
	}
}

// act is the user's.
func (s *struggle) act(r *rapid.T) {
	page := s.person.page(s.t, s.folder(r))
	if len(page.Messages) == 0 {
		r.Skip("empty folder")
	}
	var ids []int64
	for _, m := range page.Messages {
		ids = append(ids, m.ID)
	}
	n := rapid.IntRange(1, min(3, len(ids))).Draw(r, "how many")
	ids = rapid.Permutation(ids).Draw(r, "ids")[:n]
	kind := rapid.SampledFrom([]ActionKind{MarkRead, MarkUnread, Star, Unstar, Move, Move, Delete}).Draw(r, "kind")
	s.person.act(s.t, kind, s.folder(r), ids...)
}

func (s *struggle) syncOne(r *rapid.T) { s.sync(s.folder(r)) }

// sync is a worker's look at a folder.
func (s *struggle) sync(name string) {
	st, there := s.person.st, s.server[name]
	f, err := st.Folder(s.t.Context(), s.person.user.ID, s.person.folders[name].ID)
	check(s.t, err)
	if f.UIDValidity != there.validity {
		f.UIDValidity = there.validity
		tx(s.t, st, func(tx *Tx) error {
			check(s.t, tx.ForgetFolder(f))
			return tx.SetFolderCursor(f.ID, FolderCursor{UIDValidity: there.validity})
		})
	}
	known, err := st.UIDs(s.t.Context(), f.ID)
	check(s.t, err)
	var gone []uint32
	for uid := range known {
		if _, ok := there.mails[uid]; !ok {
			gone = append(gone, uid)
		}
	}
	var fresh []NewMessage
	flags := map[uint32]Flags{}
	for _, uid := range slices.Sorted(maps.Keys(there.mails)) {
		m := there.mails[uid]
		flags[uid] = m.flags
		if _, ok := known[uid]; !ok {
			fresh = append(fresh, NewMessage{Message: Message{
				UID: uid, RFCMessageID: m.id, Date: m.date, InternalDate: m.date, Size: 100, Subject: m.id,
				Seen: m.flags.Seen, Flagged: m.flags.Flagged, Answered: m.flags.Answered,
			}, Words: Words{Subject: m.id}})
		}
	}
	tx(s.t, st, func(tx *Tx) error {
		check(s.t, tx.Vanish(f, gone))
		check(s.t, second(tx.AddMessages(f, fresh)))
		return second(tx.SetFlags(f, flags))
	})
}

// tellOne is a worker that tells the server of an action, over a connection that may break.
func (s *struggle) tellOne(r *rapid.T) {
	due := s.person.due(s.t)
	if len(due) == 0 {
		r.Skip("nothing to tell")
	}
	a := rapid.SampledFrom(due).Draw(r, "action")
	switch rapid.IntRange(0, 7).Draw(r, "luck") {
	case 0:
		s.person.refuse(s.t, a)
	case 1:
		tx(s.t, s.person.st, func(tx *Tx) error { return tx.RetryAction(a, 0, problem.New(problem.Throttled, "")) })
	case 2: // done, but the answer is lost
		s.tell(a)
	case 3: // done by a server without COPYUID
		s.tell(a)
		s.finish(a, 0)
	default:
		s.finish(a, s.tell(a))
	}
}

func (s *struggle) finish(a Action, uid uint32) {
	validity := uint32(0)
	if uid != 0 {
		validity = s.server[s.nameOf(a.ToFolder)].validity
	}
	tx(s.t, s.person.st, func(tx *Tx) error { return tx.FinishAction(a, uid, validity) })
}

// tell has the server do an action and returns the new UID after a move. A UID that is not known needs a
// look at the folder first, and so does a UID from before the folder was numbered anew.
func (s *struggle) tell(a Action) uint32 {
	name := s.nameOf(a.FolderID)
	there := s.server[name]
	f, err := s.person.st.Folder(s.t.Context(), s.person.user.ID, a.FolderID)
	check(s.t, err)
	if a.UID == 0 || f.UIDValidity != there.validity {
		s.sync(name)
		for _, now := range s.person.due(s.t) {
			if now.ID == a.ID {
				a = now
			}
		}
	}
	m, ok := there.mails[a.UID]
	if !ok || a.FolderID != f.ID {
		return 0
	}
	switch a.Kind {
	case Move:
		delete(there.mails, a.UID)
		return s.server[s.nameOf(a.ToFolder)].add(m)
	case Delete:
		delete(there.mails, a.UID)
	default:
		a.Kind.flag(&m.flags, a.Kind.on())
		there.mails[a.UID] = m
	}
	return 0
}

func (s *struggle) countsAreRight(r *rapid.T) {
	for name, f := range s.person.folders {
		now, err := s.person.st.Folder(s.t.Context(), s.person.user.ID, f.ID)
		check(s.t, err)
		var total, unread int64
		rows := s.person.st.db.read.Model(&Message{}).Where("folder_id = ? AND gone_at = 0", f.ID)
		check(s.t, rows.Count(&total).Error)
		check(s.t, rows.Where("NOT seen").Count(&unread).Error)
		if now.Total != total || now.Unread != unread {
			r.Fatalf("%s counts %d/%d, has %d/%d", name, now.Total, now.Unread, total, unread)
		}
	}
}

// becomeQuiet tells the server everything, looks at every folder, and waits until what never arrived is
// given up.
func (s *struggle) becomeQuiet() {
	for {
		due := s.person.due(s.t)
		if len(due) == 0 {
			break
		}
		s.finish(due[0], s.tell(due[0]))
	}
	for range 2 {
		for _, name := range s.names() {
			s.sync(name)
		}
	}
	s.clock.advance(keepGone + time.Minute)
	check(s.t, s.person.st.upkeep(s.t.Context()))
	s.countsAreRight(s.r)
}

func (s *struggle) hereIsThere() {
	for name, there := range s.server {
		here := map[uint32]serverMail{}
		for _, m := range s.person.page(s.t, name).Messages {
			if _, twice := here[m.UID]; twice {
				s.r.Fatalf("%s has UID %d twice", name, m.UID)
			}
			here[m.UID] = serverMail{id: m.RFCMessageID, date: m.Date, flags: m.standing().Flags}
		}
		if !maps.Equal(here, there.mails) {
			s.r.Fatalf("%s:\nhere  %v\nthere %v", name, here, there.mails)
		}
	}
}
