package simulator

import (
	"bytes"
	"fmt"
	"mime"
	"net/mail"
	"strings"
)

// part is one part of a message's MIME tree, with its bytes as they stand in the message.
type part struct {
	header, body []byte
	typ          string // such as text/plain
	params       map[string]string
	children     []part // of a multipart, or the one message inside a message/rfc822
}

// deepest is how deep nested parts are followed.
const deepest = 20

// parseParts reads the MIME tree of a message.
func parseParts(raw []byte) part { return readPart(raw, deepest) }

func readPart(raw []byte, depth int) part {
	p := part{}
	p.header, p.body = splitMessage(raw)
	var err error
	p.typ, p.params, err = mime.ParseMediaType(headerValue(p.header, "Content-Type"))
	if err != nil && p.typ == "" || !strings.Contains(p.typ, "/") {
		p.typ, p.params = "text/plain", map[string]string{"charset": "us-ascii"}
	}
	switch {
	case depth == 0:
	case strings.HasPrefix(p.typ, "multipart/") && p.params["boundary"] != "":
		for _, child := range splitParts(p.body, p.params["boundary"]) {
			p.children = append(p.children, readPart(child, depth-1))
		}
	case p.typ == "message/rfc822":
		p.children = []part{readPart(p.body, depth-1)}
	}
	return p
}

// splitParts cuts a multipart's body at its boundary lines.
func splitParts(body []byte, boundary string) [][]byte {
	var parts [][]byte
	start := -1 // of the part being read; -1 in the preamble
	for pos := 0; pos < len(body); {
		end := len(body)
		if i := bytes.IndexByte(body[pos:], '\n'); i >= 0 {
			end = pos + i + 1
		}
		rest, ok := bytes.CutPrefix(body[pos:end], []byte("--"+boundary))
		rest = bytes.TrimRight(rest, " \t\r\n")
		last := string(rest) == "--"
		if ok && (len(rest) == 0 || last) {
			if start >= 0 {
				parts = append(parts, trimEOL(body[start:pos]))
			}
			start = end
			if last {
				return parts
			}
		}
		pos = end
	}
	if start >= 0 {
		parts = append(parts, body[start:])
	}
	return parts
}

// at finds a nested part by its numbers. Part 1 of a message that is no multipart is its body.
func (p part) at(path []int) (part, bool) {
	for i, n := range path {
		if p.typ == "message/rfc822" && i > 0 {
			p = p.children[0]
		}
		switch {
		case strings.HasPrefix(p.typ, "multipart/") && n <= len(p.children):
			p = p.children[n-1]
		case !strings.HasPrefix(p.typ, "multipart/") && n == 1:
		default:
			return part{}, false
		}
	}
	return p, true
}

// structureOf writes a BODYSTRUCTURE, or one of those that Exchange gets wrong.
func (f fetcher) structureOf(raw []byte, extended bool) string {
	if ugly, ok := uglyStructures[f.structure]; ok {
		return ugly
	}
	return parseParts(raw).structure(extended)
}

// structure writes a part as RFC 3501, 7.4.2 wants it.
func (p part) structure(extended bool) string {
	major, minor, _ := strings.Cut(strings.ToUpper(p.typ), "/")
	if major == "MULTIPART" {
		return p.multipart(minor, extended)
	}
	encoding := headerValue(p.header, "Content-Transfer-Encoding")
	if encoding == "" {
		encoding = "7BIT"
	}
	out := fmt.Sprintf("(%s %s %s %s %s %s %d", quote(major), quote(minor), listParams(p.params),
		quoteOrNil(headerValue(p.header, "Content-ID")), quoteOrNil(headerValue(p.header, "Content-Description")),
		quote(strings.ToUpper(encoding)), len(p.body))
	lines := bytes.Count(p.body, []byte("\n"))
	switch {
	case p.typ == "message/rfc822" && len(p.children) == 1:
		out += fmt.Sprintf(" %s %s %d", envelope(p.body), p.children[0].structure(extended), lines)
	case major == "TEXT":
		out += fmt.Sprintf(" %d", lines)
	}
	if extended {
		out += " NIL " + p.disposition() + " NIL NIL"
	}
	return out + ")"
}

