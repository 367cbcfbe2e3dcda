package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"postroom/problem"
	"postroom/store"
)

const (
	idleSession   = 8 * time.Hour
	oldestSession = 7 * 24 * time.Hour
	mostAgent     = 300 // bytes
)

// What a session remembers.
const (
	keyUser     = "user"
	keySince    = "since"    // unix ms of the sign-in
	keyPassword = "password" // mark of the password hash at sign-in; another password ends the session
	keyAgent    = "agent"    // User-Agent at sign-in, cut
	keyProven   = "proven"   // unix ms of the last time that the person proved who they are
	keyProblem  = "problem"  // why the last connecting failed, as JSON
	keyElse     = "else"     // why the last sign-in elsewhere failed, as JSON
	keyHalf     = "half"     // user whose second step is to come
	keyHalfWith = "halfwith" // what was the first
	keyHalfAt   = "halfat"   // unix ms
	keyCeremony = "ceremony" // of a passkey, as JSON
)

// Sessions remembers signed-in browsers by a cookie. The cookie holds a random token; the store
// holds its hash, so that a copy of the database opens no session.
type Sessions struct {
	store *store.Store
	rows  *sessionRows
	scs   *scs.SessionManager
	log   *slog.Logger
}

// NewSessions returns the sessions of browsers that reach us at publicURL.
func NewSessions(st *store.Store, publicURL string, log *slog.Logger) *Sessions {
	rows := newSessionRows(st)
	s := &Sessions{store: st, rows: rows, log: log}
	// Not scs.New, which starts a goroutine for a store in memory.
	s.scs = &scs.SessionManager{
		Store:            rows,
		Codec:            rows,
		HashTokenInStore: true,
		Lifetime:         oldestSession,
		ErrorFunc:        s.fail,
		Cookie: scs.SessionCookie{
			Name:     "postroom",
			HttpOnly: true,
			Path:     "/",
			SameSite: http.SameSiteLaxMode,
			Persist:  true,
		},
	}
	if strings.HasPrefix(publicURL, "https://") {
		s.scs.Cookie.Name, s.scs.Cookie.Secure = "__Host-postroom", true
	}
	return s
}

// CookieName is the name of the session cookie.
func (s *Sessions) CookieName() string { return s.scs.Cookie.Name }

// Middleware loads the session that a request's cookie names and saves what became of it. The user
// is read anew with every request: who is disabled, removed or has another password is not signed
// in any more.
func (s *Sessions) Middleware(next http.Handler) http.Handler {
	return s.scs.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), visitorKey{}, &visitor{agent: cut(r.UserAgent(), mostAgent)})
		if err := s.recognise(ctx); err != nil {
			s.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	}))
}

// visitor is who makes a request. The zero user is nobody.
type visitor struct {
	user  store.User
	agent string
}

type visitorKey struct{}

func (s *Sessions) recognise(ctx context.Context) error {
	id := s.scs.GetString(ctx, keyUser)
	if id == "" {
		return nil
	}
	user, err := s.store.User(ctx, id)
	if err != nil && !problem.Is(err, problem.NotFound) {
		return fmt.Errorf("read signed-in user: %w", err)
	}
	if err != nil || user.DisabledAt != 0 || !same(passwordMark(user), s.scs.GetString(ctx, keyPassword)) {
		return s.SignOut(ctx)
	}
	s.visitor(ctx).user = user
	return nil
}

func (s *Sessions) visitor(ctx context.Context) *visitor {
	v, ok := ctx.Value(visitorKey{}).(*visitor)
	if !ok {
		return &visitor{}
	}
	return v
}

// User returns the signed-in user, if there is one.
func (s *Sessions) User(ctx context.Context) (store.User, bool) {
	u := s.visitor(ctx).user
	return u, u.ID != ""
}

// UserID returns the signed-in user's id, or "".
func (s *Sessions) UserID(ctx context.Context) string { return s.visitor(ctx).user.ID }

// Agent returns the User-Agent of the request, cut to a length that can be kept.
func (s *Sessions) Agent(ctx context.Context) string { return s.visitor(ctx).agent }

// SignIn makes this browser userID's, under a new token: whoever knew the old one knows nothing.
func (s *Sessions) SignIn(ctx context.Context, userID string) error {
	user, err := s.store.User(ctx, userID)
	if err != nil {
		return fmt.Errorf("read user: %w", err)
	}
	if user.DisabledAt != 0 {
		return problem.New(problem.SignInFailed, "")
	}
	if err := s.anew(ctx); err != nil {
		return err
	}
	now := strconv.FormatInt(s.store.Now(), 10)
	s.scs.Put(ctx, keyUser, user.ID)
	s.scs.Put(ctx, keySince, now)
	s.scs.Put(ctx, keyProven, now)
	s.scs.Put(ctx, keyPassword, passwordMark(user))
	s.scs.Put(ctx, keyAgent, s.visitor(ctx).agent)
	s.visitor(ctx).user = user
	return nil
}

// anew empties this browser's session and gives it another token.
func (s *Sessions) anew(ctx context.Context) error {
	if err := s.scs.Clear(ctx); err != nil {
		return fmt.Errorf("clear session: %w", err)
	}
	if err := s.scs.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew session token: %w", err)
	}
	return nil
}

// SignOut ends this browser's session.
func (s *Sessions) SignOut(ctx context.Context) error {
	s.visitor(ctx).user = store.User{}
	if err := s.scs.Destroy(ctx); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// Hash names this browser's session without giving it away: an authorization is bound to it.
func (s *Sessions) Hash(ctx context.Context) string {
	token := s.scs.Token(ctx)
	if token == "" {
		return ""
	}
	return digest("authorization|" + token)
}

// KeepProblem remembers why connecting failed until the browser asks; nil forgets it.
func (s *Sessions) KeepProblem(ctx context.Context, p *problem.Problem) error {
	return s.keep(ctx, keyProblem, p)
}

// Problem returns what KeepProblem remembers, or nil.
func (s *Sessions) Problem(ctx context.Context) *problem.Problem { return s.kept(ctx, keyProblem) }

// KeepSignInProblem remembers why signing in elsewhere failed until the browser asks; nil forgets it.
func (s *Sessions) KeepSignInProblem(ctx context.Context, p *problem.Problem) error {
	return s.keep(ctx, keyElse, p)
}

// SignInProblem returns what KeepSignInProblem remembers, or nil.
func (s *Sessions) SignInProblem(ctx context.Context) *problem.Problem { return s.kept(ctx, keyElse) }

func (s *Sessions) keep(ctx context.Context, key string, p *problem.Problem) error {
	if p == nil {
		if s.scs.Exists(ctx, key) {
			s.scs.Remove(ctx, key)
		}
		return nil
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("keep problem: %w", err)
	}
	s.scs.Put(ctx, key, string(raw))
	return nil
}

func (s *Sessions) kept(ctx context.Context, key string) *problem.Problem {
	var p problem.Problem
	if json.Unmarshal([]byte(s.scs.GetString(ctx, key)), &p) != nil {
		return nil
	}
	return &p
}

// passwordMark changes with the password and tells nothing of its hash.
func passwordMark(u store.User) string { return digest("session|" + u.ID + "|" + u.PasswordHash)[:32] }

func (s *Sessions) fail(w http.ResponseWriter, r *http.Request, err error) {
	s.log.ErrorContext(r.Context(), "session", "err", err)
	p := problem.New(problem.Internal, "")
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status())
	_ = json.NewEncoder(w).Encode(p)
}
