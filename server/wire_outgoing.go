package server

import (
	"postroom/store"
)

// OutgoingForm is a mail to be sent.
type OutgoingForm struct {
	Mailbox   string   `json:"mailbox"`
	To        []Addr   `json:"to" maxItems:"500"`
	Cc        []Addr   `json:"cc,omitempty" maxItems:"500"`
	Bcc       []Addr   `json:"bcc,omitempty" maxItems:"500"`
	Subject   string   `json:"subject" maxLength:"2000"`
	HTML      string   `json:"html,omitempty"`
	Text      string   `json:"text,omitempty" doc:"Made from html when absent"`
	Uploads   []string `json:"uploads,omitempty" maxItems:"100"`
	InReplyTo string   `json:"inReplyTo,omitempty" doc:"Id of the message here that this answers"`
	ForwardOf string   `json:"forwardOf,omitempty" doc:"Id of the message here whose attachments go along"`
}

// Outgoing is a mail on its way.
type Outgoing struct {
	ID          string              `json:"id"`
	Mailbox     string              `json:"mailbox"`
	State       store.OutgoingState `json:"state" enum:"queued,claimed,in_data,sent,failed,checking,unconfirmed"`
	Subject     string              `json:"subject"`
	To          []string            `json:"to" doc:"Every recipient, Bcc too"`
	CreatedAt   int64               `json:"createdAt"`
	SentAt      int64               `json:"sentAt"`
	ConfirmedAt int64               `json:"confirmedAt" doc:"When it was seen in the Sent folder"`
	Attempts    int                 `json:"attempts"`
	NextAt      int64               `json:"nextAt"`
	Problem     *Problem            `json:"problem,omitempty"`
	Size        int64               `json:"size"`
}

func wireOutgoing(o store.Outgoing) Outgoing {
	return Outgoing{
		ID: o.ID, Mailbox: o.MailboxID, State: o.State, Subject: o.Subject,
		To: each(o.Recipients, func(a string) string { return a }), CreatedAt: o.CreatedAt,
		SentAt: o.SentAt, ConfirmedAt: o.ConfirmedAt, Attempts: o.Attempts, NextAt: o.NextAt,
		Problem: wireProblemOf(o.Problem, o.From), Size: o.Size,
	}
}

// Upload is a file that a compose window has given us.
type Upload struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
}

func wireUpload(u store.Upload) Upload {
	return Upload{ID: u.ID, Name: u.Name, Type: u.Type, Size: u.Size}
}
