package server

import (
	"context"
	"fmt"

	"postroom/auth"
	"postroom/courier"
	"postroom/problem"
	"postroom/store"
)

// links let managers ask people to connect an address, and show how far they have come.
type links struct {
	store     *store.Store
	connector *auth.Connector
	sessions  *auth.Sessions
	post      *post
}

func (h *links) list(ctx context.Context, _ store.User, _ *struct{}) ([]ConnectLink, error) {
	all, err := h.store.Links(ctx)
	if err != nil {
		return nil, fmt.Errorf("list connect links: %w", err)
	}
	names, err := h.names(ctx)
	if err != nil {
		return nil, err
	}
	return each(all, func(l store.ConnectLink) ConnectLink { return wireLink(l, names, h.store.Now()) }), nil
}

// names are what users are called, by id.
func (h *links) names(ctx context.Context) (map[string]string, error) {
	users, err := h.store.Users(ctx)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	names := map[string]string{}
	for _, u := range users {
		names[u.ID] = u.Name
	}
	return names, nil
}

// add makes a link for each address. One that cannot be made says why beside the others.
func (h *links) add(ctx context.Context, user store.User, in *struct{ Body LinksForm }) ([]MadeLink, error) {
	made := []MadeLink{}
	for _, address := range in.Body.Addresses {
		link, token, err := h.connector.MakeLink(ctx, user, in.Body.Provider, address, in.Body.User)
		if p := problem.Of(err); p != nil && p.Code != problem.NotFound {
			made = append(made, MadeLink{Address: address, Problem: wireProblem(p)})
			continue
		}
		if err != nil {
			return nil, err
		}
		one, err := h.made(ctx, user, link, token, in.Body.Mail)
		if err != nil {
			return nil, err
		}
		made = append(made, one)
	}
	note(ctx, in.Body.Provider, fmt.Sprintf("for %d addresses", len(made)))
	return made, nil
}

type linkRenewal struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Mail bool `json:"mail,omitempty" doc:"Send it to the address"`
	}
}

func (h *links) renew(ctx context.Context, user store.User, in *linkRenewal) (MadeLink, error) {
	link, token, err := h.connector.RenewLink(ctx, in.ID)
	if err != nil {
		return MadeLink{}, err
	}
	note(ctx, link.ID, link.Address)
	return h.made(ctx, user, link, token, in.Body.Mail)
}

// made shows a link to whoever made it, this once, and mails it where that is wished and possible.
func (h *links) made(ctx context.Context, by store.User, link store.ConnectLink, token auth.Secret, mail bool) (MadeLink, error) {
	names, err := h.names(ctx)
	if err != nil {
		return MadeLink{}, err
	}
	address := h.post.link("/link", token)
	out := MadeLink{Address: link.Address, URL: address.Reveal()}
	if mail {
		to, name := link.Address, ""
		if owner, err := h.store.User(ctx, link.UserID); err == nil {
			to, name = owner.Email, owner.Name
		}
		out.Mailed, err = h.post.send(ctx, courier.Notice{
			Event: courier.ConnectLink, To: to, ToName: name, By: by.ID, Link: address,
			Values: map[string]string{"by": by.Name, "address": link.Address},
		})
		if err != nil {
			return MadeLink{}, err
		}
	}
	if out.Mailed {
		link.MailedAt = h.store.Now()
		err := h.store.Tx(ctx, func(tx *store.Tx) error { return tx.RenewLink(link.ID, link.TokenHash, link.ExpiresAt, link.MailedAt) })
		if err != nil {
			return MadeLink{}, fmt.Errorf("note mailed link: %w", err)
		}
	}
	wire := wireLink(link, names, h.store.Now())
	out.Link = &wire
	return out, nil
}

func (h *links) remove(ctx context.Context, _ store.User, in *byID) error {
	note(ctx, in.ID, "")
	return h.store.Tx(ctx, func(tx *store.Tx) error { return tx.RemoveLink(in.ID) })
}

