package server

import (
	"context"
	"fmt"
	"strings"

	"postroom/store"
)

type searching struct {
	Query   string `query:"q" maxLength:"1000"`
	Mailbox string `query:"mailbox" maxLength:"40" doc:"Only this one"`
	Offset  int    `query:"offset" minimum:"0" maximum:"10000"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// search finds mails by their words and says how many it looked through.
func (h *messages) search(ctx context.Context, user store.User, in *searching) (Found, error) {
	boxes, err := h.searched(ctx, user, in.Mailbox)
	if err != nil {
		return Found{}, err
	}
	out := Found{Messages: []Row{}}
	for _, box := range boxes {
		folders, err := h.store.Folders(ctx, user.ID, box.ID)
		if err != nil {
			return Found{}, fmt.Errorf("list folders: %w", err)
		}
		for _, f := range folders {
			out.Scope.Messages += f.Total
		}
	}
	if strings.TrimSpace(in.Query) == "" {
		return out, nil
	}
	mails, err := h.store.Search(ctx, user.ID, store.Search{
		Text: in.Query, Mailbox: in.Mailbox, Limit: in.Limit, Offset: in.Offset,
	})
	if err != nil {
		return Found{}, fmt.Errorf("search: %w", err)
	}
	out.Messages = each(mails, wireRow)
	return out, nil
}

// searched are the mailboxes that a search looks through.
func (h *messages) searched(ctx context.Context, user store.User, only string) ([]store.Mailbox, error) {
	if only != "" {
		box, err := h.store.Mailbox(ctx, user.ID, only)
		if err != nil {
			return nil, fmt.Errorf("find mailbox: %w", err)
		}
		return []store.Mailbox{box}, nil
	}
	boxes, err := h.store.Mailboxes(ctx, user.ID)
	if err != nil {
		return nil, fmt.Errorf("list mailboxes: %w", err)
	}
	return boxes, nil
}
