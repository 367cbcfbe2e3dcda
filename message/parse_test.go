package message

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWhateverArrivesIsShown(t *testing.T) {
	for name, c := range map[string]struct{ raw, text string }{
		"nothing":                           {"", ""},
		"a blank line":                      {"\n", ""},
		"words without a header":            {"hello\nworld\n", "hello\nworld\n"},
		"no blank line after the header":    {"Subject: x\nhello world\nmore\n", "hello world\nmore\n"},
		"a line before the header":          {"garbage here\nSubject: x\n\nhello\n", "hello\n"},
		"blank lines before the header":     {"\n\nSubject: x\n\nhello\n", "hello\n"},
		"an unknown charset":                {"Content-Type: text/plain; charset=klingon\n\nhello\n", "hello\n"},
		"an unknown encoding":               {"Content-Transfer-Encoding: rot13\n\nuryyb\n", "uryyb\n"},
		"a type that is none":               {"Content-Type: ;;;\n\nhello\n", "hello\n"},
		"a type that is HTML in a way":      {"Content-Type: text/html\"><img src=x>\n\nhello\n", "hello\n"},
		"HTML that nobody announced":        {"Subject: x\n\n<html><body><p>hello</p></body></html>", ""},
		"broken quoted-printable":           {"Content-Transfer-Encoding: quoted-printable\n\n100% =zz = a=\nb=3D\n", "100% =zz = ab=\n"},
		"base64 with a footer":              {"Content-Transfer-Encoding: base64\n\naGVsbG8gd29ybGQ=\n____\nlist footer\n", "hello world"},
		"base64 that is text":               {"Content-Transfer-Encoding: base64\n\nThis was never encoded, you see.\n", "This was never encoded, you see.\n"},
		"another boundary than declared":    {"Content-Type: multipart/mixed; boundary=a\n\n--b\nContent-Type: text/plain\n\nhello\n--b--\n", "hello"},
		"a boundary that never comes":       {"Content-Type: multipart/mixed; boundary=a\n\nhello\n", "hello\n"},
		"a part after the end":              {"Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a--\n--a\n\ntwo\n--a--\n", "one\n\ntwo"},
		"a part that is never ended":        {"Content-Type: multipart/mixed; boundary=a\n\n--a\n\nhello\n", "hello\n"},
		"two boundaries that begin alike":   {"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=ab\n\n--ab\n\none\n--ab--\n--a\n\ntwo\n--a--\n", "one\n\ntwo"},
		"only an attached text":             {"Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nhello\n", "hello\n"},
		"a mail that only holds a mail":     {"Content-Type: message/rfc822\n\nSubject: inner\n\nhello\n", "hello\n"},
		"HTML only":                         {"Content-Type: text/html\n\n<p>hello <b>world</b></p><script>x</script>", "hello world\n"},
		"an encoded multipart":              {"Content-Type: multipart/mixed; boundary=a\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte("--a\nContent-Type: text/plain\n\nhello\n--a--\n")), "hello"},
		"a plain text that says nothing":    {"Content-Type: multipart/alternative; boundary=a\n\n--a\n\n \n--a\nContent-Type: text/html\n\n<p>hello</p>\n--a--\n", "hello\n"},
		"a mailing list's footer":           {"Content-Type: multipart/mixed; boundary=a\n\n--a\n\nhello\n--a\nContent-Type: text/plain\n\nfooter\n--a--\n", "hello\n\nfooter"},
		"NUL and escape characters":         {"Subject: x\n\nhe\x00l\x1blo\n", "hello\n"},
		"a UTF-8 signature before the mail": {"\xef\xbb\xbfSubject: x\n\nhello\n", "hello\n"},
	} {
		t.Run(name, func(t *testing.T) {
			p := Parse([]byte(c.raw))
			if c.text != "" && p.Text != c.text {
				t.Errorf("got %q, want %q (%q, %v)", p.Text, c.text, p.HTML, p.Defects)
			}
			if strings.Contains(c.raw, "hello") && p.Text == "" {
				t.Errorf("nothing is shown: %+v", p)
			}
		})
	}
}

func TestAlternativesAreOneTextAndAttachmentsAreKept(t *testing.T) {
	p := Parse([]byte("Content-Type: multipart/alternative; boundary=a\n\n--a\n\nplain\n--a\nContent-Type: multipart/mixed; boundary=b\n\n" +
		"--b\nContent-Type: text/html\n\n<p>one</p>\n--b\nContent-Type: application/pdf; name=x.pdf\n\n%PDF\n--b\nContent-Type: text/html\n\n<p>two</p>\n--b--\n--a--\n"))
	if p.Text != "plain" || p.HTML != "<p>one</p>\n<p>two</p>" || len(p.Parts) != 1 || p.Parts[0].Name != "x.pdf" {
		t.Errorf("%+v", p)
	}
}

func TestAnImageIsInlineOnlyWhenTheHTMLShowsIt(t *testing.T) {
	mail := func(html string) []byte {
		return []byte("Content-Type: multipart/related; boundary=a\n\n--a\nContent-Type: text/html\n\n" + html +
			"\n--a\nContent-Type: image/png; name=a.png\nContent-ID: <a%b@c>\nContent-Disposition: attachment\n\nx\n--a--\n")
	}
	for html, inline := range map[string]bool{
		`<img src="cid:a%b@c">`:     true,
		`<img src='CID:a%25b%40c'>`: true,
		`<img src=cid:a%b@c>`:       true,
		`<img src="cid:other">`:     false,
		`no image at all`:           false,
	} {
		if p := Parse(mail(html)); len(p.Parts) != 1 || p.Parts[0].Inline != inline {
			t.Errorf("%s: %+v", html, p.Parts)
		}
	}
}

func TestADigestShowsItsMails(t *testing.T) {
	p := Parse([]byte("Content-Type: multipart/digest; boundary=a\n\n--a\n\nSubject: one\nFrom: a@x.example\n\nfirst\n--a\n\nSubject: two\n\nsecond\n--a--\n"))
	for _, want := range []string{"Subject: one", "first", "Subject: two", "second", "a@x.example"} {
		if !strings.Contains(p.Text, want) {
			t.Errorf("%q is missing in %q", want, p.Text)
		}
	}
	if len(p.Parts) != 2 || p.Parts[0].Name != "one.eml" || p.Parts[1].Type != "message/rfc822" {
		t.Errorf("%+v", p.Parts)
	}
}

func TestCapsAreSaid(t *testing.T) {
	for name, raw := range map[string][]byte{
		"depth":   nested(maxDepth+1, true),
		"parts":   []byte("Content-Type: multipart/mixed; boundary=a\n\n" + strings.Repeat("--a\n\nx\n", maxParts+1)),
		"headers": []byte(strings.Repeat("X-A: b\n", maxHeader/7+1) + "\nhello\n"),
		"text":    []byte("\n" + strings.Repeat("x", maxText+1)),
	} {
		if p := Parse(raw); !p.Complex || len(p.Defects) == 0 || !utf8.ValidString(p.Text) {
			t.Errorf("%s: complex=%v, %v", name, p.Complex, p.Defects)
		}
	}
	if p := Parse(nested(maxDepth, true)); p.Complex || p.Text != "the core" {
		t.Errorf("a mail at the cap: complex=%v, %q, %v", p.Complex, p.Text, p.Defects)
	}
}

func TestALargeAttachmentIsStreamed(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 25<<20/16)
	var raw bytes.Buffer
	raw.WriteString("Content-Type: multipart/mixed; boundary=a\n\n--a\n\nhello\n--a\nContent-Type: application/zip; name=big.zip\nContent-Transfer-Encoding: base64\n\n")
	encoder := base64.NewEncoder(base64.StdEncoding, &lineWriter{w: &raw})
	_, err := encoder.Write(content)
	check(t, err)
	check(t, encoder.Close())
	raw.WriteString("\n--a--\n")

	var p Parsed
	if n := allocated(func() { p = Parse(raw.Bytes()) }); n > 2<<20 {
		t.Errorf("Parse allocated %d KB", n>>10)
	}
	if p.Text != "hello" || len(p.Parts) != 1 || p.Parts[0].Size != int64(len(content)) {
		t.Fatalf("%+v", p)
	}
	equal := &comparer{want: content}
	n := allocated(func() {
		part, r, err := OpenPart(raw.Bytes(), p.Parts[0].Index)
		check(t, err)
		if part.Name != "big.zip" {
			t.Errorf("%+v", part)
		}
		_, err = io.Copy(equal, r)
		check(t, err)
	})
	if len(equal.want) > 0 {
		t.Errorf("%d bytes are missing", len(equal.want))
	}
	if n > 1<<20 {
		t.Errorf("OpenPart allocated %d KB for 25 MB", n>>10)
	}
	if _, _, err := OpenPart(raw.Bytes(), 99); !errors.Is(err, ErrNoPart) {
		t.Errorf("part 99: %v", err)
	}
}

