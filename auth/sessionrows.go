package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"time"

	"postroom/store"
)

const (
	touchSession     = 5 * time.Minute  // a session's expiry is moved in steps of this, not with every request
	strangersSession = 15 * time.Minute // before sign-in: for the way to a service and back, or a second step
	rememberEnd      = 10 * time.Minute // longer than any request that began before a sign-out
)

// sessionRows keeps sessions in the store's table, for scs, which calls it with hashed tokens. It
// decides how long they last: by the store's clock, eight hours since the last request and seven
// days since the sign-in. It is the sessions' codec too, as it must look into them for the user.
type sessionRows struct {
	store *store.Store

	mu    sync.Mutex
	ended map[string]int64 // tokens of sessions that were ended lately, and when
}

func newSessionRows(st *store.Store) *sessionRows {
	return &sessionRows{store: st, ended: map[string]int64{}}
}

// FindCtx returns an unexpired session's data, and moves its expiry now and then.
func (r *sessionRows) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	session, found, err := r.store.Session(ctx, token)
	if err != nil {
		return nil, false, fmt.Errorf("find session: %w", err)
	}
	if !found || session.ExpiresAt <= r.store.Now() {
		return nil, false, nil
	}
	until, err := r.expiry(session.Data)
	if err != nil {
		return nil, false, nil // not one of ours: as good as none
	}
	if now := r.store.Now(); now-session.SeenAt >= touchSession.Milliseconds() {
		session.SeenAt, session.ExpiresAt = now, until
		if err := r.put(ctx, session); err != nil {
			return nil, false, err
		}
	}
	return session.Data, true, nil
}

// CommitCtx stores a session. scs's expiry is by the process's clock, so it is worked out anew.
func (r *sessionRows) CommitCtx(ctx context.Context, token string, data []byte, _ time.Time) error {
	until, err := r.expiry(data)
	if err != nil {
		return fmt.Errorf("commit session: %w", err)
	}
	values, err := decodeSession(data)
	if err != nil {
		return fmt.Errorf("commit session: %w", err)
	}
	return r.put(ctx, store.Session{Token: token, UserID: values[keyUser], Data: data, SeenAt: r.store.Now(), ExpiresAt: until})
}

// DeleteCtx ends a session.
func (r *sessionRows) DeleteCtx(ctx context.Context, token string) error {
	r.markEnded(token)
	if err := r.delete(ctx, token); err != nil {
		return fmt.Errorf("delete session: %w", err)
	}
	return nil
}

// put stores a session, unless it was ended while the request that carries it was under way: a
// slow request must not bring back what a sign-out removed.
func (r *sessionRows) put(ctx context.Context, session store.Session) error {
	err := r.store.Tx(ctx, func(tx *store.Tx) error { return tx.PutSession(session) })
	if err == nil && r.wasEnded(session.Token) {
		err = r.delete(ctx, session.Token)
	}
	if err != nil {
		return fmt.Errorf("store session: %w", err)
	}
	return nil
}

func (r *sessionRows) delete(ctx context.Context, token string) error {
	return r.store.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteSession(token) })
}

func (r *sessionRows) markEnded(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.store.Now()
	for t, at := range r.ended {
		if now-at > rememberEnd.Milliseconds() {
			delete(r.ended, t)
		}
	}
	r.ended[token] = now
}

func (r *sessionRows) wasEnded(token string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ended := r.ended[token]
	return ended
}

// expiry is when a session that is used now ends.
func (r *sessionRows) expiry(data []byte) (int64, error) {
	values, err := decodeSession(data)
	if err != nil {
		return 0, err
	}
	since, err := signedInAt(values, r.store.Now())
	if err != nil {
		return 0, err
	}
	if values[keyUser] == "" {
		return r.store.Now() + strangersSession.Milliseconds(), nil
	}
	return min(r.store.Now()+idleSession.Milliseconds(), since+oldestSession.Milliseconds()), nil
}

// hashOfToken is what scs calls a session in the store, with HashTokenInStore.
func hashOfToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func signedInAt(values map[string]string, otherwise int64) (int64, error) {
	if values[keySince] == "" {
		return otherwise, nil
	}
	return strconv.ParseInt(values[keySince], 10, 64)
}

// Encode implements scs.Codec. All our values are strings.
func (r *sessionRows) Encode(_ time.Time, values map[string]any) ([]byte, error) {
	return json.Marshal(values)
}

// Decode implements scs.Codec. The deadline it returns only dates the cookie.
func (r *sessionRows) Decode(data []byte) (time.Time, map[string]any, error) {
	strs, err := decodeSession(data)
	if err != nil {
		return time.Time{}, nil, err
	}
	now := r.store.Now()
	since, err := signedInAt(strs, now)
	if err != nil {
		return time.Time{}, nil, err
	}
	values := make(map[string]any, len(strs))
	for k, v := range strs {
		values[k] = v
	}
	left := time.Duration(since-now)*time.Millisecond + oldestSession
	return time.Now().Add(left), values, nil
}

func decodeSession(data []byte) (map[string]string, error) {
	var values map[string]string
	if err := json.Unmarshal(data, &values); err != nil {
		return nil, fmt.Errorf("decode session: %w", err)
	}
	return values, nil
}

// Find, Commit and Delete complete scs.Store; scs calls the methods with a context instead.

func (r *sessionRows) Find(token string) ([]byte, bool, error) {
	return r.FindCtx(context.Background(), token)
}

func (r *sessionRows) Commit(token string, data []byte, expiry time.Time) error {
	return r.CommitCtx(context.Background(), token, data, expiry)
}

func (r *sessionRows) Delete(token string) error {
	return r.DeleteCtx(context.Background(), token)
}
