package server

import (
	"bytes"
	"encoding/json"
	"testing"

	"postroom/store"
)

func TestRow28TheKeyRingIsShownWithoutItsKeys(t *testing.T) {
	h := startHouse(t)
	admin := h.guest("ada", store.RoleAdmin)
	var ring KeyRing
	answer := admin.ask("GET", "/api/admin/keys", nil)
	check(t, json.Unmarshal(answer.body, &ring))
	if len(ring.Keys) != 1 || !ring.Keys[0].Primary || !ring.Keys[0].InFile || ring.Keys[0].Kinds == nil {
		t.Errorf("ring %+v", ring)
	}
	if bytes.Contains(answer.body, []byte("keyring")) || bytes.Contains(answer.body, []byte("value")) {
		t.Errorf("tells too much: %s", answer.body)
	}
}
