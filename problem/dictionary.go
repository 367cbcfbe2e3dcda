package problem

import "slices"

// A Chapter is a part of the dictionary: what one kind of machine says.
type Chapter struct {
	ID    string
	Title string
	About string
	Lines []Line
}

// A Line is one meaning. Where several numbers share it, it is found under each of their ids.
type Line struct {
	Entry
	IDs []string // the entry's own first
}

// Dictionary is everything that this package can name, in the order of a page.
func Dictionary() []Chapter {
	return []Chapter{
		{"sign-in", "Signing in at Microsoft (AADSTS numbers)", "The raw text of a sign-in that Microsoft refused begins with one of these.", entraLines()},
		{"oauth", "Signing in anywhere (OAuth)", "What a sign-in service answers, where it gives no number that says more.", lines(oauthRows, oauthEntry)},
		{"imap", "Reading mail (IMAP)", "What a mail server says while mail is fetched, moved or deleted.", append(lines(imapRows, imapRow.entry), Line{personalIMAP, []string{personalIMAP.ID}})},
		{"smtp", "Sending mail (SMTP)", "What a mail server says while mail is sent.", lines(smtpRows, smtpRow.entry)},
		{"graph", "Postroom's own mail (Microsoft Graph)", "What Microsoft Graph answers when Postroom sends an invitation, a notice or a test mail.", lines(graphRows, graphRow.entry)},
		{"postroom", "Postroom's own names", "Every problem has one of these names. Where another machine's words say more, the chapters above do.", lines(Codes(), codeEntry)},
	}
}

// EntryOf finds an entry by its id: the name of a code, or what a problem's Entry holds.
func EntryOf(id string) (Entry, bool) {
	for _, chapter := range Dictionary() {
		for _, line := range chapter.Lines {
			if slices.Contains(line.IDs, id) {
				return line.Entry, true
			}
		}
	}
	return Entry{}, false
}

func lines[R any](rows []R, entry func(R) Entry) []Line {
	all := make([]Line, len(rows))
	for i, r := range rows {
		e := entry(r)
		all[i] = Line{e, []string{e.ID}}
	}
	return all
}
