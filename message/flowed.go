package message

import "strings"

// unflow joins the lines of format=flowed text (RFC 3676): a line that ends in a space goes on in
// the next one of the same quote depth. delSp says that this space is not part of the text.
func unflow(s string, delSp bool) string {
	var out strings.Builder
	flowing, depth := false, 0
	for line := range strings.Lines(s) {
		line = strings.TrimSuffix(line, "\n")
		quotes := len(line) - len(strings.TrimLeft(line, ">"))
		text := line[quotes:]
		text = strings.TrimPrefix(text, " ") // stuffed
		signature := text == "-- "
		if flowing && (quotes != depth || signature) {
			out.WriteByte('\n')
			flowing = false
		}
		if !flowing && quotes > 0 {
			out.WriteString(strings.Repeat(">", quotes))
			out.WriteByte(' ')
		}
		flowing, depth = strings.HasSuffix(text, " ") && !signature, quotes
		if flowing && delSp {
			text = strings.TrimSuffix(text, " ")
		}
		out.WriteString(text)
		if !flowing {
			out.WriteByte('\n')
		}
	}
	return out.String()
}
