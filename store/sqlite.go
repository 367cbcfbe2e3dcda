package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"

	"github.com/gofrs/flock"
	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"modernc.org/sqlite"
)

// openSQLite opens the file at path with one connection that writes and a pool that only reads.
// SQLite has one writer anyway; waiting for it in Go costs nothing, waiting inside SQLite does. Beside
// a process that serves the file, short transactions of ours wait inside SQLite.
func openSQLite(ctx context.Context, path string, beside bool) (*database, error) {
	lock := flock.New(path + ".lock")
	if beside {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("database: %w", err)
		}
	} else if err := takeSQLite(lock, path); err != nil {
		return nil, err
	}
	writer := sql.OpenDB(sqliteConnector{path: path, writes: true})
	writer.SetMaxOpenConns(1)
	readers := sql.OpenDB(sqliteConnector{path: path})
	readers.SetMaxOpenConns(max(4, 2*runtime.NumCPU()))
	readers.SetMaxIdleConns(max(4, 2*runtime.NumCPU()))
	closeAll := func() error { return errors.Join(readers.Close(), writer.Close(), lock.Unlock()) }

	db, err := prepareSQLite(ctx, writer, readers, beside)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), closeAll())
	}
	db.close = closeAll
	return db, nil
}

// takeSQLite makes this process the one that serves the file, and makes the file.
func takeSQLite(lock *flock.Flock, path string) error {
	switch held, err := lock.TryLock(); {
	case err != nil:
		return fmt.Errorf("lock %s: %w", path, err)
	case !held:
		return fmt.Errorf("%s is in use by another Postroom process; stop that one first, or give this one another data folder", path)
	}
	if err := makePrivate(path); err != nil {
		return errors.Join(err, lock.Unlock())
	}
	return nil
}

// makePrivate makes the file, if there is none, so that its owner alone can read it. SQLite gives its log
// the same mode.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("make database: %w", err)
	}
	return f.Close()
}

func prepareSQLite(ctx context.Context, writer, readers *sql.DB, beside bool) (*database, error) {
	if err := migrate(ctx, writer, dialectSQLite, beside); err != nil {
		return nil, err
	}
	if !beside { // this is the one process that refreshes: who held a lease has ended
		if _, err := writer.ExecContext(ctx, "UPDATE mailboxes SET refresh_owner = '', refresh_until = 0 WHERE refresh_owner <> ''"); err != nil {
			return nil, err
		}
	}
	write, err := gorm.Open(sqliteDialector{gormsqlite.New(gormsqlite.Config{Conn: writer})}, gormConfig())
	if err != nil {
		return nil, err
	}
	read, err := gorm.Open(sqliteDialector{gormsqlite.New(gormsqlite.Config{Conn: readers})}, gormConfig())
	if err != nil {
		return nil, err
	}
	return &database{write: write, read: read, words: sqliteWords{}}, nil
}

// sqliteDialector is GORM's own with the error codes of modernc.org/sqlite, which GORM does not know.
type sqliteDialector struct{ gorm.Dialector }

// Translate turns the broken constraints that callers tell apart into GORM's errors.
func (sqliteDialector) Translate(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() {
	case 1555, 2067: // SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE
		return fmt.Errorf("%w: %w", gorm.ErrDuplicatedKey, err)
	case 787: // SQLITE_CONSTRAINT_FOREIGNKEY
		return fmt.Errorf("%w: %w", gorm.ErrForeignKeyViolated, err)
	}
	return err
}

// sqliteConnector makes connections and does not hand one out before it has proved its settings: a
// misspelt pragma is ignored by SQLite without a word.
type sqliteConnector struct {
	path   string
	writes bool
}

func (c sqliteConnector) Driver() driver.Driver { return &sqlite.Driver{} }

func (c sqliteConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Driver().Open(c.dsn())
	if err != nil {
		return nil, err
	}
	for pragma, want := range c.pragmas() {
		got, err := readPragma(ctx, conn, pragma)
		if err == nil && got != want {
			err = fmt.Errorf("SQLite keeps %s at %s instead of %s", pragma, got, want)
		}
		if err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return conn, nil
}

func (c sqliteConnector) dsn() string {
	q := url.Values{}
	for pragma, value := range c.pragmas() {
		q.Add("_pragma", pragma+"("+value+")")
	}
	if c.writes {
		// A transaction that begins by reading would otherwise fail with SQLITE_BUSY when it comes to
		// write after somebody else did.
		q.Set("_txlock", "immediate")
	}
	return (&url.URL{Scheme: "file", Opaque: url.PathEscape(c.path), RawQuery: q.Encode()}).String()
}

func (c sqliteConnector) pragmas() map[string]string {
	p := map[string]string{
		"journal_mode": "wal",
		"synchronous":  "2", // FULL: a commit is on the disk
		"busy_timeout": "5000",
		"foreign_keys": "1",
		"query_only":   "1",
		"cache_size":   "-8000",
	}
	if c.writes {
		p["query_only"] = "0"
		p["cache_size"] = "-32000"
		p["journal_size_limit"] = "67108864" // a first sync must not leave a huge log behind
	}
	return p
}

func readPragma(ctx context.Context, conn driver.Conn, name string) (string, error) {
	q, ok := conn.(driver.QueryerContext)
	if !ok {
		return "", errors.New("the SQLite driver cannot query")
	}
	rows, err := q.QueryContext(ctx, "PRAGMA "+name, nil)
	if err != nil {
		return "", fmt.Errorf("read pragma %s: %w", name, err)
	}
	defer rows.Close()
	value := make([]driver.Value, 1)
	if err := rows.Next(value); err != nil {
		return "", fmt.Errorf("read pragma %s: %w", name, err)
	}
	return fmt.Sprint(value[0]), nil
}
