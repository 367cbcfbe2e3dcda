package auth

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"image/png"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"postroom/problem"
	"postroom/store"
)

const (
	totpPeriod    = 30 // seconds
	recoveryCodes = 10
	qrSide        = 220 // pixels
)

// Factors is the second step of signing in: the six digits of an authenticator app (RFC 6238), or a
// recovery code in their place. Each code counts once.
type Factors struct {
	store  *store.Store
	keys   *Keys
	people *People
	issuer string // what the app shows beside the digits
	tries  *limit
}

// NewFactors returns the second factors of people. publicURL's host is the name that their apps show.
func NewFactors(st *store.Store, keys *Keys, people *People, publicURL string) *Factors {
	issuer := "Postroom"
	if u, err := url.Parse(publicURL); err == nil && u.Hostname() != "" && !loopback(u.Hostname()) {
		issuer += " " + u.Hostname()
	}
	return &Factors{store: st, keys: keys, people: people, issuer: issuer, tries: newLimit(mostTries, triesWindow, namesCounted)}
}

// Needed reports whether a password alone does not sign the user in.
func (f *Factors) Needed(ctx context.Context, userID string) (bool, error) {
	a, found, err := f.store.Authenticator(ctx, userID)
	return found && a.ConfirmedAt != 0, err
}

// Enrolment is what an app needs to know, shown once.
type Enrolment struct {
	Secret Secret // base32, to type in
	URL    Secret // otpauth://
	PNG    []byte // the same as a QR code
}

// Enrol makes a new secret for the user's app. It counts once a code of it was confirmed. It is a
// problem.Conflict while another one counts.
func (f *Factors) Enrol(ctx context.Context, user store.User) (Enrolment, error) {
	if needed, err := f.Needed(ctx, user.ID); err != nil || needed {
		if err == nil {
			err = problem.New(problem.Conflict, "There is an authenticator app already.").WithAction(problem.You, "Remove it first.")
		}
		return Enrolment{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: f.issuer, AccountName: user.Email, Period: totpPeriod, Rand: rand.Reader})
	if err != nil {
		return Enrolment{}, fmt.Errorf("make authenticator secret: %w", err)
	}
	picture, err := qrCode(key)
	if err != nil {
		return Enrolment{}, err
	}
	a := store.Authenticator{UserID: user.ID, CreatedAt: f.store.Now()}
	if a.Secret, err = f.keys.Seal(Secret(key.Secret()), authenticatorAt(a)); err != nil {
		return Enrolment{}, err
	}
	if err := f.store.Tx(ctx, func(tx *store.Tx) error { return tx.PutAuthenticator(a) }); err != nil {
		return Enrolment{}, fmt.Errorf("store authenticator: %w", err)
	}
	return Enrolment{Secret: Secret(key.Secret()), URL: Secret(key.URL()), PNG: picture}, nil
}