// open says what a link is for, to whoever has it and is signed in.
func (h *links) open(ctx context.Context, user store.User, in *struct{ Body LinkToken }) (LinkOffer, error) {
	link, err := h.connector.OpenLink(ctx, user.ID, auth.Secret(in.Body.Token))
	if err != nil {
		return LinkOffer{}, err
	}
	provider, err := h.store.Provider(ctx, link.ProviderID)
	if err != nil {
		return LinkOffer{}, fmt.Errorf("read provider: %w", err)
	}
	by, err := h.store.User(ctx, link.MadeBy)
	if err != nil && !problem.Is(err, problem.NotFound) {
		return LinkOffer{}, fmt.Errorf("read who made the link: %w", err)
	}
	return LinkOffer{Address: link.Address, Provider: wireChoice(provider), By: by.Name, ExpiresAt: link.ExpiresAt}, nil
}

func (h *links) follow(ctx context.Context, user store.User, in *struct{ Body LinkToken }) (Away, error) {
	url, err := h.connector.FollowLink(ctx, user.ID, h.sessions.Hash(ctx), auth.Secret(in.Body.Token))
	if err != nil {
		return Away{}, fmt.Errorf("follow connect link: %w", err)
	}
	return Away{URL: url}, nil
}

// ConnectLink is somebody who was asked to connect an address.
type ConnectLink struct {
	ID        string          `json:"id"`
	Address   string          `json:"address"`
	Provider  string          `json:"provider" doc:"Id of its provider"`
	For       string          `json:"for,omitempty" doc:"Name of the only user who may use it"`
	By        string          `json:"by,omitempty" doc:"Name of who made it"`
	State     store.LinkState `json:"state" enum:"invited,opened,waiting_for_admin,connected,failed"`
	Expired   bool            `json:"expired"`
	Problem   *Problem        `json:"problem,omitempty" doc:"Why it does not go on"`
	MailedAt  int64           `json:"mailedAt,omitempty"`
	ChangedAt int64           `json:"changedAt"`
	ExpiresAt int64           `json:"expiresAt"`
}

func wireLink(l store.ConnectLink, names map[string]string, now int64) ConnectLink {
	return ConnectLink{
		ID: l.ID, Address: l.Address, Provider: l.ProviderID, For: names[l.UserID], By: names[l.MadeBy], State: l.State,
		Expired: l.State != store.LinkConnected && l.ExpiresAt <= now,
		Problem: wireProblem(l.Problem), MailedAt: l.MailedAt, ChangedAt: l.ChangedAt, ExpiresAt: l.ExpiresAt,
	}
}

// LinksForm asks for a connect link for each address.
type LinksForm struct {
	Provider  string   `json:"provider" maxLength:"100"`
	Addresses []string `json:"addresses" minItems:"1" maxItems:"200" doc:"One link each"`
	User      string   `json:"user,omitempty" maxLength:"40" doc:"Who alone may use them; else whoever opens one first"`
	Mail      bool     `json:"mail,omitempty" doc:"Send each to its address"`
}

// MadeLink is a link that was made just now: its address is shown this once.
type MadeLink struct {
	Address string       `json:"address"`
	Link    *ConnectLink `json:"link,omitempty"`
	URL     string       `json:"url,omitempty" doc:"For the invited person alone"`
	Mailed  bool         `json:"mailed"`
	Problem *Problem     `json:"problem,omitempty" doc:"Why none was made"`
}

// LinkToken is what a connect link holds.
type LinkToken struct {
	Token string `json:"token" maxLength:"200"`
}

// LinkOffer is what a connect link is for.
type LinkOffer struct {
	Address   string         `json:"address"`
	Provider  ProviderChoice `json:"provider"`
	By        string         `json:"by,omitempty"`
	ExpiresAt int64          `json:"expiresAt"`
}