// A lineWriter breaks lines after 76 bytes.
type lineWriter struct {
	w   io.Writer
	col int
}

func (l *lineWriter) Write(p []byte) (int, error) {
	for i, c := range p {
		if l.col == 76 {
			if _, err := l.w.Write([]byte("\r\n")); err != nil {
				return i, err
			}
			l.col = 0
		}
		if _, err := l.w.Write([]byte{c}); err != nil {
			return i, err
		}
		l.col++
	}
	return len(p), nil
}

// A comparer is written what it wants.
type comparer struct{ want []byte }

func (c *comparer) Write(p []byte) (int, error) {
	if !bytes.HasPrefix(c.want, p) {
		return 0, io.ErrShortWrite
	}
	c.want = c.want[len(p):]
	return len(p), nil
}

func TestThePreviewIsWhatTheWriterWrote(t *testing.T) {
	for text, want := range map[string]string{
		"Hello  there,\n\n> quoted\nOn Monday Bob wrote:\nsee you\n-- \nAda\n": "Hello there, see you",
		"-----\n=====\nnews\u200b\u034f today":                                 "news today",
		"":                                                                     "",
		strings.Repeat("word ", 100):                                           strings.TrimSpace(strings.Repeat("word ", 40)[:199]) + "…",
	} {
		if got := Preview(Parsed{Text: text}); got != want || utf8.RuneCountInString(got) > 200 {
			t.Errorf("%.30q: got %q, want %q", text, got, want)
		}
	}
	long := Preview(Parsed{Text: strings.Repeat("ä", 1000)})
	if utf8.RuneCountInString(long) != 200 || !strings.HasSuffix(long, "…") {
		t.Errorf("%d characters", utf8.RuneCountInString(long))
	}
}

func TestSearchTextHoldsWhatAMailIsFoundByAndIsBounded(t *testing.T) {
	s := SearchText(Parsed{
		Subject: "lunch", From: []Address{{"Ada", "a@x.example"}}, Text: strings.Repeat("ü", 1<<20),
		Parts: []Part{{Name: "menu.pdf"}, {Name: "logo.png", Inline: true}},
	})
	for _, want := range []string{"lunch", "Ada", "a@x.example", "menu.pdf"} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(s, "logo.png") || len(s) > searchLength || !utf8.ValidString(s) {
		t.Errorf("%d bytes", len(s))
	}
}
