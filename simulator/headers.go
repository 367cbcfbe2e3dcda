package simulator

import (
	"bytes"
	"mime"
	"net/mail"
	"strings"
)

// splitMessage cuts a message after the empty line that ends its header; the line stays with the
// header, as BODY[HEADER] has it.
func splitMessage(raw []byte) (header, body []byte) {
	if bytes.HasPrefix(raw, []byte("\r\n")) {
		return raw[:2], raw[2:]
	}
	if i := bytes.Index(raw, []byte("\r\n\r\n")); i >= 0 {
		return raw[:i+4], raw[i+4:]
	}
	return raw, nil
}

// field is one header field with its folding and line ends as they stand in the message.
type field struct {
	name string
	line []byte
}

// fieldsOf cuts a header into its fields. A line that is no field belongs to the one before.
func fieldsOf(header []byte) []field {
	var fields []field
	for line := range bytes.Lines(header) {
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			break
		}
		name, _, ok := bytes.Cut(line, []byte(":"))
		if continued := line[0] == ' ' || line[0] == '\t' || !ok; continued && len(fields) > 0 {
			last := &fields[len(fields)-1]
			last.line = append(last.line[:len(last.line):len(last.line)], line...)
			continue
		}
		fields = append(fields, field{strings.TrimSpace(string(name)), line})
	}
	return fields
}

// value is the field's content, unfolded.
func (f field) value() string {
	_, v, _ := strings.Cut(string(f.line), ":")
	return strings.TrimSpace(strings.NewReplacer("\r\n", "", "\n", "").Replace(v))
}

// headerValue is the content of the first field of that name.
func headerValue(raw []byte, name string) string {
	header, _ := splitMessage(raw)
	for _, f := range fieldsOf(header) {
		if strings.EqualFold(f.name, name) {
			return f.value()
		}
	}
	return ""
}

// editHeader drops the named fields and puts further lines in front.
func editHeader(raw []byte, front string, drop ...string) []byte {
	header, body := splitMessage(raw)
	edited := bytes.NewBuffer(make([]byte, 0, len(raw)+len(front)))
	edited.WriteString(front)
fields:
	for _, f := range fieldsOf(header) {
		for _, name := range drop {
			if strings.EqualFold(f.name, name) {
				continue fields
			}
		}
		edited.Write(f.line)
	}
	edited.WriteString("\r\n")
	edited.Write(body)
	return edited.Bytes()
}

// addressIn is the bare address in a From field; "" when it cannot be read.
func addressIn(value string) string {
	list, err := mail.ParseAddressList(value)
	if err != nil || len(list) == 0 {
		return ""
	}
	return list[0].Address
}

// encodedWord makes text fit for a header.
func encodedWord(text string) string { return mime.QEncoding.Encode("utf-8", text) }
