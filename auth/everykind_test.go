package auth

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"postroom/lab"
	"postroom/problem"
	"postroom/store"
)

// kinds makes one sealed value of every kind that there is, as the product makes it, and says how to
// open it again. A column that is registered and missing here fails the tests.
func (h *house) kinds() map[string]func() error {
	ctx := context.Background()
	is, box := h.connected()
	token := h.access(box)
	page := h.begin(store.User{ID: box.UserID}, store.Provider{ID: box.ProviderID}, box.ID)

	seal := func(words Secret, at Where) store.Sealed {
		sealed, err := h.keys.Seal(words, at)
		check(h.t, err)
		return sealed
	}
	open := func(v store.Sealed, at Where, words Secret) error {
		got, err := h.keys.Open(v, at)
		if err == nil && got != words {
			err = errors.New("opened as something else")
		}
		return err
	}
	service := h.service(is)
	trip := h.leave(Departure{Provider: service.ID})
	enrolment, err := h.factors.Enrol(ctx, store.User{ID: box.UserID, Email: "ada@postroom.example"})
	check(h.t, err)
	two := is.provider()
	two.ID, two.Version, two.CreatedAt = store.NewID(), 1, 1
	two.ClientSecret = seal("first", clientSecretAt(two.ID, 1))
	two.SecondSecret = seal("second", secondSecretAt(two.ID, 1))
	sender := store.Sender{Kind: store.SenderSMTP, Secret: seal("sender", SenderSecretAt(1))}
	notice := store.Notice{ID: store.NewID(), Event: "x", Status: store.NoticeQueued}
	notice.Link = seal("link", NoticeLinkAt(notice.ID))
	attempt := store.Attempt{ID: store.NewID(), UserID: box.UserID, ProviderID: box.ProviderID, State: store.Asking, Steps: []store.Step{}, ExpiresAt: h.store.Now() + 60_000}
	attempt.Held = seal("held", heldAt(attempt))
	frame := seal("frame", SettingAt("frame_key"))
	check(h.t, h.store.Tx(ctx, func(tx *store.Tx) error {
		return errors.Join(tx.AddProvider(&two), tx.PutSender(&sender), tx.AddNotice(&notice), tx.AddAttempt(&attempt), tx.SetSealedSetting("frame_key", frame))
	}))
	provider := func() store.Provider {
		p, err := h.store.Provider(ctx, two.ID)
		check(h.t, err)
		return p
	}
	return map[string]func() error{
		"mailboxes.grant_sealed": func() error { _, err := h.tokens.openGrant(h.reread(box)); return err },
		"mailboxes.access_sealed": func() error {
			calls := is.refreshes()
			again, _, err := h.replica().Access(ctx, box.ID)
			if again != token || is.refreshes() != calls {
				err = errors.Join(err, errors.New("the token was renewed"))
			}
			return err
		},
		"providers.client_secret": func() error { return open(provider().ClientSecret, clientSecretAt(two.ID, 1), "first") },
		"providers.second_secret": func() error { return open(provider().SecondSecret, secondSecretAt(two.ID, 1), "second") },
		"authorizations.verifier": func() error {
			var a store.Authorization
			err := h.store.Tx(ctx, func(tx *store.Tx) (err error) {
				a, err = tx.TakeAuthorization(digest(page.Query().Get("state")))
				return errors.Join(err, tx.AddAuthorization(a))
			})
			check(h.t, err)
			p, err := h.store.Provider(ctx, a.ProviderID)
			check(h.t, err)
			_, err = h.keys.Open(a.Verifier, verifierAt(a, p))
			return err
		},
		"sealed_settings.value": func() error {
			v, err := h.store.SealedSetting(ctx, "frame_key")
			return errors.Join(err, open(v, SettingAt("frame_key"), "frame"))
		},
		"senders.secret_sealed": func() error {
			s, _, err := h.store.Sender(ctx)
			return errors.Join(err, open(s.Secret, SenderSecretAt(s.Version), "sender"))
		},
		"sign_in_providers.client_secret": func() error {
			p, err := h.store.SignInProvider(ctx, service.ID)
			return errors.Join(err, open(p.ClientSecret, signInSecretAt(p.ID, p.Version), clientSecret))
		},
		"sign_in_trips.verifier": func() error {
			var t store.SignInTrip
			err := h.store.Tx(ctx, func(tx *store.Tx) (err error) {
				t, err = tx.TakeTrip(digest(trip.Query().Get("state")))
				return errors.Join(err, tx.AddTrip(t))
			})
			check(h.t, err)
			_, err = h.keys.Open(t.Verifier, tripAt(t, service.Version))
			return err
		},
		"authenticators.secret": func() error {
			a, _, err := h.store.Authenticator(ctx, box.UserID)
			return errors.Join(err, open(a.Secret, authenticatorAt(a), enrolment.Secret))
		},
		"attempts.held_sealed": func() error {
			a, err := h.store.Attempt(ctx, box.UserID, attempt.ID)
			return errors.Join(err, open(a.Held, heldAt(a), "held"))
		},
		"notices.link_sealed": func() error {
			n, err := h.store.Notice(ctx, notice.ID)
			return errors.Join(err, open(n.Link, NoticeLinkAt(n.ID), "link"))
		},
	}
}