func qrCode(key *otp.Key) ([]byte, error) {
	picture, err := key.Image(qrSide, qrSide)
	if err != nil {
		return nil, fmt.Errorf("draw QR code: %w", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return nil, fmt.Errorf("draw QR code: %w", err)
	}
	return b.Bytes(), nil
}

// Confirm makes the enrolled app count, by one of its codes, and returns recovery codes, shown once.
func (f *Factors) Confirm(ctx context.Context, user store.User, code string) ([]Secret, error) {
	a, found, err := f.store.Authenticator(ctx, user.ID)
	if err != nil {
		return nil, fmt.Errorf("read authenticator: %w", err)
	}
	if !found || a.ConfirmedAt != 0 {
		return nil, problem.New(problem.NotFound, "No authenticator app waits to be confirmed.")
	}
	if !f.tries.take(user.ID, time.UnixMilli(f.store.Now())) {
		return nil, problem.New(problem.TooMany, "")
	}
	if err := f.spend(ctx, a, code); err != nil {
		return nil, err
	}
	f.tries.forget(user.ID)
	return f.NewRecoveryCodes(ctx, user.ID)
}

// Check takes a code of the user's app, or one of the recovery codes. Ten wrong ones within fifteen
// minutes are the last that are looked at.
func (f *Factors) Check(ctx context.Context, userID, code, ip string) error {
	if !f.tries.take(userID, time.UnixMilli(f.store.Now())) {
		return problem.New(problem.TooMany, "")
	}
	err := f.check(ctx, userID, code)
	if problem.Is(err, problem.CodeWrong) {
		if err := f.people.Note(ctx, store.AuditEntry{Action: FactorRefused, Subject: userID, IP: ip}); err != nil {
			return err
		}
	}
	if err == nil {
		f.tries.forget(userID)
	}
	return err
}

func (f *Factors) check(ctx context.Context, userID, code string) error {
	a, found, err := f.store.Authenticator(ctx, userID)
	if err != nil {
		return fmt.Errorf("read authenticator: %w", err)
	}
	if !found || a.ConfirmedAt == 0 {
		return problem.New(problem.CodeWrong, "")
	}
	if len(digits(code)) == otp.DigitsSix.Length() && len(recoveryForm(code)) == otp.DigitsSix.Length() {
		return f.spend(ctx, a, code)
	}
	var spent bool
	err = f.store.Tx(ctx, func(tx *store.Tx) (err error) {
		spent, err = tx.SpendRecoveryCode(userID, digest(recoveryForm(code)))
		return err
	})
	if err == nil && !spent {
		err = problem.New(problem.CodeWrong, "")
	}
	return err
}

// spend finds the step that code belongs to, the present one or a neighbour, and uses it up.
func (f *Factors) spend(ctx context.Context, a store.Authenticator, code string) error {
	secret, err := f.keys.Open(a.Secret, authenticatorAt(a))
	if err != nil {
		return err
	}
	now := f.store.Now() / 1000 / totpPeriod
	for _, step := range []int64{now, now - 1, now + 1} {
		ok, err := hotp.ValidateCustom(digits(code), uint64(step), secret.Reveal(), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil || !ok {
			continue // codes of a wrong length are errors there
		}
		var fresh bool
		err = f.store.Tx(ctx, func(tx *store.Tx) (err error) {
			fresh, err = tx.SpendStep(a.UserID, a.CreatedAt, step)
			return err
		})
		if err != nil {
			return fmt.Errorf("spend code: %w", err)
		}
		if fresh {
			return nil
		}
		return problem.New(problem.CodeWrong, "It was used before.")
	}
	return problem.New(problem.CodeWrong, "")
}

// NewRecoveryCodes makes recovery codes in place of those before, and returns them, shown once.
func (f *Factors) NewRecoveryCodes(ctx context.Context, userID string) ([]Secret, error) {
	codes, hashes := make([]Secret, recoveryCodes), make([]string, recoveryCodes)
	for i := range codes {
		raw := make([]byte, 10) // 80 bits, so that their hashes need no salt
		if _, err := rand.Read(raw); err != nil {
			return nil, fmt.Errorf("make recovery codes: %w", err)
		}
		code := base32.StdEncoding.EncodeToString(raw)
		hashes[i] = digest(code)
		codes[i] = Secret(code[:4] + "-" + code[4:8] + "-" + code[8:12] + "-" + code[12:])
	}
	if err := f.store.Tx(ctx, func(tx *store.Tx) error { return tx.PutRecoveryCodes(userID, hashes) }); err != nil {
		return nil, fmt.Errorf("store recovery codes: %w", err)
	}
	return codes, nil
}

// Remove takes the user's second step away: the password alone signs in again.
func (f *Factors) Remove(ctx context.Context, userID string) error {
	if err := f.store.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteSecondFactor(userID) }); err != nil {
		return fmt.Errorf("remove second factor: %w", err)
	}
	return nil
}

// Reset takes away all that a lost device could hold, passkeys too, and signs the user out everywhere.
// It is an administrator's help for somebody who cannot sign in any more.
func (f *Factors) Reset(ctx context.Context, userID string) error {
	err := f.store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteSecondFactor(userID); err != nil {
			return err
		}
		if err := tx.DeletePasskeys(userID); err != nil {
			return err
		}
		return tx.DeleteUserSessions(userID)
	})
	if err != nil {
		return fmt.Errorf("reset second factor: %w", err)
	}
	return nil
}

// digits is a code without what apps and people put between its digits.
func digits(code string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, code)
}

// recoveryForm is a recovery code as it was hashed, however it was typed.
func recoveryForm(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, code)
}
