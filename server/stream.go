package server

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// stuck is how long a write may take before nobody is taken to be at its other end.
const stuck = 30 * time.Second

// stream writes server-sent events.
type stream struct {
	w   http.ResponseWriter
	ctl *http.ResponseController
}

// gone is an error of the browser's end of a stream.
type gone struct{ error }

func openStream(c echo.Context) *stream {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set(echo.HeaderCacheControl, "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no") // nginx
	ctl := http.NewResponseController(c.Response())
	// The deadline for reading the request is still on the connection, and would end the stream.
	_ = ctl.SetReadDeadline(time.Time{})
	c.Response().WriteHeader(http.StatusOK)
	return &stream{c.Response(), ctl}
}

// event sends data as JSON. Without a name it is what EventSource calls a message.
func (s *stream) event(name string, id int64, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	if name != "" {
		name = "event: " + name + "\n"
	}
	return s.send(fmt.Sprintf("%sid: %d\ndata: %s\n\n", name, id, body))
}

func (s *stream) comment(text string) error { return s.send(": " + text + "\n\n") }

func (s *stream) send(text string) error {
	if err := s.ctl.SetWriteDeadline(time.Now().Add(stuck)); err != nil {
		return gone{err}
	}
	if _, err := io.WriteString(s.w, text); err != nil {
		return gone{err}
	}
	if err := s.ctl.Flush(); err != nil {
		return gone{err}
	}
	return nil
}
