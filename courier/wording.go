package courier

import (
	"context"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"

	"postroom/problem"
	"postroom/store"
)

// linkMark stands for the link in a written notice, until it is sent.
const linkMark = "{{link}}"

var variable = regexp.MustCompile(`\{\{\s*([a-zA-Z_]*)\s*\}\}`)

// Wording is the text of an event's mails in one language.
type Wording struct {
	Event    Event
	Language string
	Subject  string
	Text     string
	HTML     string
}

// Template is everything about one event's wording in one language.
type Template struct {
	Original  Wording
	Own       *store.Wording // an administrator's own; nil when there is none
	Variables []string
}

// Languages are those that the originals are written in.
func Languages() []string { return []string{"en", "de"} }

// Templates lists the wordings of all events.
func (c *Courier) Templates(ctx context.Context) ([]Template, error) {
	kept, err := c.Store.Wordings(ctx)
	if err != nil {
		return nil, err
	}
	var all []Template
	for _, o := range occasions {
		for _, language := range Languages() {
			t := Template{Original: o.wording(language), Variables: o.variables()}
			for _, w := range kept {
				if w.Event == string(o.event) && w.Language == language {
					t.Own = &w
				}
			}
			all = append(all, t)
		}
	}
	return all, nil
}

// SaveTemplate keeps an administrator's own wording of an event.
func (c *Courier) SaveTemplate(ctx context.Context, w store.Wording) error {
	o, err := occasionOf(Event(w.Event))
	if err != nil {
		return err
	}
	if !slices.Contains(Languages(), w.Language) {
		return problem.New(problem.NotFound, "")
	}
	if wrong := o.wrong(w); wrong != "" {
		return problem.New(problem.Invalid, wrong)
	}
	return c.Store.Tx(ctx, func(tx *store.Tx) error { return tx.PutWording(w) })
}

// ResetTemplate goes back to the original wording and forgets the other.
func (c *Courier) ResetTemplate(ctx context.Context, e Event, language string) error {
	if _, err := occasionOf(e); err != nil {
		return err
	}
	return c.Store.Tx(ctx, func(tx *store.Tx) error { return tx.RemoveWording(string(e), language) })
}

// wrong says what keeps a wording from being sent, or "".
func (o occasion) wrong(w store.Wording) string {
	known := o.variables()
	for name, part := range map[string]string{"subject": w.Subject, "text": w.Text, "HTML": w.HTML} {
		if strings.TrimSpace(part) == "" {
			return "The " + name + " is empty."
		}
		for _, m := range variable.FindAllStringSubmatch(part, -1) {
			if !slices.Contains(known, m[1]) {
				return fmt.Sprintf("There is no {{%s}} in the %s of this mail. It knows: %s.", m[1], name, strings.Join(known, ", "))
			}
		}
	}
	switch {
	case strings.ContainsAny(w.Subject, "\r\n\x00\u0085\u2028\u2029\v\f"):
		return "The subject has to be one line."
	case strings.Contains(w.Subject, linkMark):
		return "The link does not belong in the subject: subjects are shown and logged everywhere."
	case o.link && !(strings.Contains(w.Text, linkMark) && strings.Contains(w.HTML, linkMark)):
		return "Without {{link}} in text and HTML nobody can follow it."
	}
	return ""
}

// wording is the text that is used for an event: the administrator's own, or the original.
func (c *Courier) wording(ctx context.Context, e Event, language string) (Wording, error) {
	o, err := occasionOf(e)
	if err != nil {
		return Wording{}, err
	}
	kept, err := c.Store.Wordings(ctx)
	if err != nil {
		return Wording{}, err
	}
	for _, w := range kept {
		if w.Event == string(e) && w.Language == language && w.Used {
			return Wording{e, language, w.Subject, w.Text, w.HTML}, nil
		}
	}
	return o.wording(language), nil
}

// fill puts values in. In HTML they are escaped; a value can put in no variable of its own. A variable
// that has no value is left empty.
func (w Wording) fill(values map[string]string) Wording {
	put := func(text string, fit func(string) string) string {
		return variable.ReplaceAllStringFunc(text, func(found string) string {
			name := variable.FindStringSubmatch(found)[1]
			if name == "link" {
				return linkMark
			}
			return fit(strings.ReplaceAll(values[name], "{{", "{ {"))
		})
	}
	w.Subject = put(w.Subject, oneLine)
	w.Text = put(w.Text, plain)
	w.HTML = put(w.HTML, func(s string) string { return html.EscapeString(plain(s)) })
	return w
}

// oneLine makes a value fit for a header.
func oneLine(s string) string { return strings.Join(strings.Fields(plain(s)), " ") }

// plain takes out what no text needs: controls other than tab and line feed, and line separators.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
