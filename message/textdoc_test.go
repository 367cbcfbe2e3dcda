package message

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// textOffences lists what TextDocument never writes, as a parser sees it.
func textOffences(doc string) []string {
	var found []string
	tree, err := html.Parse(strings.NewReader("<!doctype html><body>" + doc))
	if err != nil {
		return []string{err.Error()}
	}
	for n := range tree.Descendants() {
		if n.Type == html.CommentNode {
			found = append(found, "a comment")
		}
		if n.Type != html.ElementNode {
			continue
		}
		switch n.DataAtom {
		case atom.Html, atom.Head, atom.Body, atom.Details, atom.Summary, atom.Div:
		case atom.A:
			href := attr(n.Attr, "href")
			if !strings.HasPrefix(href, "http://") && !strings.HasPrefix(href, "https://") && !strings.HasPrefix(href, "mailto:") || len(n.Attr) != 3 {
				found = append(found, href)
			}
		default:
			found = append(found, "<"+n.Data+">")
		}
		for _, a := range n.Attr {
			switch a.Key {
			case "class", "style", "open", "href", "target", "rel":
			default:
				found = append(found, a.Key)
			}
		}
	}
	return found
}

// document is what TextDocument writes around a text.
func document(inner string) string {
	return `<div class="m-text" style="white-space:pre-wrap;overflow-wrap:anywhere">` + inner + "</div>"
}

func TestHostilePlainTextStaysText(t *testing.T) {
	for _, in := range []string{
		`<script>alert(1)</script>`,
		`[<script>evil</script>](http://x"onmouseover=alert(1))`,
		`http://x.example/"><img src=x onerror=alert(1)>`,
		`http://x.example/'onmouseover='alert(1)`,
		`https://x.example/<svg/onload=alert(1)>`,
		`javascript:alert(1) data:text/html,x vbscript:x`,
		`http://javascript:alert(1)@x.example/`,
		`mailto:a@x.example?body=%0d%0aBcc:`,
		`"><img src=x onerror=__x()>@x.example`,
		`a&lt;script&gt;@x.example`,
		"http://x.example/\x00<b>", "http://x.example/\u2028<b>",
		`> <details open ontoggle=alert(1)>`,
		`>>> </details></div><script>x</script>`,
		"-- \n<b>",
		`&#x3c;script&#x3e;`,
		`http://[::1]/ http://%00/ http:///x http://`,
	} {
		out := TextDocument(in)
		if bad := textOffences(out); len(bad) > 0 {
			t.Errorf("%q: %v in %s", in, bad, out)
		}
	}
	for _, v := range append(vectors(t, "xss.json"), vectors(t, "remote-content.json")...) {
		if bad := textOffences(TextDocument(v.HTML)); len(bad) > 0 {
			t.Errorf("%s: %v", v.ID, bad)
		}
	}
}

func TestAddressesInTextBecomeLinks(t *testing.T) {
	const rel = `" target="_blank" rel="noopener noreferrer nofollow">`
	for in, want := range map[string]string{
		"see http://x.example/a.":        `see <a href="http://x.example/a` + rel + `http://x.example/a</a>.`,
		"(https://x.example/a_(b))":      `(<a href="https://x.example/a_(b)` + rel + `https://x.example/a_(b)</a>)`,
		"<https://x.example/?a=1&b=2>":   `&lt;<a href="https://x.example/?a=1&amp;b=2` + rel + `https://x.example/?a=1&amp;b=2</a>&gt;`,
		"www.x.example, ok":              `<a href="http://www.x.example` + rel + `www.x.example</a>, ok`,
		"write to ada@x.example!":        `write to <a href="mailto:ada@x.example` + rel + `ada@x.example</a>!`,
		"HTTPS://X.example":              `<a href="https://X.example` + rel + `HTTPS://X.example</a>`,
		"http://user:pw@x.example/":      `http://user:pw@x.example/`,
		"ftp://x.example/ foo@bar @ a@b": `ftp://x.example/ foo@bar @ a@b`,
		"xhttp://x.example":              `xhttp://x.example`,
	} {
		if got := TextDocument(in); got != document(want) {
			t.Errorf("%s\n got %s\nwant %s", in, got, document(want))
		}
	}
}

func TestQuotationsAreFoldedAndSignaturesDimmed(t *testing.T) {
	const fold, open = `<details class="m-quote"><summary>…</summary>`, `<details class="m-quote" open><summary>…</summary>`
	for in, want := range map[string]string{
		"answer\n\n> one\n>> two\n> one":  "answer\n" + fold + "one" + open + "two</details>one</details>",
		"> question\nanswer":              open + "question</details>answer",
		"hi\n-- \nAda":                    "hi\n" + `<div class="m-signature" style="opacity:.65">-- ` + "\nAda</div>",
		">From here on":                   "&gt;From here on",
		"a\r\nb\rc":                       "a\nb\nc",
		strings.Repeat(">", 30) + " deep": fold + strings.Repeat(open, 9) + strings.Repeat("&gt;", 20) + " deep" + strings.Repeat("</details>", 10),
	} {
		if got := TextDocument(in); got != document(want) {
			t.Errorf("%q\n got %s\nwant %s", in, got, document(want))
		}
	}
}

func TestHTMLBecomesText(t *testing.T) {
	for in, want := range map[string]string{
		"<p>a</p><p>b</p>":                                       "a\n\nb\n",
		"a<br>b<br><br>c<br><br><br>d":                           "a\nb\n\nc\n\nd\n",
		"<ul><li>x<li>y</ul>z":                                   "- x\n- y\n\nz\n",
		"<pre>a\n\n\nb\n  c</pre>d":                              "a\n\n\nb\n  c\nd\n",
		"<blockquote>a<blockquote>b</blockquote>c</blockquote>d": "> a\n>> b\n> c\nd\n",
		"<blockquote><p>q</p></blockquote><p>r":                  "> q\n\nr\n",
		"<table><tr><td>1<td>2<tr><td>3</table>":                 "1 2\n3\n",
		"a <b>b</b>c  d":                                         "a bc d\n",
		"<title>no</title><style>p{}</style><script>x</script>x": "x\n",
		`<a href="https://x.example/">there</a>`:                 "there <https://x.example/>\n",
		`<a href="https://x.example/">https://x.example/</a>`:    "https://x.example/\n",
		`<a href="javascript:x">y</a> <img alt="logo">`:          "y logo\n",
		"&lt;b&gt; &amp;":                                        "<b> &\n",
		"":                                                       "",
	} {
		if got := TextOf(in); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}
