package message

import (
	"strings"
	"unicode"
)

const (
	previewLength = 200       // characters
	searchLength  = 512 << 10 // bytes
)

// Preview returns the first words of a mail for a list, in one line of at most 200 characters: no
// quotation, no signature, no line that only announces a quotation.
func Preview(p Parsed) string {
	var out strings.Builder
	n := 0
	for line := range strings.Lines(cut(p.Text, 20*1024)) {
		if strings.TrimRight(line, "\r\n") == "-- " {
			break
		}
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '>' || isRule(line) || announcesQuote(line) {
			continue
		}
		for _, word := range strings.FieldsFunc(line, unicode.IsSpace) {
			if n > 0 {
				out.WriteByte(' ')
				n++
			}
			for _, r := range word {
				if n >= previewLength-1 {
					return strings.TrimSpace(out.String()) + "…"
				}
				if invisible(r) {
					continue
				}
				out.WriteRune(r)
				n++
			}
		}
	}
	return strings.TrimSpace(out.String())
}

// isRule reports whether a line is only drawn: -----, =====, *****.
func isRule(line string) bool {
	return len(line) > 2 && strings.Trim(line, "-=_*~#+ ") == ""
}

func announcesQuote(line string) bool {
	return strings.HasPrefix(line, "On ") && strings.HasSuffix(line, "wrote:")
}

// invisible knows the characters that newsletters fill the preview with.
func invisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) || r == '\u034f' || r == '\u2800' || r == '\u3164' || r == unicode.ReplacementChar
}

// SearchText returns the words that a mail is found by: its subject, people, text and attachment names, at most 512 KB of them.
func SearchText(p Parsed) string {
	var out strings.Builder
	out.WriteString(p.Subject)
	for _, list := range [][]Address{p.From, p.To, p.Cc} {
		for _, a := range list {
			out.WriteString("\n" + a.Name + " " + a.Addr)
		}
	}
	for _, part := range p.Parts {
		if !part.Inline {
			out.WriteString("\n" + part.Name)
		}
	}
	out.WriteString("\n")
	out.WriteString(p.Text)
	return cut(out.String(), searchLength)
}
