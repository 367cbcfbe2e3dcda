package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"postroom/auth"
	"postroom/courier"
	"postroom/problem"
	"postroom/store"
)

// doors are the ways into Postroom beside the password: a second step, passkeys, services elsewhere.
type doors struct {
	server   *Server
	people   *auth.People
	sessions *auth.Sessions
	factors  *auth.Factors
	passkeys *auth.Passkeys
	signIns  *auth.SignIns
	courier  *courier.Courier
}

// enter signs this browser in as user and notes it; with says what proved who it is.
func (d *doors) enter(ctx context.Context, user store.User, with string) error {
	if err := d.sessions.SignIn(ctx, user.ID); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	return d.people.NoteSignIn(ctx, user.ID, with, d.sessions.Agent(ctx), visitOf(ctx).ip)
}

// enterByFirst is enter for what is one step alone: whoever has a second factor is asked for it
// (problem.SecondFactor), and nobody is signed in before that.
func (d *doors) enterByFirst(ctx context.Context, user store.User, with string) error {
	needed, err := d.factors.Needed(ctx, user.ID)
	if err != nil {
		return fmt.Errorf("look for a second factor: %w", err)
	}
	if !needed {
		return d.enter(ctx, user, with)
	}
	if err := d.sessions.AwaitSecond(ctx, user, with); err != nil {
		return err
	}
	return problem.New(problem.SecondFactor, "")
}

// ways is what the page for signing in offers, and whether this browser stands before the second step.
func (d *doors) ways(ctx context.Context, _ store.User, _ *struct{}) (Ways, error) {
	mail, err := d.courier.Ready(ctx)
	if err != nil {
		return Ways{}, fmt.Errorf("ask whether mail can be sent: %w", err)
	}
	services, err := d.signIns.List(ctx)
	if err != nil {
		return Ways{}, err
	}
	w := Ways{ResetByMail: mail, Passkeys: d.passkeys.Possible(), Services: []SignInChoice{}}
	for _, s := range services {
		if !s.Disabled {
			w.Services = append(w.Services, SignInChoice{ID: s.ID, Name: s.Name, Kind: s.Kind})
		}
	}
	_, _, err = d.sessions.Awaited(ctx)
	w.SecondStep = err == nil
	return w, nil
}

// second takes the code after a password.
func (d *doors) second(ctx context.Context, _ store.User, in *struct{ Body CodeForm }) (User, error) {
	user, with, err := d.sessions.Awaited(ctx)
	if err != nil {
		return User{}, err
	}
	if err := d.factors.Check(ctx, user.ID, in.Body.Code, visitOf(ctx).ip); err != nil {
		return User{}, err
	}
	if err := d.enter(ctx, user, with+" and code"); err != nil {
		return User{}, err
	}
	return wireUser(user), nil
}

// beginPasskey returns what the browser asks its owner.
func (d *doors) beginPasskey(ctx context.Context, _ store.User, _ *struct{}) (CeremonyOptions, error) {
	options, kept, err := d.passkeys.BeginSignIn(visitOf(ctx).ip)
	if err != nil {
		return CeremonyOptions{}, err
	}
	return d.ceremony(ctx, options, kept)
}

// ceremony keeps a ceremony in the session and hands its options out.
func (d *doors) ceremony(ctx context.Context, options any, kept string) (CeremonyOptions, error) {
	if _, err := d.sessions.Begin(ctx); err != nil {
		return CeremonyOptions{}, err
	}
	d.sessions.KeepCeremony(ctx, kept)
	raw, err := json.Marshal(options)
	if err != nil {
		return CeremonyOptions{}, fmt.Errorf("write ceremony: %w", err)
	}
	return CeremonyOptions{Options: raw}, nil
}

// passkey signs in whoever the browser's answer proves. Its owner's finger, face or PIN is in it, so that
// there is no second step.
func (d *doors) passkey(ctx context.Context, _ store.User, in *struct{ Body PasskeyAnswer }) (User, error) {
	kept := d.sessions.TakeCeremony(ctx)
	user, err := d.passkeys.FinishSignIn(ctx, kept, in.Body.Credential)
	if err != nil {
		if kept == "" {
			return User{}, err
		}
		return User{}, d.refused(ctx, "passkey", err)
	}
	if err := d.enter(ctx, user, "passkey"); err != nil {
		return User{}, err
	}
	return wireUser(user), nil
}

// refused notes a sign-in that was refused, and returns why. What comes here cost its caller a step that
// is counted, so that nobody fills the log.
func (d *doors) refused(ctx context.Context, with string, why error) error {
	if !problem.Is(why, problem.SignInFailed) && !problem.Is(why, problem.NoAccount) {
		return why
	}
	if err := d.people.Note(ctx, store.AuditEntry{Action: auth.SignInRefused, Detail: with, IP: visitOf(ctx).ip}); err != nil {
		return err
	}
	return why
}

// elsewhere begins to sign in with a service, or to accept an invitation with it.
func (d *doors) elsewhere(ctx context.Context, _ store.User, in *struct{ Body ElsewhereForm }) (Away, error) {
	hash, err := d.sessions.Begin(ctx)
	if err != nil {
		return Away{}, err
	}
	address, err := d.signIns.Begin(ctx, auth.Departure{
		Provider: in.Body.Service, SessionHash: hash, Invitation: auth.Secret(in.Body.Invitation), Next: in.Body.Next, IP: visitOf(ctx).ip,
	})
	return Away{URL: address}, err
}

// callback is where a service sends the browser. It ends in a redirect to a page of our own.
func (d *doors) callback(c echo.Context, user store.User) error {
	ctx := c.Request().Context()
	arrival, err := d.signIns.Complete(ctx, user.ID, d.sessions.Hash(ctx), c.QueryParams())
	page := "/"
	if arrival.Purpose == store.LinkTrip || user.ID != "" {
		page = "/settings/account"
	}
	if err == nil && arrival.Purpose != store.LinkTrip {
		err = d.enterByFirst(ctx, arrival.User, arrival.With)
		page = arrival.Next
	}
	if problem.Is(err, problem.SecondFactor) {
		return c.Redirect(http.StatusFound, "/?"+url.Values{"next": {arrival.Next}}.Encode())
	}
	if err != nil {
		err = d.refused(ctx, arrival.With, err)
		d.server.refusal(ctx, err) // for the log
		if page == arrival.Next {
			page = "/"
		}
		if _, err := d.sessions.Begin(ctx); err != nil {
			return err
		}
		if err := d.sessions.KeepSignInProblem(ctx, problemOf(err)); err != nil {
			return err
		}
		return c.Redirect(http.StatusFound, page+"?problem=1")
	}
	return c.Redirect(http.StatusFound, auth.OwnPath(page))
}

// problem is why the last sign-in elsewhere failed, once.
func (d *doors) problem(ctx context.Context, _ store.User, _ *struct{}) (*Problem, error) {
	p := wireProblem(d.sessions.SignInProblem(ctx))
	if p == nil {
		return nil, nil
	}
	return p, d.sessions.KeepSignInProblem(ctx, nil)
}
