package store

import (
	"fmt"
	"strings"
	"testing"

	"postroom/problem"
)

func TestMailIsListedNewestFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		ada.add(t, "INBOX", ada.mail("INBOX", "one"), ada.mail("INBOX", "two"))
		ada.add(t, "INBOX", ada.mail("INBOX", "three"))
		equal(t, "inbox", ada.subjects(t, "INBOX"), "three two one")
		page, err := st.Messages(t.Context(), ada.user.ID, ada.folders["INBOX"].ID, Query{Offset: 1, Limit: 1})
		check(t, err)
		equal(t, "second", subjects(page.Messages), "two")
		equal(t, "total", page.Total, 3)
	})
}

func TestListsOfUnreadAndFlaggedMail(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		var mails []NewMessage
		for i := range 4 {
			m := ada.mail("INBOX", fmt.Sprint("m", i))
			m.Seen, m.Flagged = i&1 != 0, i&2 != 0
			mails = append(mails, m)
		}
		ada.add(t, "INBOX", mails...)
		for _, c := range []struct {
			q    Query
			want string
		}{
			{Query{Unread: true}, "m2 m0"}, {Query{Flagged: true}, "m3 m2"}, {Query{Unread: true, Flagged: true}, "m2"},
		} {
			page, err := st.Messages(t.Context(), ada.user.ID, ada.folders["INBOX"].ID, c.q)
			check(t, err)
			equal(t, fmt.Sprint(c.q), subjects(page.Messages), c.want)
			equal(t, "total", page.Total, int64(len(page.Messages)))
		}
	})
}

func TestAMailArrivesWithAllThatBelongsToIt(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		raw := []byte("Subject: Lunch?\r\n\r\nAt noon.\r\n")
		m := ada.mail("INBOX", "Lunch?")
		m.Cc, m.ReplyTo = []Address{{"Grace", "grace@navy.example"}}, []Address{{"", "list@x.example"}}
		m.References, m.Attachments, m.Snippet = "a@x b@x", 2, "At noon."
		m.Problem = problem.New(problem.MailUnreadable, "odd")
		var err error
		m.Source, err = st.Keep(t.Context(), raw)
		check(t, err)
		start := ada.seq(t)
		id := ada.add(t, "INBOX", m)[0].ID
		equal(t, "upper half of the id", id>>32, ada.mailbox.Number)

		got, err := st.Message(t.Context(), ada.user.ID, id)
		check(t, err)
		equal(t, "cc", fmt.Sprint(got.Cc), fmt.Sprint(m.Cc))
		equal(t, "reply to", fmt.Sprint(got.ReplyTo), fmt.Sprint(m.ReplyTo))
		equal(t, "references", got.References, "a@x b@x")
		equal(t, "problem", got.Problem.Detail, "odd")
		equal(t, "attachments", got.Attachments, 2)
		src, err := st.Raw(t.Context(), ada.user.ID, id)
		check(t, err)
		equal(t, "source", string(src), string(raw))

		lines := ada.changes(t, start)
		equal(t, "lines", len(lines), 2)
		equal(t, "line", lines[0].Kind, MessagesAdded)
		equal(t, "ids", fmt.Sprint(lines[0].IDs), fmt.Sprint([]int64{id}))
		equal(t, "line", lines[1].Kind, FoldersChanged)
	})
}

func TestALargeSourceLiesInTheBlobStore(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		raw := noise(3 << 20)
		m := ada.mail("INBOX", "photos")
		var err error
		m.Source, err = st.Keep(t.Context(), raw)
		check(t, err)
		again, err := st.Keep(t.Context(), raw)
		check(t, err)
		equal(t, "the same bytes have the same key", again.key, m.Source.key)
		added := ada.add(t, "INBOX", m)[0]
		equal(t, "blob", added.BodyKey, m.Source.key)
		src, err := st.Raw(t.Context(), ada.user.ID, added.ID)
		check(t, err)
		equal(t, "source", string(src) == string(raw), true)
	})
}

func TestAMailIsAddedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		one, two := ada.mail("INBOX", "one"), ada.mail("INBOX", "two")
		first := ada.add(t, "INBOX", one, one)
		equal(t, "a double in one batch", first[0].ID, first[1].ID)
		second := ada.add(t, "INBOX", one, two)
		equal(t, "the same mail again", second[0].ID, first[0].ID)
		page := ada.page(t, "INBOX")
		equal(t, "total", page.Total, 2)
		equal(t, "listed", len(page.Messages), 2)
	})
}

func TestHostileTextIsStoredAllTheSame(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		m := ada.mail("INBOX", "x")
		long := strings.Repeat("ä", 100_000)
		m.Subject, m.Snippet = "NUL \x00 and \xff\xfe "+long, long
		m.RFCMessageID, m.InReplyTo, m.References = "\x00"+long, long, strings.Repeat("r@x ", 50_000)
		m.From = []Address{{"\x00\xff", "a\x00@\xff"}}
		m.Words = Words{Subject: "\x00\xff'quoted\\", People: "o'hara", Body: long + " ' \\ \x00 :*", Files: "a\x00b.pdf"}
		got := ada.add(t, "INBOX", m)[0]
		if !strings.HasPrefix(got.Subject, "NUL  and \uFFFD") || len(got.Subject) > longestSubject {
			t.Fatalf("subject is %.40q, %d bytes", got.Subject, len(got.Subject))
		}
		found, err := st.Search(t.Context(), ada.user.ID, Search{Text: "quoted"})
		check(t, err)
		equal(t, "found", len(found), 1)
	})
}

func TestAQuarantinedMailIsRepairedWhenItsSourceComes(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		stub := ada.mail("INBOX", "unreadable")
		stub.Problem = problem.New(problem.MailUnreadable, "")
		id := ada.add(t, "INBOX", stub)[0].ID
		_, err := st.Raw(t.Context(), ada.user.ID, id)
		wantProblem(t, err, problem.NotFound)
		ada.act(t, Star, "", id)

		whole := stub
		whole.Subject, whole.Words, whole.Problem = "readable", Words{Body: "treasure"}, nil
		whole.Source, err = st.Keep(t.Context(), []byte("raw"))
		check(t, err)
		got := ada.add(t, "INBOX", whole)[0]
		equal(t, "id", got.ID, id)
		equal(t, "subject", got.Subject, "readable")
		equal(t, "still starred", got.Flagged, true)
		equal(t, "problem", got.Problem, nil)
		_, err = st.Raw(t.Context(), ada.user.ID, id)
		check(t, err)
		found, err := st.Search(t.Context(), ada.user.ID, Search{Text: "treasure"})
		check(t, err)
		equal(t, "found", len(found), 1)
		equal(t, "total", ada.page(t, "INBOX").Total, 1)
	})
}

func TestFlagsFollowTheServer(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		ms := ada.add(t, "INBOX", ada.mail("INBOX", "one"), ada.mail("INBOX", "two"))
		var changed int
		tx(t, st, func(tx *Tx) (err error) {
			changed, err = tx.SetFlags(ada.folders["INBOX"], map[uint32]Flags{1: {Seen: true, Answered: true}, 2: {}, 99: {Seen: true}})
			return err
		})
		equal(t, "changed", changed, 1)
		uids, err := st.UIDs(t.Context(), ada.folders["INBOX"].ID)
		check(t, err)
		equal(t, "known", len(uids), 2)
		equal(t, "first", uids[1], UIDFlags{ms[0].ID, Flags{Seen: true, Answered: true}})
		f, err := st.Folder(t.Context(), ada.user.ID, ada.folders["INBOX"].ID)
		check(t, err)
		equal(t, "unread", f.Unread, 1)
		at, err := st.MessageAt(t.Context(), f.ID, 2)
		check(t, err)
		equal(t, "at 2", at.ID, ms[1].ID)
	})
}

