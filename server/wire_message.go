package server

import (
	"postroom/store"
)

// Addr is a name and an address.
type Addr struct {
	Name string `json:"name,omitempty" maxLength:"400"`
	Addr string `json:"addr" maxLength:"400"`
}

func wireAddr(a store.Address) Addr { return Addr{Name: a.Name, Addr: a.Addr} }

// Row is a mail as a list shows it.
type Row struct {
	ID          string   `json:"id"`
	Mailbox     string   `json:"mailbox"`
	Folder      string   `json:"folder"`
	Thread      string   `json:"thread"`
	Subject     string   `json:"subject"`
	From        []Addr   `json:"from"`
	To          []Addr   `json:"to"`
	Date        int64    `json:"date"`
	Seen        bool     `json:"seen"`
	Flagged     bool     `json:"flagged"`
	Answered    bool     `json:"answered"`
	Forwarded   bool     `json:"forwarded"`
	Draft       bool     `json:"draft"`
	Attachments int      `json:"attachments" doc:"How many, without inline images"`
	Snippet     string   `json:"snippet"`
	Size        int64    `json:"size"`
	Problem     *Problem `json:"problem,omitempty"`
}

func wireRow(m store.Message) Row {
	return Row{
		ID: number(m.ID), Mailbox: m.MailboxID, Folder: number(m.FolderID), Thread: number(m.ThreadID),
		Subject: m.Subject, From: each(m.From, wireAddr), To: each(m.To, wireAddr), Date: m.Date,
		Seen: m.Seen, Flagged: m.Flagged, Answered: m.Answered, Forwarded: m.Forwarded, Draft: m.Draft,
		Attachments: m.Attachments, Snippet: m.Snippet, Size: m.Size, Problem: wireProblem(m.Problem),
	}
}

// Rows are mails.
type Rows struct {
	Messages []Row `json:"messages"`
}

// Listing is one page of a folder, newest first.
type Listing struct {
	Total    int64 `json:"total"`
	Messages []Row `json:"messages"`
}

// Found is what a search found, and how much it looked through.
type Found struct {
	Messages []Row `json:"messages"`
	Scope    Scope `json:"scope"`
}

// Scope is how much a search looked through.
type Scope struct {
	Messages int64 `json:"messages"`
}

// Message is a mail as a reader shows it.
type Message struct {
	Row
	Cc              []Addr       `json:"cc"`
	ReplyTo         []Addr       `json:"replyTo"`
	Bcc             []Addr       `json:"bcc"`
	MessageID       string       `json:"messageId" doc:"Message-ID, without <>"`
	Text            string       `json:"text" doc:"The best plain text, at most 1 MB of it"`
	HasHTML         bool         `json:"hasHtml"`
	RemoteImages    int          `json:"remoteImages" doc:"Images that are on servers"`
	Trackers        []string     `json:"trackers" doc:"Hosts of images that are there to be counted"`
	FrameURL        string       `json:"frameUrl" doc:"The mail's own document, for a sandboxed frame; empty when its source is not here"`
	AttachmentsList []Attachment `json:"attachmentsList"`
	Defects         []string     `json:"defects"`
}

// Attachment is a file of a mail.
type Attachment struct {
	Index  int    `json:"index"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	Inline bool   `json:"inline"`
	URL    string `json:"url"`
}

// ActForm does something to mails.
type ActForm struct {
	IDs    []string `json:"ids" minItems:"1" maxItems:"1000"`
	Kind   string   `json:"kind" enum:"read,unread,star,unstar,archive,trash,junk,move,delete"`
	Folder string   `json:"folder,omitempty" doc:"Where to, for move"`
}

// FailedAction is something that the mail server would not do, and that was undone here.
type FailedAction struct {
	ID      string           `json:"id"`
	Message string           `json:"message"`
	Kind    store.ActionKind `json:"kind" enum:"read,unread,star,unstar,answered,move,delete"`
	Problem *Problem         `json:"problem,omitempty"`
}

func wireFailed(a store.Action) FailedAction {
	return FailedAction{ID: number(a.ID), Message: number(a.MessageID), Kind: a.Kind, Problem: wireProblem(a.Problem)}
}
