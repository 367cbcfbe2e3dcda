package mailbox

import (
	"testing"

	"github.com/emersion/go-imap/v2"

	"postroom/store"
)

func TestFoldersAreKnownByAttributeOrLocalisedName(t *testing.T) {
	for _, c := range []struct {
		path, name string
		attrs      []imap.MailboxAttr
		want       store.FolderRole
	}{
		{"INBOX", "INBOX", nil, store.Inbox},
		{"Inbox", "Inbox", nil, store.Inbox},
		{"Versandt", "Versandt", []imap.MailboxAttr{imap.MailboxAttrSent}, store.Sent},
		{"Trash", "Trash", []imap.MailboxAttr{imap.MailboxAttrArchive}, store.Archive}, // the attribute wins
		{"Sent Items", "Sent Items", nil, store.Sent},
		{"sent ITEMS", "sent ITEMS", nil, store.Sent},
		{"INBOX.Sent", "Sent", nil, store.Sent}, // Courier
		{"INBOX/Trash", "Trash", nil, store.Trash},
		{"Projects/Sent", "Sent", nil, ""}, // someone's own
		{"Sent Items 2019", "Sent Items 2019", nil, ""},
		{"Gesendete Elemente", "Gesendete Elemente", nil, store.Sent},
		{"Gelöschte Elemente", "Gelo\u0308schte Elemente", nil, ""}, // name and path must agree
		{"Gelo\u0308schte Elemente", "Gelo\u0308schte Elemente", nil, store.Trash},
		{"Éléments supprimés", "Éléments supprimés", nil, store.Trash},
		{"Correo no deseado", "Correo no deseado", nil, store.Junk},
		{"Bozze", "Bozze", nil, store.Drafts},
		{"Verwijderde items", "Verwijderde items", nil, store.Trash},
		{"Wersje robocze", "Wersje robocze", nil, store.Drafts},
		{"Lixo Eletrônico", "Lixo Eletrônico", nil, store.Junk},
		{"Arquivo Morto", "Arquivo Morto", nil, store.Archive},
		{"Skräppost", "Skräppost", nil, store.Junk},
		{"Slettet post", "Slettet post", nil, store.Trash},
		{"Søppelpost", "Søppelpost", nil, store.Junk},
		{"Luonnokset", "Luonnokset", nil, store.Drafts},
		{"Odeslaná pošta", "Odeslaná pošta", nil, store.Sent},
		{"Levélszemét", "Levélszemét", nil, store.Junk},
		{"Удалённые", "Удалённые", nil, store.Trash},
		{"Чернетки", "Чернетки", nil, store.Drafts},
		{"Silinmiş Öğeler", "Silinmiş Öğeler", nil, store.Trash},
		{"送信済みアイテム", "送信済みアイテム", nil, store.Sent},
		{"已删除邮件", "已删除邮件", nil, store.Trash},
		{"寄件備份", "寄件備份", nil, store.Sent},
		{"임시 보관함", "임시 보관함", nil, store.Drafts},
		{"\u200fפריטים שנשלחו", "\u200fפריטים שנשלחו", nil, store.Sent},
		{"العناصر المحذوفة\u200e", "العناصر المحذوفة\u200e", nil, store.Trash},
		{"Lunch", "Lunch", nil, ""},
	} {
		if got := RoleOf(c.path, c.name, c.attrs); got != c.want {
			t.Errorf("RoleOf(%q, %q, %v) = %q, want %q", c.path, c.name, c.attrs, got, c.want)
		}
	}
}

func TestFoldersWithoutMailAreHidden(t *testing.T) {
	for path, want := range map[string]bool{
		"Calendar": true, "Kalender": true, "Boîte d'envoi": true, "連絡先": true,
		"Inbox": false, "Projects/Calendar": false, "Notes from Ada": false,
	} {
		name := path
		if path == "Projects/Calendar" {
			name = "Calendar"
		}
		if got := notMail(path, name); got != want {
			t.Errorf("notMail(%q) = %v, want %v", path, got, want)
		}
	}
}
