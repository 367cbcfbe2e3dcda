package auth

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"

	"postroom/store"
)

// ring is a key file as it was read: it does not change.
type ring struct {
	tink.AEAD
	primary int64
	ids     []int64 // the primary among them, oldest first
}

func newRing(handle *keyset.Handle) (*ring, error) {
	a, err := aead.New(handle)
	if err != nil {
		return nil, err
	}
	info := handle.KeysetInfo()
	r := &ring{AEAD: a, primary: int64(info.GetPrimaryKeyId())}
	for _, key := range info.GetKeyInfo() {
		if key.GetStatus() != tinkpb.KeyStatusType_ENABLED {
			continue
		}
		if key.GetOutputPrefixType() != tinkpb.OutputPrefixType_TINK {
			return nil, fmt.Errorf("key %d does not put its id before what it seals", key.GetKeyId())
		}
		r.ids = append(r.ids, int64(key.GetKeyId()))
	}
	return r, nil
}

func (r *ring) has(id int64) bool { return slices.Contains(r.ids, id) }

// opens reports whether the check value of a key opens.
func (r *ring) opens(check store.Sealed) bool {
	plain, err := r.Decrypt(check, keyCheckAt().bytes())
	return err == nil && string(plain) == keyCheckWords
}

// keyOf is the id of the key that a sealed value names, or 0.
func keyOf(sealed store.Sealed) int64 {
	if len(sealed) < 5 || sealed[0] != 1 {
		return 0
	}
	return int64(binary.BigEndian.Uint32(sealed[1:5]))
}
