package message

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A vector is one entry of the corpora of hostile HTML.
type vector struct {
	Set, ID, Name, HTML string
}

func vectors(t *testing.T, name string) []vector {
	t.Helper()
	var list []vector
	check(t, json.NewDecoder(corpus(t, name)).Decode(&list))
	return list
}

// offences lists what does not belong into clean HTML, as a parser sees it.
func offences(clean string) []string {
	var found []string
	doc, err := html.Parse(strings.NewReader("<!doctype html>" + clean))
	if err != nil {
		return []string{err.Error()}
	}
	for n := range doc.Descendants() {
		switch n.Type {
		case html.CommentNode:
			found = append(found, "a comment")
		case html.ElementNode:
			isFrame := n.DataAtom == atom.Html || n.DataAtom == atom.Head || n.DataAtom == atom.Body
			if n.Namespace != "" || !isFrame && n.DataAtom != atom.Img && n.DataAtom != atom.Style && !allowed(n.DataAtom) {
				found = append(found, "<"+n.Data+">")
			}
			for _, a := range n.Attr {
				found = append(found, attributeOffences(n, a)...)
			}
			if n.DataAtom == atom.Style {
				found = append(found, cssOffences(n.FirstChild.Data)...)
			}
		}
	}
	return found
}

func attributeOffences(n *html.Node, a html.Attribute) []string {
	switch a.Key {
	case "style":
		return cssOffences(a.Val)
	case "href":
		scheme, _, _ := strings.Cut(a.Val, ":")
		if n.DataAtom != atom.A || !slices.Contains([]string{"http", "https", "mailto", "tel"}, scheme) ||
			attr(n.Attr, "rel") != "noopener noreferrer nofollow" || attr(n.Attr, "target") != "_blank" {
			return []string{"href=" + a.Val}
		}
	case "src":
		if n.DataAtom != atom.Img || !strings.HasPrefix(a.Val, "data:image/") || strings.Contains(a.Val, "svg") {
			return []string{"src=" + a.Val}
		}
	case "id", "class", "name":
		for _, name := range strings.Fields(a.Val) {
			if !strings.HasPrefix(name, namePrefix) {
				return []string{a.Key + "=" + a.Val}
			}
		}
	case "srcset", "background", "action", "formaction", "ping", "poster", "data", "srcdoc", "xlink:href", "lowsrc", "dynsrc", "longdesc", "usemap", "cite", "manifest", "codebase":
		return []string{a.Key}
	}
	if strings.HasPrefix(a.Key, "on") {
		return []string{a.Key}
	}
	return nil
}

