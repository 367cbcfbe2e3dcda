package mailbox

import (
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"golang.org/x/text/unicode/norm"

	"postroom/store"
)

// RoleOf says what a folder is for: by its special-use attribute where the server gives one, else
// by its name, which Exchange keeps in the language of the mailbox's first sign-in. Only folders at
// the top count, or directly under INBOX for servers that put everything there. A folder of no
// known role has the empty one.
func RoleOf(path, name string, attrs []imap.MailboxAttr) store.FolderRole {
	if strings.EqualFold(path, "INBOX") {
		return store.Inbox
	}
	for attr, role := range roleOfAttr {
		if slices.Contains(attrs, attr) {
			return role
		}
	}
	if !atTop(path, name) {
		return ""
	}
	return roleOfName[plain(name)]
}

// notMail reports whether a folder holds something else than mail. IMAP does not tell a folder's
// class, and what Exchange shows in these is a placeholder for each entry.
func notMail(path, name string) bool {
	return atTop(path, name) && otherNames[plain(name)]
}

// atTop reports whether path is name alone, or name directly under INBOX. The delimiter is the one
// byte or rune before the name; a flat server has none.
func atTop(path, name string) bool {
	prefix, ok := strings.CutSuffix(path, name)
	if !ok {
		return false
	}
	if prefix == "" {
		return true
	}
	rest := []rune(prefix)
	return strings.EqualFold(string(rest[:len(rest)-1]), "INBOX")
}

// plain folds a folder's name for comparison: compatibility forms, case, and the direction marks
// that right-to-left names carry.
func plain(name string) string {
	name = strings.ToLower(norm.NFKC.String(name))
	name = strings.Map(func(r rune) rune {
		if r == '\u200e' || r == '\u200f' {
			return -1
		}
		return r
	}, name)
	return strings.Join(strings.Fields(name), " ")
}

var roleOfAttr = map[imap.MailboxAttr]store.FolderRole{
	imap.MailboxAttrSent:    store.Sent,
	imap.MailboxAttrDrafts:  store.Drafts,
	imap.MailboxAttrTrash:   store.Trash,
	imap.MailboxAttrJunk:    store.Junk,
	imap.MailboxAttrArchive: store.Archive,
}

// roleOfName maps folded names to roles, in 23 languages. Names match exactly or not at all.
var roleOfName = fold(map[store.FolderRole]string{
	store.Sent: `Sent Items · Sent · Sent Mail · Sent Messages · Sent-Mail
		Gesendete Elemente · Gesendete Objekte · Gesendet
		Éléments envoyés · Envoyés
		Elementos enviados · Enviados
		Posta inviata · Inviata
		Verzonden items · Verzonden
		Elementy wysłane · Wysłane
		Itens enviados
		Skickat · Skickade objekt
		Sendt post · Sendte elementer · Sendt
		Lähetetyt
		Odeslaná pošta
		Elküldött elemek
		Отправленные
		Надіслані
		Gönderilmiş Öğeler
		送信済みアイテム
		已发送邮件
		寄件備份
		보낸 편지함
		פריטים שנשלחו
		العناصر المرسلة`,
	store.Trash: `Deleted Items · Deleted · Deleted Messages · Trash
		Gelöschte Elemente · Gelöschte Objekte · Papierkorb
		Éléments supprimés · Corbeille
		Elementos eliminados · Eliminados · Papelera
		Posta eliminata · Elementi eliminati · Cestino
		Verwijderde items · Prullenbak
		Elementy usunięte · Usunięte · Kosz
		Itens excluídos · Itens eliminados · Lixeira
		Borttaget · Borttagna objekt · Papperskorgen
		Slettet post · Slettede elementer
		Poistetut
		Odstraněná pošta · Koš
		Törölt elemek
		Удаленные · Удалённые
		Видалені
		Silinmiş Öğeler
		削除済みアイテム
		已删除邮件
		刪除的郵件 · 已刪除項目
		지운 편지함
		פריטים שנמחקו
		العناصر المحذوفة`,
	store.Junk: `Junk Email · Junk E-mail · Junk · Spam · Bulk Mail
		Junk-E-Mail · Junk-Email
		Courrier indésirable
		Correo no deseado
		Posta indesiderata
		Ongewenste e-mail
		Wiadomości-śmieci
		Lixo Eletrônico · Lixo eletrónico · E-mail de Lixo
		Skräppost
		Uønsket mail · Uønsket e-mail · Søppelpost · Uønsket e-post
		Roskaposti
		Nevyžádaná pošta
		Levélszemét
		Нежелательная почта
		Небажана пошта
		Önemsiz E-posta
		迷惑メール
		垃圾邮件
		垃圾郵件
		정크 메일
		דואר זבל
		البريد الإلكتروني غير الهام`,
	store.Drafts: `Drafts · Draft
		Entwürfe
		Brouillons
		Borradores
		Bozze
		Concepten
		Wersje robocze
		Rascunhos
		Utkast
		Kladder · Kladd
		Luonnokset
		Koncepty
		Piszkozatok
		Черновики
		Чернетки
		Taslaklar
		下書き
		草稿
		임시 보관함
		טיוטות
		المسودات`,
	store.Archive: `Archive · Archives
		Archiv
		Archivo
		Archivio
		Archief
		Archiwum
		Arquivo Morto · Arquivo
		Arkiv
		Arkisto
		Archívum
		Архив
		Архів
		Arşiv
		アーカイブ
		存档
		封存
		보관 · 보관함
		ארכיון
		الأرشيف`,
})

// otherNames are folded names of folders that hold no mail.
var otherNames = foldNames(`Calendar · Contacts · Tasks · Notes · Journal · Outbox · Conversation History · Sync Issues · RSS Feeds · Files · Birthdays
	Kalender · Kontakte · Aufgaben · Notizen · Postausgang
	Calendrier · Tâches · Boîte d'envoi
	Calendario · Contactos · Tareas · Notas · Diario · Bandeja de salida
	Contatti · Attività · Note · Diario · Posta in uscita
	Agenda · Contactpersonen · Taken · Notities · Logboek · Postvak UIT
	予定表 · 連絡先 · タスク · メモ · 履歴 · 送信トレイ`)

func fold(names map[store.FolderRole]string) map[string]store.FolderRole {
	folded := map[string]store.FolderRole{}
	for role, list := range names {
		for name := range foldNames(list) {
			folded[name] = role
		}
	}
	return folded
}

func foldNames(list string) map[string]bool {
	folded := map[string]bool{}
	for line := range strings.Lines(list) {
		for name := range strings.SplitSeq(line, "·") {
			folded[plain(name)] = true
		}
	}
	return folded
}
