package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"postroom/problem"
)

// Problem is what went wrong, as a browser or a program gets it: RFC 9457 with our own words.
type Problem struct {
	Type    string       `json:"type,omitempty" format:"uri-reference" doc:"Where this Postroom explains it" example:"/help/problems#not_found"`
	Code    problem.Code `json:"code" doc:"Stable name of the problem" example:"not_found"`
	Title   string       `json:"title" doc:"One sentence for people"`
	Detail  string       `json:"detail,omitempty" doc:"What happened this time"`
	Who     problem.Who  `json:"who" enum:"you,admin,operator,wait" doc:"Who can mend it"`
	Action  string       `json:"action,omitempty" doc:"What they can do"`
	Raw     string       `json:"raw,omitempty" doc:"The other side's own words"`
	Message string       `json:"message,omitempty" doc:"A short mail to whoever can mend it, ready to be sent"`
	Status  int          `json:"status,omitempty" doc:"HTTP status, when this is an answer"`
	ID      string       `json:"id,omitempty" doc:"Number of the request, as the log has it"`
}

// Error is for logs.
func (p *Problem) Error() string { return string(p.Code) + ": " + p.Title + " " + p.Detail }

// GetStatus makes a Problem an answer of huma's.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is application/problem+json.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// wireProblem is p for the browser; nil stays nil.
func wireProblem(p *problem.Problem) *Problem { return wireProblemOf(p, "") }

// wireProblemOf is wireProblem for what befell the mailbox with this address.
func wireProblemOf(p *problem.Problem, address string) *Problem {
	if p == nil {
		return nil
	}
	return &Problem{
		Type: p.Place(), Code: p.Code, Title: p.Title, Detail: p.Detail, Who: p.Who, Action: p.Action,
		Raw: p.Raw, Message: p.Message(address),
	}
}

// refusal makes err an answer. What is not a problem is our own mistake: the browser gets a number,
// and the log gets that number with the rest.
func (s *Server) refusal(ctx context.Context, err error) *Problem {
	var ready *Problem
	if errors.As(err, &ready) {
		return ready
	}
	p := problemOf(err)
	answer := wireProblem(p)
	answer.Status, answer.ID = p.Status(), visitOf(ctx).id
	var he *echo.HTTPError
	if errors.As(err, &he) && he.Code < http.StatusInternalServerError {
		answer.Status = he.Code
	}
	switch {
	case ctx.Err() != nil: // the browser has gone, and what failed failed for that
	case p.Code == problem.Internal:
		s.log.LogAttrs(ctx, slog.LevelError, "request failed", slog.String("request", answer.ID), slog.Any("err", err))
	case answer.Status >= http.StatusInternalServerError:
		s.log.LogAttrs(ctx, slog.LevelWarn, "request refused", slog.String("request", answer.ID), slog.Any("err", err))
	}
	return answer
}

// problemOf finds the problem in err, or the one that stands for it.
func problemOf(err error) *problem.Problem {
	if p := problem.Of(err); p != nil {
		return p
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return problem.Wrap(problem.TooLarge, fmt.Sprintf("At most %d MB are taken here.", tooLarge.Limit>>20), err)
	}
	var he *echo.HTTPError
	if errors.As(err, &he) {
		switch {
		case he.Code == http.StatusNotFound:
			return problem.Wrap(problem.NotFound, "", err)
		case he.Code < http.StatusInternalServerError:
			return problem.Wrap(problem.Invalid, http.StatusText(he.Code)+".", err)
		}
	}
	return problem.Wrap(problem.Internal, "", err)
}

// fail writes err to c. It is the end of every error that huma does not answer itself.
func (s *Server) fail(err error, c echo.Context) {
	p := s.refusal(c.Request().Context(), err)
	if c.Response().Committed {
		return
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, p.ContentType(""))
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Del(echo.HeaderContentDisposition)
	if err := c.JSON(p.Status, p); err != nil {
		s.log.Debug("problem not delivered", "request", p.ID, "err", err)
	}
}

// huma keeps the shape of its errors and of its arrays in package variables.
func init() {
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return unacceptable("", status, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return unacceptable(visitOf(ctx.Context()).id, status, errs)
	}
}

// unacceptable is huma's word on a request that it could not read, in our shape.
func unacceptable(id string, status int, errs []error) *Problem {
	var p *problem.Problem
	switch {
	case status == http.StatusRequestEntityTooLarge:
		p = problem.New(problem.TooLarge, "")
	case status >= http.StatusInternalServerError:
		p = problem.New(problem.Internal, "")
	default:
		p = problem.New(problem.Invalid, readable(errs))
	}
	answer := wireProblem(p)
	answer.Status, answer.ID = status, id
	return answer
}

// readable says in a line what is wrong with which field, for the first three of errs.
func readable(errs []error) string {
	var lines []string
	for _, err := range errs {
		var d huma.ErrorDetailer
		if !errors.As(err, &d) {
			continue // an error of ours or of a decoder: its text is for the log
		}
		detail := d.ErrorDetail()
		field := detail.Location[strings.LastIndexByte(detail.Location, '.')+1:]
		if field == "" || field == "body" {
			lines = append(lines, detail.Message)
		} else {
			lines = append(lines, field+": "+detail.Message)
		}
		if len(lines) == 3 {
			break
		}
	}
	return strings.Join(lines, "; ")
}
