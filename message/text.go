package message

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// TextOf returns HTML as plain text, for the text/plain alternative of a mail: quotations begin with "> ",
// links show where they lead.
func TextOf(src string) string { return textOf(src, true) }

// textOf reads tokens rather than a tree: it is linear in whatever it is given, and words stay
// readable where tags do not match.
func textOf(src string, links bool) string {
	if len(src) > maxText {
		src = cut(src, maxText)
	}
	w := textWriter{ended: 2}
	z := html.NewTokenizer(strings.NewReader(src))
	var href string
	var linkStart int
	for {
		switch z.Next() {
		case html.ErrorToken:
			return w.String()
		case html.TextToken:
			if w.skip == 0 {
				w.text(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			w.start(t)
			if t.DataAtom == atom.A {
				href, linkStart = attr(t.Attr, "href"), w.out.Len()
			}
		case html.EndTagToken:
			t := z.Token()
			if t.DataAtom == atom.A && links && href != "" {
				w.link(href, linkStart)
				href = ""
			}
			w.end(t.DataAtom)
		}
	}
}

func attr(attrs []html.Attribute, key string) string {
	for _, a := range attrs {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// A textWriter lays text out in lines.
type textWriter struct {
	out    strings.Builder
	skip   atom.Atom // the element whose text is not for people
	pre    int
	quotes int
	ended  int  // line ends at the end of out
	breaks int  // line ends that there have to be before the next word
	space  bool // a space to write before the next word
}

// String returns the text, ending in a line end unless it is empty.
func (w *textWriter) String() string {
	text := strings.TrimRight(w.out.String(), "\n ")
	if text == "" {
		return ""
	}
	return text + "\n"
}

func (w *textWriter) start(t html.Token) {
	if isRawText(t.DataAtom) && t.Type == html.StartTagToken && w.skip == 0 {
		w.skip = t.DataAtom
		return
	}
	switch t.DataAtom {
	case atom.Br:
		w.block(min(2, max(w.ended, w.breaks)+1))
	case atom.Pre:
		w.block(1)
		w.pre++
	case atom.Blockquote:
		w.block(1)
		w.flushBreaks()
		w.quotes++
		w.ended = 2
	case atom.Li:
		w.block(1)
		w.word("-")
		w.space = true
	case atom.Hr:
		w.block(1)
		w.word("---")
		w.block(1)
	case atom.Img:
		if alt := attr(t.Attr, "alt"); alt != "" && w.skip == 0 {
			w.text(alt)
		}
	case atom.Td, atom.Th:
		w.space = w.ended == 0
	default:
		w.block(blockBreaks(t.DataAtom))
	}
}

func (w *textWriter) end(a atom.Atom) {
	if a == w.skip {
		w.skip = 0
	}
	switch a {
	case atom.Pre:
		w.pre = max(0, w.pre-1)
		w.block(1)
	case atom.Blockquote:
		w.breaks = 1
		w.flushBreaks()
		w.quotes = max(0, w.quotes-1)
	default:
		w.block(blockBreaks(a))
	}
}

// blockBreaks says how far an element keeps away from the text around it.
func blockBreaks(a atom.Atom) int {
	switch a {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Table, atom.Dl:
		return 2
	case atom.Div, atom.Tr, atom.Li, atom.Dt, atom.Dd, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Center,
		atom.Address, atom.Form, atom.Fieldset, atom.Caption, atom.Body, atom.Main, atom.Aside, atom.Nav, atom.Figure, atom.Details, atom.Summary:
		return 1
	}
	return 0
}

// block asks for at least n line ends before the next word.
func (w *textWriter) block(n int) {
	if n > 0 {
		w.breaks = max(w.breaks, n)
		w.space = false
	}
}

// text writes the words of s; outside <pre> all white space is one space.
func (w *textWriter) text(s string) {
	if w.pre > 0 {
		for i, line := range strings.Split(s, "\n") {
			if i > 0 {
				w.block(max(w.ended, w.breaks) + 1)
			}
			if line != "" {
				w.word(line)
			}
		}
		return
	}
	for s != "" {
		i := strings.IndexAny(s, " \t\r\n\f\u00a0")
		if i < 0 {
			w.word(s)
			return
		}
		if i > 0 {
			w.word(s[:i])
		}
		w.space = w.ended == 0 && w.breaks == 0
		s = strings.TrimLeft(s[i:], " \t\r\n\f\u00a0")
	}
}

// word writes s where the breaks and spaces before it put it.
func (w *textWriter) word(s string) {
	if w.skip != 0 {
		return
	}
	w.flushBreaks()
	if w.space && w.ended == 0 {
		w.out.WriteByte(' ')
	}
	w.space = false
	if w.ended > 0 {
		w.mark(" ")
	}
	w.out.WriteString(s)
	w.ended = 0
}

// mark writes the marks of the quotation that a line is in; only so many, however deep it is.
func (w *textWriter) mark(after string) {
	if w.quotes > 0 {
		w.out.WriteString(strings.Repeat(">", min(w.quotes, maxQuoteDepth)) + after)
	}
}

// flushBreaks writes the line ends asked for, less those that are there.
func (w *textWriter) flushBreaks() {
	for ; w.ended < w.breaks; w.ended++ {
		if w.ended > 0 {
			w.mark("")
		}
		w.out.WriteByte('\n')
	}
	w.breaks = 0
}

// link writes where a link leads, unless its text says so.
func (w *textWriter) link(href string, start int) {
	href = strings.TrimSpace(href)
	if !linkAllowed(href) {
		return
	}
	text := strings.TrimSpace(w.out.String()[min(start, w.out.Len()):])
	bare := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(href, "mailto:"), "https://"), "/")
	if strings.Contains(text, bare) || text == "" {
		return
	}
	w.space = true
	w.word("<" + href + ">")
}
