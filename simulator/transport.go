package simulator

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// Submission is a mail that SMTP or Graph took, whatever answer the client got.
type Submission struct {
	User string    // who was signed in
	From string    // envelope
	To   []string  // envelope
	At   time.Time // when it was taken
	Raw  []byte    // as it came
	ID   string    // Message-ID it went out with
}

// Submissions lists the mails that were taken from an address, in order; "" is everybody.
func (s *Simulator) Submissions(address string) []Submission {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Submission
	for _, sub := range s.submissions {
		if address == "" || strings.EqualFold(sub.User, address) {
			list = append(list, sub)
		}
	}
	return list
}

// overRate is how long a mail must wait for its sender to stay under so many a minute.
func (s *Simulator) overRate(a *account, most int) time.Duration {
	now := s.opts.Now()
	var recent []time.Time
	for _, sub := range s.Submissions(a.Address) {
		if now.Sub(sub.At) < time.Minute {
			recent = append(recent, sub.At)
		}
	}
	if most < 1 || len(recent) < most {
		return 0
	}
	return time.Minute - now.Sub(recent[len(recent)-most])
}

// overDay tells whether a mail to so many more recipients goes over what its sender may do in 24 hours.
func (s *Simulator) overDay(a *account, more, most int) bool {
	now := s.opts.Now()
	for _, sub := range s.Submissions(a.Address) {
		if now.Sub(sub.At) < 24*time.Hour {
			more += len(sub.To)
		}
	}
	return more > most
}

// take does what Exchange does with a mail it accepted: gives it an id, delivers it, and files the
// copy in the sender's Sent Items a little later. It returns the Message-ID it went out with.
func (s *Simulator) take(from *account, mail transaction, raw []byte) string {
	now := s.opts.Now()
	out, id := s.prepare(from, raw)
	s.mu.Lock()
	s.submissions = append(s.submissions, Submission{from.Address, mail.from, mail.to, now, raw, id})
	s.mu.Unlock()

	received := fmt.Sprintf("Received: from %s by %s with SMTP; %s\r\n", smtpHost, smtpHost, now.Format(time.RFC1123Z))
	delivered := append([]byte(received), out...)
	for _, address := range mail.to {
		switch a, local := s.recipient(address); {
		case a != nil:
			s.file(a, roleInbox, delivered, 0)
		case local:
			s.file(from, roleInbox, bounce(from.Address, address, out, now), 0)
		}
	}
	if mail.unsaved || s.faults.has(SentNone, from.scopes()...) {
		return id
	}
	delay := s.opts.SentDelay
	if value, on := s.faults.value(SentLate, from.scopes()...); on {
		if late, err := time.ParseDuration(value); err == nil {
			delay = late
		}
	}
	s.later.add(delay, func() { s.file(from, roleSent, out, flagSeen) })
	return id
}

// prepare takes Bcc out and settles the Message-ID: a work account keeps the client's, a personal
// one gets a new one.
func (s *Simulator) prepare(from *account, raw []byte) (out []byte, id string) {
	id = headerValue(raw, "Message-ID")
	rewrite := from.tenant.Consumer
	if value, on := s.faults.value(SMTPRewrite, from.scopes()...); on {
		rewrite = value != "off"
	}
	switch {
	case rewrite:
		fresh := messageID("SIM.PROD.OUTLOOK.COM")
		front := "Message-ID: " + fresh + "\r\n"
		if id != "" {
			front += "X-Microsoft-Original-Message-ID: " + id + "\r\n"
		}
		return editHeader(raw, front, "Bcc", "Message-ID"), fresh
	case id == "":
		id = messageID(smtpHost)
		return editHeader(raw, "Message-ID: "+id+"\r\n", "Bcc"), id
	}
	return editHeader(raw, "", "Bcc"), id
}

// file puts a message into the folder of a role.
func (s *Simulator) file(a *account, r role, raw []byte, fl flags) {
	a.box.mu.Lock()
	defer a.box.mu.Unlock()
	if f := a.box.withRole(r); f != nil {
		a.box.append(f, raw, fl, s.opts.Now())
	}
}

// bounce is the mail that tells a sender that nobody has the recipient's address.
func bounce(to, unknown string, raw []byte, now time.Time) []byte {
	_, domain, _ := strings.Cut(to, "@")
	subject := cmp.Or(headerValue(raw, "Subject"), "(no subject)")
	header, _ := splitMessage(raw)
	boundary := "ndr-" + traceID()
	lines := []string{
		"From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@" + domain + ">",
		"To: <" + to + ">",
		"Subject: Undeliverable: " + subject,
		"Date: " + now.Format(time.RFC1123Z),
		"Message-ID: " + messageID(smtpHost),
		"In-Reply-To: " + headerValue(raw, "Message-ID"),
		"Auto-Submitted: auto-replied",
		"MIME-Version: 1.0",
		"Content-Type: multipart/report; report-type=delivery-status; boundary=\"" + boundary + "\"",
		"",
		"--" + boundary,
		"Content-Type: text/plain; charset=us-ascii",
		"",
		"Delivery has failed to these recipients or groups:",
		"",
		unknown,
		"The email address you entered couldn't be found. Please check the recipient's email address and try to resend the message.",
		"",
		"Remote server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'",
		"",
		"--" + boundary,
		"Content-Type: message/delivery-status",
		"",
		"Reporting-MTA: dns;" + smtpHost,
		"",
		"Final-Recipient: rfc822;" + unknown,
		"Action: failed",
		"Status: 5.1.10",
		"Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
		"",
		"--" + boundary,
		"Content-Type: text/rfc822-headers",
		"",
		string(header) + "--" + boundary + "--",
		"",
	}
	return []byte(strings.Join(lines, "\r\n"))
}
