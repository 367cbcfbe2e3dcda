package message

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// bombs are mails made to cost more than they weigh.
func bombs() map[string][]byte {
	return map[string][]byte{
		"nesting 10,000 deep":              nested(10_000, true),
		"nesting 10,000 deep, never ended": nested(10_000, false),
		"5 KB of unterminated nesting":     nested(100, false),
		"100,000 parts":                    []byte("Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 100_000) + "--b--\n"),
		"100,000 empty multiparts":         []byte("Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: multipart/mixed; boundary=c\n\n", 100_000)),
		"100,000 delimiters, one boundary": []byte("Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b--\n", 100_000)),
		"a header of 20 MB":                []byte("Subject: x\n" + strings.Repeat("X-Header: 0123456789\n", 1_000_000) + "\nbody\n"),
		"a field of 20 MB":                 []byte("Subject: " + strings.Repeat(" folded\n", 2_500_000) + "\nbody\n"),
		"a line of 20 MB":                  []byte("Subject: " + strings.Repeat("a", 20<<20) + "\n\nbody\n"),
		"mails in mails in mails":          []byte(strings.Repeat("Content-Type: message/rfc822\n\n", 100_000) + "body\n"),
		"a million quotes in From":         []byte("From: " + strings.Repeat(`"\`, 500_000) + "\n\nbody\n"),
		"a million brackets in To":         []byte("To: " + strings.Repeat("(", 500_000) + strings.Repeat("<,", 250_000) + "\n\nbody\n"),
		"a million words in Subject":       []byte("Subject: " + strings.Repeat("=?utf-8?q?", 100_000) + "\n\nbody\n"),
		"words that end late":              []byte("Subject: " + strings.Repeat("=?x?z?", 150_000) + "?=\n\nbody\n"),
		"a million parameters":             []byte("Content-Type: text/plain" + strings.Repeat(";a*0=b", 150_000) + "\n\nbody\n"),
		"references by the million":        []byte("References: " + strings.Repeat("<a@b>", 200_000) + "\n\nbody\n"),
		"20 MB of =":                       []byte("Content-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat("= ", 10<<20)),
		"spaces before nothing":            []byte("Content-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat(strings.Repeat(" ", 1000)+"x", 5000)),
		"deep HTML":                        []byte("Content-Type: text/html\n\n" + strings.Repeat("<blockquote><p>", 130_000)),
		"flowed quotes":                    []byte("Content-Type: text/plain; format=flowed\n\n" + strings.Repeat(strings.Repeat(">", 1000)+" x \n", 2000)),
		"boundaries that begin alike":      []byte("Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--"+strings.Repeat("b", 500)+"\n", 40_000)),
		"childless multiparts":             []byte("Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: multipart/mixed\n\n--x\nContent-Type: multipart/mixed\n\n", 50_000)),
	}
}

func nested(depth int, ended bool) []byte {
	var b bytes.Buffer
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	b.WriteString("Content-Type: text/plain\n\nthe core\n")
	for i := depth - 1; ended && i >= 0; i-- {
		fmt.Fprintf(&b, "--b%d--\n", i)
	}
	return b.Bytes()
}

// allocated runs f and returns the bytes it allocated in all: an upper bound of what it held at any time.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestNoMailCostsMuchMoreThanItWeighs(t *testing.T) {
	if testing.Short() {
		t.Skip("bombs are left out of a short run")
	}
	for name, raw := range bombs() {
		t.Run(name, func(t *testing.T) {
			var p Parsed
			start := time.Now()
			bytes := allocated(func() { p = Parse(raw) })
			took := time.Since(start)
			t.Logf("%d KB: %v, %d MB allocated, complex=%v, %v", len(raw)>>10, took.Round(time.Millisecond), bytes>>20, p.Complex, p.Defects)
			if bytes > 100<<20 {
				t.Errorf("allocated %d MB for %d KB", bytes>>20, len(raw)>>10)
			}
			if took > time.Minute { // it hangs; how quick it is shows elsewhere
				t.Errorf("took %v", took)
			}
			if p.Text == "" && p.HTML == "" && len(p.Parts) == 0 && p.Subject == "" && !p.Complex && len(p.Defects) == 0 {
				t.Error("nothing to show and nothing said")
			}
		})
	}
}

// htmlBombs are HTML made to grow in a parser.
func htmlBombs() map[string]string {
	var fonts, spans, attrs strings.Builder
	for i := range 500 {
		fmt.Fprintf(&fonts, "<font color=c%d>", i)
	}
	for i := range 100_000 {
		fmt.Fprintf(&spans, "<b><i>x</b>")
		fmt.Fprintf(&attrs, " a%d=1", i)
	}
	return map[string]string{
		"formatting opened in every paragraph":       "<p>" + fonts.String() + "</p>" + strings.Repeat("<p>x", 400_000),
		"formatting opened after a table":            "<p>" + fonts.String() + "<table><td>" + strings.Repeat("</font>", 500) + "</table>" + strings.Repeat("<p>x", 400_000),
		"bold that never ends":                       strings.Repeat("<b>", 600_000),
		"misnested formatting":                       spans.String(),
		"deeply nested":                              strings.Repeat("<div>", 400_000) + "core",
		"nothing but line ends":                      strings.Repeat("<br>", 500_000),
		"an element with 100,000 attributes":         "<p" + attrs.String() + ">x",
		"tables in tables":                           strings.Repeat("<table><tr><td>", 130_000) + "core",
		"cells without end":                          "<table>" + strings.Repeat("<td>x", 350_000),
		"links in links":                             strings.Repeat("<a href=https://x.example/>", 75_000) + "x",
		"2 MB of CSS rules":                          "<style>" + strings.Repeat("a,", 400_000) + "b{color:red}</style>",
		"2 MB of CSS brackets":                       "<style>" + strings.Repeat("a{", 1_000_000) + "</style>",
		"2 MB of CSS parentheses":                    "<p style='width:" + strings.Repeat("calc(", 400_000) + "'>x",
		"2 MB of CSS comments":                       "<style>" + strings.Repeat("/**/a{color:red}", 130_000) + "</style>",
		"2 MB of CSS strings":                        "<style>" + strings.Repeat("a{font-family:'", 130_000) + "</style>",
		"2 MB of end tags":                           strings.Repeat("</p>", 500_000),
		"2 MB of text":                               strings.Repeat("word ", 400_000),
		"2 MB of <":                                  strings.Repeat("<", 2<<20),
		"2 MB of &":                                  strings.Repeat("&amp", 500_000),
		"2 MB of comments":                           strings.Repeat("<!---->", 280_000),
		"2 MB of svg":                                strings.Repeat("<svg>", 400_000),
		"2 MB of select and option":                  strings.Repeat("<select><option>", 130_000),
		"2 MB of misnested formatting and paragraph": strings.Repeat("<b><p></b>", 200_000),
	}
}

func TestNoHTMLCostsMuchMoreThanItWeighs(t *testing.T) {
	if testing.Short() {
		t.Skip("bombs are left out of a short run")
	}
	for name, src := range htmlBombs() {
		t.Run(name, func(t *testing.T) {
			var c Clean
			start := time.Now()
			bytes := allocated(func() { c = Sanitize(src, nil) })
			took := time.Since(start)
			t.Logf("%d KB: %v, %d MB allocated, %d KB out", len(src)>>10, took.Round(time.Millisecond), bytes>>20, len(c.HTML)>>10)
			if bytes > 300<<20 {
				t.Errorf("allocated %d MB", bytes>>20)
			}
			if took > time.Minute { // it hangs; how quick it is shows elsewhere
				t.Errorf("took %v", took)
			}
			if strings.Contains(src, "core") && !strings.Contains(c.HTML, "core") {
				t.Error("the text was lost")
			}
		})
	}
}

func TestNoPlainTextCostsMuchMoreThanItWeighs(t *testing.T) {
	for name, text := range map[string]string{
		"quotes":        strings.Repeat(">", 2<<20),
		"quoted lines":  strings.Repeat(">>>>>>>>>>>>x\ny\n", 100_000),
		"web addresses": strings.Repeat("http://x.example/ ", 100_000),
		"one address":   "http://x.example/" + strings.Repeat("a", 2<<20),
		"brackets":      strings.Repeat("http://x.example/"+strings.Repeat(")", 3000)+" ", 500),
		"at signs":      strings.Repeat("@", 2<<20),
		"mail names":    strings.Repeat("a", 2<<20) + "@x.example",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			bytes := allocated(func() { TextDocument(text) })
			t.Logf("%v, %d MB allocated", time.Since(start).Round(time.Millisecond), bytes>>20)
			if bytes > 200<<20 {
				t.Errorf("allocated %d MB", bytes>>20)
			}
		})
	}
}
