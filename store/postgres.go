package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// openPostgres opens the database at url, which may name pool settings of pgx in its query.
func openPostgres(ctx context.Context, url string, beside bool, log *slog.Logger) (*database, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		// The driver's own words may quote the URL, and with it the password.
		return nil, errors.New("the PostgreSQL URL cannot be read")
	}
	if config.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement {
		// Inserts of many rows come in every length. Kept as prepared statements they would fill the
		// server's memory; their descriptions are small.
		config.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
		config.DescriptionCacheCapacity = 100
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(20)
	pool.SetMaxIdleConns(20)
	db, err := preparePostgres(ctx, pool, beside)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open PostgreSQL database %q on %s: %w", config.Database, config.Host, err), pool.Close())
	}
	db.replicas = newReplicas(config, pool, log)
	db.close = func() error { return errors.Join(db.replicas.flush(context.Background()), pool.Close()) }
	return db, nil
}

func preparePostgres(ctx context.Context, pool *sql.DB, beside bool) (*database, error) {
	if err := needGIN(ctx, pool); err != nil {
		return nil, err
	}
	if err := migrate(ctx, pool, dialectPostgres, beside); err != nil {
		return nil, err
	}
	db, err := gorm.Open(gormpostgres.New(gormpostgres.Config{Conn: pool}), gormConfig())
	if err != nil {
		return nil, err
	}
	return &database{write: db, read: db, words: postgresWords{}}, nil
}

// needGIN fails early and in plain words when the server lacks the one extension that search needs.
func needGIN(ctx context.Context, pool *sql.DB) error {
	var n int
	err := pool.QueryRowContext(ctx, "SELECT count(*) FROM pg_available_extensions WHERE name = 'btree_gin'").Scan(&n)
	if err != nil {
		return err
	}
	if n == 0 {
		return errors.New("the server lacks the extension btree_gin: install PostgreSQL's contrib package")
	}
	return nil
}
