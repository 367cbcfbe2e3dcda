package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/klauspost/compress/zstd"
	"gorm.io/gorm"

	"postroom/problem"
)

// largestInline is the largest compressed source that lies in the database; larger ones are blobs.
const largestInline = 512 << 10

// body is a small source.
type body struct {
	MessageID int64 `gorm:"primaryKey;autoIncrement:false"`
	Data      []byte
}

// TableName is not what GORM would make of the type's name.
func (body) TableName() string { return "bodies" }

// Keep compresses a mail's source for AddMessages. A large one goes into the blob store now, under the
// hash of its bytes, so that no transaction waits for it.
func (s *Store) Keep(ctx context.Context, raw []byte) (Source, error) {
	small := s.zstd.squeeze(raw)
	if len(small) <= largestInline {
		return Source{inline: small, ok: true}, nil
	}
	sum := sha256.Sum256(raw)
	name := hex.EncodeToString(sum[:])
	key, err := s.keepBlob(ctx, "mail/"+name[:2]+"/"+name, small)
	if err != nil {
		return Source{}, fmt.Errorf("keep source: %w", err)
	}
	return Source{key: key, ok: true}, nil
}

// addBodies writes the small sources, some megabytes with each statement.
func (tx *Tx) addBodies(rows []*Message, mails []*NewMessage) error {
	var bodies []body
	size := 0
	flush := func() error {
		if len(bodies) == 0 {
			return nil
		}
		err := tx.db.Create(&bodies).Error
		bodies, size = nil, 0
		return failed("write sources", err)
	}
	for i, m := range mails {
		if !m.Source.ok || m.Source.key != "" {
			continue
		}
		bodies = append(bodies, body{rows[i].ID, m.Source.inline})
		if size += len(m.Source.inline); size >= 8<<20 || len(bodies) == batch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// Raw returns the source of a user's message. It is problem.NotFound when the message has none.
func (s *Store) Raw(ctx context.Context, userID string, id int64) ([]byte, error) {
	m, err := s.Message(ctx, userID, id)
	if err != nil {
		return nil, err
	}
	small, err := s.source(ctx, m)
	if err != nil {
		return nil, err
	}
	raw, err := s.zstd.expand(small)
	if err != nil {
		return nil, fmt.Errorf("source of message %d: %w", id, err)
	}
	return raw, nil
}

// source returns a message's source as it is stored.
func (s *Store) source(ctx context.Context, m Message) ([]byte, error) {
	switch {
	case !m.HasSource:
		return nil, failed("read source", problem.New(problem.NotFound, "The source of this mail could not be fetched."))
	case m.BodyKey != "":
		small, err := s.blobs.ReadAll(ctx, m.BodyKey)
		return small, failed("read source from blob store", err)
	}
	var b body
	err := s.db.read.WithContext(ctx).Where("message_id = ?", m.ID).Take(&b).Error
	return b.Data, failed("read source", err)
}

func removeBodies(db *gorm.DB, ids []int64) error {
	return failed("delete sources", db.Where("message_id IN ?", ids).Delete(&body{}).Error)
}

// squeezer compresses and expands. It may be used by any number of goroutines.
type squeezer struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

func newSqueezer() (*squeezer, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(2), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("make compressor: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(1<<30))
	if err != nil {
		return nil, fmt.Errorf("make decompressor: %w", err)
	}
	return &squeezer{enc, dec}, nil
}

func (q *squeezer) squeeze(raw []byte) []byte { return q.enc.EncodeAll(raw, nil) }

func (q *squeezer) expand(small []byte) ([]byte, error) { return q.dec.DecodeAll(small, nil) }

func (q *squeezer) close() {
	q.enc.Close()
	q.dec.Close()
}
