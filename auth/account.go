package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"postroom/problem"
	"postroom/store"
)

// identity is the account that signed in.
func (w *attempt) identity() identity { return w.held.Who.identity(w.provider.Kind) }

// account says whose account it is and whether it is welcome, and returns the user's mailbox of it when
// there is one: connecting it once more reconnects it.
func (w *attempt) account(ctx context.Context) (known store.Mailbox, err error) {
	err = w.step(ctx, store.StepAccount, func() (string, error) {
		if err := allowedTenant(w.provider, w.identity()); err != nil {
			return "", err
		}
		known, err = w.known(ctx)
		return w.held.Who.called(), err
	})
	return known, err
}

func (w *attempt) known(ctx context.Context) (store.Mailbox, error) {
	if w.row.MailboxID != "" {
		box, err := w.Store.Mailbox(ctx, w.row.UserID, w.row.MailboxID)
		if err != nil {
			return store.Mailbox{}, fmt.Errorf("read mailbox: %w", err)
		}
		if identityOf(box) != w.identity() {
			return store.Mailbox{}, asking{store.AskAccount, problem.New(problem.WrongAccount,
				"This mailbox is "+box.Address+"; you signed in as "+w.held.Who.called()+".")}
		}
		return box, nil
	}
	id := w.identity()
	box, err := w.Store.MailboxByIdentity(ctx, w.row.UserID, id.issuer, id.tenant, id.object, w.row.Wish.Shared)
	if problem.Is(err, problem.NotFound) {
		return store.Mailbox{}, w.roomForOne(ctx)
	}
	if err != nil {
		return store.Mailbox{}, fmt.Errorf("look for the account: %w", err)
	}
	return box, nil
}

// roomForOne refuses one mailbox too many, before anybody waits for it.
func (w *attempt) roomForOne(ctx context.Context) error {
	boxes, err := w.Store.Mailboxes(ctx, w.row.UserID)
	if err != nil {
		return fmt.Errorf("list mailboxes: %w", err)
	}
	var n int64
	for _, box := range boxes {
		if box.ProviderID == w.provider.ID {
			n++
		}
	}
	return w.roomFor(n)
}

func (w *attempt) roomFor(has int64) error {
	if most := w.provider.MailboxesPerUser; most > 0 && has >= most {
		return problem.New(problem.NotAllowed, fmt.Sprintf("Everybody may connect %d of these, and you have %d.", most, has)).
			WithAction(problem.Operator, "Disconnect another one first, or ask an administrator of this Postroom.")
	}
	return nil
}

// openMailbox finds the name that opens the mailbox, and what can be done with it.
func (w *attempt) openMailbox(ctx context.Context, known store.Mailbox) (Found, error) {
	logins, err := w.logins(known)
	if err != nil {
		w.tell(ctx, store.Step{Name: store.StepIMAP, State: store.StepRuns})
		w.tell(ctx, stepDone(store.StepIMAP, "", err))
		return Found{}, err
	}
	trial := Trial{Provider: w.provider, Logins: logins, Token: w.held.Access, Tell: func(s store.Step) {
		if Personal(w.identity().tenant) {
			s.Problem = s.Problem.Personal()
		}
		w.tell(ctx, s)
	}}
	if w.row.Wish.Shared != "" {
		trial.SMTPLogins = w.held.Who.logins(known.SMTPLogin)
	}
	found, err := w.Probe(ctx, trial)
	if err != nil {
		return Found{}, w.notOpened(err)
	}
	return found, w.mayNotSend(known, found)
}

// logins are the names to try. What the person typed, or a shared mailbox's address, is tried alone.
func (w *attempt) logins(known store.Mailbox) ([]string, error) {
	who, wish := w.held.Who, w.row.Wish
	var logins []string
	switch {
	case wish.Shared != "":
		logins = []string{wish.Shared}
	case w.held.Login != "":
		logins = []string{w.held.Login}
	case w.stranger():
		logins = []string{wish.Address}
	default:
		logins = who.logins(known.Login)
		if known.ID == "" && wish.Address != "" {
			logins = who.logins(wish.Address)
		}
	}
	if len(logins) == 0 {
		return nil, problem.New(problem.TokenInvalid, "The sign-in service did not say what the account is called.").
			WithAction(problem.Operator, "Add profile and email to this provider's scopes.")
	}
	return allowedNames(w.provider, logins)
}

// stranger reports whether the account does not go by the address that was expected. It may have it all
// the same: not every sign-in names every address. Then the mail servers must take the account for it.
func (w *attempt) stranger() bool {
	wish := w.row.Wish
	return w.row.MailboxID == "" && wish.Shared == "" && wish.Address != "" && !w.held.Who.named(wish.Address)
}

// notOpened says what it means that no name opened a mailbox.
func (w *attempt) notOpened(err error) error {
	if p := problem.Of(err); p != nil && Personal(w.identity().tenant) {
		err = p.Personal()
	}
	p := problem.Of(err)
	if !problem.Is(err, problem.NotConnected) {
		return fmt.Errorf("try the mail servers: %w", err)
	}
	shared := w.row.Wish.Shared
	switch {
	case shared != "":
		return problem.Wrap(problem.NotConnected, w.held.Who.called()+" may not open "+shared+", or there is no such mailbox.", err).
			WithAction(problem.Admin, fullAccess(shared, w.held.Who.called())).WithRaw(p.Raw)
	case w.held.Login == "" && w.stranger():
		return problem.Wrap(problem.WrongAccount, "Expected was "+w.row.Wish.Address+"; you signed in as "+w.held.Who.called()+".", err).
			WithAction(problem.You, "Start again and choose the account of "+w.row.Wish.Address+".").WithRaw(p.Raw)
	case NeedsAddress(w.provider):
		return fmt.Errorf("try the mail servers: %w", err)
	}
	return asking{store.AskAddress, p}
}

func fullAccess(shared, person string) string {
	return "Give Full Access to the shared mailbox: Add-MailboxPermission -Identity " + shared + " -User " + person + " -AccessRights FullAccess"
}

// mayNotSend asks what to do with a mailbox that opens but cannot send.
func (w *attempt) mayNotSend(known store.Mailbox, found Found) error {
	why := found.SendProblem
	if found.CanSend || why == nil {
		return nil
	}
	foreign := w.row.Wish.Shared == "" && !w.held.Who.named(found.Login) && !strings.EqualFold(found.Login, known.Login)
	switch {
	case foreign && why.Code == problem.SMTPRefused:
		// IMAP opens it to a delegate too; SMTP signs nobody in but its owner.
		return asking{store.AskShared, problem.Wrap(problem.WrongAccount, found.Login+" opens with your sign-in, but it is not the mailbox of "+w.held.Who.called()+".", errors.New("a delegate's mailbox"))}
	case w.held.ReceiveOnly, known.ID != "" && known.SendProblem != nil:
		return nil
	}
	return asking{store.AskSending, why}
}
