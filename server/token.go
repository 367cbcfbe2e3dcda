package server

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"postroom/problem"
	"postroom/store"
)

// tokens signs the addresses under which one mail's document and its images can be fetched. A frame
// without an origin sends no cookies, so the address itself is the right: for this user, this mail,
// with or without images from servers, for about an hour.
type tokens struct {
	key   []byte
	now   func() time.Time
	store *store.Store
}

// pass is what a token says.
type pass struct {
	user   string
	mail   int64
	images bool // images on servers may be loaded
}

const (
	passTime = time.Hour
	passStep = 30 * time.Minute // tokens of one half hour are alike, so that a document is not loaded twice
)

// issue signs a token: user.mail.flag.expiry.signature.
func (t *tokens) issue(user string, mail int64, images bool) string {
	expiry := t.now().Add(passTime + passStep).Truncate(passStep).Unix()
	flag := "0"
	if images {
		flag = "1"
	}
	said := strings.Join([]string{user, number(mail), flag, strconv.FormatInt(expiry, 36)}, ".")
	return said + "." + t.sign("document", said)
}

// read says what token permits, while it does.
func (t *tokens) read(token string) (pass, error) {
	refused := problem.New(problem.NotFound, "This address has expired. Open the mail again.")
	cut := strings.LastIndexByte(token, '.')
	if cut < 0 || !t.signed(token[cut+1:], "document", token[:cut]) {
		return pass{}, refused
	}
	said := strings.Split(token[:cut], ".")
	if len(said) != 4 {
		return pass{}, refused
	}
	mail, err := parseNumber(said[1])
	if err != nil {
		return pass{}, refused
	}
	expiry, err := strconv.ParseInt(said[3], 36, 64)
	if err != nil || t.now().Unix() >= expiry {
		return pass{}, refused
	}
	return pass{user: said[0], mail: mail, images: said[2] == "1"}, nil
}

// admit is read for a user who is still let in.
func (t *tokens) admit(ctx context.Context, token string) (pass, error) {
	p, err := t.read(token)
	if err != nil {
		return pass{}, err
	}
	user, err := t.store.User(ctx, p.user)
	if err != nil {
		return pass{}, fmt.Errorf("find user of token: %w", err)
	}
	if user.DisabledAt != 0 {
		return pass{}, problem.New(problem.NotFound, "")
	}
	return p, nil
}

// sign is the signature of parts, for one purpose.
func (t *tokens) sign(parts ...string) string {
	mac := hmac.New(sha256.New, t.key)
	mac.Write([]byte(strings.Join(parts, "\x00")))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func (t *tokens) signed(signature string, parts ...string) bool {
	return hmac.Equal([]byte(signature), []byte(t.sign(parts...)))
}
