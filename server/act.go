package server

import (
	"context"
	"fmt"

	"postroom/problem"
	"postroom/store"
)

// act does things to mails: here at once, at the mail server when the mailbox's worker gets to it.
type act struct {
	store *store.Store
}

// doings are the kinds of ActForm that need no folder, as the store calls them.
func doings(kind string) (store.ActionKind, bool) {
	switch kind {
	case "read":
		return store.MarkRead, true
	case "unread":
		return store.MarkUnread, true
	case "star":
		return store.Star, true
	case "unstar":
		return store.Unstar, true
	case "delete":
		return store.Delete, true
	}
	return "", false
}

func (h *act) do(ctx context.Context, user store.User, in *struct{ Body ActForm }) (Rows, error) {
	ids := make([]int64, len(in.Body.IDs))
	for i, id := range in.Body.IDs {
		n, err := parseNumber(id)
		if err != nil {
			return Rows{}, err
		}
		ids[i] = n
	}
	steps, err := h.plan(ctx, user, in.Body, ids)
	if err != nil {
		return Rows{}, err
	}
	var mails []store.Message
	err = h.store.Tx(ctx, func(tx *store.Tx) error {
		mails = nil
		for _, step := range steps {
			done, err := tx.Act(user.ID, step.ids, step.kind, step.to)
			if err != nil {
				return fmt.Errorf("%s: %w", in.Body.Kind, err)
			}
			mails = append(mails, done...)
		}
		return nil
	})
	if err != nil {
		return Rows{}, err
	}
	return Rows{Messages: each(mails, wireRow)}, nil
}

// step is one call of the store's: mails that have one thing done to them.
type step struct {
	ids  []int64
	kind store.ActionKind
	to   int64
}

// plan makes form into steps: one for all, or for moves by role one per mailbox, each to its own folder.
func (h *act) plan(ctx context.Context, user store.User, form ActForm, ids []int64) ([]step, error) {
	if kind, ok := doings(form.Kind); ok {
		return []step{{ids: ids, kind: kind}}, nil
	}
	if form.Kind == "move" {
		to, err := parseNumber(form.Folder)
		if err != nil {
			return nil, problem.New(problem.Invalid, "folder: say where to move the mail.")
		}
		if _, err := h.store.Folder(ctx, user.ID, to); err != nil {
			return nil, fmt.Errorf("find folder: %w", err)
		}
		return []step{{ids: ids, kind: store.Move, to: to}}, nil
	}
	return h.planByRole(ctx, user, store.FolderRole(form.Kind), ids)
}

// planByRole finds, for each mailbox that ids are in, its folder with that role.
func (h *act) planByRole(ctx context.Context, user store.User, role store.FolderRole, ids []int64) ([]step, error) {
	boxes, err := h.store.Mailboxes(ctx, user.ID)
	if err != nil {
		return nil, fmt.Errorf("list mailboxes: %w", err)
	}
	byNumber := map[int64]store.Mailbox{}
	for _, box := range boxes {
		byNumber[box.Number] = box
	}
	var steps []step
	at := map[int64]int{} // by the mailbox's number
	for _, id := range ids {
		n := id >> 32
		if i, ok := at[n]; ok {
			steps[i].ids = append(steps[i].ids, id)
			continue
		}
		box, ok := byNumber[n]
		if !ok {
			return nil, problem.New(problem.NotFound, "")
		}
		to, err := h.folderFor(ctx, user, box, role)
		if err != nil {
			return nil, err
		}
		at[n] = len(steps)
		steps = append(steps, step{ids: []int64{id}, kind: store.Move, to: to})
	}
	return steps, nil
}

func (h *act) folderFor(ctx context.Context, user store.User, box store.Mailbox, role store.FolderRole) (int64, error) {
	folders, err := h.store.Folders(ctx, user.ID, box.ID)
	if err != nil {
		return 0, fmt.Errorf("list folders: %w", err)
	}
	for _, f := range folders {
		if f.Role == role {
			return f.ID, nil
		}
	}
	return 0, problem.New(problem.FolderGone, "This mailbox has no folder for "+string(role)+".")
}

// failed lists what the mail server would not do.
func (h *act) failed(ctx context.Context, user store.User, _ *struct{}) ([]FailedAction, error) {
	actions, err := h.store.FailedActions(ctx, user.ID)
	if err != nil {
		return nil, fmt.Errorf("list failed actions: %w", err)
	}
	return each(actions, wireFailed), nil
}

// dismiss forgets one of them.
func (h *act) dismiss(ctx context.Context, user store.User, in *byID) error {
	id, err := parseNumber(in.ID)
	if err != nil {
		return err
	}
	return h.store.Tx(ctx, func(tx *store.Tx) error {
		return tx.DismissAction(user.ID, id)
	})
}
