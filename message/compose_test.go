package message

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"

	"bufio"

	"pgregory.net/rapid"
)

func ada() Address { return Address{"Ada Lovelace", "ada@contoso.example"} }
func bob() Address { return Address{"", "bob@fabrikam.example"} }

// file is an attachment with this content.
func file(name, kind, content string) Attachment {
	return Attachment{Name: name, Type: kind, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}
}

func TestWhatIsComposedIsReadBack(t *testing.T) {
	image := file("logo.png", "image/png", "png")
	image.Inline, image.ContentID = true, "logo@postroom"
	sent := time.Date(2026, 11, 2, 10, 15, 0, 0, time.FixedZone("", 3600))
	c, err := Compose(Draft{
		From: Address{"Müller, Jörg", "joerg@bücher.example"}, To: []Address{bob(), {"Eve (x) \"y\"", "eve@x.example"}},
		Cc: []Address{ada()}, Bcc: []Address{{"Secret", "secret@x.example"}, {"", "BOB@fabrikam.example"}}, ReplyTo: []Address{ada()},
		Subject: "Grüße =?utf-8?q?not=20encoded?=", HTML: `<p>Hello <a href="https://x.example/">you</a></p><img src="cid:logo@postroom">`,
		InReplyTo: "<two@x.example>", References: []string{"one@x.example", "<two@x.example>"}, OutgoingID: "01JABC", Date: sent,
		Attachments: []Attachment{file("Überweisung – Kopie.pdf", "application/pdf", "%PDF"), image, file("mail.eml", "message/rfc822", "Subject: x\n\ny")},
	})
	check(t, err)
	p := Parse(c.Raw)
	if len(p.Defects) > 0 || p.Subject != "Grüße =?utf-8?q?not=20encoded?=" || !p.Date.Equal(sent) || p.MessageID != c.MessageID || !strings.HasSuffix(c.MessageID, "@xn--bcher-kva.example") {
		t.Errorf("%+v", p)
	}
	if !slices.Equal(p.From, []Address{{"Müller, Jörg", "joerg@xn--bcher-kva.example"}}) || !slices.Equal(p.To, []Address{bob(), {"Eve (x) \"y\"", "eve@x.example"}}) ||
		!slices.Equal(p.Cc, []Address{ada()}) || !slices.Equal(p.ReplyTo, []Address{ada()}) || len(p.Bcc) > 0 {
		t.Errorf("people: %+v", p)
	}
	if !slices.Equal(p.InReplyTo, []string{"two@x.example"}) || !slices.Equal(p.References, []string{"one@x.example", "two@x.example"}) {
		t.Errorf("thread: %v %v", p.InReplyTo, p.References)
	}
	if !slices.Equal(c.Recipients, []string{"bob@fabrikam.example", "eve@x.example", "ada@contoso.example", "secret@x.example"}) || bytes.Contains(c.Raw, []byte("secret")) {
		t.Errorf("recipients %v", c.Recipients)
	}
	if !bytes.Contains(c.Raw, []byte("\r\nX-Postroom-Outgoing-ID: 01JABC\r\n")) || bytes.Contains(bytes.ToLower(c.Raw), []byte("user-agent")) {
		t.Errorf("header: %s", c.Raw)
	}
	if p.Text != "Hello you <https://x.example/>\n" || !strings.Contains(p.HTML, "cid:logo@postroom") {
		t.Errorf("text %q, html %q", p.Text, p.HTML)
	}
	want := []Part{
		{Name: "logo.png", Type: "image/png", ContentID: "logo@postroom", Inline: true, Size: 3},
		{Name: "Überweisung – Kopie.pdf", Type: "application/pdf", Size: 4},
		{Name: "mail.eml", Type: "application/octet-stream", Size: 13},
	}
	for i := range p.Parts {
		p.Parts[i].Index = 0
	}
	if !slices.Equal(p.Parts, want) {
		t.Errorf("parts: %+v", p.Parts)
	}
}

