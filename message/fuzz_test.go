package message

import (
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// mailSeeds gives f the mails in testdata to begin with.
func mailSeeds(f *testing.F, add func(raw []byte)) {
	names, err := filepath.Glob("testdata/mails/*.eml")
	check(f, err)
	for _, name := range names {
		raw, err := os.ReadFile(name)
		check(f, err)
		add(raw)
	}
}

func FuzzParse(f *testing.F) {
	mailSeeds(f, func(raw []byte) { f.Add(raw) })
	f.Fuzz(func(t *testing.T, raw []byte) {
		p := Parse(raw)
		texts := []string{p.Subject, p.Text, p.HTML, p.MessageID, p.ThreadTopic}
		for _, list := range [][]Address{p.From, p.Sender, p.ReplyTo, p.To, p.Cc, p.Bcc} {
			for _, a := range list {
				texts = append(texts, a.Name, a.Addr)
			}
		}
		for _, part := range p.Parts {
			texts = append(texts, part.Name, part.Type, part.ContentID)
			if part.Name == "" || strings.ContainsAny(part.Name, "/\\\r\n\x00") || strings.ContainsAny(part.Type, " \"<>;\r\n") {
				t.Errorf("part %+v", part)
			}
			_, r, err := OpenPart(raw, part.Index)
			check(t, err)
			if n, err := io.Copy(io.Discard, r); err != nil || n != part.Size {
				t.Errorf("part %+v: %d bytes, %v", part, n, err)
			}
		}
		for _, s := range texts {
			if !utf8.ValidString(s) {
				t.Errorf("not UTF-8: %q", s)
			}
		}
		for _, s := range append(append(append([]string{}, p.InReplyTo...), p.References...), p.Subject, p.MessageID) {
			if strings.ContainsAny(s, "\r\n\x00") {
				t.Errorf("more than a line: %q", s)
			}
		}
		if !utf8.ValidString(Preview(p)) || utf8.RuneCountInString(Preview(p)) > previewLength {
			t.Errorf("preview %q", Preview(p))
		}
	})
}

func FuzzSanitize(f *testing.F) {
	for _, seed := range []string{
		`<p>x</p>`, `<style>p{color:red}@media (max-width:1px){a{b:c}}</style>`, `<table><p><td><a href=http://x><b></table>y`,
		`<svg><style><img title="</style><img src onerror=x>">`, `<math><mi><table><mglyph><style><img src>`, `<a><div><a>x`,
		`<p style="background:url(x);font:1px 'a'"><img src=cid:x><img src="data:image/png;base64,AA==">`, `<pre>` + "\n\n" + `x</pre><listing>` + "\n" + `y`,
		`<body bgcolor=red text=x><noscript><p title="</noscript><img>">`, `<font><p><font><table></font>x<td>y`, `<select><p>x<option></select><frameset>`,
		`<div class=m-mail><style>x{}</style></div>y`, `<ruby><rp><rt>x`, `<h1><h2>x</h1><li><ul><li>`, `<b><i><u><s>` + strings.Repeat("<p>x", 30),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		clean := Sanitize(src, nil).HTML
		if bad := offences(clean); len(bad) > 0 {
			t.Errorf("%v in %q", bad, clean)
		}
		if again := Sanitize(clean, nil).HTML; again != clean && len(clean) < maxHTML {
			t.Errorf("not a fixed point:\n%q\n%q", clean, again)
		}
		keep := func(kind ImageKind, ref string) string {
			if kind == ImageCID {
				return "cid:" + url.PathEscape(ref)
			}
			return ref
		}
		shown := Sanitize(src, keep).HTML
		if again := Sanitize(shown, keep).HTML; again != shown && len(shown) < maxHTML {
			t.Errorf("not a fixed point with images:\n%q\n%q", shown, again)
		}
	})
}

func FuzzTextDocument(f *testing.F) {
	for _, seed := range []string{"hello", "> q\n>> r\nx\n-- \ns", "http://x.example/a?b=c&d", "<b>&amp;\"'", "a@b.example", "\r\r\n\x00", ">From x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if bad := textOffences(TextDocument(text)); len(bad) > 0 {
			t.Errorf("%v in %q", bad, TextDocument(text))
		}
	})
}

func FuzzAddress(f *testing.F) {
	for _, seed := range []string{`a@x.example`, `"A, B" <a@x>, c (d) ; g: h@i, j;`, `=?utf-8?q?a?= <b@c>`, `<@r:a@b>`, `((a"b\`, `<,<,"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		for _, a := range parseAddresses(unfold(value), "") {
			if !utf8.ValidString(a.Name+a.Addr) || strings.ContainsAny(a.Name+a.Addr, "\r\n\x00") {
				t.Errorf("%+v", a)
			}
			addr, reason := readAddr(a.Addr)
			if reason == "" && (!isASCII([]byte(addr)) || strings.ContainsAny(addr, "<>\r\n\x00")) && !strings.HasPrefix(addr, `"`) {
				t.Errorf("%q can be sent to", addr)
			}
		}
	})
}

func FuzzStyle(f *testing.F) {
	for _, seed := range []string{"p{color:red}", "@media x{a{b:c}}", "a{b:url(c)}", `\61{}`, "a{font-family:'b'", "<!--a{}-->", "a{}}b{color:red}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, css string) {
		c := &cleaner{}
		s := styleReader{cleaner: c, tokens: lexCSS(css)}
		s.rules()
		if bad := cssOffences(c.css.String()); len(bad) > 0 && !strings.Contains(css, "//") {
			t.Errorf("%v in %q", bad, c.css.String())
		}
	})
}