func (p part) multipart(minor string, extended bool) string {
	out := "("
	for _, child := range p.children {
		out += child.structure(extended)
	}
	if len(p.children) == 0 {
		out += `("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0)`
	}
	out += " " + quote(minor)
	if extended {
		out += " " + listParams(p.params) + " " + p.disposition() + " NIL NIL"
	}
	return out + ")"
}

func (p part) disposition() string {
	value, params, err := mime.ParseMediaType(headerValue(p.header, "Content-Disposition"))
	if err != nil || value == "" {
		return "NIL"
	}
	return "(" + quote(value) + " " + listParams(params) + ")"
}

func listParams(params map[string]string) string {
	if len(params) == 0 {
		return "NIL"
	}
	var words []string
	for name, value := range params {
		words = append(words, quote(name), quote(value))
	}
	return "(" + strings.Join(words, " ") + ")"
}

// envelope writes the fields of a header that RFC 3501 calls the envelope.
func envelope(raw []byte) string {
	header, _ := splitMessage(raw)
	from := addressList(header, "From")
	sender, reply := addressList(header, "Sender"), addressList(header, "Reply-To")
	if sender == "NIL" {
		sender = from
	}
	if reply == "NIL" {
		reply = from
	}
	return "(" + strings.Join([]string{
		quoteOrNil(headerValue(header, "Date")), quoteOrNil(headerValue(header, "Subject")),
		from, sender, reply, addressList(header, "To"), addressList(header, "Cc"), addressList(header, "Bcc"),
		quoteOrNil(headerValue(header, "In-Reply-To")), quoteOrNil(headerValue(header, "Message-ID")),
	}, " ") + ")"
}

func addressList(header []byte, name string) string {
	value := headerValue(header, name)
	if value == "" {
		return "NIL"
	}
	list, err := mail.ParseAddressList(value)
	if err != nil || len(list) == 0 {
		return fmt.Sprintf(`((%s NIL NIL ".MISSING-HOST-NAME."))`, quote(value))
	}
	out := "("
	for _, a := range list {
		local, host, _ := cutLast(a.Address, "@")
		shown := a.Name
		if shown != "" {
			shown = encodedWord(shown)
		}
		out += fmt.Sprintf("(%s NIL %s %s)", quoteOrNil(shown), quote(local), quote(host))
	}
	return out + ")"
}

// quote writes a string in quotes, as a literal when quotes cannot hold it.
func quote(s string) string {
	for _, b := range []byte(s) {
		if b >= 0x80 || b == '\r' || b == '\n' {
			return fmt.Sprintf("{%d}\r\n%s", len(s), s)
		}
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func quoteOrNil(s string) string {
	if s == "" {
		return "NIL"
	}
	return quote(s)
}

// uglyStructures are malformed answers seen from Exchange, by the value of UglyStructure.
var uglyStructures = map[string]string{
	"1":  `(NIL NIL NIL NIL NIL "7BIT" 0 NIL NIL NIL NIL)`,
	"2":  `(NIL "alternative" ("boundary" "x") NIL NIL NIL)`,
	"3":  `("TEXT" "PLAIN" ("charset" "utf-8") NIL NIL "7BIT" 10 1 NIL "inline" NIL NIL)`,
	"4":  `("TEXT" "PLAIN" ("charset" "utf-8") NIL NIL "7BIT" 10 1 NIL (NIL NIL) NIL NIL)`,
	"5":  `(("TEXT" "PLAIN" ("charset" "utf-8") NIL NIL "7BIT" 10 1 NIL NIL NIL NIL) "mixed" ("boundary" "x") "inline" NIL NIL)`,
	"6":  `("TEXT" "PLAIN" ("charset" "utf-8") NIL NIL "7BIT" -1 1 NIL NIL NIL NIL)`,
	"7":  `("TEXT" "PLAIN" ("charset" NIL) NIL NIL "7BIT" 10 1 NIL NIL NIL NIL)`,
	"8":  `("TEXT" "PLAIN" ("charset" "utf-8") NIL NIL 7BIT  10 1 NIL NIL NIL NIL)`,
	"9":  `("APPLICATION" "PDF" ("name" "the "final" one.pdf") NIL NIL "BASE64" 10 NIL NIL NIL NIL)`,
	"10": `("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 10 NIL NIL 1 NIL NIL NIL NIL)`,
}
