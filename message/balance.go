package message

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	maxBalancedDepth  = 200
	maxBalancedFormat = 8 // formatting within formatting
	maxBalancedTags   = 50_000
)

// balance rewrites HTML that is too costly or too deep for a parser: only allowed elements, every
// one ended before what it is in, few within each other. It loses some of the look and no words. Its output is
// as little trusted as its input.
func balance(src string) string {
	b := balancer{}
	z := html.NewTokenizer(strings.NewReader(src))
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			return b.finish()
		case html.TextToken:
			if b.skip == 0 {
				b.out.Write(z.Raw())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			raw := string(z.Raw())
			name, _ := z.TagName()
			b.start(atom.Lookup(name), raw)
		case html.EndTagToken:
			name, _ := z.TagName()
			b.end(atom.Lookup(name))
		}
	}
}

// A balancer writes balanced HTML.
type balancer struct {
	out    strings.Builder
	open   []atom.Atom
	format int
	tags   int       // written
	skip   atom.Atom // the element that is being left out with its text
}

func (b *balancer) finish() string {
	b.closeTo(0)
	return b.out.String()
}

func (b *balancer) start(a atom.Atom, raw string) {
	switch {
	case b.skip != 0:
		return
	case isRawText(a):
		b.skip = a
		return
	case a != atom.Img && !allowed(a) || b.tags >= maxBalancedTags:
		return
	}
	if isVoid(a.String()) {
		b.tags++
		b.out.WriteString(raw)
		return
	}
	for _, name := range impliedEnds(a) {
		b.closeInCell(name)
	}
	if len(b.open) >= maxBalancedDepth || isFormatting(a.String()) && b.format >= maxBalancedFormat {
		return
	}
	b.tags++
	b.open = append(b.open, a)
	if isFormatting(a.String()) {
		b.format++
	}
	b.out.WriteString(raw)
}

func (b *balancer) end(a atom.Atom) {
	if b.skip != 0 {
		if a == b.skip {
			b.skip = 0
		}
		return
	}
	b.closeInCell(a)
}

// closeInCell ends the innermost a and all within it, unless it is outside the table that we are in.
func (b *balancer) closeInCell(a atom.Atom) {
	for i, open := range slices.Backward(b.open) {
		if open == a {
			b.closeTo(i)
			return
		}
		if open == atom.Table {
			return
		}
	}
}

// closeTo ends elements until n are open.
func (b *balancer) closeTo(n int) {
	for len(b.open) > n {
		last := b.open[len(b.open)-1]
		b.open = b.open[:len(b.open)-1]
		if isFormatting(last.String()) {
			b.format--
		}
		b.out.WriteString("</" + last.String() + ">")
	}
}

// impliedEnds lists what the start of an element ends.
func impliedEnds(a atom.Atom) []atom.Atom {
	switch a {
	case atom.Td, atom.Th:
		return []atom.Atom{atom.Td, atom.Th}
	case atom.Tr:
		return []atom.Atom{atom.Tr}
	case atom.Tbody, atom.Thead, atom.Tfoot:
		return []atom.Atom{atom.Tbody, atom.Thead, atom.Tfoot}
	case atom.Li:
		return []atom.Atom{atom.P, atom.Li}
	case atom.Dd, atom.Dt:
		return []atom.Atom{atom.P, atom.Dd, atom.Dt}
	case atom.A:
		return []atom.Atom{atom.A}
	}
	if blockBreaks(a) > 0 || a == atom.Pre || a == atom.Blockquote || a == atom.Dir || a == atom.Figcaption || a == atom.Hgroup {
		return []atom.Atom{atom.P}
	}
	return nil
}

// isRawText knows the elements whose text is not for people.
func isRawText(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Title, atom.Textarea, atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript:
		return true
	}
	return false
}