// built is the real binary.
func built(t testing.TB) string {
	t.Helper()
	bin, err := buildOnce()
	check(t, err)
	return bin
}

var buildOnce = sync.OnceValues(func() (string, error) { return lab.Build(buildDir) })

// secrets runs `postroom secrets args…` on the house's database, beside the house.
func (h *house) secrets(bin string, args ...string) (string, int) {
	h.t.Helper()
	var out bytes.Buffer
	cmd := exec.Command(bin, append([]string{"secrets"}, args...)...)
	cmd.Env = append(os.Environ(), "POSTROOM_DATA="+filepath.Join(h.dir, "data"), "POSTROOM_DATABASE="+h.database, "POSTROOM_KEYS_FILE="+h.keyFile())
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		h.t.Fatal(err)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

func (h *house) mustSecrets(bin string, args ...string) string {
	h.t.Helper()
	out, code := h.secrets(bin, args...)
	if code != 0 {
		h.t.Fatalf("postroom secrets %v: exit %d\n%s", args, code, out)
	}
	return out
}

var keyNumber = regexp.MustCompile(`key (\d+)`)

func TestRow37EveryKindOfSecretIsRotatedByTheRealCommand(t *testing.T) {
	bin := built(t)
	inBoth(t, func(t *testing.T, h *house) {
		kinds := h.kinds()
		columns := store.SealedColumns()
		allOpen := func(when string) {
			t.Helper()
			for _, c := range columns {
				opens := kinds[c.Table+"."+c.Column]
				if opens == nil {
					t.Fatalf("%s.%s is registered, and no record of it is made here", c.Table, c.Column)
				}
				if err := opens(); err != nil {
					t.Errorf("%s: %s.%s: %v", when, c.Table, c.Column, err)
				}
			}
		}
		allOpen("before")
		old := keyNumber.FindStringSubmatch(h.mustSecrets(bin, "status", "--check"))[1]

		out := h.mustSecrets(bin, "add")
		next := keyNumber.FindStringSubmatch(out)[1]
		if out, code := h.secrets(bin, "forget", old); code == 0 || !strings.Contains(out, "primary") {
			t.Errorf("forget the primary: exit %d\n%s", code, out)
		}
		h.mustSecrets(bin, "primary", next)
		out, code := h.secrets(bin, "forget", old)
		if code == 0 || !strings.Contains(out, "mailboxes: 1") {
			t.Errorf("forget a key in use: exit %d\n%s", code, out)
		}
		for _, c := range columns { // the refusal names every kind
			if !strings.Contains(out, c.What+": ") {
				t.Errorf("%s is not named:\n%s", c.What, out)
			}
		}
		h.mustSecrets(bin, "rotate")
		allOpen("rotated")
		status := h.mustSecrets(bin, "status", "--check")
		for _, c := range columns {
			rows, err := h.store.SealedRows(context.Background(), c, must(strconv.ParseInt(next, 10, 64)), 0, "", 1)
			check(t, err)
			if len(rows) != 0 {
				t.Errorf("%s.%s was not rotated", c.Table, c.Column)
			}
		}
		h.mustSecrets(bin, "forget", old)
		if out := h.mustSecrets(bin, "status"); strings.Contains(out, old) || !strings.Contains(status, old) {
			t.Errorf("after forgetting:\n%s", out)
		}
		allOpen("forgotten")
	})
}

func TestRow37TheStartIsRefusedWithoutItsKeyAndSaysWhatIsLost(t *testing.T) {
	bin := built(t)
	h, _, box := connected(t)
	check(t, h.store.Tx(context.Background(), func(tx *store.Tx) error {
		v, err := h.keys.Seal("frame", SettingAt("frame_key"))
		return errors.Join(err, tx.SetSealedSetting("frame_key", v))
	}))
	check(t, os.Rename(h.keyFile(), h.keyFile()+".away"))
	out, code := h.secrets(bin, "status")
	if code != 78 || !strings.Contains(out, "mailboxes: 1, client secrets: 1, settings: 1") || !strings.Contains(out, "forget") {
		t.Fatalf("exit %d\n%s", code, out)
	}
	id := keyNumber.FindStringSubmatch(out)[1]
	h.mustSecrets(bin, "forget", id, "--lose")
	if after := h.reread(box); after.State != store.NeedsYou || after.Problem.Code != problem.SecretUnreadable {
		t.Errorf("state %s, problem %v", after.State, after.Problem)
	}
	keys, created, err := OpenKeys(context.Background(), h.store, h.keyFile())
	check(t, err)
	if !created || keys == nil {
		t.Error("no new key file was made")
	}
}
