// Package store is the only place where the rooms of Postroom meet.
//
// The web side writes intent (Outgoing, Action) and reads facts; a mailbox's worker reads intent
// and writes facts (Folder, Message, what became of a mail). Neither knows the other. Reads are
// methods of Store; the only way to change anything is a transaction:
//
//	err := st.Tx(ctx, func(tx *store.Tx) error { return tx.QueueOutgoing(user, &out) })
//
// A write that a browser may care about notes a Change: one numbered line of that user's feed. The
// number is taken by the transaction's last statement, so that lines become visible in the order of
// their numbers, and whoever follows the feed misses none. Wake-ups go out after the commit.
//
// Every method says whose data it touches. Those for the web side take the user's id and answer
// problem.NotFound for what is another's. Those that take a mailbox's id alone are for that
// mailbox's worker, who owns it, and say so.
//
// The store never sees a secret in the clear: it keeps Sealed values, which only package auth opens.
// It runs on SQLite (a file, the default) and on PostgreSQL; both pass the same tests.
package store
