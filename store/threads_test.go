package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// reply makes a mail with a Message-ID of its own that names others.
func (p *person) reply(id, inReplyTo, refs string) NewMessage {
	m := p.mail("INBOX", id)
	m.RFCMessageID, m.InReplyTo, m.References = id, inReplyTo, refs
	return m
}

func (p *person) thread(t testing.TB, of Message) string {
	t.Helper()
	now, err := p.st.Message(t.Context(), p.user.ID, of.ID)
	check(t, err)
	ms, err := p.st.Thread(t.Context(), p.user.ID, now.ThreadID)
	check(t, err)
	names := strings.Fields(subjects(ms))
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestAnswersJoinTheirThread(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		first := ada.add(t, "INBOX", ada.reply("a", "", ""))[0]
		ada.add(t, "INBOX", ada.reply("b", "a", ""), ada.reply("c", "b", "a b"))
		ada.add(t, "INBOX", ada.reply("d", "", "<a> <c>"), ada.reply("alone", "", ""))
		equal(t, "thread", ada.thread(t, first), "a b c d")
	})
}

func TestALateMailJoinsTwoThreads(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		root := ada.add(t, "INBOX", ada.reply("root", "", ""))[0]
		leaf := ada.add(t, "INBOX", ada.reply("leaf", "missing", ""), ada.reply("leaf2", "leaf", ""))[0]
		equal(t, "before", ada.thread(t, leaf), "leaf leaf2")
		start := ada.seq(t)
		ada.add(t, "INBOX", ada.reply("missing", "root", "root"))
		equal(t, "after", ada.thread(t, leaf), "leaf leaf2 missing root")
		moved, err := st.Message(t.Context(), ada.user.ID, leaf.ID)
		check(t, err)
		equal(t, "the older thread stays", moved.ThreadID, root.ThreadID)
		kinds := map[string]bool{}
		for _, c := range ada.changes(t, start) {
			kinds[c.Kind] = true
		}
		equal(t, "the browser hears of the joined mails", kinds[MessagesChanged], true)
	})
}

func TestThreadsStayWithinAMailbox(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		mine := ada.add(t, "INBOX", ada.reply("a", "", ""))[0]
		bob.add(t, "INBOX", bob.reply("forged", "a", "a"))
		equal(t, "thread", ada.thread(t, mine), "a")
	})
}

// However mails arrive, in whatever batches, those that name one another, directly or through others,
// are one thread.
func TestThreadsDoNotDependOnTheOrderOfArrival(t *testing.T) {
	st := openTest(t, "", newClock())
	run := 0
	rapid.Check(t, func(r *rapid.T) {
		run++
		ada := newPerson(t, st, fmt.Sprint("ada", run))
		n := rapid.IntRange(2, 12).Draw(r, "mails")
		names := make([][]int, n)
		for i := range names {
			names[i] = rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 2).Draw(r, "names")
		}
		arrival := rapid.Permutation(indices(n)).Draw(r, "arrival")
		added := make([]Message, n)
		for len(arrival) > 0 {
			k := rapid.IntRange(1, len(arrival)).Draw(r, "batch")
			var mails []NewMessage
			for _, i := range arrival[:k] {
				var refs []string
				for _, o := range names[i] {
					refs = append(refs, fmt.Sprint("m", o))
				}
				mails = append(mails, ada.reply(fmt.Sprint("m", i), "", strings.Join(refs, " ")))
			}
			for j, m := range ada.add(t, "INBOX", mails...) {
				added[arrival[j]] = m
			}
			arrival = arrival[k:]
		}
		for i, group := range groups(names) {
			if got := ada.thread(t, added[i]); got != group {
				r.Fatalf("mail %d is in thread %q, want %q", i, got, group)
			}
		}
	})
}

func indices(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// groups says of each mail who belongs together when each names others, in the plainest way.
func groups(names [][]int) []string {
	of := indices(len(names))
	for range names {
		for i, others := range names {
			for _, o := range others {
				low := min(of[i], of[o])
				of[i], of[o] = low, low
			}
		}
	}
	all := make([]string, len(names))
	for i := range names {
		var members []string
		for j := range names {
			if of[j] == of[i] {
				members = append(members, fmt.Sprint("m", j))
			}
		}
		slices.Sort(members)
		all[i] = strings.Join(members, " ")
	}
	return all
}
