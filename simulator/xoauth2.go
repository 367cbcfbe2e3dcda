package simulator

import (
	"encoding/base64"
	"strings"
)

// readXOAUTH2 takes the one message of the XOAUTH2 mechanism apart:
// "user=" name ^A "auth=Bearer " token ^A ^A, in base64.
func readXOAUTH2(encoded string) (user, token string, ok bool) {
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", "", false
	}
	rest, ok := strings.CutPrefix(string(raw), "user=")
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