func cssOffences(css string) []string {
	var found []string
	for _, bad := range []string{"url(", "expression(", "@import", "@font-face", "@namespace", `\`, "<", "position:", "sticky", "absolute", "behavior", "-moz-binding", "image-set", "var(", "[", "attr(", "//"} {
		if strings.Contains(strings.ToLower(css), bad) {
			found = append(found, "css "+bad)
		}
	}
	return found
}

func TestHostileHTMLLeavesNothingThatRunsOrLoads(t *testing.T) {
	for _, file := range []string{"xss.json", "remote-content.json"} {
		list := vectors(t, file)
		for _, v := range list {
			c := Sanitize(v.HTML, nil)
			if bad := offences(c.HTML); len(bad) > 0 {
				t.Errorf("%s %s: %v in %s", v.ID, v.Name, bad, c.HTML)
			}
			if again := Sanitize(c.HTML, nil); again.HTML != c.HTML {
				t.Errorf("%s: not a fixed point:\n%s\n%s", v.ID, c.HTML, again.HTML)
			}
		}
		t.Logf("%s: %d payloads", file, len(list))
	}
}

// With consent, what is loaded is what the callback was asked for and returned, and nothing else.
func TestOnlyTheCallbackDecidesWhatIsLoaded(t *testing.T) {
	for _, v := range vectors(t, "remote-content.json") {
		given := map[string]bool{}
		c := Sanitize(v.HTML, func(kind ImageKind, ref string) string {
			url := fmt.Sprintf("/m/token/image?n=%d&kind=%d", len(given), kind)
			given[url] = true
			return url
		})
		doc, err := html.Parse(strings.NewReader(c.HTML))
		check(t, err)
		for n := range doc.Descendants() {
			for _, a := range n.Attr {
				if a.Key == "src" && !given[a.Val] || a.Key != "href" && strings.Contains(a.Val, "evil.test") {
					t.Errorf("%s: <%s %s=%q>", v.ID, n.Data, a.Key, a.Val)
				}
			}
		}
		if strings.Contains(strings.ReplaceAll(c.HTML, "href=", ""), "url(") {
			t.Errorf("%s: %s", v.ID, c.HTML)
		}
	}
}

func TestMailKeepsItsLook(t *testing.T) {
	for in, want := range map[string]string{
		`<p>a</p>`:          `<p>a</p>`,
		`<b>a<i>b</b>c</i>`: `<b>a<i>b</i></b><i>c</i>`,
		`<font color="red" face="Arial, sans-serif" size="+1">x</font>`:     `<font color="red" face="Arial, sans-serif" size="+1">x</font>`,
		`<a href="https://x.example/?a=1&b=2" onclick=x>y</a>`:              `<a href="https://x.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">y</a>`,
		`<a href="//x.example/">y</a>`:                                      `<a href="https://x.example/" target="_blank" rel="noopener noreferrer nofollow">y</a>`,
		`<a href="java` + "\n" + `script:alert(1)">y</a>`:                   `<a>y</a>`,
		`<a href="#top" name="x" id=y>z</a>`:                                `<a id="m-y" name="m-x">z</a>`,
		`<table bgcolor=#fff width=600 cellpadding=0><tr><td>x</table>`:     `<table bgcolor="#fff" width="600" cellpadding="0"><tbody><tr><td>x</td></tr></tbody></table>`,
		`<p style="color: RED; position:fixed; margin:0 auto !important">`:  `<p style="color:RED;margin:0 auto!important"></p>`,
		`<p style="background:url(http://x.example/) red">x`:                `<p>x</p>`,
		`<p style="background:u\72l(http://x.example/)">x`:                  `<p>x</p>`,
		`<p style="font-family:'Segoe UI',Arial;width:calc(100% - 2px)">x`:  `<p style="font-family:&#39;Segoe UI&#39;,Arial;width:calc(100% - 2px)">x</p>`,
		`<p style="width:expression(alert(1));color:rgb(1,2,3)">x`:          `<p style="color:rgb(1,2,3)">x</p>`,
		`<div class="a b" id=c>x</div>`:                                     `<div class="m-a m-b" id="m-c">x</div>`,
		`<o:p>x</o:p><unknown>y</unknown><button>z</button>`:                `xyz`,
		`<form action=x>Name: <input><textarea>t</textarea></form>`:         `Name: `,
		`<img src="http://x.example/a.png" alt="A" width=10 srcset="b 2x">`: `<img alt="A" width="10"/>`,
		`<picture><source srcset="x"><img alt=p></picture>`:                 `<img alt="p"/>`,
		`<td>cell</td>`:               `cell`,
		`<!--[if mso]>x<![endif]-->y`: `y`,
		`<td colspan=1000000>`:        ``,
		`a<noscript><img src=x></noscript><svg><text>t</text></svg><math>m</math><title>t</title>`: `a`,
	} {
		if got := Sanitize(in, nil).HTML; got != `<div class="m-mail">`+want+`</div>` {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}

func TestStyleSheetsAreBoundToTheMail(t *testing.T) {
	for in, want := range map[string]string{
		`p{color:red}`: `.m-mail p{color:red}`,
		`body{margin:0} html body .x{margin:1px}`:                `.m-mail{margin:0}.m-mail .m-x{margin:1px}`,
		`.a > .b + p , #c:hover{color:red}`:                      `.m-mail .m-a>.m-b+p,.m-mail #m-c:hover{color:red}`,
		`*{color:red}`:                                           `.m-mail *{color:red}`,
		`@import "http://x.example/"; p{color:red}`:              `.m-mail p{color:red}`,
		`@font-face{src:url(x)} p{color:red}`:                    `.m-mail p{color:red}`,
		`@media (max-width:600px){p{color:red}}`:                 `@media (max-width:600px){.m-mail p{color:red}}`,
		`@media screen{@media print{p{color:red}} b{color:red}}`: `@media screen{.m-mail b{color:red}}`,
		`input[value^=a]{color:red} p,a[href]{color:red}`:        `.m-mail p{color:red}`,
		`p{background:url(x)} b{color:red`:                       `.m-mail b{color:red}`,
		`.\61{color:red} p{colo\72:red}`:                         ``,
		`p::before{content:"x"} p{content:"x"}`:                  ``,
		`<!-- p{color:red} -->`:                                  `.m-mail p{color:red}`,
		`p{color:red}</style><script>x</script>`:                 `.m-mail p{color:red}`,
		`.m-mail .m-x{color:red}`:                                `.m-mail .m-x{color:red}`,
		`p{position:fixed;top:0;z-index:9;display:none}`:         `.m-mail p{display:none}`,
		`@media (min-width:1px) and (url(x)){p{color:red}}`:      ``,
		`p{color:red;}}}} b{color:blue}`:                         `.m-mail p{color:red}.m-mail b{color:blue}`,
		`svg{color:red} script{color:red} form p{color:red}`:     ``,
	} {
		got := Sanitize("<style>"+in+"</style>x", nil).HTML
		if want != "" {
			want = "<style>" + want + "</style>"
		}
		if got != want+`<div class="m-mail">x</div>` {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}

func TestTheBodySpeaksThroughTheRoot(t *testing.T) {
	c := Sanitize(`<html lang=de><body bgcolor="#eee" text=black class=c dir=rtl style="margin:3px" onload=x>y</body>`, nil)
	want := `<div class="m-mail m-c" dir="rtl" style="background-color:#eee;color:black;margin:3px">y</div>`
	if c.HTML != want || !c.HasOwnColours {
		t.Errorf("got %s (%+v)", c.HTML, c)
	}
}

func TestImagesAreAskedFor(t *testing.T) {
	type asked struct {
		kind ImageKind
		ref  string
	}
	const pixel = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
	var got []asked
	c := Sanitize(`<img src="cid:a%40b"><img src=" HTTPS://x.example/a b.png"><img src="//y.example/p.gif" width=1 height=1>`+
		`<img src="`+pixel+`"><img src="data:image/svg+xml;base64,AAAA"><img src="data:text/html,x"><img src="/relative"><img src="file:///etc/passwd">`+
		`<img src="https://u.list-manage.com/track/open.php?u=1"><img src="http://z.example/x.png" style="display: none">`,
		func(kind ImageKind, ref string) string {
			got = append(got, asked{kind, ref})
			return fmt.Sprintf("/image/%d", len(got))
		})
	want := []asked{
		{ImageCID, "a@b"}, {ImageRemote, "https://x.example/a%20b.png"}, {ImageRemote, "https://y.example/p.gif"},
		{ImageData, pixel}, {ImageRemote, "https://u.list-manage.com/track/open.php?u=1"}, {ImageRemote, "http://z.example/x.png"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("asked for %v", got)
	}
	if c.Remote != 4 || !slices.Equal(c.Trackers, []string{"y.example", "u.list-manage.com", "z.example"}) {
		t.Errorf("%d remote, trackers %v", c.Remote, c.Trackers)
	}
	for i := range want {
		if !strings.Contains(c.HTML, fmt.Sprintf(`src="/image/%d"`, i+1)) {
			t.Errorf("image %d is missing in %s", i+1, c.HTML)
		}
	}
	if plain := Sanitize(`<img src="`+pixel+`">`, nil).HTML; !strings.Contains(plain, pixel) {
		t.Errorf("an image in the mail itself was dropped: %s", plain)
	}
}

func TestColoursAndDarknessAreNoticed(t *testing.T) {
	for in, want := range map[string]Clean{
		`<p>x</p>`:                                         {},
		`<p style="color:inherit">x`:                       {},
		`<p style="color:#123">x`:                          {HasOwnColours: true},
		`<td bgcolor=white>`:                               {},
		`<table bgcolor=white><tr><td>x`:                   {HasOwnColours: true},
		`<style>p{background:#fff}</style>x`:               {HasOwnColours: true},
		`<meta name="color-scheme" content="light dark">x`: {DeclaresDark: true},
		`<style>:root{color-scheme:light dark} p{color-scheme:dark}</style>x`: {DeclaresDark: true},
		`<style>@media (prefers-color-scheme: dark){p{color:#fff}}</style>x`:  {DeclaresDark: true},
	} {
		got := Sanitize(in, nil)
		if got.HasOwnColours != want.HasOwnColours || got.DeclaresDark != want.DeclaresDark {
			t.Errorf("%s: %+v", in, got)
		}
	}
}

func TestRealNewslettersKeepTheirWords(t *testing.T) {
	t.Parallel()
	var ratios []float64
	blank := 0
	for name, raw := range archive(t, "spamassassin.tar.gz") {
		p := Parse(raw)
		if !isMail(name) || p.HTML == "" {
			continue
		}
		clean := Sanitize(p.HTML, nil)
		if bad := offences(clean.HTML); len(bad) > 0 {
			t.Errorf("%s: %v", name, bad)
		}
		before, after := visible(p.HTML), visible(clean.HTML)
		if before == 0 {
			continue
		}
		if after == 0 {
			blank++
		}
		ratios = append(ratios, float64(after)/float64(before))
	}
	slices.Sort(ratios)
	median, low := ratios[len(ratios)/2], ratios[len(ratios)/100]
	t.Logf("%d HTML mails: visible text median %.3f, hundredth %.3f, blank %d", len(ratios), median, low, blank)
	if median < 0.99 || float64(blank) > 0.005*float64(len(ratios)) {
		t.Error("the sanitiser takes too much away")
	}
}

// visible counts the characters that are seen of HTML.
func visible(src string) int { return len(strings.Join(strings.Fields(textOf(src, false)), "")) }
