package message

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	namePrefix = "m-"     // before every id and class of a mail, so that none is one of ours
	rootClass  = "m-mail" // the class of the element around a mail
)

// allowed lists the elements that are kept. Others are replaced by what is in them.
func allowed(a atom.Atom) bool {
	switch a {
	case atom.A, atom.Abbr, atom.Acronym, atom.Address, atom.Article, atom.Aside, atom.B, atom.Bdi, atom.Bdo, atom.Big,
		atom.Blockquote, atom.Br, atom.Caption, atom.Center, atom.Cite, atom.Code, atom.Col, atom.Colgroup, atom.Dd,
		atom.Del, atom.Dfn, atom.Dir, atom.Div, atom.Dl, atom.Dt, atom.Em, atom.Figcaption, atom.Figure, atom.Font,
		atom.Footer, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Header, atom.Hgroup, atom.Hr, atom.I,
		atom.Ins, atom.Kbd, atom.Li, atom.Main, atom.Mark, atom.Nav, atom.Ol, atom.P, atom.Pre, atom.Q, atom.Rp, atom.Rt,
		atom.Ruby, atom.S, atom.Samp, atom.Section, atom.Small, atom.Span, atom.Strike, atom.Strong, atom.Sub, atom.Sup,
		atom.Table, atom.Tbody, atom.Td, atom.Tfoot, atom.Th, atom.Thead, atom.Time, atom.Tr, atom.Tt, atom.U, atom.Ul,
		atom.Var, atom.Wbr:
		return true
	}
	return false
}

// dropped lists the elements that vanish with all that is in them.
func dropped(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Title, atom.Template, atom.Noscript, atom.Iframe, atom.Frame, atom.Frameset, atom.Object, atom.Embed,
		atom.Applet, atom.Audio, atom.Video, atom.Source, atom.Track, atom.Canvas, atom.Svg, atom.Math, atom.Base, atom.Link,
		atom.Input, atom.Textarea, atom.Select, atom.Option, atom.Optgroup, atom.Datalist, atom.Output, atom.Progress, atom.Meter,
		atom.Keygen, atom.Noembed, atom.Noframes, atom.Map, atom.Area, atom.Param, atom.Dialog, atom.Picture:
		return a != atom.Picture // its <img> is what to show where nothing else is
	}
	return false
}

// attributes returns those of n that are kept, in order.
func (c *cleaner) attributes(n *html.Node) []html.Attribute {
	var kept []html.Attribute
	keep := func(key, val string) {
		if val != "" && attr(kept, key) == "" {
			kept = append(kept, html.Attribute{Key: key, Val: val})
		}
	}
	for _, a := range n.Attr {
		if a.Namespace != "" || len(kept) > 30 {
			continue
		}
		keep(a.Key, c.attribute(n.DataAtom, a.Key, a.Val))
	}
	if n.DataAtom == atom.A && attr(kept, "href") != "" {
		keep("target", "_blank")
		keep("rel", "noopener noreferrer nofollow")
	}
	return kept
}

// attribute returns the clean value of an attribute, "" when it is not kept.
func (c *cleaner) attribute(element atom.Atom, key, val string) string {
	switch key {
	case "style":
		return c.declarations(lexCSS(val))
	case "class":
		return prefixAll(val)
	case "id":
		return prefixed(val)
	case "name":
		if element == atom.A {
			return prefixed(val)
		}
	case "href":
		if element == atom.A {
			return cleanLink(val)
		}
	case "title", "alt", "summary", "abbr", "aria-label":
		return cut(tidy(val), 1000)
	case "lang", "hreflang", "datetime", "face":
		return onlyOf(val, " ,.:_+'-", 200)
	case "dir", "align", "valign", "scope", "role", "clear", "frame", "rules", "aria-hidden":
		return oneOf(val, "ltr", "rtl", "auto", "left", "right", "center", "middle", "justify", "top", "bottom", "baseline",
			"char", "row", "col", "rowgroup", "colgroup", "presentation", "none", "all", "both", "void", "box", "groups",
			"rows", "cols", "above", "below", "hsides", "vsides", "lhs", "rhs", "border", "true", "false")
	case "nowrap", "reversed", "noshade", "compact":
		return key
	case "width", "height", "size", "border", "cellpadding", "cellspacing", "hspace", "vspace", "start", "value":
		return length(val)
	case "colspan", "rowspan", "span":
		return onlyDigits(val, 3) // a table of millions of columns would stop the browser
	case "type":
		if element == atom.Ol || element == atom.Ul || element == atom.Li {
			return oneOf(val, "1", "a", "A", "i", "I", "disc", "circle", "square")
		}
	case "bgcolor", "color", "bordercolor":
		return c.colour(val)
	}
	return ""
}

