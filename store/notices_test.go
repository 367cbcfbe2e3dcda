package store

import (
	"testing"

	"postroom/problem"
)

func TestTheLogOfNoticesIsFiltered(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		for _, n := range []Notice{
			{Event: "invitation", Recipient: "Grace@contoso.example", Subject: "Welcome", Status: NoticeSent},
			{Event: "test", Recipient: "ada@contoso.example", Subject: "100 % sure_", Status: NoticeFailed},
			{Event: "test", Recipient: "bob@contoso.example", Subject: "Test", Status: NoticeQueued},
		} {
			tx(t, st, func(tx *Tx) error { return tx.AddNotice(&n) })
		}
		now := st.Now()
		for what, c := range map[string]struct {
			q    NoticeQuery
			want int64
		}{
			"all":      {NoticeQuery{}, 3},
			"event":    {NoticeQuery{Event: "test"}, 2},
			"status":   {NoticeQuery{Event: "test", Status: NoticeFailed}, 1},
			"name":     {NoticeQuery{Text: " grace@CONTOSO"}, 1},
			"percent":  {NoticeQuery{Text: "% sure_"}, 1},
			"wildcard": {NoticeQuery{Text: "%e%"}, 0},
			"from":     {NoticeQuery{After: now + 1}, 0},
			"to":       {NoticeQuery{Before: now}, 0},
			"between":  {NoticeQuery{After: now, Before: now + 1}, 3},
		} {
			page, err := st.Notices(t.Context(), c.q)
			check(t, err)
			equal(t, what, page.Total, c.want)
		}
		page, err := st.Notices(t.Context(), NoticeQuery{Offset: 1, Limit: 1})
		check(t, err)
		equal(t, "the second", page.Notices[0].Recipient, "ada@contoso.example")
	})
}

func TestANoticeIsMovedByOneAtATime(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		n := Notice{Event: "test", Status: NoticeQueued, Link: sealed(7, "link")}
		tx(t, st, func(tx *Tx) error { return tx.AddNotice(&n) })
		mine, theirs := n, n
		tx(t, st, func(tx *Tx) error {
			return tx.MoveNotice(&mine, NoticeSending, func(n *Notice) { n.Attempts, n.NextAt = 1, st.Now()+5 })
		})
		wantProblem(t, st.Tx(t.Context(), func(tx *Tx) error { return tx.MoveNotice(&theirs, NoticeSending, nil) }), problem.Conflict)
		kept, err := st.Notice(t.Context(), n.ID)
		check(t, err)
		equal(t, "link", len(kept.Link) > 0, true)
		tx(t, st, func(tx *Tx) error { return tx.MoveNotice(&mine, NoticeSent, nil) })
		kept, err = st.Notice(t.Context(), n.ID)
		check(t, err)
		equal(t, "link afterwards", len(kept.Link), 0)
		equal(t, "key afterwards", kept.LinkKeyID, 0)
	})
}
