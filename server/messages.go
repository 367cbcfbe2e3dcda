package server

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"postroom/message"
	"postroom/problem"
	"postroom/store"
)

// messages lists mails and opens them.
type messages struct {
	store  *store.Store
	tokens *tokens
}

type listing struct {
	ID     string `path:"id" maxLength:"40"`
	Offset int    `query:"offset" minimum:"0"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Filter string `query:"filter" enum:"unread,flagged"`
}

// list is a stretch of a folder.
func (h *messages) list(ctx context.Context, user store.User, in *listing) (Listing, error) {
	folder, err := parseNumber(in.ID)
	if err != nil {
		return Listing{}, err
	}
	if _, err := h.store.Folder(ctx, user.ID, folder); err != nil {
		return Listing{}, fmt.Errorf("find folder: %w", err)
	}
	page, err := h.store.Messages(ctx, user.ID, folder, store.Query{
		Offset: in.Offset, Limit: in.Limit, Unread: in.Filter == "unread", Flagged: in.Filter == "flagged",
	})
	if err != nil {
		return Listing{}, fmt.Errorf("list messages: %w", err)
	}
	return Listing{Total: page.Total, Messages: each(page.Messages, wireRow)}, nil
}

// thread is every mail that belongs together with others.
func (h *messages) thread(ctx context.Context, user store.User, in *byID) (Rows, error) {
	id, err := parseNumber(in.ID)
	if err != nil {
		return Rows{}, err
	}
	mails, err := h.store.Thread(ctx, user.ID, id)
	if err != nil {
		return Rows{}, fmt.Errorf("read thread: %w", err)
	}
	if len(mails) == 0 {
		return Rows{}, problem.New(problem.NotFound, "")
	}
	return Rows{Messages: each(mails, wireRow)}, nil
}

type showing struct {
	ID     string `path:"id" maxLength:"40"`
	Images bool   `query:"images" doc:"Let frameUrl load images from servers"`
}

// show opens one mail. A mail whose source is not here or cannot be read is shown all the same,
// with what its row knows.
func (h *messages) show(ctx context.Context, user store.User, in *showing) (Message, error) {
	id, err := parseNumber(in.ID)
	if err != nil {
		return Message{}, err
	}
	mail, err := h.store.Message(ctx, user.ID, id)
	if err != nil {
		return Message{}, fmt.Errorf("find message: %w", err)
	}
	out := Message{
		Row: wireRow(mail), Cc: each(mail.Cc, wireAddr), ReplyTo: each(mail.ReplyTo, wireAddr), Bcc: []Addr{},
		MessageID: mail.RFCMessageID, Trackers: []string{}, AttachmentsList: []Attachment{}, Defects: []string{},
	}
	raw, err := h.store.Raw(ctx, user.ID, id)
	if problem.Is(err, problem.NotFound) {
		return out, nil
	}
	if err != nil {
		return Message{}, fmt.Errorf("read source: %w", err)
	}
	describe(&out, message.Parse(raw))
	out.FrameURL = "/m/" + h.tokens.issue(user.ID, id, in.Images) + "/body"
	return out, nil
}

// describe fills in what only a mail's source knows.
func describe(out *Message, p message.Parsed) {
	const mostText = 1 << 20
	out.Bcc = each(p.Bcc, func(a message.Address) Addr { return Addr(a) })
	out.Text = cut(p.Text, mostText)
	out.HasHTML = p.HTML != ""
	out.Defects = append(out.Defects, p.Defects...)
	for _, part := range p.Parts {
		out.AttachmentsList = append(out.AttachmentsList, Attachment{
			Index: part.Index, Name: part.Name, Type: part.Type, Size: part.Size, Inline: part.Inline,
			URL: fmt.Sprintf("/api/messages/%s/attachments/%d", out.ID, part.Index),
		})
	}
	if out.HasHTML {
		clean := message.Sanitize(p.HTML, func(message.ImageKind, string) string { return "" })
		out.RemoteImages = clean.Remote
		out.Trackers = append(out.Trackers, clean.Trackers...)
	}
}

// cut is the beginning of text, at most so many bytes and ending with a whole character.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return strings.Clone(text[:most])
}
