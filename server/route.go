package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"postroom/store"
)

// route is one line of the table.
type route struct {
	method, path string
	rule         Rule
	typed        bool // answers with JSON by itself
	op           huma.Operation
	mount        func(*Server, route)
}

// pattern is the path as echo writes it.
func (r route) pattern() string { return strings.NewReplacer("{", ":", "}", "").Replace(r.path) }

// answers is a route whose handler answers with JSON.
func answers[I, O any](rule Rule, at, summary string, h func(context.Context, store.User, *I) (O, error)) route {
	return operation(rule, at, summary, func(s *Server, r route) {
		huma.Register(s.api, r.op, func(ctx context.Context, in *I) (*answer[O], error) {
			out, err := h(ctx, visitOf(ctx).user, in)
			if err != nil {
				return nil, s.refusal(ctx, err)
			}
			return &answer[O]{Body: out}, nil
		})
	})
}

type answer[O any] struct{ Body O }

// does is a route whose handler has nothing to say but that it is done: 204.
func does[I any](rule Rule, at, summary string, h func(context.Context, store.User, *I) error) route {
	return operation(rule, at, summary, func(s *Server, r route) {
		huma.Register(s.api, r.op, func(ctx context.Context, in *I) (*struct{}, error) {
			if err := h(ctx, visitOf(ctx).user, in); err != nil {
				return nil, s.refusal(ctx, err)
			}
			return nil, nil
		})
	})
}

// streams is a route that takes JSON and whose handler tells of one thing after another as it happens:
// each is a line of JSON. What keeps it from beginning is a problem, as everywhere; after that it has
// nothing to fail with.
func streams[I, O any](rule Rule, at, summary string, h func(ctx context.Context, user store.User, in *I, tell func(O))) route {
	const lines = "application/x-ndjson"
	return operation(rule, at, summary, func(s *Server, r route) {
		schema := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[O](), true, "")
		r.op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{lines: {Schema: schema}}}}
		huma.Register(s.api, r.op, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
			user := visitOf(ctx).user
			return &huma.StreamResponse{Body: func(hc huma.Context) {
				hc.SetHeader("Content-Type", lines)
				hc.SetHeader("Cache-Control", "no-store, no-transform")
				hc.SetHeader("X-Accel-Buffering", "no") // nginx
				out, ctl := json.NewEncoder(hc.BodyWriter()), http.NewResponseController(humaecho.Unwrap(hc).Response())
				h(ctx, user, in, func(thing O) {
					if out.Encode(thing) == nil { // else the browser has gone, and ctx ends
						_ = ctl.Flush()
					}
				})
			}}, nil
		})
	})
}

// operation is a typed route with the limits that all of them have unless they say otherwise.
func operation(rule Rule, at, summary string, mount func(*Server, route)) route {
	method, path, _ := strings.Cut(at, " ")
	return route{method, path, rule, true, huma.Operation{
		OperationID: strings.ToLower(method) + strings.NewReplacer("/api/", "-", "/", "-", "{", "", "}", "").Replace(path),
		Method:      method, Path: path, Summary: summary,
		MaxBodyBytes: 1 << 20, BodyReadTimeout: 30 * time.Second,
	}, mount}
}

// raw is a route whose handler writes the answer itself. One that produces something stands in the
// OpenAPI document too.
func raw(rule Rule, at, summary, produces string, h func(echo.Context, store.User) error) route {
	r := operation(rule, at, summary, func(s *Server, r route) {
		if produces != "" {
			r.op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{produces: {}}}}
			if produces == "text/event-stream" {
				schema := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Change](), true, "")
				r.op.Responses["200"].Content[produces].Schema = schema
			}
			s.api.OpenAPI().AddOperation(&r.op)
		}
		s.echo.Add(r.method, r.pattern(), func(c echo.Context) error {
			ctx := c.Request().Context()
			if err := s.enter(ctx, r.rule); err != nil {
				return err
			}
			if err := h(c, visitOf(ctx).user); err != nil {
				return err
			}
			s.audit(ctx, r, c.Param("id"))
			return nil
		})
	})
	r.typed = false
	return r
}

// upTo lets r take a body of that many bytes.
func upTo(bytes int64, r route) route {
	r.op.MaxBodyBytes = bytes
	return r
}

// takesFile says that r's body is a file; its handler reads it as it comes.
func takesFile(r route) route {
	r.op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}
	return r
}

// orNull says that r's answer may be null. JSON has it so; a $ref cannot say it.
func orNull(r route) route {
	r.op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{
		"application/json": {Schema: &huma.Schema{OneOf: []*huma.Schema{
			{Ref: "#/components/schemas/Problem"}, {Type: "null"},
		}}},
	}}}
	return r
}

// mount makes r answer. It refuses a route without a rule.
func (s *Server) mount(r route) error {
	at := r.method + " " + r.pattern()
	if !r.rule.known() {
		return fmt.Errorf("route %s has no rule", at)
	}
	if _, twice := s.mounted[at]; twice {
		return fmt.Errorf("route %s stands in the table twice", at)
	}
	s.mounted[at] = r
	r.op.Middlewares = huma.Middlewares{s.guard(r)}
	r.mount(s, r)
	return nil
}

// guard is enter for typed routes, and notes what was done. It comes before anything of the request is read.
func (s *Server) guard(r route) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if err := s.enter(ctx.Context(), r.rule); err != nil {
			s.fail(err, humaecho.Unwrap(ctx))
			return
		}
		next(ctx)
		if ctx.Status() < http.StatusBadRequest {
			s.audit(ctx.Context(), r, ctx.Param("id"))
		}
	}
}
