package message

import (
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

const maxCSSTokens = 300_000

// A cssToken is one token of CSS, comments read as white space.
type cssToken struct {
	kind css.TokenType
	text string
}

// lexCSS cuts CSS into tokens.
func lexCSS(src string) []cssToken {
	if src == "" {
		return nil
	}
	var tokens []cssToken
	lexer := css.NewLexer(parse.NewInputString(src))
	for len(tokens) < maxCSSTokens {
		kind, text := lexer.Next()
		switch kind {
		case css.ErrorToken:
			return tokens
		case css.CommentToken:
			kind, text = css.WhitespaceToken, []byte(" ")
		}
		tokens = append(tokens, cssToken{kind, string(text)})
	}
	return tokens
}

// declarations returns those of "name: value; …" that are kept, in the one way that we write them.
func (c *cleaner) declarations(tokens []cssToken) string {
	var out []string
	for len(tokens) > 0 {
		var one []cssToken
		one, tokens = cutDeclaration(tokens)
		if d := c.declaration(one); d != "" {
			out = append(out, d)
		}
	}
	return strings.Join(out, ";")
}

// cutDeclaration cuts at the first semicolon that is not within brackets.
func cutDeclaration(tokens []cssToken) (one, rest []cssToken) {
	depth := 0
	for i, t := range tokens {
		switch t.kind {
		case css.FunctionToken, css.LeftParenthesisToken, css.LeftBracketToken, css.LeftBraceToken:
			depth++
		case css.RightParenthesisToken, css.RightBracketToken, css.RightBraceToken:
			depth = max(0, depth-1)
		case css.SemicolonToken:
			if depth == 0 {
				return tokens[:i], tokens[i+1:]
			}
		}
	}
	return tokens, nil
}

// declaration returns one clean declaration, "" when it is not kept.
func (c *cleaner) declaration(tokens []cssToken) string {
	tokens = trimSpace(tokens)
	if len(tokens) < 3 || tokens[0].kind != css.IdentToken {
		return ""
	}
	name := strings.ToLower(tokens[0].text)
	rest := trimSpace(tokens[1:])
	if len(rest) < 2 || rest[0].kind != css.ColonToken || !propertyAllowed(name) {
		return ""
	}
	value, ok := cssValue(trimSpace(rest[1:]))
	if !ok || value == "" {
		return ""
	}
	c.noteColours(name, strings.ToLower(value))
	return name + ":" + value
}

// noteColours notes what a declaration says about colours.
func (c *cleaner) noteColours(name, value string) {
	switch name {
	case "color-scheme":
		c.clean.DeclaresDark = c.clean.DeclaresDark || strings.Contains(value, "dark")
	case "color", "background", "background-color":
		switch strings.TrimSpace(strings.TrimSuffix(value, "!important")) {
		case "inherit", "initial", "unset", "none", "transparent", "currentcolor", "windowtext", "window", "auto":
		default:
			c.clean.HasOwnColours = true
		}
	}
}

// cssValue writes a value from tokens that cannot load, run or hide anything; false when there are others.
func cssValue(tokens []cssToken) (string, bool) {
	var w valueWriter
	for i, t := range tokens {
		if t.kind == css.DelimToken && t.text == "!" {
			ok := w.depth == 0 && w.out.Len() > 0 && isImportant(tokens[i:])
			return strings.TrimSpace(w.out.String()) + "!important", ok
		}
		if !w.add(t) || w.depth > 20 || w.out.Len() > 2000 {
			return "", false
		}
	}
	return strings.TrimSpace(w.out.String()), w.depth == 0
}

// A valueWriter writes a value, token by token.
type valueWriter struct {
	out   strings.Builder
	depth int // of functions
}

// add writes a token, unless it is none that a value may have.
func (w *valueWriter) add(t cssToken) bool {
	text, ok := t.text, true
	switch t.kind {
	case css.WhitespaceToken:
		text = " "
	case css.CommaToken:
	case css.IdentToken, css.NumberToken, css.PercentageToken, css.DimensionToken:
		ok = onlyOf(text, "-_.%+", 60) != ""
	case css.HashToken:
		ok = onlyOf(text[1:], "", 20) != ""
	case css.StringToken:
		text, ok = cssString(text)
	case css.DelimToken:
		ok = text == "/" || w.depth > 0 && (text == "+" || text == "-" || text == "*")
	case css.FunctionToken:
		ok = functionAllowed(strings.ToLower(text))
		w.depth++
	case css.LeftParenthesisToken:
		ok = w.depth > 0
		w.depth++
	case css.RightParenthesisToken:
		w.depth--
		ok = w.depth >= 0
	default: // url(), braces, escapes, unicode ranges, …
		ok = false
	}
	w.out.WriteString(text)
	return ok
}

// cssString writes a string, the name of a font, anew.
func cssString(text string) (string, bool) {
	if len(text) < 3 || text[0] != text[len(text)-1] {
		return "", false
	}
	content := onlyOf(text[1:len(text)-1], " -_.", 100)
	return "'" + content + "'", content != ""
}

// isImportant reports whether tokens are "!important" and nothing else.
func isImportant(tokens []cssToken) bool {
	rest := trimSpace(tokens[1:])
	return len(rest) == 1 && strings.EqualFold(rest[0].text, "important")
}

func functionAllowed(name string) bool {
	switch name {
	case "rgb(", "rgba(", "hsl(", "hsla(", "calc(", "min(", "max(", "clamp(", "linear-gradient(", "radial-gradient(":
		return true
	}
	return false
}

// propertyAllowed lists the properties that are kept. None takes an element out of its place or over others,
// moves, filters or fills anything in.
func propertyAllowed(name string) bool {
	switch name {
	case "background", "background-color", "border-collapse", "border-spacing", "box-sizing", "caption-side", "clear", "color",
		"color-scheme", "column-count", "column-gap", "columns", "direction", "display", "empty-cells", "float", "gap", "height", "hyphens",
		"letter-spacing", "line-height", "list-style", "list-style-type", "list-style-position", "max-height", "max-width",
		"min-height", "min-width", "object-fit", "opacity", "order", "orphans", "outline", "overflow", "overflow-wrap", "overflow-x", "overflow-y",
		"quotes", "row-gap", "table-layout", "text-align", "text-indent", "text-overflow", "text-shadow", "text-transform",
		"unicode-bidi", "vertical-align", "visibility", "white-space", "widows", "width", "word-break", "word-spacing", "word-wrap",
		"box-shadow", "text-underline-offset":
		return true
	}
	for _, family := range []string{"border", "font", "margin", "padding", "text-decoration", "page-break", "break", "flex", "align", "justify"} {
		rest, ok := strings.CutPrefix(name, family)
		if ok && (rest == "" || rest[0] == '-') && !strings.Contains(rest, "image") && onlyOf(name, "-", 40) != "" {
			return true
		}
	}
	return false
}

func trimSpace(tokens []cssToken) []cssToken {
	for len(tokens) > 0 && tokens[0].kind == css.WhitespaceToken {
		tokens = tokens[1:]
	}
	for len(tokens) > 0 && tokens[len(tokens)-1].kind == css.WhitespaceToken {
		tokens = tokens[:len(tokens)-1]
	}
	return tokens
}
