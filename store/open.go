package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"
)

// Config says where the store keeps what it is given.
type Config struct {
	Database string // "postgres://…"; empty: the SQLite file Dir/postroom.db
	Dir      string // of the SQLite file and the blobs; made when missing
	Blobs    string // URL that gocloud.dev/blob understands; empty: the folder Dir/blobs
	Beside   bool   // for a command: another process may be serving this database, and no table is changed
	Now      func() time.Time
	Log      *slog.Logger
}

// Store is an open database with its blob store. It may be used by any number of goroutines.
type Store struct {
	clock func() time.Time
	log   *slog.Logger
	db    *database
	blobs blobStore
	zstd  *squeezer
	wakes *wakes
}

// database is what SQLite and PostgreSQL have in common once they are open.
type database struct {
	write    *gorm.DB
	read     *gorm.DB // SQLite: a pool that cannot write; PostgreSQL: the same as write
	words    wordIndex
	replicas *replicas // nil on SQLite, which has one process
	close    func() error
}

// Open opens the database, brings its tables up to date and starts nothing.
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	zstd, err := newSqueezer()
	if err != nil {
		return nil, err
	}
	blobs, err := openBlobs(ctx, c)
	if err != nil {
		return nil, err
	}
	db, err := openDatabase(ctx, c)
	if err != nil {
		return nil, errors.Join(err, blobs.Close())
	}
	return &Store{clock: c.Now, log: c.Log, db: db, blobs: blobs, zstd: zstd, wakes: newWakes()}, nil
}

func openDatabase(ctx context.Context, c Config) (*database, error) {
	switch {
	case c.Database == "":
		return openSQLite(ctx, filepath.Join(c.Dir, "postroom.db"), c.Beside)
	case strings.HasPrefix(c.Database, "postgres://"), strings.HasPrefix(c.Database, "postgresql://"):
		return openPostgres(ctx, c.Database, c.Beside, c.Log)
	default:
		return nil, errors.New("the database must be a postgres:// URL, or empty for SQLite")
	}
}

// Close closes database and blob store. Run must have ended.
func (s *Store) Close() error {
	s.zstd.close()
	return errors.Join(s.db.close(), s.blobs.Close())
}

// Run does the store's upkeep and, on PostgreSQL, exchanges wake-ups with other replicas until ctx
// ends.
func (s *Store) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.runUpkeep(ctx) })
	if s.db.replicas != nil {
		g.Go(func() error { return s.db.replicas.send(ctx) })
		g.Go(func() error { return s.db.replicas.listen(ctx, s.wakes) })
	}
	return g.Wait()
}

// Ping asks the database for a sign of life.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	if err := s.db.read.WithContext(ctx).Raw("SELECT 1").Scan(&one).Error; err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

// Now is the store's clock in unix milliseconds.
func (s *Store) Now() int64 { return s.clock().UnixMilli() }

// NewID returns a fresh ULID.
func NewID() string { return ulid.Make().String() }