// Whatever is written comes back as it was, in lines that every server takes.
func TestRoundTrip(t *testing.T) {
	word := rapid.StringMatching(`[ -~äöüß€日本😀]{0,60}`)
	name := rapid.Custom(func(t *rapid.T) string { return strings.TrimSpace(word.Draw(t, "word")) })
	addr := rapid.StringMatching(`[a-z0-9!#$%&'*+/=?^_{|}~-]{1,10}(\.[a-z]{1,5})?@[a-z]{1,8}\.example`)
	text := rapid.StringMatching(`([ -~äöü日本]{0,120}\n){0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		d := Draft{From: Address{name.Draw(t, "from name"), addr.Draw(t, "from")}, Subject: strings.Join(strings.Fields(word.Draw(t, "subject")), " "), Text: text.Draw(t, "text")}
		for range rapid.IntRange(1, 30).Draw(t, "count") {
			d.To = append(d.To, Address{name.Draw(t, "to name"), addr.Draw(t, "to")})
		}
		for range rapid.IntRange(0, 40).Draw(t, "references") {
			d.References = append(d.References, rapid.StringMatching(`[a-z0-9]{1,200}@[a-z]{1,10}`).Draw(t, "reference"))
		}
		content := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "content")
		d.Attachments = []Attachment{file("a.bin", "application/x-thing", string(content))}
		c, err := Compose(d)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.SplitSeq(c.Raw, []byte("\r\n")) {
			if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
				t.Fatalf("a line of %d bytes: %q", len(line), line)
			}
		}
		p := Parse(c.Raw)
		if p.Subject != d.Subject || !slices.Equal(p.References, d.References) || len(p.Defects) > 0 {
			t.Fatalf("subject %q, want %q; references %v; defects %v", p.Subject, d.Subject, p.References, p.Defects)
		}
		if got, want := fmt.Sprintf("%q", append(p.From, p.To...)), fmt.Sprintf("%q", append([]Address{d.From}, d.To...)); got != want && !namesRepeat(append(d.To, d.From)) {
			t.Fatalf("people\n got %s\nwant %s\n%s", got, want, c.Raw)
		}
		if got, want := strings.TrimRight(p.Text, "\n"), strings.TrimRight(d.Text, "\n"); got != want {
			t.Fatalf("text %q, want %q", got, want)
		}
		_, r, err := OpenPart(c.Raw, p.Parts[0].Index)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := io.ReadAll(r); !bytes.Equal(got, content) {
			t.Fatalf("content %q, want %q", got, content)
		}
	})
}

// namesRepeat reports names that reading tidies: in single quotes, the address itself, odd spaces.
func namesRepeat(list []Address) bool {
	return slices.ContainsFunc(list, func(a Address) bool {
		return a.Name == a.Addr || strings.HasPrefix(a.Name, "'") && strings.HasSuffix(a.Name, "'")
	})
}

func TestNothingSmugglesAHeaderIn(t *testing.T) {
	for _, bad := range []string{"a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\x00b", "a\u2028b", "a\u2029b"} {
		for field, d := range map[string]Draft{
			"Subject":     {Subject: bad},
			"Name":        {To: []Address{{bad, "x@y.example"}}},
			"From name":   {From: Address{bad, "x@y.example"}},
			"Address":     {To: []Address{{"", bad + "@y.example"}}},
			"Domain":      {Cc: []Address{{"", "x@y.example" + bad}}},
			"Bcc":         {Bcc: []Address{{"", `"` + bad + `"@y.example`}}},
			"Reply-To":    {ReplyTo: []Address{{bad, "x@y.example"}}},
			"In-Reply-To": {InReplyTo: bad},
			"References":  {References: []string{bad}},
			"Message-ID":  {MessageID: bad + "@y.example"},
			"Outgoing id": {OutgoingID: bad},
			"File name":   {Attachments: []Attachment{file(bad, "", "")}},
			"File type":   {Attachments: []Attachment{file("a", "text/plain; x="+bad, "")}},
			"File id":     {Attachments: []Attachment{{Name: "a", Inline: true, ContentID: bad, Open: file("", "", "").Open}}},
		} {
			if d.From.Addr == "" {
				d.From = ada()
			}
			d.To = append(d.To, bob())
			if c, err := Compose(d); err == nil {
				t.Errorf("%s %q was composed:\n%s", field, bad, c.Raw)
			}
		}
	}
}

func TestAddressesThatCannotBeUsedAreNamed(t *testing.T) {
	for _, bad := range []string{
		"", "nobody", "@x.example", "a@", "a b@x.example", "a@x..example", "a@-x.example", "a@x.example>", "<a@x.example", "a,b@x.example",
		"a@b@x.example", "jörg@x.example", `"a" b@x.example`, "a@[127.0.0.1]", "a@x.example, b@y.example", "a@x.example\r\nRCPT TO:<x>",
		strings.Repeat("a", 80) + "@x.example", "a@" + strings.Repeat("a.", 200) + "example", "a@x .example", ".a@x.example", "a..b@x.example", "Ada <a@x.example>",
	} {
		_, err := Compose(Draft{From: ada(), To: []Address{bob()}, Cc: []Address{{"", bad}}})
		var named *BadAddress
		if !errors.As(err, &named) || named.Field != "Cc" || named.Address != bad {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := Compose(Draft{From: ada()}); !errors.Is(err, ErrNoRecipient) {
		t.Errorf("no recipient: %v", err)
	}
	c, err := Compose(Draft{From: ada(), To: []Address{{"", `"a, evil@x"@d.example`}}})
	check(t, err)
	if !slices.Equal(c.Recipients, []string{`"a, evil@x"@d.example`}) {
		t.Errorf("recipients %q", c.Recipients)
	}
}

func TestAnAttachmentThatCannotBeReadIsAnError(t *testing.T) {
	gone := errors.New("gone")
	a := Attachment{Name: "a.pdf", Open: func() (io.ReadCloser, error) { return nil, gone }}
	if _, err := Compose(Draft{From: ada(), To: []Address{bob()}, Attachments: []Attachment{a}}); !errors.Is(err, gone) || !strings.Contains(err.Error(), "a.pdf") {
		t.Errorf("got %v", err)
	}
}

// The sequences of smtp_smuggling_scanner.py and one more (SEC Consult, 2023).
func TestNothingSmugglesAMailIn(t *testing.T) {
	for _, end := range []string{
		"\n.\n", "\n.\r", "\r.\n", "\r.\r", "\n.\r\n", "\r.\r\n", "\r\n.\r\r\n", "\r\r\n.\r\r\n", "\r\n\x00.\r\n", "\r\n.\x00\r\n", "\r\n.\r\n",
	} {
		raw := []byte("Subject: x\r\n\r\nhello" + end + "MAIL FROM:<evil@x.example>\r\n")
		canonical, err := Canonical(raw)
		if strings.Contains(end, "\x00") {
			if !errors.Is(err, ErrNUL) {
				t.Errorf("%q: %v", end, err)
			}
			continue
		}
		check(t, err)
		var wire bytes.Buffer
		w := bufio.NewWriter(&wire)
		dot := textproto.NewWriter(w).DotWriter()
		_, err = dot.Write(canonical)
		check(t, err)
		check(t, dot.Close())
		if n := bytes.Count(wire.Bytes(), []byte("\r\n.\r\n")); n != 1 {
			t.Errorf("%q: %d ends of mail on the wire: %q", end, n, wire.Bytes())
		}
		rest := bytes.ReplaceAll(wire.Bytes(), []byte("\r\n"), nil)
		if bytes.ContainsAny(rest, "\r\n\x00") {
			t.Errorf("%q: a bare CR or LF on the wire: %q", end, wire.Bytes())
		}
		if again, _ := Canonical(canonical); !bytes.Equal(again, canonical) {
			t.Errorf("%q: not canonical after all: %q", end, again)
		}
	}
}

func TestSubjectsOfAnswersDoNotGrow(t *testing.T) {
	for in, want := range map[string][3]string{ // answer, forward, normal
		"Lunch":            {"Re: Lunch", "Fwd: Lunch", "Lunch"},
		"Re: Lunch":        {"Re: Lunch", "Fwd: Re: Lunch", "Lunch"},
		"AW: RE[2]: Lunch": {"Re: Lunch", "Fwd: AW: RE[2]: Lunch", "Lunch"},
		"Fwd: Lunch":       {"Re: Fwd: Lunch", "Fwd: Lunch", "Lunch"},
		"WG: Lunch":        {"Re: WG: Lunch", "WG: Lunch", "Lunch"},
		"回复：午饭":            {"Re: 午饭", "Fwd: 回复：午饭", "午饭"},
		"Lunch: tomorrow":  {"Re: Lunch: tomorrow", "Fwd: Lunch: tomorrow", "Lunch: tomorrow"},
		"":                 {"Re:", "Fwd:", ""},
		"Re: Re: Fwd: x":   {"Re: Fwd: x", "Fwd: Re: Re: Fwd: x", "x"},
		"Re : Lunch":       {"Re: Lunch", "Fwd: Re : Lunch", "Lunch"},
	} {
		if got := [3]string{ReplySubject(in), ForwardSubject(in), NormalSubject(in)}; got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestAnswersQuoteAndForwardsTellTheHeader(t *testing.T) {
	p := Parsed{
		From: []Address{ada()}, To: []Address{bob()}, Subject: "Lunch <b>", Date: time.Date(2026, 11, 2, 10, 15, 0, 0, time.UTC),
		Text: "one\n> two\n", HTML: `<p onclick=x>one</p><script>x</script>`,
	}
	if got, want := QuoteText(p), "On 2 November 2026 at 10:15 +0000, Ada Lovelace <ada@contoso.example> wrote:\n> one\n>> two\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, got := range []string{QuoteHTML(p, nil), ForwardHTML(p, nil)} {
		if strings.Contains(got, "script") || strings.Contains(got, "onclick") || strings.Contains(got, "Lunch <b>") || !strings.Contains(got, "<p>one</p>") {
			t.Errorf("got %s", got)
		}
	}
	if got := ForwardText(p); !strings.Contains(got, "From: Ada Lovelace <ada@contoso.example>\n") || !strings.HasSuffix(got, p.Text) {
		t.Errorf("got %q", got)
	}
}
