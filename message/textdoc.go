package message

import (
	"html"
	"strings"
)

const (
	maxQuoteDepth = 10
	maxQuotes     = 5000 // quotations that are folded; those that follow keep their marks
)

// TextDocument makes a plain text safe to show as HTML. Everything is escaped first and only then
// put into elements of our own: links, folded quotations (<details class="m-quote">) and the signature
// (<div class="m-signature">), all in one <div class="m-text">. A quotation with an answer below it stays open.
func TextDocument(text string) string {
	d := textDocument{lines: textLines(cut(text, maxText))}
	d.out.WriteString(`<div class="m-text" style="white-space:pre-wrap;overflow-wrap:anywhere">`)
	d.write()
	d.out.WriteString("</div>")
	return d.out.String()
}

// A textLine is a line without the marks of its quotation.
type textLine struct {
	depth int
	text  string
}

// textLines reads the lines of a text.
func textLines(text string) []textLine {
	text = strings.TrimRight(plainLines(strings.ToValidUTF8(text, "\uFFFD")), "\n")
	var lines []textLine
	for line := range strings.SplitSeq(text, "\n") {
		l := textLine{text: line}
		for l.depth < maxQuoteDepth && strings.HasPrefix(l.text, ">") && (l.depth > 0 || !strings.HasPrefix(l.text, ">From ")) {
			l.depth++
			l.text = strings.TrimPrefix(l.text[1:], " ")
		}
		lines = append(lines, l)
	}
	return lines
}

// A textDocument writes lines.
type textDocument struct {
	out   strings.Builder
	lines []textLine
	depth int
	folds int
	bare  bool // the last thing written was a tag: no line end is due
}

func (d *textDocument) write() {
	last := d.lastOwnLine()
	signed := false
	d.bare = true
	for i, l := range d.lines {
		if d.folds > maxQuotes {
			l = textLine{text: strings.Repeat("> ", l.depth) + l.text}
		}
		if l.depth != d.depth {
			d.moveTo(l.depth, i < last)
		}
		if !d.bare {
			d.out.WriteByte('\n')
		}
		if l.depth == 0 && l.text == "-- " && !signed && !d.quotesAfter(i) {
			signed = true
			d.out.WriteString(`<div class="m-signature" style="opacity:.65">`)
		}
		d.bare = false
		linkify(&d.out, l.text)
	}
	d.moveTo(0, false)
	if signed {
		d.out.WriteString("</div>")
	}
}

// lastOwnLine returns the number of the last line that is no quotation, signature or empty.
func (d *textDocument) lastOwnLine() int {
	last := -1
	for i, l := range d.lines {
		if d.folds > maxQuotes {
			l = textLine{text: strings.Repeat("> ", l.depth) + l.text}
		}
		if l.depth == 0 && l.text == "-- " {
			break
		}
		if l.depth == 0 && strings.TrimSpace(l.text) != "" {
			last = i
		}
	}
	return last
}

// quotesAfter reports whether a quotation follows line i closely enough to end a signature there.
func (d *textDocument) quotesAfter(i int) bool {
	for _, l := range d.lines[i:min(len(d.lines), i+50)] {
		if l.depth > 0 {
			return true
		}
	}
	return false
}

// moveTo opens or closes quotations.
func (d *textDocument) moveTo(depth int, open bool) {
	for ; d.depth > depth; d.depth-- {
		d.out.WriteString("</details>")
		d.bare = true
	}
	for ; d.depth < depth; d.depth++ {
		d.folds++
		d.out.WriteString(`<details class="m-quote"`)
		if open || d.depth > 0 {
			d.out.WriteString(" open")
		}
		d.out.WriteString("><summary>…</summary>")
		d.bare = true
	}
}

// escapeTo writes text that means only itself.
func escapeTo(out *strings.Builder, text string) { out.WriteString(html.EscapeString(text)) }
