package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

//go:embed migrations
var migrations embed.FS

const (
	dialectSQLite   = "sqlite"
	dialectPostgres = "postgres"
)

// migrate brings the tables up to date, or beside another process makes sure that they are. On
// PostgreSQL replicas that start together wait for the first.
func migrate(ctx context.Context, db *sql.DB, dialect string, beside bool) error {
	p, err := newMigrator(db, dialect)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if err := refuseNewer(ctx, p); err != nil {
		return err
	}
	if beside {
		switch older, err := p.HasPending(ctx); {
		case err != nil:
			return fmt.Errorf("read schema version: %w", err)
		case older:
			return errors.New("the database is of an older Postroom, or empty: start this one once, then try again")
		}
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func newMigrator(db *sql.DB, dialect string) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+dialect)
	if err != nil {
		return nil, err
	}
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger())}
	if dialect == dialectSQLite {
		return goose.NewProvider(goose.DialectSQLite3, db, files, opts...)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, files, append(opts, goose.WithSessionLocker(locker))...)
}

// refuseNewer fails when a later version of Postroom has changed the tables since: this one does not
// know what they mean now.
func refuseNewer(ctx context.Context, p *goose.Provider) error {
	is, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	sources := p.ListSources()
	if known := sources[len(sources)-1].Version; is > known {
		return fmt.Errorf("the database is of a newer Postroom (schema %d, this one knows %d)", is, known)
	}
	return nil
}

// gormConfig is the same for both databases. Statements are never logged: they carry people's mail.
func gormConfig() *gorm.Config {
	return &gorm.Config{
		TranslateError:         true,
		SkipDefaultTransaction: true, // every write is inside Store.Tx
		Logger:                 logger.Discard,
	}
}
