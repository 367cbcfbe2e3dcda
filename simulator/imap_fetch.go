package simulator

import (
	"fmt"
	"strconv"
	"strings"
)

// fetch and uidFetch answer with what was asked of each message.
func (c *imapConn) fetch(args *parser) (string, error)    { return c.fetchSet(args, false) }
func (c *imapConn) uidFetch(args *parser) (string, error) { return c.fetchSet(args, true) }

const errVanished = refusal("NO Some of the requested messages no longer exist.")

func (c *imapConn) fetchSet(args *parser, byUID bool) (string, error) {
	set, err := args.numbers()
	if err != nil {
		return "", err
	}
	items, err := parseItems(args, byUID)
	if err != nil {
		return "", err
	}
	marks := false // whether what is asked for marks a message as read
	for _, item := range items {
		marks = marks || item.marksSeen
	}

	c.box.mu.Lock()
	found, missing := c.view.pick(set, byUID)
	seen := map[uint32]bool{}
	for i, e := range found {
		if marks && !c.view.readOnly && e.flags&flagSeen == 0 {
			e.msg.flags |= flagSeen
			found[i].flags = e.msg.flags
			seen[e.uid] = true
		}
	}
	if len(seen) > 0 {
		c.box.notify()
	}
	c.box.mu.Unlock()

	poison, on := c.faultValue(FetchRefused)
	for _, e := range found {
		if on && strconv.FormatUint(uint64(e.uid), 10) == poison {
			return "", errUnavailable
		}
	}
	f := c.fetcher()
	for _, e := range found {
		f.write(c, e, items, seen[e.uid])
	}
	if missing {
		return "", errVanished
	}
	return "", nil
}

// fetcher writes FETCH answers, with the faults that bend them.
type fetcher struct {
	sizeOff   int    // percent
	whole     bool   // partial requests are ignored
	structure string // which malformed BODYSTRUCTURE; "" for a good one
}

func (c *imapConn) fetcher() fetcher {
	var f fetcher
	if percent, on := c.faultValue(SizeEstimate); on {
		f.sizeOff, _ = strconv.Atoi(percent)
	}
	f.whole = c.fault(WholePartial)
	f.structure, _ = c.faultValue(UglyStructure)
	return f
}

func (f fetcher) write(c *imapConn, e entry, items []fetchItem, tellFlags bool) {
	fmt.Fprintf(c.w, "* %d FETCH (", e.seq)
	for i, item := range items {
		if i > 0 {
			c.w.WriteByte(' ')
		}
		tellFlags = tellFlags && item.name != "FLAGS"
		f.writeItem(c, e, item)
	}
	if tellFlags {
		fmt.Fprintf(c.w, " FLAGS %s", e.flags)
	}
	c.w.WriteString(")\r\n")
}

func (f fetcher) writeItem(c *imapConn, e entry, item fetchItem) {
	switch item.name {
	case "UID":
		fmt.Fprintf(c.w, "UID %d", e.uid)
	case "FLAGS":
		fmt.Fprintf(c.w, "FLAGS %s", e.flags)
	case "INTERNALDATE":
		fmt.Fprintf(c.w, "INTERNALDATE %q", e.msg.at.Format("02-Jan-2006 15:04:05 -0700"))
	case "RFC822.SIZE":
		n := len(e.msg.raw)
		fmt.Fprintf(c.w, "RFC822.SIZE %d", n+n*f.sizeOff/100)
	case "ENVELOPE":
		fmt.Fprintf(c.w, "ENVELOPE %s", envelope(e.msg.raw))
	case "BODYSTRUCTURE", "BODY":
		fmt.Fprintf(c.w, "%s %s", item.name, f.structureOf(e.msg.raw, item.name == "BODYSTRUCTURE"))
	default:
		f.writeSection(c, e.msg.raw, item)
	}
}

// writeSection writes part of the message's bytes as a literal.
func (f fetcher) writeSection(c *imapConn, raw []byte, item fetchItem) {
	data, ok := item.section.of(raw)
	if !ok {
		fmt.Fprintf(c.w, "%s NIL", item.echo)
		return
	}
	echo := item.echo
	if item.partial && !f.whole {
		from := min(item.offset, len(data))
		data = data[from:min(from+item.count, len(data))]
		echo = fmt.Sprintf("%s<%d>", echo, item.offset)
	}
	fmt.Fprintf(c.w, "%s {%d}\r\n", echo, len(data))
	c.w.Write(data)
}

// fetchItem is one thing asked of each message.
type fetchItem struct {
	name      string // upper case; "" for a section
	echo      string // how the answer names it
	section   section
	partial   bool
	offset    int
	count     int
	marksSeen bool
}

// parseItems reads what is asked for. A UID FETCH tells the UID even if it is not.
func parseItems(args *parser, byUID bool) ([]fetchItem, error) {
	words, err := args.list()
	if err != nil {
		return nil, err
	}
	if err := args.end(); err != nil {
		return nil, err // CHANGEDSINCE is unknown here
	}
	var items []fetchItem
	hasUID := false
	for _, word := range words {
		switch upper := strings.ToUpper(word); upper {
		case "ALL":
			items = append(items, named("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE")...)
		case "FAST":
			items = append(items, named("FLAGS", "INTERNALDATE", "RFC822.SIZE")...)
		case "FULL":
			items = append(items, named("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY")...)
		case "UID":
			hasUID = true
			items = append(items, named(upper)...)
		case "FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY", "BODYSTRUCTURE":
			items = append(items, named(upper)...)
		default:
			item, err := parseSectionItem(word)
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
	}
	if byUID && !hasUID {
		items = append(named("UID"), items...)
	}
	return items, nil
}

func named(names ...string) []fetchItem {
	items := make([]fetchItem, len(names))
	for i, name := range names {
		items[i] = fetchItem{name: name}
	}
	return items
}

// parseSectionItem reads BODY[…], BODY.PEEK[…], with <offset.count>, and their old RFC822 names.
func parseSectionItem(word string) (fetchItem, error) {
	switch strings.ToUpper(word) {
	case "RFC822":
		return fetchItem{echo: "RFC822", marksSeen: true}, nil
	case "RFC822.HEADER":
		return fetchItem{echo: "RFC822.HEADER", section: section{what: "HEADER"}}, nil
	case "RFC822.TEXT":
		return fetchItem{echo: "RFC822.TEXT", section: section{what: "TEXT"}, marksSeen: true}, nil
	}
	name, rest, ok := strings.Cut(word, "[")
	inside, tail, closed := cutLast(rest, "]")
	if !ok || !closed {
		return fetchItem{}, errArgument
	}
	var item fetchItem
	switch strings.ToUpper(name) {
	case "BODY":
		item.marksSeen = true
	case "BODY.PEEK":
	default:
		return fetchItem{}, errArgument
	}
	var err error
	if item.section, err = parseSection(inside); err != nil {
		return fetchItem{}, err
	}
	item.echo = "BODY[" + inside + "]"
	if tail != "" {
		if _, err := fmt.Sscanf(tail, "<%d.%d>", &item.offset, &item.count); err != nil {
			return fetchItem{}, errArgument
		}
		item.partial = true
	}
	return item, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
