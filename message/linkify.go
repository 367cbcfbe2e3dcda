package message

import (
	"html"
	"net/url"
	"strings"
)

// linkify writes a line of text to out, escaped, with its web and mail addresses as links.
func linkify(out *strings.Builder, line string) {
	for line != "" {
		n := strings.IndexAny(line, " \t<>\"")
		if n < 0 {
			n = len(line)
		}
		linkWord(out, line[:n])
		if n < len(line) {
			escapeTo(out, line[n:n+1])
			n++
		}
		line = line[n:]
	}
}

// linkWord writes one word.
func linkWord(out *strings.Builder, word string) {
	start, end, href := findLink(word)
	if href == "" {
		escapeTo(out, word)
		return
	}
	escapeTo(out, word[:start])
	out.WriteString(`<a href="` + html.EscapeString(href) + `" target="_blank" rel="noopener noreferrer nofollow">`)
	escapeTo(out, word[start:end])
	out.WriteString("</a>")
	escapeTo(out, word[end:])
}

// findLink finds an address in a word: where it is and where it leads, "" when there is none.
func findLink(word string) (start, end int, href string) {
	const most = 4000
	if len(word) > most || len(word) < 5 {
		return 0, 0, ""
	}
	for _, scheme := range []string{"https://", "http://", "www."} {
		if i := indexFold(word, scheme); i >= 0 && (i == 0 || !isWordByte(word[i-1])) {
			end = i + len(trimLink(word[i:]))
			href = word[i:end]
			if scheme == "www." {
				href = "http://" + href
			}
			if u, err := url.Parse(href); err != nil || u.Hostname() == "" || u.User != nil || !strings.Contains(u.Host, ".") && u.Hostname() != "localhost" {
				return 0, 0, ""
			}
			return i, end, cleanLink(href)
		}
	}
	return findMail(word)
}

// trimLink takes off what ends a sentence rather than an address: punctuation, and brackets that were opened before it.
func trimLink(s string) string {
	for s != "" {
		last := s[len(s)-1]
		switch {
		case strings.IndexByte(".,;:!?'*_|", last) >= 0:
		case last == ')' && strings.Count(s, "(") < strings.Count(s, ")"):
		case last == ']' && strings.Count(s, "[") < strings.Count(s, "]"):
		case last == '}' && strings.Count(s, "{") < strings.Count(s, "}"):
		default:
			return s
		}
		s = s[:len(s)-1]
	}
	return s
}

// findMail finds a mail address.
func findMail(word string) (start, end int, href string) {
	at := strings.IndexByte(word, '@')
	if at <= 0 {
		return 0, 0, ""
	}
	start, end = at, at+1
	for start > 0 && (isWordByte(word[start-1]) || strings.IndexByte(".+-%", word[start-1]) >= 0) {
		start--
	}
	for end < len(word) && (isWordByte(word[end]) || word[end] == '.' || word[end] == '-') {
		end++
	}
	domain := strings.TrimRight(word[at+1:end], ".-_")
	end = at + 1 + len(domain)
	if start == at || at-start > 64 || !strings.Contains(strings.Trim(domain, "."), ".") {
		return 0, 0, ""
	}
	return start, end, "mailto:" + url.PathEscape(word[start:at]) + "@" + domain
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}
