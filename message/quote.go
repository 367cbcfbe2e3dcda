package message

import (
	"html"
	"strings"
	"time"
)

// Attribution introduces a quotation: "On 2 January 2026 at 15:04, Ada <ada@contoso.example> wrote:".
func Attribution(p Parsed) string {
	who := "someone"
	if len(p.From) > 0 {
		who = p.From[0].String()
	}
	if p.Date.IsZero() {
		return who + " wrote:"
	}
	return "On " + quoteTime(p.Date) + ", " + who + " wrote:"
}

func quoteTime(t time.Time) string { return t.Format("2 January 2006 at 15:04 -0700") }

// String returns an address as people write it.
func (a Address) String() string {
	switch {
	case a.Name == "":
		return a.Addr
	case a.Addr == "":
		return a.Name
	}
	return a.Name + " <" + a.Addr + ">"
}

// QuoteText begins a plain-text answer: the attribution, and the text with "> " before each line.
func QuoteText(p Parsed) string {
	var out strings.Builder
	out.WriteString(Attribution(p) + "\n")
	for line := range strings.Lines(strings.TrimRight(p.Text, "\n")) {
		if strings.HasPrefix(line, ">") {
			out.WriteString(">" + line)
		} else {
			out.WriteString("> " + line)
		}
	}
	return out.String() + "\n"
}

// QuoteHTML begins an answer in HTML: the attribution, and the mail, sanitised, in a <blockquote>.
// images is Sanitize's.
func QuoteHTML(p Parsed, images func(kind ImageKind, ref string) (url string)) string {
	return "<p>" + html.EscapeString(Attribution(p)) + "</p>" +
		`<blockquote style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">` + content(p, images) + "</blockquote>"
}

// content returns the words of a mail as safe HTML.
func content(p Parsed, images func(kind ImageKind, ref string) (url string)) string {
	if p.HTML != "" {
		return Sanitize(p.HTML, images).HTML
	}
	return `<div style="white-space:pre-wrap">` + html.EscapeString(p.Text) + "</div>"
}

// ForwardText begins a plain-text forward: a summary of the header, and the text.
func ForwardText(p Parsed) string {
	var out strings.Builder
	out.WriteString("---------- Forwarded message ----------\n")
	for _, f := range summary(p) {
		out.WriteString(f[0] + ": " + f[1] + "\n")
	}
	return out.String() + "\n" + p.Text
}

// ForwardHTML is ForwardText in HTML. images is Sanitize's.
func ForwardHTML(p Parsed, images func(kind ImageKind, ref string) (url string)) string {
	var out strings.Builder
	out.WriteString("<p>---------- Forwarded message ----------")
	for _, f := range summary(p) {
		out.WriteString("<br>" + f[0] + ": " + html.EscapeString(f[1]))
	}
	return out.String() + "</p>" + content(p, images)
}

// summary lists the fields that a forward shows.
func summary(p Parsed) [][2]string {
	var fields [][2]string
	add := func(name, value string) {
		if value != "" {
			fields = append(fields, [2]string{name, value})
		}
	}
	add("From", people(p.From))
	if !p.Date.IsZero() {
		add("Date", quoteTime(p.Date))
	}
	add("Subject", p.Subject)
	add("To", people(p.To))
	add("Cc", people(p.Cc))
	return fields
}

func people(list []Address) string {
	var names []string
	for _, a := range list {
		names = append(names, a.String())
	}
	return strings.Join(names, ", ")
}
