package message

import (
	"strings"

	"github.com/tdewolff/parse/v2/css"
	"golang.org/x/net/html/atom"
)

const maxStyle = 512 << 10 // bytes of clean CSS of one mail

// A styleReader reads the rules of one style sheet and adds the clean ones to its cleaner's.
type styleReader struct {
	cleaner *cleaner
	tokens  []cssToken
	inMedia bool
}

// rules reads rule after rule: @media is kept with what is clean in it, other at-rules are not.
func (s *styleReader) rules() {
	for len(s.tokens) > 0 && s.cleaner.css.Len() < maxStyle {
		switch s.tokens[0].kind {
		case css.WhitespaceToken, css.CDOToken, css.CDCToken, css.SemicolonToken, css.RightBraceToken:
			s.tokens = s.tokens[1:]
		case css.AtKeywordToken:
			s.atRule()
		default:
			prelude, block, ok := s.cutRule()
			if !ok {
				return
			}
			s.rule(prelude, block)
		}
	}
}

// atRule reads one at-rule.
func (s *styleReader) atRule() {
	name := strings.ToLower(s.tokens[0].text)
	s.tokens = s.tokens[1:]
	end := 0
	for end < len(s.tokens) && s.tokens[end].kind != css.SemicolonToken && s.tokens[end].kind != css.LeftBraceToken {
		end++
	}
	if end == len(s.tokens) || s.tokens[end].kind == css.SemicolonToken {
		s.tokens = s.tokens[min(end+1, len(s.tokens)):]
		return
	}
	prelude, block, _ := s.cutRule()
	query, ok := mediaQuery(prelude)
	if name != "@media" || s.inMedia || !ok {
		return
	}
	inner := &cleaner{}
	within := styleReader{cleaner: inner, tokens: block, inMedia: true}
	within.rules()
	c := s.cleaner
	if strings.Contains(query, "prefers-color-scheme") && strings.Contains(query, "dark") {
		c.clean.DeclaresDark = true
	} else {
		c.clean.HasOwnColours = c.clean.HasOwnColours || inner.clean.HasOwnColours
	}
	if inner.css.Len() > 0 {
		c.css.WriteString("@media " + query + "{" + inner.css.String() + "}")
	}
}

// cutRule cuts "prelude { block }" off the tokens. A block that never ends ends with them.
func (s *styleReader) cutRule() (prelude, block []cssToken, ok bool) {
	open := 0
	for open < len(s.tokens) && s.tokens[open].kind != css.LeftBraceToken {
		open++
	}
	if open == len(s.tokens) {
		return nil, nil, false
	}
	depth, end := 1, open+1
	for ; end < len(s.tokens); end++ {
		switch s.tokens[end].kind {
		case css.LeftBraceToken:
			depth++
		case css.RightBraceToken:
			depth--
		}
		if depth == 0 {
			break
		}
	}
	prelude, block = s.tokens[:open], s.tokens[open+1:end]
	s.tokens = s.tokens[min(end+1, len(s.tokens)):]
	return prelude, block, true
}

// rule writes one rule for those of its selectors that are kept.
func (s *styleReader) rule(prelude, block []cssToken) {
	var kept []string
	for len(prelude) > 0 && len(kept) < 1000 {
		end := 0
		for end < len(prelude) && prelude[end].kind != css.CommaToken {
			end++
		}
		if sel := selector(trimSpace(prelude[:end])); sel != "" {
			kept = append(kept, sel)
		}
		prelude = prelude[min(end+1, len(prelude)):]
	}
	if len(kept) == 0 {
		return
	}
	if decl := s.cleaner.declarations(block); decl != "" {
		s.cleaner.css.WriteString(strings.Join(kept, ",") + "{" + decl + "}")
	}
}

