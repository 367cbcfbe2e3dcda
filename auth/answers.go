package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"postroom/problem"
	"postroom/store"
)

// Reply is what a person answers to an attempt's question.
type Reply string

// Replies.
const (
	TryAgain    Reply = "retry"
	ThisAddress Reply = "address"      // AskAddress: the mailbox goes by another name
	ReceiveOnly Reply = "receive_only" // AskSending
	Separate    Reply = "separate"     // AskAccount: a mailbox of its own
	AsShared    Reply = "shared"       // AskShared
)

// Answer goes on with an attempt of the user that asks something, with the grant that it has. Address
// goes with ThisAddress.
func (c *Connector) Answer(ctx context.Context, userID, attemptID string, reply Reply, address string) error {
	row, err := c.Store.Attempt(ctx, userID, attemptID)
	if err != nil {
		return fmt.Errorf("read attempt: %w", err)
	}
	if row.State != store.Asking {
		return problem.New(problem.Conflict, "This was answered already.")
	}
	if row.Tries++; row.Tries > answersAtAll {
		return problem.New(problem.TooMany, "Start again from “Connect mailbox”.")
	}
	h, err := c.unseal(row)
	if err != nil {
		return err
	}
	if err := answer(&row, &h, reply, strings.TrimSpace(address)); err != nil {
		return err
	}
	row.State, row.Asks, row.Problem = store.Running, "", nil
	if row.Held, err = c.seal(row, h); err != nil {
		return err
	}
	if err := c.Store.Tx(ctx, func(tx *store.Tx) error { return tx.UpdateAttempt(&row) }); err != nil {
		return fmt.Errorf("store answer: %w", err)
	}
	return c.hands.take(row.ID)
}

// answer writes a reply into the attempt, which then does its steps from the one in question on again.
func answer(row *store.Attempt, h *pending, reply Reply, address string) error {
	from := store.StepIMAP
	switch {
	case reply == ThisAddress && row.Asks == store.AskAddress:
		if address == "" || !usableLogin(address) {
			return problem.New(problem.Invalid, "Type the mailbox's address or user name.")
		}
		h.Login = address
	case reply == ReceiveOnly && row.Asks == store.AskSending:
		h.ReceiveOnly = true
	case reply == Separate && row.Asks == store.AskAccount:
		row.MailboxID, from = "", store.StepAccount
	case reply == AsShared && row.Asks == store.AskShared:
		row.Wish.Shared, from = tidyAddress(foreignLogin(row, h)), store.StepAccount
	case reply == TryAgain && (row.Asks == store.AskSending || row.Asks == store.AskAddress):
	default:
		return problem.New(problem.Invalid, "That is no answer to what was asked.")
	}
	if i := slices.IndexFunc(row.Steps, func(s store.Step) bool { return s.Name == from }); i >= 0 {
		row.Steps = row.Steps[:i]
	}
	return nil
}

// Again is Begin, or Reconnect, for what an attempt of the user was begun with.
func (c *Connector) Again(ctx context.Context, userID, sessionHash, attemptID string) (string, error) {
	row, err := c.Store.Attempt(ctx, userID, attemptID)
	if err != nil {
		return "", fmt.Errorf("read attempt: %w", err)
	}
	if row.MailboxID != "" {
		return c.Reconnect(ctx, userID, sessionHash, row.MailboxID)
	}
	if row.Wish.Link != "" {
		link, err := c.Store.Link(ctx, row.Wish.Link)
		if err == nil {
			err = c.counts(link, userID)
		}
		if err != nil {
			return "", problem.Wrap(problem.LinkSpent, "", err)
		}
	}
	return c.Begin(ctx, userID, sessionHash, row.ProviderID, row.Wish)
}

// foreignLogin is the name that opened a mailbox which is not the account's own.
func foreignLogin(row *store.Attempt, h *pending) string {
	if h.Login != "" {
		return h.Login
	}
	return row.Wish.Address
}
