package auth

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a token, code, verifier or client secret in the clear. However it is printed, logged
// or encoded, it says "[redacted]"; a database refuses it. Only Reveal shows it.
type Secret string

// Reveal returns the secret itself, for the one call that needs it.
func (s Secret) Reveal() string { return string(s) }

func (Secret) String() string               { return redacted }
func (Secret) GoString() string             { return redacted }
func (Secret) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Format answers every verb alike: %x of a secret is as bad as %s.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// Value keeps a secret out of the database: seal it first.
func (Secret) Value() (driver.Value, error) {
	return nil, errors.New("a secret must be sealed before it is stored")
}
