package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"postroom/message"
	"postroom/problem"
	"postroom/store"
)

// composer makes the bytes of a mail from what was typed. They are made once and never change.
type composer struct {
	store *store.Store
	now   func() time.Time
}

// compose is form as a mail ready to be queued.
func (h *composer) compose(ctx context.Context, user store.User, form OutgoingForm) (store.Outgoing, error) {
	if strings.ContainsFunc(form.Subject, unicode.IsControl) {
		return store.Outgoing{}, problem.New(problem.Invalid, "subject: it has to be one line.")
	}
	box, err := h.store.Mailbox(ctx, user.ID, form.Mailbox)
	if err != nil {
		return store.Outgoing{}, fmt.Errorf("find mailbox: %w", err)
	}
	if box.State == store.Disconnected {
		return store.Outgoing{}, problem.New(problem.Reconnect, box.Address+" is disconnected.")
	}
	out := store.Outgoing{
		ID: store.NewID(), UserID: user.ID, MailboxID: box.ID, State: store.Queued,
		From: box.Address, Subject: form.Subject, CreatedAt: h.now().UnixMilli(),
	}
	draft := h.draft(box, form)
	draft.OutgoingID = out.ID
	if err := h.answer(ctx, user, form.InReplyTo, &draft, &out); err != nil {
		return store.Outgoing{}, err
	}
	if draft.Attachments, err = h.files(ctx, user, form); err != nil {
		return store.Outgoing{}, err
	}
	made, err := message.Compose(draft)
	if err != nil {
		return store.Outgoing{}, uncomposed(err)
	}
	out.Raw, out.Size = made.Raw, int64(len(made.Raw))
	out.Recipients, out.RFCMessageID = made.Recipients, made.MessageID
	return out, nil
}

// draft is what form itself says.
func (h *composer) draft(box store.Mailbox, form OutgoingForm) message.Draft {
	d := message.Draft{
		From:    message.Address{Name: box.DisplayName, Addr: box.Address},
		Subject: form.Subject, Text: form.Text, HTML: form.HTML, Date: h.now(),
	}
	addresses := func(list []Addr) []message.Address {
		return each(list, func(a Addr) message.Address { return message.Address(a) })
	}
	d.To, d.Cc, d.Bcc = addresses(form.To), addresses(form.Cc), addresses(form.Bcc)
	return d
}

// uncomposed is err in words about the form, where the form is to blame. Addresses are read in one
// place only, so that the mail goes to those whom the compose window shows and to nobody else.
func uncomposed(err error) error {
	var bad *message.BadAddress
	switch {
	case errors.As(err, &bad):
		return problem.Wrap(problem.Invalid, fmt.Sprintf("%q is not an e-mail address: %s.", cut(bad.Address, 100), bad.Reason), err)
	case errors.Is(err, message.ErrNoRecipient):
		return problem.Wrap(problem.Invalid, "Say whom the mail is for.", err)
	}
	return fmt.Errorf("compose mail: %w", err)
}

// answer makes d an answer to the stored message id, in its thread.
func (h *composer) answer(ctx context.Context, user store.User, id string, d *message.Draft, out *store.Outgoing) error {
	if id == "" {
		return nil
	}
	n, err := parseNumber(id)
	if err != nil {
		return err
	}
	to, err := h.store.Message(ctx, user.ID, n)
	if err != nil {
		return fmt.Errorf("find answered message: %w", err)
	}
	out.InReplyToID, out.ThreadID = to.ID, to.ThreadID
	d.References = strings.Fields(to.References)
	if len(d.References) == 0 && to.InReplyTo != "" {
		d.References = []string{to.InReplyTo} // RFC 5322, 3.6.4
	}
	if repeatable(to.RFCMessageID) {
		d.InReplyTo = to.RFCMessageID
		d.References = append(d.References, to.RFCMessageID)
	}
	d.References = slices.DeleteFunc(d.References, func(id string) bool { return !repeatable(id) })
	return nil
}

// repeatable reports whether an id that somebody else made can stand in our header. One that cannot
// is left out: it must not keep anybody from answering.
func repeatable(id string) bool {
	odd := func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' }
	return id != "" && len(id) <= 900 && !strings.ContainsFunc(id, odd) && !strings.Contains(id, "=?")
}

// files are what goes along: uploads, and the attachments of a forwarded mail.
func (h *composer) files(ctx context.Context, user store.User, form OutgoingForm) ([]message.Attachment, error) {
	var files []message.Attachment
	var size int64
	for _, id := range form.Uploads {
		up, err := h.store.Upload(ctx, user.ID, id)
		if err != nil {
			return nil, fmt.Errorf("find upload: %w", err)
		}
		size += up.Size
		files = append(files, h.upload(ctx, up, form.HTML))
	}
	forwarded, err := h.forwarded(ctx, user, form.ForwardOf, form.HTML)
	if err != nil {
		return nil, err
	}
	for _, f := range forwarded {
		size += f.size
		files = append(files, f.Attachment)
	}
	if size > mostUpload {
		return nil, problem.New(problem.TooLarge, fmt.Sprintf("The attachments together are larger than %d MB.", mostUpload>>20))
	}
	return files, nil
}

// upload is up as a file of the mail: inline when html names it by its id (cid:{id}).
func (h *composer) upload(ctx context.Context, up store.Upload, html string) message.Attachment {
	a := message.Attachment{
		Name: up.Name, Type: up.Type,
		Open: func() (io.ReadCloser, error) { return h.store.OpenUpload(ctx, up) },
	}
	if strings.Contains(html, "cid:"+up.ID) {
		a.Inline, a.ContentID = true, up.ID
	}
	return a
}

type forwardedFile struct {
	message.Attachment
	size int64
}

// forwarded are the files of message id. An image that its text shows goes along only when the new
// text still shows it.
func (h *composer) forwarded(ctx context.Context, user store.User, id, html string) ([]forwardedFile, error) {
	if id == "" {
		return nil, nil
	}
	n, err := parseNumber(id)
	if err != nil {
		return nil, err
	}
	raw, err := h.store.Raw(ctx, user.ID, n)
	if err != nil {
		return nil, fmt.Errorf("read forwarded message: %w", err)
	}
	var files []forwardedFile
	for _, part := range message.Parse(raw).Parts {
		shown := part.ContentID != "" && strings.Contains(html, "cid:"+part.ContentID)
		if part.Inline && !shown {
			continue
		}
		files = append(files, forwardedFile{message.Attachment{
			Name: part.Name, Type: part.Type, Inline: shown, ContentID: part.ContentID,
			Open: func() (io.ReadCloser, error) {
				_, body, err := message.OpenPart(raw, part.Index)
				if err != nil {
					return nil, fmt.Errorf("open forwarded file: %w", err)
				}
				return io.NopCloser(body), nil
			},
		}, part.Size})
	}
	return files, nil
}
