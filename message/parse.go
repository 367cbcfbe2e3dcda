package message

import (
	"bytes"
	"strings"
)

const maxNesting = 3 // mails within mails, when only they have something to show

// Parse reads a mail. It never fails: what cannot be understood is shown as it stands, and Defects
// say what was wrong.
func Parse(raw []byte) Parsed { return parseAt(plainEnds(raw), 0) }

// parseAt is Parse for a mail within so many others.
func parseAt(raw []byte, nesting int) Parsed {
	root, s := split(raw)
	r := &reader{split: s, hint: root.params["charset"], plain: maxText, html: maxText, nesting: nesting}
	p := r.envelope(root.head)
	text := join(r.collect(root))
	p.Text, p.HTML = text.plain, text.html
	if strings.TrimSpace(p.Text) == "" && p.HTML != "" {
		p.Text = textOf(p.HTML, false)
	}
	if p.Text == "" && p.HTML != "" && indexFold(p.HTML, "<img") < 0 {
		s.defect("nothing in the HTML can be seen; this is its source")
		p.Text, p.HTML = p.HTML, ""
	}
	shown := shownIDs(p.HTML)
	for _, e := range r.attached {
		p.Parts = append(p.Parts, e.part(shown))
	}
	if p.Text == "" && p.HTML == "" {
		p.Text = r.lastResort()
	}
	p.Defects, p.Complex = s.defects, s.complex
	return p
}

// envelope reads the fields that a list of mails shows.
func (r *reader) envelope(h header) Parsed {
	return Parsed{
		MessageID:   first(messageIDs(h.raw("message-id"))),
		InReplyTo:   messageIDs(h.raw("in-reply-to")),
		References:  messageIDs(h.raw("references")),
		Subject:     h.text("subject", r.hint),
		From:        parseAddresses(h.all("from"), r.hint),
		Sender:      parseAddresses(h.all("sender"), r.hint),
		ReplyTo:     parseAddresses(h.all("reply-to"), r.hint),
		To:          parseAddresses(h.all("to"), r.hint),
		Cc:          parseAddresses(h.all("cc"), r.hint),
		Bcc:         parseAddresses(h.all("bcc"), r.hint),
		Date:        parseDate(string(h.raw("date"))),
		ThreadTopic: h.text("thread-topic", r.hint),
	}
}

// lastResort finds something to show for a mail without a body: a text that is attached, a mail that
// is attached, or the source.
func (r *reader) lastResort() string {
	for _, e := range r.attached {
		switch {
		case strings.HasPrefix(e.mediaType, "text/") && e.mediaType != "text/html", e.mediaType == "message/delivery-status":
			return r.decode(e, &r.plain)
		case e.mediaType == "text/html":
			return textOf(r.decode(e, &r.html), false)
		case isNested(e.mediaType):
			return r.nested(e).Text
		}
	}
	if len(r.attached) > 0 {
		return ""
	}
	source := bytes.TrimSpace(r.split.raw[r.split.body:])
	if len(source) == 0 {
		return ""
	}
	r.split.defect("nothing in it could be read; this is its source")
	return plainLines(decodeGuess(source[:min(len(source), maxText)], r.hint))
}

// nested reads a mail that is a part of this one.
func (r *reader) nested(e *entity) Parsed {
	if r.nesting >= maxNesting {
		return Parsed{}
	}
	p := parseAt(readUpTo(decode(e.encoding(), e.body), r.plain), r.nesting+1)
	r.plain -= min(r.plain, len(p.Text))
	return p
}

// isNested knows the types whose content is a mail.
func isNested(mediaType string) bool {
	return mediaType == "message/rfc822" || mediaType == "message/global" || mediaType == "message/partial" || mediaType == "message/news"
}

// plainEnds gives mails whose lines end in a bare CR lines.
func plainEnds(raw []byte) []byte {
	if bytes.IndexByte(raw, '\n') >= 0 || bytes.IndexByte(raw, '\r') < 0 {
		return raw
	}
	return bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
}

// messageIDs reads ids in angle brackets, or, when there are none, words with an @ in them.
func messageIDs(value []byte) []string {
	const most = 1000
	var ids []string
	rest := tidy(decodeGuess(value, ""))
	if !strings.Contains(rest, "<") {
		for _, w := range strings.Fields(rest) {
			if strings.Contains(w, "@") && len(ids) < most {
				ids = append(ids, strings.Trim(w, "<>,;\""))
			}
		}
		if len(ids) == 0 && rest != "" && !strings.Contains(rest, " ") {
			ids = append(ids, rest)
		}
		return ids
	}
	for len(ids) < most {
		_, after, ok := strings.Cut(rest, "<")
		if !ok {
			break
		}
		id, tail, _ := strings.Cut(after, ">")
		if id = strings.Join(strings.Fields(id), ""); id != "" {
			ids = append(ids, id)
		}
		rest = tail
	}
	return ids
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
