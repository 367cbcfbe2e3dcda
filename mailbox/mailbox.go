// Package mailbox keeps one worker per connected mailbox.
//
// A worker is the only user of its mailbox's IMAP connections and the only writer of its mail. It
// learns of work from the store (Action, Outgoing) and writes down what became of it; it never
// speaks to the web side, nor the web side to it.
//
// One connection, the line, lives as long as the mailbox is well. It looks after news: it idles on
// the INBOX, sweeps the other folders by STATUS, carries out actions and answers what sending has
// to know. A second one, the haul, exists only while much mail is missing here, on the first sync
// above all, and brings it newest first. Neither trusts its server: between the IMAP library and
// the wire sits a guard that bounds what a server may make us hold, and mends what would kill the
// library. What a mail server does oddly is written beside the code that meets it.
//
// What is here is always decided by comparing sets of UIDs, never by what a cursor promises: the
// cursor only says where to look first. So a worker may be killed at any point; the next one sees
// what is missing and fetches that.
//
// Sending is careful in the other direction: a mail whose last answer was lost is looked for in the
// Sent folder and never sent again by itself. See send.go for the states and check.go for the look.
package mailbox
