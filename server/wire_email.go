package server

import (
	"postroom/courier"
	"postroom/store"
)

// EmailSender is how Postroom sends mail of its own, as it is entered.
type EmailSender struct {
	Kind            store.SenderKind `json:"kind" enum:"smtp,microsoft,mailbox"`
	Address         string           `json:"address,omitempty" maxLength:"254" doc:"From; of a mailbox, its own"`
	Name            string           `json:"name,omitempty" maxLength:"200" doc:"From; SMTP alone"`
	Language        string           `json:"language,omitempty" enum:"en,de"`
	Host            string           `json:"host,omitempty" maxLength:"253"`
	Port            int64            `json:"port,omitempty"`
	TLS             store.SenderTLS  `json:"tls,omitempty" enum:"starttls,tls,none"`
	Auth            store.SenderAuth `json:"auth,omitempty" enum:"none,basic"`
	Username        string           `json:"username,omitempty" maxLength:"320"`
	CAPEM           string           `json:"caPem,omitempty" maxLength:"100000"`
	Cloud           string           `json:"cloud,omitempty" enum:"global,gcchigh,dod,china,custom"`
	Authority       string           `json:"authority,omitempty" maxLength:"500" doc:"Cloud custom: the sign-in service"`
	Graph           string           `json:"graph,omitempty" maxLength:"500" doc:"Cloud custom: Microsoft Graph"`
	Tenant          string           `json:"tenant,omitempty" maxLength:"200" doc:"The tenant's ID or one of its domains"`
	ClientID        string           `json:"clientId,omitempty" maxLength:"200"`
	SecretExpiresAt int64            `json:"secretExpiresAt,omitempty"`
	Mailbox         string           `json:"mailbox,omitempty" maxLength:"40" doc:"One of the administrator's own mailboxes"`
	Version         int64            `json:"version,omitempty" doc:"As read; 0 when there was none"`
}

// EmailForm sets the sender up, or tries one. A blank secret stands for the stored one, while it goes to the same place.
type EmailForm struct {
	EmailSender
	Secret string `json:"secret,omitempty" maxLength:"4000" doc:"Password or client secret; never shown again"`
}

// EmailSettings is the sender as administrators see it. Its secret never leaves.
type EmailSettings struct {
	Sender      *EmailSender `json:"sender,omitempty" doc:"Absent while nothing is set up: then Postroom sends no mail of its own"`
	SecretHint  string       `json:"secretHint" doc:"The secret's last characters"`
	SecretSetAt int64        `json:"secretSetAt"`
	Mine        bool         `json:"mine" doc:"Whether the mailbox that sends is the visitor's own"`
	Problem     *Problem     `json:"problem,omitempty" doc:"Why the last mail could not be sent"`
	ProblemAt   int64        `json:"problemAt"`
	Commands    string       `json:"commands" doc:"What an Exchange administrator types to mend it; may be empty"`
	Clouds      []EmailCloud `json:"clouds"`
}

// EmailCloud is one of Microsoft's clouds with its endpoints.
type EmailCloud struct {
	Name      string `json:"name"`
	Authority string `json:"authority"`
	Graph     string `json:"graph"`
}

// EmailStep is one step of a connection test.
type EmailStep struct {
	Name    courier.StepName   `json:"name" enum:"fields,connect,tls,sign_in,token,audience,role,mailbox"`
	Result  courier.StepResult `json:"result" enum:"ok,warning,failed,skipped"`
	Detail  string             `json:"detail"`
	Problem *Problem           `json:"problem,omitempty"`
}

// EmailTest is where a test mail goes.
type EmailTest struct {
	To string `json:"to" maxLength:"254"`
}

// EmailLine is a line of the log of Postroom's own mail.
type EmailLine struct {
	ID        string             `json:"id"`
	Event     string             `json:"event" enum:"invitation,password_reset,connect_link,mailbox_needs_you,mailbox_silent,secret_expires,test"`
	At        int64              `json:"at"`
	SentAt    int64              `json:"sentAt"`
	Recipient string             `json:"recipient"`
	By        string             `json:"by" doc:"Name of the person who caused it; empty: Postroom by itself"`
	Status    store.NoticeStatus `json:"status" enum:"queued,sending,sent,uncertain,failed,dropped"`
	Sender    string             `json:"sender"`
	Subject   string             `json:"subject"`
	Attempts  int                `json:"attempts"`
	NextAt    int64              `json:"nextAt"`
	Problem   *Problem           `json:"problem,omitempty"`
	Commands  string             `json:"commands" doc:"What an Exchange administrator types to mend it; may be empty"`
}

