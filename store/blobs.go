package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// blobRow stands for one object of the blob store. It is written before the object and deleted after
// it, so that no crash leaves an object that nobody knows of.
type blobRow struct {
	BlobKey string `gorm:"primaryKey"`
	KeptAt  int64
	Doomed  bool // being deleted; must not be used any more
}

// TableName is not what GORM would make of the type's name.
func (blobRow) TableName() string { return "blobs" }

// blobStore is where large things lie.
type blobStore struct {
	*blob.Bucket
	folder string // on this machine's disk; empty when it is elsewhere
}

func openBlobs(ctx context.Context, c Config) (blobStore, error) {
	if c.Blobs != "" {
		b, err := blob.OpenBucket(ctx, c.Blobs)
		if err != nil {
			return blobStore{}, fmt.Errorf("open blob store: %w", err)
		}
		return blobStore{Bucket: b}, nil
	}
	folder := filepath.Join(c.Dir, "blobs")
	b, err := fileblob.OpenBucket(folder, &fileblob.Options{
		CreateDir:   true,
		DirFileMode: 0o700,
		NoTempDir:   true, // beside their final place: a rename does not cross file systems
		Metadata:    fileblob.MetadataDontWrite,
	})
	if err != nil {
		return blobStore{}, fmt.Errorf("open blob folder: %w", err)
	}
	return blobStore{Bucket: b, folder: folder}, nil
}

// settle brings an object in the folder to the disk: a row that names it must not outlive it in a power
// cut. Our keys are paths.
func (b blobStore) settle(key string) error {
	if b.folder == "" {
		return nil
	}
	path := filepath.Join(b.folder, filepath.FromSlash(key))
	for ; len(path) >= len(b.folder); path = filepath.Dir(path) {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// sweep deletes the temporary files that a killed process has left in the folder.
func (b blobStore) sweep(before time.Time) error {
	if b.folder == "" {
		return nil
	}
	return filepath.WalkDir(b.folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".tmp" {
			return err
		}
		info, err := d.Info()
		if err != nil || !info.ModTime().Before(before) {
			return err
		}
		return os.Remove(path)
	})
}

// keepBlob stores data under key and returns the key. While an object of the same key is being deleted
// it takes another one.
func (s *Store) keepBlob(ctx context.Context, key string, data []byte) (string, error) {
	key, err := s.registerBlob(ctx, key)
	if err != nil {
		return "", err
	}
	return key, s.writeBlob(ctx, key, bytes.NewReader(data))
}

func (s *Store) registerBlob(ctx context.Context, key string) (string, error) {
	err := s.Tx(ctx, func(tx *Tx) error {
		row := blobRow{BlobKey: key, KeptAt: s.Now()}
		kept := tx.db.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "blob_key"}},
			DoUpdates: clause.AssignmentColumns([]string{"kept_at"}),
			Where:     clause.Where{Exprs: []clause.Expression{gorm.Expr("NOT blobs.doomed")}},
		}).Create(&row)
		if kept.Error != nil || kept.RowsAffected > 0 {
			return kept.Error
		}
		key += "-" + NewID()
		return tx.db.Create(&blobRow{BlobKey: key, KeptAt: s.Now()}).Error
	})
	return key, failed("register blob", err)
}

func (s *Store) writeBlob(ctx context.Context, key string, r io.Reader) error {
	// A cancelled context keeps a half-written object from being committed by Close.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := s.blobs.NewWriter(ctx, key, &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return fmt.Errorf("write blob: %w", err)
	}
	if _, err := io.Copy(w, r); err != nil {
		cancel()
		return errors.Join(fmt.Errorf("write blob: %w", err), w.Close())
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("write blob: %w", err)
	}
	return failed("settle blob", s.blobs.settle(key))
}
