package server

import (
	"bufio"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"postroom/message"
	"postroom/problem"
	"postroom/store"
)

// attachments are the files of mails, and mails as files.
type attachments struct {
	store *store.Store
}

// source is a mail as it came.
func (h *attachments) source(c echo.Context, user store.User) error {
	id, err := parseNumber(c.Param("id"))
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	mail, err := h.store.Message(ctx, user.ID, id)
	if err != nil {
		return fmt.Errorf("find message: %w", err)
	}
	raw, err := h.store.Raw(ctx, user.ID, id)
	if err != nil {
		return fmt.Errorf("read source: %w", err)
	}
	name := mail.Subject
	if name == "" {
		name = "mail"
	}
	c.Response().Header().Set("Content-Disposition", disposition("attachment", cut(name, 120)+".eml"))
	return c.Blob(http.StatusOK, "message/rfc822", raw)
}

// one is a file of a mail: to be saved, or with ?inline=1 to be looked at when it is of a kind that
// cannot do anything. What it is is told by its bytes, never by what the mail says.
func (h *attachments) one(c echo.Context, user store.User) error {
	id, err := parseNumber(c.Param("id"))
	if err != nil {
		return err
	}
	raw, err := h.store.Raw(c.Request().Context(), user.ID, id)
	if err != nil {
		return fmt.Errorf("read source: %w", err)
	}
	part, body, err := openPart(raw, c.Param("index"))
	if err != nil {
		return err
	}
	typ, how := savedType(part.Type), "attachment"
	if c.QueryParam("inline") == "1" {
		if seen, ok := sniff(body); ok {
			typ, how = seen, "inline"
		}
	}
	return sendFile(c, how, part, typ, body)
}

// openPart opens part index of the mail raw.
func openPart(raw []byte, index string) (message.Part, *bufio.Reader, error) {
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 {
		return message.Part{}, nil, problem.New(problem.NotFound, "")
	}
	part, body, err := message.OpenPart(raw, i)
	if err != nil {
		return message.Part{}, nil, problem.Wrap(problem.NotFound, "", err)
	}
	return part, bufio.NewReader(body), nil
}

// sendFile writes a part so that nothing in it can act as this site.
func sendFile(c echo.Context, how string, part message.Part, typ string, body io.Reader) error {
	h := c.Response().Header()
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:")
	h.Set("Content-Disposition", disposition(how, part.Name))
	h.Set("Cache-Control", "private, max-age=3600")
	return c.Stream(http.StatusOK, typ, body)
}

// looked are the types that may be shown in the browser: pictures of dots, PDF and plain text.
func looked(typ string) bool {
	switch typ {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain":
		return true
	}
	return false
}

// sniff tells by its first bytes what body is, when that may be shown in the browser.
func sniff(body *bufio.Reader) (typ string, ok bool) {
	head, _ := body.Peek(512) // fewer at the end of a small file
	typ = http.DetectContentType(head)
	kind, _, _ := strings.Cut(typ, ";")
	return typ, looked(kind)
}

// savedType is the type that a download is given: the mail's word where it is harmless, so that the
// right program opens; bytes where a browser might run it.
func savedType(claimed string) string {
	typ, _, err := mime.ParseMediaType(claimed)
	if err != nil {
		return "application/octet-stream"
	}
	major, minor, _ := strings.Cut(typ, "/")
	switch {
	case looked(typ), typ == "application/zip", typ == "text/csv", typ == "text/calendar",
		major == "audio", major == "video",
		major == "application" && strings.HasPrefix(minor, "vnd.") && !strings.HasSuffix(minor, "xml"):
		return typ
	}
	return "application/octet-stream"
}

// disposition is RFC 6266's header: the name in ASCII for old browsers and in UTF-8 for the others.
func disposition(how, name string) string {
	name = fileName(name)
	ascii := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	return how + `; filename="` + ascii + `"; filename*=UTF-8''` + percent(name)
}

// percent writes s as RFC 8187's ext-value does.
func percent(s string) string {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~"
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(plain, s[i]) >= 0 {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
	}
	return b.String()
}

// fileName makes a name that somebody else chose harmless: no path, nothing that does not print
// (line ends, NUL, marks that turn the direction of writing), no reserved sign, at most 150 bytes
// with its extension kept.
func fileName(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case !unicode.IsPrint(r):
			return -1
		case strings.ContainsRune(`<>:"|?*;`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if name == "" {
		return "file"
	}
	const most = 150
	if len(name) <= most {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > 20 || !utf8.ValidString(ext) {
		ext = ""
	}
	return cut(name, most-len(ext)) + ext
}