// colour keeps a colour of an attribute and notes that the mail has its own.
func (c *cleaner) colour(val string) string {
	val = onlyOf(strings.TrimSpace(val), "#", 40)
	if val != "" {
		c.clean.HasOwnColours = true
	}
	return val
}

// rootAttributes gives root what the body says of itself; presentational attributes become style.
func (c *cleaner) rootAttributes(root, body *html.Node) {
	var style []string
	if body.DataAtom == atom.Body {
		if v := c.colour(attr(body.Attr, "bgcolor")); v != "" {
			style = append(style, "background-color:"+v)
		}
		if v := c.colour(attr(body.Attr, "text")); v != "" {
			style = append(style, "color:"+v)
		}
	}
	if own := c.declarations(lexCSS(attr(body.Attr, "style"))); own != "" {
		style = append(style, own)
	}
	classes := []string{rootClass}
	for _, name := range strings.Fields(prefixAll(attr(body.Attr, "class"))) {
		if name != rootClass {
			classes = append(classes, name)
		}
	}
	values := map[string]string{
		"class": strings.Join(classes, " "),
		"id":    prefixed(attr(body.Attr, "id")),
		"dir":   oneOf(attr(body.Attr, "dir"), "ltr", "rtl", "auto"),
		"lang":  onlyOf(attr(body.Attr, "lang"), "-", 40),
		// The declarations are read once more: a colour attribute may hold what CSS does not know.
		"style": c.declarations(lexCSS(strings.Join(style, ";"))),
	}
	for _, key := range []string{"class", "id", "dir", "lang", "style"} {
		if values[key] != "" {
			root.Attr = append(root.Attr, html.Attribute{Key: key, Val: values[key]})
		}
	}
}

// prefixAll prefixes a list of class names.
func prefixAll(list string) string {
	var names []string
	for _, name := range strings.Fields(list) {
		if name = prefixed(name); name != "" && len(names) < 50 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

// prefixed gives a name its prefix, once. Names that CSS would need escapes for are not kept.
func prefixed(name string) string {
	if !isName(name) {
		return ""
	}
	if strings.HasPrefix(name, namePrefix) {
		return name
	}
	return namePrefix + name
}

func isName(s string) bool {
	return s != "" && len(s) <= 100 && onlyOf(s, "_-", 100) == s
}

// onlyOf returns s when it is made of letters, digits and the characters of others.
func onlyOf(s, others string, most int) string {
	if len(s) > most {
		return ""
	}
	for _, c := range s {
		isLetter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !isLetter && !strings.ContainsRune(others, c) {
			return ""
		}
	}
	return s
}

func oneOf(s string, values ...string) string {
	s = strings.TrimSpace(s)
	if slices.Contains(values, s) {
		return s
	}
	if s = strings.ToLower(s); slices.Contains(values, s) {
		return s
	}
	return ""
}

// length keeps "100", "+2", "50%" and "12px".
func length(s string) string {
	s = strings.TrimSpace(s)
	n := strings.TrimSuffix(strings.TrimSuffix(s, "px"), "%")
	n = strings.TrimLeft(n, "+-")
	if len(n) == 0 || len(n) > 5 || strings.Trim(n, "0123456789.") != "" {
		return ""
	}
	return s
}

func onlyDigits(s string, most int) string {
	s = strings.TrimSpace(s)
	if len(s) > most || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}
