package server

import (
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"postroom/store"
)

// newAPI is huma without what we do not use: documents of its own, links to schemas in answers.
func newAPI(e *echo.Echo, version string) huma.API {
	config := huma.DefaultConfig("Postroom", version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil
	config.Info.Description = "Mailboxes connected by delegated OAuth: read, search, organise and send mail. " +
		"Ids are strings, times are unix milliseconds, refusals are application/problem+json."
	return humaecho.New(e, config)
}

// mountSpecification makes the OpenAPI document of all routes so far a route of its own.
func (s *Server) mountSpecification() error {
	doc, err := s.api.OpenAPI().MarshalJSON()
	if err != nil {
		return fmt.Errorf("write OpenAPI document: %w", err)
	}
	return s.mount(raw(Open, "GET /api/openapi.json", "", "", func(c echo.Context, _ store.User) error {
		return c.Blob(http.StatusOK, "application/vnd.oai.openapi+json; charset=utf-8", doc)
	}))
}
