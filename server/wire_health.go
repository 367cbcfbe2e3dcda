package server

import (
	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// Health is how a mailbox has fared lately.
type Health struct {
	From       int64     `json:"from"`
	To         int64     `json:"to" doc:"Now"`
	Segments   []Segment `json:"segments" doc:"Without gaps, oldest first; the first may begin after from"`
	LastMailAt int64     `json:"lastMailAt" doc:"0 when none has come"`
	CheckedAt  int64     `json:"checkedAt" doc:"When it was known to be in step with its server; written every five minutes"`
	RetryAt    int64     `json:"retryAt" doc:"0 when it does not wait"`
	GoodUntil  int64     `json:"goodUntil" doc:"Until when its sign-in lasts if nothing used it; 0 when that is not known"`
	Events     []Event   `json:"events" doc:"The last 50, newest first"`
}

// Segment is a time in which a mailbox's state was the same.
type Segment struct {
	State store.MailboxState `json:"state" enum:"connecting,syncing,connected,receive_only,throttled,offline,needs_you,needs_admin,needs_operator,paused,disconnected"`
	From  int64              `json:"from"`
	To    int64              `json:"to"`
	Title string             `json:"title,omitempty" doc:"Of the problem that it had"`
	Who   problem.Who        `json:"who,omitempty" enum:"you,admin,operator,wait"`
}

// Event is something that was said to a server. Tokens, other people's addresses and mail are not in it.
type Event struct {
	At      int64         `json:"at"`
	Side    store.Side    `json:"side" enum:"imap,smtp,token"`
	What    string        `json:"what" enum:"sign_in,fetch,end,send,renew"`
	Outcome store.Outcome `json:"outcome" enum:"ok,wait,failed"`
	Words   string        `json:"words" doc:"The server's own; for fetch the number of mails"`
	Times   int64         `json:"times" doc:"How often in a row"`
}

func wireEvent(e store.Event) Event {
	return Event{At: e.At, Side: e.Side, What: e.What, Outcome: e.Outcome, Words: e.Words, Times: e.Times}
}

func wireHealth(m store.Mailbox, p store.Provider, from, to int64, states []store.StateEntry, events []store.Event) Health {
	return Health{
		From: from, To: to, Segments: segments(states, from, to), LastMailAt: m.LastMailAt, CheckedAt: m.LastSyncAt,
		RetryAt: m.RetryAt, GoodUntil: auth.GoodUntil(p, m), Events: each(events, wireEvent),
	}
}

const (
	mostSegments  = 400
	leastSegments = 30 * 1000 // ms: the first length below which segments are left out, when there are too many
)

// segments makes stretches of a journal's entries. Of a mailbox that was never quiet the shortest
// stretches are taken for part of those before them.
func segments(states []store.StateEntry, from, to int64) []Segment {
	all := []Segment{}
	for i, e := range states {
		s := Segment{State: e.State, From: max(from, e.At), To: to}
		if i+1 < len(states) {
			s.To = min(to, states[i+1].At)
		}
		if e.Problem != nil {
			s.Title, s.Who = e.Problem.Title, e.Problem.Who
		}
		if s.From < s.To || i+1 == len(states) {
			all = append(all, s)
		}
	}
	for least := int64(leastSegments); len(all) > mostSegments; least *= 2 {
		kept := all[:1]
		for i, s := range all[1:] {
			last := &kept[len(kept)-1]
			if s.To-s.From < least && i+2 < len(all) || s.State == last.State && s.Title == last.Title {
				last.To = s.To
			} else {
				kept = append(kept, s)
			}
		}
		all = kept
	}
	return all
}

// MailboxPatch changes what it names of a mailbox.
type MailboxPatch struct {
	Since *int64 `json:"since,omitempty" minimum:"0" doc:"Mail older than this is not fetched; 0: all is. Less than before throws nothing away"`
}

// MailboxOverview is a mailbox as those see it who look after all of them. It never leads to mail.
type MailboxOverview struct {
	ID            string             `json:"id"`
	Address       string             `json:"address"`
	Shared        bool               `json:"shared"`
	Owner         string             `json:"owner" doc:"Id of the user"`
	OwnerName     string             `json:"ownerName"`
	OwnerEmail    string             `json:"ownerEmail"`
	OwnerDisabled bool               `json:"ownerDisabled"`
	Provider      string             `json:"provider" doc:"Id"`
	ProviderName  string             `json:"providerName"`
	State         store.MailboxState `json:"state" enum:"connecting,syncing,connected,receive_only,throttled,offline,needs_you,needs_admin,needs_operator,paused,disconnected"`
	StateSince    int64              `json:"stateSince"`
	RetryAt       int64              `json:"retryAt"`
	Title         string             `json:"title,omitempty" doc:"Of its problem"`
	Who           problem.Who        `json:"who,omitempty" enum:"you,admin,operator,wait"`
	LastSyncAt    int64              `json:"lastSyncAt"`
	LastMailAt    int64              `json:"lastMailAt"`
	SilentSince   int64              `json:"silentSince"`
	Messages      int64              `json:"messages" doc:"How many mails are here"`
	Waiting       int64              `json:"waiting" doc:"How many mails have not left"`
}

func wireOverview(o store.Overview, p store.Provider) MailboxOverview {
	out := MailboxOverview{
		ID: o.ID, Address: o.Address, Shared: o.Shared != "", Owner: o.UserID, OwnerName: o.OwnerName, OwnerEmail: o.OwnerEmail,
		OwnerDisabled: o.OwnerDisabled, Provider: o.ProviderID, ProviderName: p.Name, State: o.Shown(), StateSince: o.StateSince,
		RetryAt: o.RetryAt, LastSyncAt: o.LastSyncAt, LastMailAt: o.LastMailAt, SilentSince: o.SilentSince,
		Messages: o.Messages, Waiting: o.Waiting,
	}
	why := o.Problem
	if why == nil {
		why = o.SendProblem
	}
	if why != nil {
		out.Title, out.Who = why.Title, why.Who
	}
	return out
}
