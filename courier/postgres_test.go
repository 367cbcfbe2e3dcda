package courier

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"postroom/store"
)

// newPostgres makes a database on the test server and returns its URL.
func newPostgres(t *testing.T) string {
	t.Helper()
	if os.Getenv("TEST_POSTGRES") == "" {
		t.Skip("TEST_POSTGRES holds no URL of a PostgreSQL server")
	}
	template, err := postgresTemplate()
	check(t, err)
	name := newDatabaseName()
	check(t, adminPostgres("CREATE DATABASE "+name+" TEMPLATE "+template))
	t.Cleanup(func() { check(t, adminPostgres("DROP DATABASE "+name+" WITH (FORCE)")) })
	return databaseURL(name)
}

// postgresTemplate is a database with our tables, made once, of which every test takes a copy.
var postgresTemplate = sync.OnceValues(func() (string, error) {
	name := newDatabaseName()
	if err := adminPostgres("CREATE DATABASE " + name); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "courier-template-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	st, err := store.Open(context.Background(), store.Config{Database: databaseURL(name), Dir: dir})
	if err != nil {
		return "", err
	}
	return name, st.Close()
})

func newDatabaseName() string { return "postroom_" + strings.ToLower(store.NewID()) }

func databaseURL(name string) string {
	u, err := url.Parse(os.Getenv("TEST_POSTGRES"))
	if err != nil {
		return ""
	}
	u.Path = "/" + name
	return u.String()
}

func adminPostgres(statement string) error {
	db, err := sql.Open("pgx", os.Getenv("TEST_POSTGRES"))
	if err != nil {
		return err
	}
	_, err = db.Exec(statement)
	return errors.Join(err, db.Close())
}
