package store

import (
	"context"
	"slices"
	"strings"
	"testing"

	"postroom/problem"
)

func (p *person) find(t testing.TB, text string) string {
	t.Helper()
	ms, err := p.st.Search(t.Context(), p.user.ID, Search{Text: text})
	check(t, err)
	names := strings.Fields(subjects(ms))
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestSearch(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		for subject, words := range map[string]Words{
			"invoice": {Body: "The invoice for March is attached.", Files: "invoice-0326.pdf", People: "ada bob accounts@contoso.example"},
			"brunch":  {Body: "Crème brûlée at noon, not lunch"},
			"travel":  {Body: "東京都へ出張します。請求書は後で。"},
			"lunch":   {Body: "At noon by the river. Don't be late."},
			"late":    {Body: "The train is late: invoice follows"},
		} {
			m := ada.mail("INBOX", subject)
			if subject == "lunch" {
				m.From, m.To = []Address{{"Grace Hopper", "grace@navy.example"}}, []Address{{"Ada", "ada@contoso.example"}}
			}
			words.Subject = subject
			m.Words = words
			ada.add(t, "INBOX", m)
		}
		for query, want := range map[string]string{
			"invoice":                 "invoice late",
			"INVOICE march":           "invoice",
			"invoice -march":          "late",
			"creme BRULEE":            "brunch",
			`"at noon"`:               "brunch lunch",
			`"noon at"`:               "",
			`"by the riv"`:            "",
			"riv":                     "lunch",
			"riv noon":                "",
			`"creme brulee at" lu`:    "brunch",
			"subject:lunch":           "lunch",
			"subject:lun":             "lunch",
			"Subject: lunch":          "lunch",
			"from:grace":              "lunch",
			"from:grace@navy.example": "lunch",
			"from:ada":                "brunch invoice late travel",
			"-from:ada noon":          "lunch",
			"to:ada":                  "lunch",
			"to:accounts":             "invoice",
			"accounts@contoso":        "invoice",
			"0326.pdf":                "invoice",
			"東京":                      "travel",
			"東京都":                     "travel",
			"京":                       "travel",
			"書":                       "travel",
			"都東":                      "",
			"出張 請求書":                  "travel",
			"請求書は":                    "travel",
			"don't":                   "lunch",
			"-invoice":                "",
			"":                        "",
			`" ' \ : * ( ) & | ! ^ {`: "",
			`noon" OR "x`:             "",
			"from:":                   "",
			"nothing":                 "",
		} {
			equal(t, query, ada.find(t, query), want)
		}
	})
}

func TestSearchStaysInTheUsersMailboxes(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		ada.add(t, "INBOX", ada.mail("INBOX", "mine"))
		bob.add(t, "INBOX", bob.mail("INBOX", "theirs"))
		equal(t, "found", ada.find(t, "body"), "mine")
		_, err := st.Search(t.Context(), ada.user.ID, Search{Text: "body", Mailbox: bob.mailbox.ID})
		wantProblem(t, err, problem.NotFound)
		ms, err := st.Search(t.Context(), ada.user.ID, Search{Text: "body", Mailbox: ada.mailbox.ID})
		check(t, err)
		equal(t, "found", subjects(ms), "mine")
	})
}

func TestSearchGivesNewestFirstInPages(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		ada.add(t, "INBOX", ada.mail("INBOX", "m1"), ada.mail("INBOX", "m2"), ada.mail("INBOX", "m3"))
		ms, err := st.Search(t.Context(), ada.user.ID, Search{Text: "body", Offset: 1, Limit: 1})
		check(t, err)
		equal(t, "found", subjects(ms), "m2")
		tx(t, st, func(tx *Tx) error { return tx.Vanish(ada.folders["INBOX"], []uint32{3}) })
		ms, err = st.Search(t.Context(), ada.user.ID, Search{Text: "body"})
		check(t, err)
		equal(t, "found when one is gone", subjects(ms), "m2 m1")
	})
}

// Nothing that anybody types makes a database complain.
func FuzzSearchUnderstandsEverything(f *testing.F) {
	st := openTest(f, "", newClock())
	ada := newPerson(f, st, "ada")
	ada.add(f, "INBOX", ada.mail("INBOX", "one"))
	for _, seed := range []string{`a "b c" -d from:e`, `"`, `-"`, `subject:"`, "日 -本", "NEAR(a b)", "a AND OR NOT", "a\x00b", "*"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := st.Search(context.Background(), ada.user.ID, Search{Text: text})
		check(t, err)
	})
}
