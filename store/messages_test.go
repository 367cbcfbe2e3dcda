package store

import "testing"

func TestMailIsListedNewestFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		ada.add(t, "INBOX", ada.mail("INBOX", "one"), ada.mail("INBOX", "two"))
		ada.add(t, "INBOX", ada.mail("INBOX", "three"))
		equal(t, "inbox", ada.subjects(t, "INBOX"), "three two one")
	})
}