// EmailLog is a stretch of the log, newest first.
type EmailLog struct {
	Total int64       `json:"total"`
	Lines []EmailLine `json:"lines"`
}

// EmailMail is a line of the log with its words. The link is not among them.
type EmailMail struct {
	EmailLine
	Text string `json:"text"`
}

// EmailTemplate is an event's wording in one language.
type EmailTemplate struct {
	Event     string       `json:"event" enum:"invitation,password_reset,connect_link,mailbox_needs_you,mailbox_silent,secret_expires,test"`
	Language  string       `json:"language" enum:"en,de"`
	Original  EmailWording `json:"original"`
	Own       EmailWording `json:"own" doc:"An administrator's own; empty when there is none"`
	HasOwn    bool         `json:"hasOwn"`
	Used      bool         `json:"used" doc:"Whether the own wording is sent"`
	UpdatedAt int64        `json:"updatedAt"`
	Variables []string     `json:"variables"`
}

// EmailWording is what a mail says.
type EmailWording struct {
	Subject string `json:"subject" maxLength:"300"`
	Text    string `json:"text" maxLength:"20000"`
	HTML    string `json:"html" maxLength:"50000"`
}

// WordingForm keeps an own wording.
type WordingForm struct {
	EmailWording
	Used bool `json:"used"`
}

func wireSender(s store.Sender) *EmailSender {
	return &EmailSender{
		Kind: s.Kind, Address: s.Address, Name: s.Name, Language: s.Language, Host: s.Host, Port: s.Port, TLS: s.TLS, Auth: s.Auth,
		Username: s.Username, CAPEM: s.CAPEM, Cloud: s.Cloud, Authority: s.Authority, Graph: s.Graph, Tenant: s.Tenant,
		ClientID: s.ClientID, SecretExpiresAt: s.SecretExpiresAt, Mailbox: s.MailboxID, Version: s.Version,
	}
}

func senderOf(f EmailSender) store.Sender {
	return store.Sender{
		Kind: f.Kind, Address: f.Address, Name: f.Name, Language: f.Language, Host: f.Host, Port: f.Port, TLS: f.TLS, Auth: f.Auth,
		Username: f.Username, CAPEM: f.CAPEM, Cloud: f.Cloud, Authority: f.Authority, Graph: f.Graph, Tenant: f.Tenant,
		ClientID: f.ClientID, SecretExpiresAt: f.SecretExpiresAt, MailboxID: f.Mailbox, Version: f.Version,
	}
}

func wireEmailStep(s courier.Step) EmailStep {
	return EmailStep{Name: s.Name, Result: s.Result, Detail: s.Detail, Problem: wireProblem(s.Problem)}
}

func wireTemplate(t courier.Template) EmailTemplate {
	out := EmailTemplate{
		Event: string(t.Original.Event), Language: t.Original.Language, Variables: t.Variables,
		Original: EmailWording{t.Original.Subject, t.Original.Text, t.Original.HTML},
	}
	if t.Own != nil {
		out.Own, out.HasOwn, out.Used, out.UpdatedAt = EmailWording{t.Own.Subject, t.Own.Text, t.Own.HTML}, true, t.Own.Used, t.Own.UpdatedAt
	}
	return out
}

// wireEmailLine is n as sender, who sends now, would be helped by commands.
func wireEmailLine(n store.Notice, by string, sender store.Sender) EmailLine {
	return EmailLine{
		ID: n.ID, Event: n.Event, At: n.CreatedAt, SentAt: n.SentAt, Recipient: n.Recipient, By: by, Status: n.Status, Sender: n.Sender,
		Subject: n.Subject, Attempts: n.Attempts, NextAt: n.NextAt, Problem: wireProblemOf(n.Problem, sender.Address), Commands: courier.Commands(n.Problem, sender),
	}
}
