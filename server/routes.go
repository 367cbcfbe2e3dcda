package server

import (
	"context"
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

// routes is everything that this server answers.
func (s *Server) routes(c Config) ([]route, error) {
	var (
		setup    = &setup{c.People, c.Sessions}
		session  = &session{c.People, c.Sessions, Session{PublicURL: origin(s.public), RedirectURI: c.Providers.RedirectURI(), Version: c.Version}}
		users    = &users{c.Store, c.People}
		provider = &providers{c.Providers}
		connect  = &connect{s, c.Connector, c.Sessions}
		box      = &mailboxes{c.Store, c.Connector, c.Sessions, c.Sync}
		tokens   = &tokens{c.FrameKey, c.Now, c.Store}
		mail     = &messages{c.Store, tokens}
		act      = &act{c.Store}
		out      = &outgoing{composer: &composer{c.Store, c.Now}, store: c.Store}
		upload   = &uploads{c.Store}
		file     = &attachments{c.Store}
		image    = newImages(c.ImageClient, tokens)
		events   = &events{store: c.Store, sessions: c.Sessions, closing: s.closing, pulse: c.pulse}
	)
	doc, err := newDocuments(c.Store, tokens, c.FrameFS, s.public)
	if err != nil {
		return nil, err
	}
	app, err := newApp(c.Dist, s.public)
	if err != nil {
		return nil, err
	}
	return []route{
		answers(Public, "GET /api/setup", "Whether the first administrator is still to be made", setup.state),
		answers(Public, "POST /api/setup", "Make the first administrator and sign in", setup.finish),
		answers(Public, "POST /api/session", "Sign in", session.open),
		answers(Member, "GET /api/session", "Who is signed in", session.show),
		does(Public, "DELETE /api/session", "Sign out", session.close),

		answers(Admin, "GET /api/users", "Everyone who may sign in", users.list),
		answers(Admin, "POST /api/users", "Let somebody sign in", users.add),
		answers(Admin, "PATCH /api/users/{id}", "Change somebody's name, role, password, or shut them out", users.change),

		answers(Member, "GET /api/providers", "Where mailboxes can be connected", provider.choices),
		answers(Admin, "GET /api/admin/providers", "App registrations", provider.list),
		answers(Admin, "POST /api/admin/providers", "Enter an app registration", provider.add),
		answers(Admin, "PUT /api/admin/providers/{id}", "Change an app registration", provider.change),
		does(Admin, "DELETE /api/admin/providers/{id}", "Forget an app registration", provider.remove),

		answers(Member, "POST /api/mailboxes/connect", "Begin to connect a mailbox", connect.begin),
		orNull(answers(Member, "GET /api/mailboxes/connect/problem", "Why the last connection failed; told once", connect.problem)),
		raw(Public, "GET /oauth/callback", "The way back from a provider's sign-in page", "", connect.callback),

		answers(Member, "GET /api/mailboxes", "Connected mailboxes with their folders", box.list),
		does(Member, "POST /api/mailboxes/{id}/sync", "Look for new mail now", box.sync),
		answers(Member, "POST /api/mailboxes/{id}/reconnect", "Begin to connect a mailbox again", box.reconnect),
		does(Member, "DELETE /api/mailboxes/{id}", "Disconnect a mailbox and forget its mail here", box.remove),

		answers(Member, "GET /api/folders/{id}/messages", "A stretch of a folder, newest first", mail.list),
		answers(Member, "GET /api/search", "Mails by their words", mail.search),
		answers(Member, "GET /api/messages/{id}", "One mail", mail.show),
		answers(Member, "GET /api/threads/{id}", "Mails that answer one another, oldest first", mail.thread),
		raw(Member, "GET /api/messages/{id}/source", "A mail as it came", "message/rfc822", file.source),
		raw(Member, "GET /api/messages/{id}/attachments/{index}", "A file of a mail", "application/octet-stream", file.one),

		answers(Member, "POST /api/messages/act", "Do something to mails", act.do),
		answers(Member, "GET /api/actions/failed", "What the mail server would not do", act.failed),
		does(Member, "DELETE /api/actions/failed/{id}", "Dismiss a failed action", act.dismiss),

		takesFile(answers(Member, "POST /api/uploads", "Give a file for a mail to come", upload.add)),
		does(Member, "DELETE /api/uploads/{id}", "Take a file back", upload.remove),

		upTo(8<<20, answers(Member, "POST /api/outgoing", "Send a mail", out.send)),
		answers(Member, "GET /api/outgoing", "Mails on their way", out.list),
		answers(Member, "GET /api/outgoing/{id}", "A mail on its way", out.show),
		answers(Member, "POST /api/outgoing/{id}/retry", "Send a failed mail again", out.retry),
		answers(Member, "POST /api/outgoing/{id}/resolve", "An unconfirmed mail was sent after all", out.resolve),
		does(Member, "DELETE /api/outgoing/{id}", "Take a mail back that has not been sent", out.cancel),

		raw(Member, "GET /api/events", "The feed of changes", "text/event-stream", events.stream),

		raw(Capability, "GET /m/{token}/body", "", "", doc.body),
		raw(Capability, "GET /m/{token}/part/{index}", "", "", doc.part),
		raw(Capability, "GET /m/{token}/image", "", "", image.one),

		raw(Open, "GET /healthz", "", "", s.health),
		raw(Open, "GET /*", "", "", app.serve),
		raw(Open, "HEAD /*", "", "", app.serve),
	}, nil
}

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
			return h(c, visitOf(ctx).user)
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
	r.op.Middlewares = huma.Middlewares{s.guard(r.rule)}
	r.mount(s, r)
	return nil
}

// guard is enter for typed routes. It comes before anything of the request is read.
func (s *Server) guard(rule Rule) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if err := s.enter(ctx.Context(), rule); err != nil {
			s.fail(err, humaecho.Unwrap(ctx))
			return
		}
		next(ctx)
	}
}

// newAPI is huma without what we do not use: documents of its own, links to schemas in answers.
func newAPI(e *echo.Echo, version string) huma.API {
	config := huma.DefaultConfig("Postroom", version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil
	config.Info.Description = "Mailboxes connected by delegated OAuth: read, search, organise and send mail. " +
		"Ids are strings, times are unix milliseconds, refusals are application/problem+json."
	return humaecho.New(e, config)
}

// specification is the route of the OpenAPI document, which is written once all others are known.
func (s *Server) specification() (route, error) {
	doc, err := s.api.OpenAPI().MarshalJSON()
	if err != nil {
		return route{}, fmt.Errorf("write OpenAPI document: %w", err)
	}
	return raw(Open, "GET /api/openapi.json", "", "", func(c echo.Context, _ store.User) error {
		return c.Blob(http.StatusOK, "application/vnd.oai.openapi+json; charset=utf-8", doc)
	}), nil
}

// health says that this server can serve: it is up, and its database answers.
func (s *Server) health(c echo.Context, _ store.User) error {
	ctx, done := context.WithTimeout(c.Request().Context(), 3*time.Second)
	defer done()
	if err := s.store.Ping(ctx); err != nil {
		return fmt.Errorf("ask database: %w", err)
	}
	return c.String(http.StatusOK, "ok")
}
