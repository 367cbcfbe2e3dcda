package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"postroom/problem"
	"postroom/store"
)

// consumerTenant is the tenant of personal Microsoft accounts.
const consumerTenant = "9188040d-6c67-4c5b-b112-36a304b66dad"

// Personal reports whether a tenant is that of personal Microsoft accounts, which have no administrator.
func Personal(tenantID string) bool { return tenantID == consumerTenant }

// claims is what an id_token says of a person. Only issuer, tenant and object id are proof of who it
// is; addresses and names are for showing and for finding the mailbox.
type claims struct {
	Issuer            string   `json:"iss"`
	Subject           string   `json:"sub"`
	AuthorizedParty   string   `json:"azp"`
	Nonce             string   `json:"nonce"`
	TenantID          string   `json:"tid"`
	ObjectID          string   `json:"oid"`
	Name              string   `json:"name"`
	PreferredUsername string   `json:"preferred_username"`
	Email             string   `json:"email"`
	EmailVerified     flag     `json:"email_verified"`
	UPN               string   `json:"upn"`
	UniqueName        string   `json:"unique_name"`
	PrimaryEmail      nameList `json:"verified_primary_email"`
	SecondaryEmail    nameList `json:"verified_secondary_email"`
}

// identity is an account, whatever it is called at the moment.
type identity struct{ issuer, tenant, object string }

// flag is a boolean that some services write as a string or a number.
type flag bool

func (f *flag) UnmarshalJSON(raw []byte) error {
	s := strings.Trim(string(raw), `"`)
	*f = flag(s == "true" || s == "1")
	return nil
}

// nameList is a list of names that may come as one name; anything else is an empty list.
type nameList []string

func (n *nameList) UnmarshalJSON(raw []byte) error {
	var many []string
	if json.Unmarshal(raw, &many) == nil {
		*n = many
		return nil
	}
	var one string
	if json.Unmarshal(raw, &one) == nil && one != "" {
		*n = nameList{one}
	}
	return nil
}

// verify checks an id_token as OpenID Connect Core 3.1.3.7 asks: signature (RS256 alone), audience,
// authorized party, expiry, nonce and issuer.
func (a *authority) verify(ctx context.Context, p store.Provider, token, nonce string, now time.Time) (claims, error) {
	if err := a.keys.ready(ctx, token); err != nil {
		return claims{}, err
	}
	verifier := oidc.NewVerifier(a.issuer, a.keys, &oidc.Config{
		ClientID:             p.ClientID,
		SupportedSigningAlgs: []string{oidc.RS256},
		SkipIssuerCheck:      true, // Microsoft's issuer holds the tenant: checkIssuer
		Now:                  func() time.Time { return now },
	})
	verified, err := verifier.Verify(ctx, token)
	if err != nil {
		return claims{}, problem.Wrap(problem.TokenInvalid, "", fmt.Errorf("verify id_token: %w", err))
	}
	var c claims
	if err := verified.Claims(&c); err != nil {
		return claims{}, problem.Wrap(problem.TokenInvalid, "", errors.New("verify id_token: claims of unexpected types"))
	}
	if err := a.check(c, p, nonce, verified.Audience); err != nil {
		return claims{}, problem.Wrap(problem.TokenInvalid, "", fmt.Errorf("verify id_token: %w", err))
	}
	return c, nil
}

func (a *authority) check(c claims, p store.Provider, nonce string, audience []string) error {
	switch {
	case nonce == "" || !same(c.Nonce, nonce):
		return errors.New("its nonce is another sign-in's")
	case c.AuthorizedParty != "" && c.AuthorizedParty != p.ClientID:
		return errors.New("it was issued to another application")
	case c.AuthorizedParty == "" && len(audience) > 1:
		return errors.New("it is for several applications")
	case c.Subject == "":
		return errors.New("it names nobody")
	case p.Kind == store.KindMicrosoft:
		return a.checkTenant(c, p)
	case !a.isIssuer(c.Issuer, ""):
		return errors.New("another issuer")
	}
	return nil
}

// checkTenant holds issuer, tenant and the provider's choice of tenants against one another.
func (a *authority) checkTenant(c claims, p store.Provider) error {
	switch {
	case !guid.MatchString(c.TenantID):
		return errors.New("it names no tenant")
	case !a.isIssuer(c.Issuer, c.TenantID), !strings.HasSuffix(c.Issuer, "/"+c.TenantID+"/v2.0"):
		return errors.New("issuer and tenant do not belong together")
	case p.Tenant == "organizations" && c.TenantID == consumerTenant:
		return errors.New("a personal account where only organisations are allowed")
	case p.Tenant == "consumers" && c.TenantID != consumerTenant:
		return errors.New("an organisation's account where only personal ones are allowed")
	case guid.MatchString(p.Tenant) && !strings.EqualFold(p.Tenant, c.TenantID):
		return errors.New("another tenant than the provider's")
	}
	return nil
}

// identity is the account that c proves. Microsoft's object id is the same for all applications;
// others have the subject alone.
func (c claims) identity(kind store.ProviderKind) identity {
	if kind != store.KindMicrosoft {
		return identity{issuer: c.Issuer, object: c.Subject}
	}
	if c.ObjectID == "" {
		return identity{c.Issuer, c.TenantID, c.Subject}
	}
	return identity{c.Issuer, c.TenantID, c.ObjectID}
}

func identityOf(box store.Mailbox) identity {
	return identity{box.Issuer, box.TenantID, box.ObjectID}
}

// logins are the names that the account's mailbox may answer to, the likeliest first. XOAUTH2 wants
// the mailbox's own user name, which no single claim is sure to hold.
func (c claims) logins(stored string) []string {
	names := append([]string{stored, c.PreferredUsername, c.Email, c.UPN}, c.PrimaryEmail...)
	names = append(names, c.UniqueName)
	names = append(names, c.SecondaryEmail...)
	var logins []string
	seen := map[string]bool{}
	for _, name := range names {
		if usableLogin(name) && !seen[strings.ToLower(name)] && len(logins) < 6 {
			seen[strings.ToLower(name)] = true
			logins = append(logins, name)
		}
	}
	return logins
}

// named reports whether name is one of the account's, as the sign-in service tells them.
func (c claims) named(name string) bool {
	return slices.ContainsFunc(c.logins(""), func(own string) bool { return strings.EqualFold(own, name) })
}

// usableLogin refuses what could leave its field: XOAUTH2 separates fields by \x01.
func usableLogin(name string) bool {
	return name != "" && len(name) <= 320 && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// address is what to write in From: the account's e-mail where the service vouches for it, and else
// the name that opened the mailbox.
func (c claims) address(kind store.ProviderKind, login string) string {
	email := c.Email
	if kind != store.KindMicrosoft && !bool(c.EmailVerified) {
		email = ""
	}
	for _, candidate := range []string{email, login, c.PreferredUsername, c.UPN} {
		if plausibleAddress(candidate) == nil {
			return candidate
		}
	}
	return login
}

// called is how a person would name the account.
func (c claims) called() string {
	for _, name := range []string{c.PreferredUsername, c.Email, c.UPN, c.Name} {
		if name != "" {
			return plainText(name, 200)
		}
	}
	return "an account without a name"
}
