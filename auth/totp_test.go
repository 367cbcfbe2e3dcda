package auth

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"postroom/problem"
	"postroom/store"
)

// enrolled gives u an authenticator app and returns its secret and the recovery codes.
func (h *house) enrolled(u store.User) (Secret, []Secret) {
	h.t.Helper()
	e, err := h.factors.Enrol(context.Background(), u)
	check(h.t, err)
	codes, err := h.factors.Confirm(context.Background(), u, h.code(e.Secret))
	check(h.t, err)
	return e.Secret, codes
}

// code is what the app shows now.
func (h *house) code(secret Secret) string {
	h.t.Helper()
	code, err := totp.GenerateCode(secret.Reveal(), h.clock.Now())
	check(h.t, err)
	return code
}

func TestAnAuthenticatorCountsOnceConfirmed(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	ada := h.user("ada@postroom.example")
	e, err := h.factors.Enrol(ctx, ada)
	check(t, err)
	if needed, err := h.factors.Needed(ctx, ada.ID); err != nil || needed {
		t.Error("it counts before it was confirmed", err)
	}
	wantProblem(t, h.factors.Check(ctx, ada.ID, h.code(e.Secret), ""), problem.CodeWrong)
	_, err = h.factors.Confirm(ctx, ada, "000000")
	wantProblem(t, err, problem.CodeWrong)
	codes, err := h.factors.Confirm(ctx, ada, h.code(e.Secret))
	check(t, err)
	if needed, err := h.factors.Needed(ctx, ada.ID); err != nil || !needed || len(codes) != recoveryCodes || len(e.PNG) == 0 {
		t.Error("it does not count", err, len(codes))
	}
	_, err = h.factors.Enrol(ctx, ada)
	wantProblem(t, err, problem.Conflict)
	h.absent(e.Secret.Reveal(), codes[0].Reveal())
	check(t, h.factors.Remove(ctx, ada.ID))
	if needed, err := h.factors.Needed(ctx, ada.ID); err != nil || needed {
		t.Error("it was not removed", err)
	}
}

func TestRow33ACodeCountsOnceAndInItsTime(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	ada := h.user("ada@postroom.example")
	secret, _ := h.enrolled(ada)
	wantProblem(t, h.factors.Check(ctx, ada.ID, h.code(secret), ""), problem.CodeWrong) // it confirmed the app
	h.clock.advance(30 * time.Second)
	code := h.code(secret)
	check(t, h.factors.Check(ctx, ada.ID, code[:3]+" "+code[3:], ""))
	wantProblem(t, h.factors.Check(ctx, ada.ID, code, ""), problem.CodeWrong)

	h.clock.advance(2 * time.Minute)
	late := h.code(secret)
	h.clock.advance(30 * time.Second)
	check(t, h.factors.Check(ctx, ada.ID, late, "")) // one step late is fine
	older := h.code(secret)
	h.clock.advance(time.Minute)
	wantProblem(t, h.factors.Check(ctx, ada.ID, older, ""), problem.CodeWrong)
}

func TestRow33OneCodeAtOnceCountsOnce(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	ada := h.user("ada@postroom.example")
	secret, recovery := h.enrolled(ada)
	h.clock.advance(time.Minute)
	for _, code := range []string{h.code(secret), recovery[0].Reveal()} {
		var wg sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			wg.Go(func() { errs[i] = h.factors.Check(ctx, ada.ID, code, "") })
		}
		wg.Wait()
		good := 0
		for _, err := range errs {
			if err == nil {
				good++
			} else {
				wantProblem(t, err, problem.CodeWrong)
			}
		}
		if good != 1 {
			t.Errorf("one code counted %d times", good)
		}
	}
}

func TestRow33TenCodesInFifteenMinutes(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	ada := h.user("ada@postroom.example")
	secret, recovery := h.enrolled(ada)
	h.clock.advance(time.Minute)
	for range mostTries {
		wantProblem(t, h.factors.Check(ctx, ada.ID, "000000", "192.0.2.7"), problem.CodeWrong)
	}
	for _, right := range []string{h.code(secret), recovery[0].Reveal()} {
		wantProblem(t, h.factors.Check(ctx, ada.ID, right, "192.0.2.7"), problem.TooMany)
	}
	if noted := h.audit(store.AuditQuery{Action: FactorRefused, Person: ada.ID}); len(noted) != mostTries || noted[0].IP != "192.0.2.7" {
		t.Errorf("%d noted", len(noted))
	}
	h.clock.advance(triesWindow)
	check(t, h.factors.Check(ctx, ada.ID, h.code(secret), ""))
}

func TestRecoveryCodesCountOnceHoweverTyped(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	ada, eve := h.user("ada@postroom.example"), h.user("eve@postroom.example")
	_, codes := h.enrolled(ada)
	h.enrolled(eve)
	wantProblem(t, h.factors.Check(ctx, eve.ID, codes[0].Reveal(), ""), problem.CodeWrong)
	check(t, h.factors.Check(ctx, ada.ID, " "+codes[0].Reveal()+" ", ""))
	wantProblem(t, h.factors.Check(ctx, ada.ID, codes[0].Reveal(), ""), problem.CodeWrong)
	fresh, err := h.factors.NewRecoveryCodes(ctx, ada.ID)
	check(t, err)
	wantProblem(t, h.factors.Check(ctx, ada.ID, codes[1].Reveal(), ""), problem.CodeWrong)
	check(t, h.factors.Check(ctx, ada.ID, fresh[0].Reveal(), ""))
	if n, err := h.store.RecoveryCodes(ctx, ada.ID); err != nil || n != recoveryCodes-1 {
		t.Errorf("%d left, %v", n, err)
	}
}

func TestAnAdministratorTakesLostFactorsAway(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	ada := h.user("ada@postroom.example")
	h.enrolled(ada)
	check(t, h.store.Tx(ctx, func(tx *store.Tx) error {
		check(t, tx.AddPasskey(&store.Passkey{UserID: ada.ID, CredentialID: "c", Data: "{}"}))
		return tx.PutSession(store.Session{Token: "s", UserID: ada.ID, Data: []byte("{}"), ExpiresAt: h.store.Now() + 1000})
	}))
	check(t, h.factors.Reset(ctx, ada.ID))
	passkeys, err := h.store.Passkeys(ctx, ada.ID)
	check(t, err)
	_, open, err := h.store.Session(ctx, "s")
	check(t, err)
	if needed, err := h.factors.Needed(ctx, ada.ID); err != nil || needed || len(passkeys) != 0 || open {
		t.Error("something was left", err)
	}
}
