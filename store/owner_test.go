package store

import (
	"strings"
	"testing"

	"postroom/problem"
)

// Whatever is asked for under another's id is answered as if it did not exist.
func TestWhatIsAnothersDoesNotExist(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, eve := newPerson(t, st, "ada"), newPerson(t, st, "eve")
		m := ada.mail("INBOX", "private")
		var err error
		m.Source, err = st.Keep(t.Context(), []byte("private"))
		check(t, err)
		msg := ada.add(t, "INBOX", m)[0]
		out := ada.queue(t, "k")
		tx(t, st, func(tx *Tx) error { return tx.MoveOutgoing(out.ID, Queued, Unconfirmed, nil) })
		up, err := st.PutUpload(t.Context(), ada.user.ID, "a", "x/y", strings.NewReader("a"), 10)
		check(t, err)
		ada.act(t, Star, "", msg.ID)
		failure := ada.one(t)
		ada.refuse(t, failure)

		ctx, inbox := t.Context(), ada.folders["INBOX"].ID
		in := func(f func(tx *Tx, user string) error) func(string) error {
			return func(user string) error { return st.Tx(ctx, func(tx *Tx) error { return f(tx, user) }) }
		}
		asks := []struct {
			name string
			ask  func(user string) error
		}{
			{"Mailbox", func(u string) error { return second(st.Mailbox(ctx, u, ada.mailbox.ID)) }},
			{"MailboxByIdentity", func(u string) error { return second(st.MailboxByIdentity(ctx, u, "iss", "tid", "ada", "")) }},
			{"Folder", func(u string) error { return second(st.Folder(ctx, u, inbox)) }},
			{"Messages", func(u string) error { return second(st.Messages(ctx, u, inbox, Query{})) }},
			{"Message", func(u string) error { return second(st.Message(ctx, u, msg.ID)) }},
			{"Thread", func(u string) error { return second(st.Thread(ctx, u, msg.ThreadID)) }},
			{"Raw", func(u string) error { return second(st.Raw(ctx, u, msg.ID)) }},
			{"Search", func(u string) error {
				return second(st.Search(ctx, u, Search{Text: "private", Mailbox: ada.mailbox.ID}))
			}},
			{"Outgoing", func(u string) error { return second(st.Outgoing(ctx, u, out.ID)) }},
			{"OutgoingRaw", func(u string) error { return second(st.OutgoingRaw(ctx, u, out.ID)) }},
			{"Upload", func(u string) error { return second(st.Upload(ctx, u, up.ID)) }},
			{"Act", in(func(tx *Tx, u string) error { return second(tx.Act(u, []int64{msg.ID}, MarkRead, 0)) })},
			{"DismissAction", in(func(tx *Tx, u string) error { return tx.DismissAction(u, failure.ID) })},
			{"RetryOutgoing", in(func(tx *Tx, u string) error { return tx.RetryOutgoing(u, out.ID) })},
			{"CancelOutgoing", in(func(tx *Tx, u string) error { return tx.CancelOutgoing(u, out.ID) })},
			{"DeleteUpload", in(func(tx *Tx, u string) error { return tx.DeleteUpload(u, up.ID) })},
			{"RemoveMailbox", in(func(tx *Tx, u string) error { return tx.RemoveMailbox(u, ada.mailbox.ID) })},
		}
		for _, a := range asks {
			t.Log(a.name)
			wantProblem(t, a.ask(eve.user.ID), problem.NotFound)
			wantProblem(t, a.ask(""), problem.NotFound)
		}
		err = in(func(tx *Tx, u string) error { return tx.ResolveOutgoing(u, out.ID) })(eve.user.ID)
		wantProblem(t, err, problem.NotFound)
		fs, err := st.Folders(ctx, eve.user.ID, ada.mailbox.ID)
		check(t, err)
		equal(t, "folders", len(fs), 0)
		for _, a := range asks { // and the owner can do all of it
			t.Log(a.name)
			check(t, a.ask(ada.user.ID))
		}
	})
}
