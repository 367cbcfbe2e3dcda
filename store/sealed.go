package store

import "encoding/binary"

// Sealed is a secret that only package auth can open. It never prints itself. The database refuses a
// value that does not begin as a Tink ciphertext does, so that no mistake stores a secret in the clear.
type Sealed []byte

func (Sealed) String() string { return "sealed" }

// GoString keeps %#v from printing the bytes.
func (Sealed) GoString() string { return "sealed" }

// MarshalJSON keeps a model that reaches a browser or a log by mistake from carrying the bytes.
func (Sealed) MarshalJSON() ([]byte, error) { return []byte(`"sealed"`), nil }

// keyID is the id of the key that sealed v: bytes 1 to 4 of what Tink writes. It has a column of its
// own, so that rows can be counted by key without opening any.
func (v Sealed) keyID() int64 {
	if len(v) < 5 {
		return 0
	}
	return int64(binary.BigEndian.Uint32(v[1:5]))
}
