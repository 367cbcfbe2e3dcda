package store

import (
	"context"
	"fmt"
	"io"

	"postroom/problem"
)

// PutUpload keeps a file that a compose window gives us, at most most bytes of it: more is
// problem.TooLarge, and nothing stays.
func (s *Store) PutUpload(ctx context.Context, userID, name, typ string, r io.Reader, most int64) (Upload, error) {
	u := Upload{ID: NewID(), UserID: userID, Name: cleanText(name, longestSubject), Type: cleanText(typ, longestSubject), CreatedAt: s.Now()}
	key, err := s.registerBlob(ctx, "upload/"+u.ID)
	if err != nil {
		return Upload{}, err
	}
	u.BlobKey = key
	limited := &counter{from: r, most: most}
	if err := s.writeBlob(ctx, key, limited); err != nil {
		return Upload{}, fmt.Errorf("keep upload: %w", err)
	}
	u.Size = limited.read
	err = s.Tx(ctx, func(tx *Tx) error { return failed("add upload", tx.db.Create(&u).Error) })
	return u, err
}

// counter counts what is read and fails when it is too much.
type counter struct {
	from       io.Reader
	read, most int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	if c.read += int64(n); c.read > c.most {
		return n, problem.New(problem.TooLarge, fmt.Sprintf("At most %d MB fit.", c.most>>20))
	}
	return n, err
}

// Upload returns one of a user's uploads.
func (s *Store) Upload(ctx context.Context, userID, id string) (u Upload, err error) {
	err = s.db.read.WithContext(ctx).Where("id = ? AND user_id = ?", id, userID).Take(&u).Error
	return u, failed("read upload", err)
}

// OpenUpload opens an upload's bytes. The caller closes them.
func (s *Store) OpenUpload(ctx context.Context, u Upload) (io.ReadCloser, error) {
	r, err := s.blobs.NewReader(ctx, u.BlobKey, nil)
	return r, failed("open upload", err)
}

// DeleteUpload forgets an upload of a user; upkeep deletes its bytes.
func (tx *Tx) DeleteUpload(userID, id string) error {
	return touched("delete upload", tx.db.Where("id = ? AND user_id = ?", id, userID).Delete(&Upload{}))
}
