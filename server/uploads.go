package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"postroom/problem"
	"postroom/store"
)

// mostUpload is how large a file for a mail may be. Exchange takes mails of 35 MB by default.
const mostUpload = 35 << 20

// uploads are files that no mail has taken yet.
type uploads struct {
	store *store.Store
}

// uploading reads its body as it comes, so that no file is held in memory.
type uploading struct {
	Name string `query:"name" required:"true" minLength:"1" maxLength:"1000"`
	Type string `header:"Content-Type" maxLength:"500"`
	size string
	body io.Reader
}

// Resolve keeps the body for the handler.
func (in *uploading) Resolve(ctx huma.Context) []error {
	in.body, in.size = ctx.BodyReader(), ctx.Header("Content-Length")
	return nil
}

// add takes a file. It tells one that is too large by its Content-Length before it comes.
func (h *uploads) add(ctx context.Context, user store.User, in *uploading) (Upload, error) {
	if size, err := parseNumber(in.size); err == nil && size > mostUpload {
		return Upload{}, problem.New(problem.TooLarge, fmt.Sprintf("At most %d MB are taken here.", mostUpload>>20))
	}
	body := bufio.NewReader(in.body)
	up, err := h.store.PutUpload(ctx, user.ID, fileName(in.Name), sentType(body, in.Type), body, mostUpload)
	if err != nil {
		return Upload{}, fmt.Errorf("keep upload: %w", err)
	}
	return wireUpload(up), nil
}

// sentType is what a file that somebody sends is: what its bytes say, or where they only say "text"
// or "archive", what the browser says.
func sentType(body *bufio.Reader, claimed string) string {
	head, _ := body.Peek(512) // fewer at the end of a small file
	seen, _, _ := strings.Cut(http.DetectContentType(head), ";")
	said := savedType(claimed)
	switch seen {
	case "application/octet-stream", "text/plain", "application/zip":
		if said != "application/octet-stream" {
			return said
		}
	}
	return seen
}

// remove forgets a file.
func (h *uploads) remove(ctx context.Context, user store.User, in *byID) error {
	return h.store.Tx(ctx, func(tx *store.Tx) error {
		return tx.DeleteUpload(user.ID, in.ID)
	})
}
