package store

import (
	"context"
	"log/slog"
	"time"
)

// Config says where the store keeps what it is given.
type Config struct {
	Database string // "postgres://…"; empty: the SQLite file Dir/postroom.db
	Dir      string // of the SQLite file and the blobs; made when missing
	Blobs    string // URL that gocloud.dev/blob understands; empty: the folder Dir/blobs
	Now      func() time.Time
	Log      *slog.Logger
}

// Store is an open database with its blob store. It may be used by any number of goroutines.
type Store struct{}

// Tx is one transaction. It belongs to the function that it was given to.
type Tx struct{}

// Open opens the database, brings its tables up to date and starts nothing.
func Open(ctx context.Context, c Config) (*Store, error) { panic("soon") }

// Close closes database and blob store. Run must have ended.
func (s *Store) Close() error { panic("soon") }

// Run does the store's upkeep and, on PostgreSQL, hears the wake-ups of other replicas until ctx ends.
func (s *Store) Run(ctx context.Context) error { panic("soon") }

// Ping asks the database for a sign of life.
func (s *Store) Ping(ctx context.Context) error { panic("soon") }

// Now is the store's clock in unix milliseconds.
func (s *Store) Now() int64 { panic("soon") }

// NewID returns a fresh ULID.
func NewID() string { panic("soon") }

// Tx runs f in one transaction and wakes whoever watches what it changed, after the commit.
func (s *Store) Tx(ctx context.Context, f func(*Tx) error) error { panic("soon") }