func TestAMailThatMovesOnTheServerKeepsItsIdAndThread(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		m := ada.mail("INBOX", "wanderer")
		old := ada.add(t, "INBOX", m)[0]
		tx(t, st, func(tx *Tx) error { return tx.Vanish(ada.folders["INBOX"], []uint32{m.UID}) })
		_, err := st.Message(t.Context(), ada.user.ID, old.ID)
		wantProblem(t, err, problem.NotFound)

		there := ada.mail("Archive", "wanderer")
		there.RFCMessageID, there.Date, there.Seen = m.RFCMessageID, m.Date, true
		there.Size = m.Size + m.Size/25
		got := ada.add(t, "Archive", there)[0]
		equal(t, "id", got.ID, old.ID)
		equal(t, "thread", got.ThreadID, old.ThreadID)
		equal(t, "seen", got.Seen, true)
		equal(t, "inbox", ada.page(t, "INBOX").Total, 0)
		equal(t, "archive", ada.subjects(t, "Archive"), "wanderer")
	})
}

func TestAnotherMailWithTheSameMessageIDIsNotAdopted(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		m := ada.mail("INBOX", "one")
		old := ada.add(t, "INBOX", m)[0]
		tx(t, st, func(tx *Tx) error { return tx.Vanish(ada.folders["INBOX"], []uint32{m.UID}) })
		forged := ada.mail("INBOX", "forged")
		forged.RFCMessageID, forged.Size = m.RFCMessageID, m.Size*2
		if got := ada.add(t, "INBOX", forged)[0]; got.ID == old.ID || got.Subject != "forged" {
			t.Fatalf("%q was taken for %q", got.Subject, old.Subject)
		}
	})
}

func TestANewUIDValidityKeepsRowsAndWhatIsPending(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		mails := []NewMessage{ada.mail("INBOX", "starred"), ada.mail("INBOX", "moved"), ada.mail("INBOX", "deleted")}
		ms := ada.add(t, "INBOX", mails...)
		ada.act(t, Star, "", ms[0].ID)
		ada.act(t, Move, "Archive", ms[1].ID)
		ada.act(t, Delete, "", ms[2].ID)

		inbox := ada.folders["INBOX"]
		tx(t, st, func(tx *Tx) error { return tx.ForgetFolder(inbox) })
		equal(t, "inbox", ada.page(t, "INBOX").Total, 0)
		equal(t, "archive", ada.subjects(t, "Archive"), "moved")
		for _, a := range ada.due(t) {
			equal(t, "uid of "+string(a.Kind), a.UID, 0)
		}

		inbox.UIDValidity = 15
		tx(t, st, func(tx *Tx) error {
			for i := range mails {
				mails[i].UID += 100
			}
			return failed("add", second(tx.AddMessages(inbox, mails)))
		})
		equal(t, "inbox", ada.subjects(t, "INBOX"), "starred")
		equal(t, "archive", ada.subjects(t, "Archive"), "moved")
		starred, err := st.Message(t.Context(), ada.user.ID, ms[0].ID)
		check(t, err)
		equal(t, "star", starred.Flagged, true)
		equal(t, "place", starred.UID, 101)
		for i, a := range ada.due(t) {
			equal(t, "uid of "+string(a.Kind), a.UID, uint32(101+i))
		}
	})
}

func second[A, B any](_ A, b B) B { return b }

func TestAThreadShowsAMailOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		m := ada.mail("INBOX", "to-myself")
		first := ada.add(t, "INBOX", m)[0]
		ada.putFolders(t, "INBOX", "Archive", "Trash", "Sent")
		copied := ada.mail("Sent", "to-myself")
		copied.RFCMessageID, copied.Date = m.RFCMessageID, m.Date
		ada.add(t, "Sent", copied)
		thread, err := st.Thread(t.Context(), ada.user.ID, first.ThreadID)
		check(t, err)
		equal(t, "copies", len(thread), 1)

		ada.act(t, Move, "Trash", first.ID)
		thread, err = st.Thread(t.Context(), ada.user.ID, first.ThreadID)
		check(t, err)
		equal(t, "folder of the copy", thread[0].FolderID, ada.folders["Sent"].ID)
	})
}
