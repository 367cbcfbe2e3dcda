package message

import (
	"fmt"
	"io"
	"mime"
	"net/textproto"
	"strings"

	"github.com/wneessen/go-mail"
)

// An Attachment is a file of a Draft. Open is called once, while composing.
type Attachment struct {
	Name      string
	Type      string // a media type; application/octet-stream when empty or none
	ContentID string // what the HTML names with cid:, when Inline
	Inline    bool
	Open      func() (io.ReadCloser, error)
}

// attach adds files to a mail: those that the HTML shows beside it, the others after it.
func attach(m *mail.Msg, list []Attachment) error {
	var files, shown []*mail.File
	for _, a := range list {
		f, err := a.file()
		if err != nil {
			return fmt.Errorf("attachment %q: %w", a.Name, err)
		}
		if a.Inline {
			shown = append(shown, f)
		} else {
			files = append(files, f)
		}
	}
	m.SetAttachments(files)
	m.SetEmbeds(shown)
	return nil
}

// file writes the header of an attachment and streams its content when the mail is written.
func (a Attachment) file() (*mail.File, error) {
	if !isOneLine(a.Name) || !isOneLine(a.Type) || !isOneLine(a.ContentID) {
		return nil, fmt.Errorf("its name, type or id holds a line end or a NUL")
	}
	if a.Open == nil {
		return nil, fmt.Errorf("it has no content")
	}
	name := cleanName(a.Name)
	if name == "" {
		name = "attachment"
	}
	head := textproto.MIMEHeader{}
	head.Set("Content-Type", mime.FormatMediaType(a.mediaType(), map[string]string{"name": name}))
	disposition := "attachment"
	if a.Inline {
		disposition = "inline"
	}
	head.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": name}))
	if id := strings.Trim(a.ContentID, "<>"); id != "" {
		if !isMessageID(id) {
			return nil, fmt.Errorf("its id %q is none", a.ContentID)
		}
		head.Set("Content-ID", "<"+id+">")
	} else if a.Inline {
		return nil, fmt.Errorf("it has no id for the HTML to show it by")
	}
	return &mail.File{Name: name, Header: head, Enc: mail.EncodingB64, Writer: a.copyTo}, nil
}

// mediaType returns a type that base64 may be used with: mails and multiparts may not be encoded (RFC 2046, 5.2.1).
func (a Attachment) mediaType() string {
	t, _, err := mime.ParseMediaType(a.Type)
	if err != nil || !strings.Contains(t, "/") || strings.HasPrefix(t, "message/") || strings.HasPrefix(t, "multipart/") {
		return "application/octet-stream"
	}
	return t
}

func (a Attachment) copyTo(w io.Writer) (int64, error) {
	r, err := a.Open()
	if err != nil {
		return 0, fmt.Errorf("open attachment %q: %w", a.Name, err)
	}
	defer r.Close()
	n, err := io.Copy(w, r)
	if err != nil {
		return n, fmt.Errorf("read attachment %q: %w", a.Name, err)
	}
	return n, nil
}
