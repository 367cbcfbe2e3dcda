package store

import (
	"testing"

	"postroom/problem"
)

func TestACodeIsSpentOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada := newPerson(t, st, "ada")
		a := Authenticator{UserID: ada.user.ID, Secret: sealed(7, "s"), CreatedAt: 5}
		tx(t, st, func(tx *Tx) error { return tx.PutAuthenticator(a) })
		spend := func(createdAt, step int64) (spent bool) {
			tx(t, st, func(tx *Tx) (err error) { spent, err = tx.SpendStep(ada.user.ID, createdAt, step); return err })
			return spent
		}
		equal(t, "step of an earlier app", spend(4, 10), false)
		equal(t, "step", spend(5, 10), true)
		equal(t, "same step", spend(5, 10), false)
		equal(t, "earlier step", spend(5, 9), false)
		equal(t, "next step", spend(5, 11), true)
		got, found, err := st.Authenticator(t.Context(), ada.user.ID)
		check(t, err)
		equal(t, "found", found, true)
		equal(t, "confirmed", got.ConfirmedAt > 0, true)
		equal(t, "key", got.SecretKeyID, 7)
		with, err := st.SecondFactors(t.Context())
		check(t, err)
		equal(t, "with", len(with), 1)

		tx(t, st, func(tx *Tx) error { return tx.PutRecoveryCodes(ada.user.ID, []string{"x", "y"}) })
		recover := func(hash string) (spent bool) {
			tx(t, st, func(tx *Tx) (err error) { spent, err = tx.SpendRecoveryCode(ada.user.ID, hash); return err })
			return spent
		}
		equal(t, "code", recover("x"), true)
		equal(t, "same code", recover("x"), false)
		tx(t, st, func(tx *Tx) error { return tx.DeleteSecondFactor(ada.user.ID) })
		equal(t, "code of what was removed", recover("y"), false)
	})
}

func TestIdentitiesPasskeysAndTripsBelongToOneUser(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		p := SignInProvider{ID: "p", Name: "Elsewhere", Kind: KindGeneric, Version: 1, ClientSecret: sealed(7, "s")}
		key := Passkey{UserID: ada.user.ID, CredentialID: "c", Name: "Phone", Data: "{}"}
		id := Identity{UserID: ada.user.ID, ProviderID: "p", Issuer: "i", ObjectID: "o"}
		tx(t, st, func(tx *Tx) error {
			check(t, tx.AddSignInProvider(&p))
			check(t, tx.AddPasskey(&key))
			return tx.AddIdentity(&id)
		})
		same := id
		same.UserID = bob.user.ID
		wantProblem(t, st.Tx(t.Context(), func(tx *Tx) error { return tx.AddIdentity(&same) }), problem.Conflict)
		twin := key
		twin.UserID = bob.user.ID
		wantProblem(t, st.Tx(t.Context(), func(tx *Tx) error { return tx.AddPasskey(&twin) }), problem.Conflict)
		for _, theirs := range []func(*Tx) error{
			func(tx *Tx) error { return tx.DeleteIdentity(bob.user.ID, id.ID) },
			func(tx *Tx) error { return tx.DeletePasskey(bob.user.ID, key.ID) },
			func(tx *Tx) error { return tx.RenamePasskey(bob.user.ID, key.ID, "Mine") },
			func(tx *Tx) error { return tx.UsePasskey(bob.user.ID, "c", "{}") },
		} {
			wantProblem(t, st.Tx(t.Context(), theirs), problem.NotFound)
		}
		tx(t, st, func(tx *Tx) error {
			return tx.AddTrip(SignInTrip{StateHash: "s", Purpose: LoginTrip, ProviderID: "p", Verifier: sealed(7, "v"), ExpiresAt: st.Now() + 1})
		})
		tx(t, st, func(tx *Tx) error { _, err := tx.TakeTrip("s"); return err })
		wantProblem(t, st.Tx(t.Context(), func(tx *Tx) error { _, err := tx.TakeTrip("s"); return err }), problem.NotFound)
		tx(t, st, func(tx *Tx) error { return tx.RemoveUser(ada.user.ID) })
		left, err := st.Passkeys(t.Context(), ada.user.ID)
		check(t, err)
		equal(t, "passkeys left", len(left), 0)
		_, err = st.IdentityOf(t.Context(), "i", "", "o")
		wantProblem(t, err, problem.NotFound)
	})
}
