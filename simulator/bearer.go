package simulator

import (
	"encoding/base64"
	"strings"
)

// mechanisms are the ways in which a mail server takes a token: XOAUTH2, as at Exchange, and with the
// fault OAuthBearer also OAUTHBEARER, or with its value "only" that alone.
func (s *Simulator) mechanisms() []string {
	value, on := s.faults.value(OAuthBearer, "*")
	switch {
	case on && value == "only":
		return []string{"OAUTHBEARER"}
	case on:
		return []string{"XOAUTH2", "OAUTHBEARER"}
	}
	return []string{"XOAUTH2"}
}

// readBearer takes the first message of a mechanism apart; it is in base64.
func readBearer(mechanism, encoded string) (user, token string, ok bool) {
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", "", false
	}
	if mechanism == "OAUTHBEARER" {
		return readOAUTHBEARER(string(raw))
	}
	return readXOAUTH2(string(raw))
}

// readXOAUTH2 reads "user=" name ^A "auth=Bearer " token ^A ^A.
func readXOAUTH2(raw string) (user, token string, ok bool) {
	rest, ok := strings.CutPrefix(raw, "user=")
	if !ok {
		return "", "", false
	}
	user, rest, ok = strings.Cut(rest, "\x01auth=Bearer ")
	if !ok {
		return "", "", false
	}
	token, ok = strings.CutSuffix(rest, "\x01\x01")
	return user, token, ok && user != "" && token != "" && !strings.Contains(token, "\x01")
}

// readOAUTHBEARER reads "n,a=" name "," ^A key "=" value ^A … ^A (RFC 7628, 3.1). In the name, commas
// and equals signs are written =2C and =3D.
func readOAUTHBEARER(raw string) (user, token string, ok bool) {
	header, rest, ok := strings.Cut(raw, "\x01")
	fields, ended := strings.CutSuffix(rest, "\x01\x01")
	name, named := strings.CutPrefix(header, "n,a=")
	name, closed := strings.CutSuffix(name, ",")
	if !ok || !ended || !named || !closed || name == "" || strings.Contains(name, ",") {
		return "", "", false
	}
	for field := range strings.SplitSeq(fields, "\x01") {
		key, value, pair := strings.Cut(field, "=")
		if !pair {
			return "", "", false
		}
		if key == "auth" {
			token, _ = strings.CutPrefix(value, "Bearer ")
		}
	}
	return strings.NewReplacer("=2C", ",", "=3D", "=").Replace(name), token, token != ""
}

// bearerRefusal is the challenge that goes before OAUTHBEARER's refusal, and bearerEnd the client's
// answer to it (RFC 7628, 3.2.3): one ^A.
const (
	bearerRefusal = `{"status":"invalid_token","scope":"https://outlook.office.com/IMAP.AccessAsUser.All"}`
	bearerEnd     = "AQ=="
)
