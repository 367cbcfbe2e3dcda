package server

import (
	"postroom/store"
)

// Change is one line of a user's feed. It names what became stale; the browser asks again.
type Change struct {
	Seq     int64    `json:"seq"`
	Kind    string   `json:"kind" enum:"mailbox,folders,added,changed,outgoing,action_failed"`
	Mailbox string   `json:"mailbox,omitempty"`
	Folder  string   `json:"folder,omitempty"`
	IDs     []string `json:"ids,omitempty" doc:"Messages; absent means many"`
	Ref     string   `json:"ref,omitempty" doc:"Id of the outgoing mail or action"`
	At      int64    `json:"at"`
}

func wireChange(c store.Change) Change {
	w := Change{Seq: c.Seq, Kind: c.Kind, Mailbox: c.Mailbox, IDs: each(c.IDs, number), Ref: c.Ref, At: c.At}
	if c.Folder != 0 {
		w.Folder = number(c.Folder)
	}
	return w
}

// Position is a place in the feed.
type Position struct {
	Seq int64 `json:"seq"`
}
