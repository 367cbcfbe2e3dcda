package server

import (
	"context"
	"fmt"
	"strings"

	"postroom/auth"
	"postroom/courier"
	"postroom/store"
)

// email is Postroom's own mail: how it leaves, what it says, and what became of it.
type email struct {
	courier *courier.Courier
	store   *store.Store
}

func (h *email) show(ctx context.Context, user store.User, _ *struct{}) (EmailSettings, error) {
	s, ok, err := h.courier.Settings(ctx)
	if err != nil {
		return EmailSettings{}, fmt.Errorf("read e-mail settings: %w", err)
	}
	out := EmailSettings{Clouds: each(courier.Clouds(), func(c courier.Cloud) EmailCloud { return EmailCloud(c) })}
	if ok {
		out.Sender, out.SecretHint, out.SecretSetAt, out.Mine = wireSender(s), s.SecretHint, s.SecretSetAt, s.UserID == user.ID
		out.Problem, out.ProblemAt, out.Commands = wireProblemOf(s.Problem, s.Address), s.ProblemAt, courier.Commands(s.Problem, s)
	}
	return out, nil
}

func (h *email) save(ctx context.Context, user store.User, in *struct{ Body EmailForm }) (EmailSettings, error) {
	if _, err := h.courier.Save(ctx, user, senderOf(in.Body.EmailSender), auth.Secret(in.Body.Secret)); err != nil {
		return EmailSettings{}, err
	}
	return h.show(ctx, user, nil)
}

func (h *email) forget(ctx context.Context, _ store.User, _ *struct{}) error {
	return h.courier.Forget(ctx)
}

// test tries settings without saving them and without sending anything.
func (h *email) test(ctx context.Context, user store.User, in *struct{ Body EmailForm }) ([]EmailStep, error) {
	steps, err := h.courier.Check(ctx, user, senderOf(in.Body.EmailSender), auth.Secret(in.Body.Secret))
	if err != nil {
		return nil, err
	}
	return each(steps, wireEmailStep), nil
}

// sendTest sends a test mail with the saved settings and answers with its line of the log.
func (h *email) sendTest(ctx context.Context, user store.User, in *struct{ Body EmailTest }) (EmailLine, error) {
	n, err := h.courier.SendTest(ctx, user, strings.TrimSpace(in.Body.To))
	if err != nil {
		return EmailLine{}, err
	}
	s, _, err := h.courier.Settings(ctx)
	if err != nil {
		return EmailLine{}, fmt.Errorf("read e-mail settings: %w", err)
	}
	return wireEmailLine(n, user.Name, s), nil
}

func (h *email) templates(ctx context.Context, _ store.User, _ *struct{}) ([]EmailTemplate, error) {
	all, err := h.courier.Templates(ctx)
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	return each(all, wireTemplate), nil
}

type byWording struct {
	Event    string `path:"event" maxLength:"40"`
	Language string `path:"language" maxLength:"5"`
}

type wordingChange struct {
	Event    string `path:"event" maxLength:"40"`
	Language string `path:"language" maxLength:"5"`
	Body     WordingForm
}

func (h *email) saveTemplate(ctx context.Context, _ store.User, in *wordingChange) error {
	return h.courier.SaveTemplate(ctx, store.Wording{
		Event: in.Event, Language: in.Language, Subject: in.Body.Subject, Text: in.Body.Text, HTML: in.Body.HTML, Used: in.Body.Used,
	})
}

func (h *email) resetTemplate(ctx context.Context, _ store.User, in *byWording) error {
	return h.courier.ResetTemplate(ctx, courier.Event(in.Event), in.Language)
}

type emailQuery struct {
	Event  string `query:"event" maxLength:"40"`
	Status string `query:"status" maxLength:"20"`
	Text   string `query:"q" maxLength:"200"`
	After  int64  `query:"after" doc:"Unix ms"`
	Before int64  `query:"before" doc:"Unix ms"`
	Offset int    `query:"offset" minimum:"0" maximum:"1000000"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (h *email) log(ctx context.Context, _ store.User, in *emailQuery) (EmailLog, error) {
	page, err := h.store.Notices(ctx, store.NoticeQuery{
		Event: in.Event, Status: store.NoticeStatus(in.Status), Text: in.Text, After: in.After, Before: in.Before, Offset: in.Offset, Limit: in.Limit,
	})
	if err != nil {
		return EmailLog{}, fmt.Errorf("read e-mail log: %w", err)
	}
	line, err := h.liner(ctx)
	if err != nil {
		return EmailLog{}, err
	}
	return EmailLog{Total: page.Total, Lines: each(page.Notices, line)}, nil
}

// mail is what a line of the log said.
func (h *email) mail(ctx context.Context, _ store.User, in *byID) (EmailMail, error) {
	n, err := h.store.Notice(ctx, in.ID)
	if err != nil {
		return EmailMail{}, fmt.Errorf("read e-mail log: %w", err)
	}
	line, err := h.liner(ctx)
	if err != nil {
		return EmailMail{}, err
	}
	return EmailMail{line(n), n.Text}, nil
}

// liner makes lines of notices, with people's names.
func (h *email) liner(ctx context.Context) (func(store.Notice) EmailLine, error) {
	s, _, err := h.courier.Settings(ctx)
	if err != nil {
		return nil, fmt.Errorf("read e-mail settings: %w", err)
	}
	users, err := h.store.Users(ctx)
	if err != nil {
		return nil, fmt.Errorf("name people: %w", err)
	}
	names := map[string]string{}
	for _, u := range users {
		names[u.ID] = u.Name
	}
	return func(n store.Notice) EmailLine { return wireEmailLine(n, names[n.CausedBy], s) }, nil
}