// mediaQuery writes what stands after @media, false when there is more in it than widths and schemes.
func mediaQuery(tokens []cssToken) (string, bool) {
	var out strings.Builder
	depth := 0
	for _, t := range trimSpace(tokens) {
		switch t.kind {
		case css.WhitespaceToken:
			out.WriteByte(' ')
			continue
		case css.IdentToken, css.NumberToken, css.DimensionToken:
			if onlyOf(t.text, "-.", 40) == "" {
				return "", false
			}
		case css.LeftParenthesisToken:
			depth++
		case css.RightParenthesisToken:
			depth--
		case css.ColonToken, css.CommaToken:
		default:
			return "", false
		}
		out.WriteString(strings.ToLower(t.text))
	}
	return out.String(), depth == 0 && out.Len() > 0 && out.Len() < 300
}

// selector writes one selector, bound to the mail: names get their prefix, html and body become the
// element around it. It returns "" for what is not kept: attributes, unknown elements and pseudo-classes, escapes.
func selector(tokens []cssToken) string {
	var compounds []string // with their combinators between
	var current strings.Builder
	end := func(combinator string) {
		if current.Len() > 0 {
			compounds = append(compounds, current.String())
			current.Reset()
		}
		if n := len(compounds); n > 0 && isCombinator(compounds[n-1]) {
			if compounds[n-1] == " " {
				compounds[n-1] = combinator
			}
		} else if n > 0 {
			compounds = append(compounds, combinator)
		}
	}
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		switch {
		case t.kind == css.WhitespaceToken:
			end(" ")
		case t.kind == css.DelimToken && (t.text == ">" || t.text == "+" || t.text == "~"):
			end(t.text)
		case t.kind == css.DelimToken && t.text == "*" && current.Len() == 0:
			current.WriteString("*")
		case t.kind == css.DelimToken && t.text == "." && i+1 < len(tokens) && tokens[i+1].kind == css.IdentToken:
			i++
			if !writeName(&current, ".", tokens[i].text) {
				return ""
			}
		case t.kind == css.HashToken:
			if !writeName(&current, "#", t.text[1:]) {
				return ""
			}
		case t.kind == css.IdentToken && current.Len() == 0:
			name, ok := elementName(t.text)
			if !ok {
				return ""
			}
			current.WriteString(name)
		case t.kind == css.ColonToken && i+1 < len(tokens) && tokens[i+1].kind == css.IdentToken:
			i++
			name := strings.ToLower(tokens[i].text)
			if !pseudoAllowed(name) {
				return ""
			}
			current.WriteString(":" + name)
		default:
			return ""
		}
	}
	end(" ")
	return scoped(compounds)
}

func writeName(out *strings.Builder, mark, name string) bool {
	name = prefixed(name)
	out.WriteString(mark + name)
	return name != ""
}

func isCombinator(s string) bool { return s == " " || s == ">" || s == "+" || s == "~" }

// elementName returns the name of an element that can be in a clean mail.
func elementName(name string) (string, bool) {
	name = strings.ToLower(name)
	if name == "html" || name == "body" {
		return "." + rootClass, true
	}
	a := atom.Lookup([]byte(name))
	return name, a == atom.Img || allowed(a)
}

func pseudoAllowed(name string) bool {
	switch name {
	case "link", "visited", "hover", "active", "focus", "first-child", "last-child", "only-child", "first-of-type", "last-of-type", "empty":
		return true
	}
	return false
}

// scoped puts the element around the mail before a selector that does not begin with it.
func scoped(compounds []string) string {
	for n := len(compounds); n > 0 && isCombinator(compounds[n-1]); n-- {
		compounds = compounds[:n-1]
	}
	if len(compounds) == 0 || len(compounds) > 60 {
		return ""
	}
	const root = "." + rootClass
	isRoot := func(s string) bool {
		return s == root || strings.HasPrefix(s, root+".") || strings.HasPrefix(s, root+"#") || strings.HasPrefix(s, root+":")
	}
	for len(compounds) > 2 && compounds[0] == root && isRoot(compounds[2]) { // "html body"
		compounds = compounds[2:]
	}
	if !isRoot(compounds[0]) {
		compounds = append([]string{root, " "}, compounds...)
	}
	return strings.Join(compounds, "")
}
