package auth

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"

	"code.dny.dev/ssrf"

	"postroom/problem"
)

// outsideProblem says why a sign-in service could not be talked to. It passes by itself, unless our
// own guard or its certificate is the reason.
func outsideProblem(err error) *problem.Problem {
	if p := problem.Of(err); p != nil {
		return p
	}
	if errors.Is(err, ssrf.ErrProhibitedIP) || errors.Is(err, ssrf.ErrProhibitedPort) || errors.Is(err, ssrf.ErrProhibitedNetwork) {
		return problem.Wrap(problem.AddressBlocked, "The sign-in service's address is an internal one.", err)
	}
	if badCertificate(err) {
		return problem.Wrap(problem.ProviderConfig, "The sign-in service's certificate could not be verified.", err).
			WithAction(problem.Operator, "Check the authority; for a service of your own, give its CA certificate.")
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return problem.Wrap(problem.ProviderDown, "It took too long to answer.", err)
	}
	return problem.Wrap(problem.ProviderDown, "", err)
}

func badCertificate(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		unknown      x509.UnknownAuthorityError
		hostname     x509.HostnameError
		invalid      x509.CertificateInvalidError
	)
	return errors.As(err, &verification) || errors.As(err, &unknown) || errors.As(err, &hostname) || errors.As(err, &invalid)
}
