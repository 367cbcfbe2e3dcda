package message

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	maxHTML   = 2 << 20 // bytes of HTML that are looked at
	maxPasses = 5       // until the output must have become its own fixed point
)

// Clean is HTML that is safe to show.
type Clean struct {
	HTML          string   // a body fragment: a scoped <style>, if there is one, and one <div class="m-mail">
	Remote        int      // images on servers, shown or not
	Trackers      []string // hosts of images that are there to tell that the mail was opened
	HasOwnColours bool     // it sets colours or backgrounds of its own
	DeclaresDark  bool     // it says that it knows how to look in the dark
}

// Sanitize makes the HTML of a mail safe to show. images says where the browser gets each image from;
// it returns "" for one that is not to be shown. Without images only those in the HTML itself are.
//
// The result is a fixed point: what a parser reads from it is exactly the tree that was checked, and
// sanitising it again changes nothing.
func Sanitize(src string, images func(kind ImageKind, ref string) (url string)) Clean {
	src = cut(src, maxHTML)
	c := &cleaner{images: images}
	out, ok := "", false
	if affordable(src) {
		out, ok = c.pass(src)
	}
	if !ok {
		c = &cleaner{images: images}
		out, ok = c.pass(balance(src))
	}
	for n := 1; ok && n < maxPasses; n++ {
		again := &cleaner{shown: c.shown}
		next, fine := again.pass(out)
		if next == out {
			c.clean.HTML = out
			return c.clean
		}
		out, ok = next, fine
	}
	c.clean.HTML = plainFallback(src)
	return c.clean
}

// plainFallback shows the words of HTML that no two parsers would read alike.
func plainFallback(src string) string {
	text := strings.TrimSpace(strings.ToValidUTF8(textOf(src, false), "\uFFFD"))
	return `<div class="` + rootClass + `"><div style="white-space:pre-wrap">` + html.EscapeString(text) + `</div></div>`
}

// A cleaner builds one clean tree.
type cleaner struct {
	images func(kind ImageKind, ref string) string
	shown  map[string]bool // what images returned: trusted when read again
	clean  Clean
	css    strings.Builder
}

// pass parses src, builds a clean tree and returns it as text; false when the parser gave up.
func (c *cleaner) pass(src string) (string, bool) {
	// Without a doctype the parser would read tables as the browsers of 1999 did.
	doc, err := html.Parse(strings.NewReader("<!DOCTYPE html>" + src))
	if err != nil {
		return "", false
	}
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	body := c.outer(root, doc)
	if body != nil {
		c.children(root, body)
	}
	var out strings.Builder
	if css := c.css.String(); css != "" {
		out.WriteString("<style>" + css + "</style>")
	}
	if err := html.Render(&out, root); err != nil {
		return "", false
	}
	return out.String(), true
}

// outer reads <html>, <head> and <body>: their style sheets, and for root the attributes of the body.
// It returns the element whose children are the mail: the body, or the only <div> of an earlier pass.
func (c *cleaner) outer(root, doc *html.Node) *html.Node {
	var body *html.Node
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom == atom.Body && n.Namespace == "" {
			body = n
			break
		}
		if n.Type == html.ElementNode && n.DataAtom == atom.Head {
			c.children(&html.Node{}, n)
		}
	}
	if body == nil {
		return nil
	}
	if only := body.FirstChild; only != nil && only == body.LastChild && only.DataAtom == atom.Div &&
		len(body.Attr) == 0 && slices.Contains(strings.Fields(attr(only.Attr, "class")), rootClass) {
		body = only
	}
	c.rootAttributes(root, body)
	return body
}

// children adds the clean children of src to dst.
func (c *cleaner) children(dst, src *html.Node) {
	for n := src.FirstChild; n != nil; n = n.NextSibling {
		switch {
		case n.Type == html.TextNode:
			appendText(dst, n.Data)
		case n.Type != html.ElementNode || n.Namespace != "":
			// comments, doctypes, SVG and MathML: nothing of them is kept
		case n.DataAtom == atom.Style:
			c.stylesheet(n)
		case n.DataAtom == atom.Meta:
			c.meta(n)
		case dropped(n.DataAtom):
		case n.DataAtom == atom.Img:
			dst.AppendChild(c.image(n))
		case allowed(n.DataAtom):
			clean := &html.Node{Type: html.ElementNode, Data: n.Data, DataAtom: n.DataAtom, Attr: c.attributes(n)}
			dst.AppendChild(clean)
			c.children(clean, n)
		default:
			c.children(dst, n)
		}
	}
}

// appendText adds text to dst as a parser would: never one text node after another.
func appendText(dst *html.Node, text string) {
	if last := dst.LastChild; last != nil && last.Type == html.TextNode {
		last.Data += text
		return
	}
	dst.AppendChild(&html.Node{Type: html.TextNode, Data: text})
}

// meta notes that a mail knows how to look in the dark.
func (c *cleaner) meta(n *html.Node) {
	switch strings.ToLower(attr(n.Attr, "name")) {
	case "color-scheme", "supported-color-schemes":
		if strings.Contains(strings.ToLower(attr(n.Attr, "content")), "dark") {
			c.clean.DeclaresDark = true
		}
	}
}

// stylesheet adds the clean rules of a <style> element to those of the mail.
func (c *cleaner) stylesheet(n *html.Node) {
	for t := n.FirstChild; t != nil; t = t.NextSibling {
		if t.Type == html.TextNode {
			s := styleReader{cleaner: c, tokens: lexCSS(t.Data)}
			s.rules()
		}
	}
}
