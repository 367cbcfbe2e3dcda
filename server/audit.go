package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"postroom/store"
)

// audit writes down that a route for administrators or managers changed something: which one, to what,
// by whom and from where. Nothing of the request's body is in it. It comes after the deed, and a line
// that cannot be written is in the process's log instead.
func (s *Server) audit(ctx context.Context, r route, id string) {
	if r.method == http.MethodGet || r.method == http.MethodHead || r.rule != Admin && r.rule != Manager {
		return
	}
	v := visitOf(ctx)
	entry := store.AuditEntry{UserID: v.user.ID, Action: r.op.OperationID, Subject: id, Detail: v.detail, IP: v.ip}
	if entry.Subject == "" {
		entry.Subject = v.subject
	}
	err := s.store.Tx(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.AddAudit(entry) })
	if err != nil {
		s.log.LogAttrs(ctx, slog.LevelError, "audit entry not written", slog.String("action", entry.Action),
			slog.String("subject", entry.Subject), slog.String("user", entry.UserID), slog.Any("err", err))
	}
}

// auditLog is for administrators to read.
type auditLog struct{ store *store.Store }

type auditQuery struct {
	Person string `query:"person" maxLength:"40" doc:"Id of a user: what they did, and what was done to them"`
	Action string `query:"action" maxLength:"100"`
	Before int64  `query:"before" minimum:"0" doc:"Entries older than this one; 0: the newest"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// list returns a stretch of the log and whether there is more.
func (h *auditLog) list(ctx context.Context, _ store.User, in *auditQuery) (AuditPage, error) {
	entries, err := h.store.Audit(ctx, store.AuditQuery{Person: in.Person, Action: in.Action, Before: in.Before, Limit: in.Limit + 1})
	if err != nil {
		return AuditPage{}, fmt.Errorf("read audit log: %w", err)
	}
	actions, err := h.store.AuditActions(ctx)
	if err != nil {
		return AuditPage{}, fmt.Errorf("read audit log: %w", err)
	}
	names, err := h.names(ctx)
	if err != nil {
		return AuditPage{}, err
	}
	page := AuditPage{More: len(entries) > in.Limit, Actions: actions}
	page.Entries = each(entries[:min(len(entries), in.Limit)], func(e store.AuditEntry) AuditEntry {
		return AuditEntry{
			ID: e.ID, At: e.At, Action: e.Action, Detail: e.Detail, IP: e.IP,
			User: e.UserID, UserName: names[e.UserID], Subject: e.Subject, SubjectName: names[e.Subject],
		}
	})
	return page, nil
}

// names are what ids of people, providers and invitations are called.
func (h *auditLog) names(ctx context.Context) (map[string]string, error) {
	names := map[string]string{}
	users, err := h.store.Users(ctx)
	if err != nil {
		return nil, fmt.Errorf("name people: %w", err)
	}
	for _, u := range users {
		names[u.ID] = u.Name
	}
	providers, err := h.store.Providers(ctx)
	if err != nil {
		return nil, fmt.Errorf("name providers: %w", err)
	}
	for _, p := range providers {
		names[p.ID] = p.Name
	}
	services, err := h.store.SignInProviders(ctx)
	if err != nil {
		return nil, fmt.Errorf("name sign-in providers: %w", err)
	}
	for _, p := range services {
		names[p.ID] = p.Name
	}
	invitations, err := h.store.Invitations(ctx)
	if err != nil {
		return nil, fmt.Errorf("name invitations: %w", err)
	}
	for _, i := range invitations {
		names[i.ID] = i.Email
	}
	return names, nil
}
