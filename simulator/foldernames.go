package simulator

import "fmt"

// role is what a standard folder is for. Exchange does not tell it over IMAP: clients must know
// the names.
type role string

const (
	roleInbox   role = "inbox"
	roleArchive role = "archive"
	roleTrash   role = "trash"
	roleDrafts  role = "drafts"
	roleJunk    role = "junk"
	roleSent    role = "sent"
	roleOutbox  role = "outbox"
	roleOther   role = "other" // not mail: a calendar, contacts, …
)

func (r role) isMail() bool { return r != roleOther }

// attribute is the special-use attribute that goes with a role, where the server shows them.
func (r role) attribute() string {
	switch r {
	case roleArchive:
		return `\Archive`
	case roleTrash:
		return `\Trash`
	case roleDrafts:
		return `\Drafts`
	case roleJunk:
		return `\Junk`
	case roleSent:
		return `\Sent`
	}
	return ""
}

type standardFolder struct {
	name string
	role role
}

// folderNames are the folders a new mailbox has, in the language of its first sign-in. INBOX comes
// first so that it has the UIDVALIDITY every INBOX has.
func folderNames(language string) ([]standardFolder, error) {
	switch language {
	case "", "en":
		return []standardFolder{
			{"INBOX", roleInbox}, {"Archive", roleArchive}, {"Calendar", roleOther}, {"Contacts", roleOther},
			{"Conversation History", roleOther}, {"Deleted Items", roleTrash}, {"Drafts", roleDrafts}, {"Journal", roleOther},
			{"Junk Email", roleJunk}, {"Notes", roleOther}, {"Outbox", roleOutbox}, {"Sent Items", roleSent}, {"Tasks", roleOther},
		}, nil
	case "de":
		return []standardFolder{
			{"INBOX", roleInbox}, {"Archiv", roleArchive}, {"Aufgaben", roleOther}, {"Entwürfe", roleDrafts},
			{"Gelöschte Elemente", roleTrash}, {"Gesendete Elemente", roleSent}, {"Journal", roleOther}, {"Junk-E-Mail", roleJunk},
			{"Kalender", roleOther}, {"Kontakte", roleOther}, {"Notizen", roleOther}, {"Postausgang", roleOutbox},
		}, nil
	case "fr":
		return []standardFolder{
			{"INBOX", roleInbox}, {"Archives", roleArchive}, {"Boîte d'envoi", roleOutbox}, {"Brouillons", roleDrafts},
			{"Calendrier", roleOther}, {"Contacts", roleOther}, {"Courrier indésirable", roleJunk}, {"Éléments envoyés", roleSent},
			{"Éléments supprimés", roleTrash}, {"Journal", roleOther}, {"Notes", roleOther}, {"Tâches", roleOther},
		}, nil
	case "ja":
		return []standardFolder{
			{"INBOX", roleInbox}, {"アーカイブ", roleArchive}, {"下書き", roleDrafts}, {"予定表", roleOther},
			{"削除済みアイテム", roleTrash}, {"送信トレイ", roleOutbox}, {"送信済みアイテム", roleSent}, {"連絡先", roleOther},
			{"迷惑メール", roleJunk}, {"タスク", roleOther}, {"メモ", roleOther},
		}, nil
	}
	return nil, fmt.Errorf("no folder names in language %q", language)
}

// placeholder is what Exchange shows over IMAP for an item that is not a mail.
func placeholder(folder string) []byte {
	return []byte("From: \"Microsoft Exchange Server\"\r\nSubject: An item of the folder " + encodedWord(folder) +
		"\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nThis item is not a mail.\r\n")
}
