package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
)

// TestMain plays a role when a bench has started this binary for it.
func TestMain(m *testing.M) {
	if os.Getenv(roleVariable) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func server(t *testing.T) string {
	t.Helper()
	url := os.Getenv("TEST_POSTGRES")
	if url == "" {
		t.Skip("TEST_POSTGRES holds no URL of a PostgreSQL server")
	}
	return url
}

func TestReplicasRefreshOnceForEachExpiry(t *testing.T) {
	var out bytes.Buffer
	err := benchRefresh(context.Background(), &out, server(t), refreshSize{Processes: 2, Mailboxes: 20, Expiries: 2, Life: 8})
	if err != nil || !strings.Contains(out.String(), "refresh_calls_per_expiry: 1.00\nfalse_needs_you: 0\n") {
		t.Errorf("%v\n%s", err, &out)
	}
}

func TestRotationUnderFireLosesNothing(t *testing.T) {
	var out bytes.Buffer
	err := benchRotate(context.Background(), &out, server(t), rotateSize{Mailboxes: 300, Rate: 50, Kills: 5})
	if err != nil || !strings.Contains(out.String(), "rotated: 300\nrotation_lost: 0\n") {
		t.Errorf("%v\n%s", err, &out)
	}
}
