package courier

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

const (
	commandTime = 20 * time.Second
	mostAnswers = 1 << 20 // bytes that a server may say in one session
)

// smtpWay hands mail to an SMTP server.
type smtpWay struct {
	*Courier
	sender store.Sender
	secret auth.Secret
}

// dialogue is one SMTP connection.
type dialogue struct {
	conn   net.Conn
	client *smtp.Client
}

func (w *smtpWay) address() string {
	return net.JoinHostPort(w.sender.Host, strconv.FormatInt(w.sender.Port, 10))
}

func (w *smtpWay) send(ctx context.Context, mail letter) error {
	d, err := w.connect(ctx)
	if err != nil {
		return err
	}
	defer d.close()
	defer context.AfterFunc(ctx, d.close)()
	if err := w.secure(d); err != nil {
		return smtpError(err)
	}
	if err := w.signIn(d); err != nil {
		return smtpError(err)
	}
	if err := d.envelope(mail); err != nil {
		return smtpError(err)
	}
	return d.data(mail.raw)
}

// connect opens the connection and nothing more.
func (w *smtpWay) connect(ctx context.Context) (*dialogue, error) {
	raw, err := w.Dial(ctx, "tcp", w.address())
	if err != nil {
		return nil, smtpError(fmt.Errorf("dial %s: %w", w.address(), err))
	}
	return &dialogue{conn: &meteredConn{raw, mostAnswers}}, nil
}

// secure brings up TLS as the settings say, never less, and says hello.
func (w *smtpWay) secure(d *dialogue) error {
	_ = d.conn.SetDeadline(time.Now().Add(commandTime))
	conf, err := w.tlsConfig()
	if err != nil {
		return err
	}
	switch w.sender.TLS {
	case store.TLSImplicit:
		over := tls.Client(d.conn, conf)
		if err := over.Handshake(); err != nil {
			return err
		}
		d.client = smtp.NewClient(over)
	case store.TLSStartTLS:
		if d.client, err = smtp.NewClientStartTLS(d.conn, conf); err != nil {
			return err
		}
	default:
		d.client = smtp.NewClient(d.conn)
	}
	d.client.CommandTimeout, d.client.SubmissionTimeout = commandTime, w.Timing.Send
	return d.client.Hello("localhost")
}

func (w *smtpWay) tlsConfig() (*tls.Config, error) {
	conf := &tls.Config{ServerName: w.sender.Host, MinVersion: tls.VersionTLS12}
	if w.sender.CAPEM == "" {
		return conf, nil
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM([]byte(w.sender.CAPEM)) {
		return nil, problem.New(problem.SenderSettings, "The CA certificate is not in PEM form.")
	}
	conf.RootCAs = roots
	return conf, nil
}

// signIn gives user name and password, by PLAIN or, where that is not offered, LOGIN.
func (w *smtpWay) signIn(d *dialogue) error {
	if w.sender.Auth != store.AuthBasic {
		return nil
	}
	switch {
	case d.client.SupportsAuth(sasl.Plain):
		return d.client.Auth(sasl.NewPlainClient("", w.sender.Username, w.secret.Reveal()))
	case d.client.SupportsAuth(sasl.Login):
		return d.client.Auth(sasl.NewLoginClient(w.sender.Username, w.secret.Reveal()))
	}
	return problem.New(problem.SenderSignIn, "The server offers no sign-in with user name and password.").
		WithAction(problem.Operator, "Use authentication “none” if the server knows this machine, or choose Microsoft 365 (OAuth): Microsoft has switched passwords off.")
}

func (d *dialogue) envelope(mail letter) error {
	if err := d.client.Mail(mail.from, &smtp.MailOptions{}); err != nil {
		return err
	}
	for _, to := range mail.recipients {
		if err := d.client.Rcpt(to, nil); err != nil {
			var said *smtp.SMTPError
			if errors.As(err, &said) && said.Code/100 == 5 && smtpProblem(said).Code == problem.MailRefused {
				return problem.Wrap(problem.RecipientRefused, "", said).WithRaw(smtpRaw(said))
			}
			return err
		}
	}
	return nil
}

// data sends the bytes. An answer, yes or no, is certain; anything else is errUnanswered.
func (d *dialogue) data(raw []byte) error {
	body, err := d.client.Data()
	if err != nil {
		return smtpError(err) // no byte of the mail has left
	}
	if _, err = io.Copy(body, bytes.NewReader(raw)); err == nil {
		err = body.Close()
	}
	var said *smtp.SMTPError
	switch {
	case err == nil:
		_ = d.client.Quit()
		return nil
	case errors.As(err, &said):
		return smtpProblem(said)
	}
	return fmt.Errorf("%w: %w", errUnanswered, err)
}

func (d *dialogue) close() { _ = d.conn.Close() }

// check connects, secures and signs in.
func (w *smtpWay) check(ctx context.Context) []Step {
	steps := newSteps(StepConnect, StepTLS, StepSignIn)
	d, err := w.connect(ctx)
	if !steps.note(StepConnect, w.address(), err) {
		return steps
	}
	defer d.close()
	defer context.AfterFunc(ctx, d.close)()
	err = w.secure(d)
	if err == nil && w.sender.TLS == store.TLSNone {
		steps.warn(StepTLS, "The connection is not encrypted: whoever is on the way can read every mail, links included.")
	} else if !steps.note(StepTLS, tlsWords(d), smtpError(err)) {
		return steps
	}
	if w.sender.Auth != store.AuthBasic {
		steps.skip(StepSignIn, "No sign-in is set.")
		return steps
	}
	steps.note(StepSignIn, w.sender.Username, smtpError(w.signIn(d)))
	return steps
}

func tlsWords(d *dialogue) string {
	if d.client == nil {
		return ""
	}
	if state, ok := d.client.TLSConnectionState(); ok {
		return tls.VersionName(state.Version)
	}
	return ""
}

// meteredConn bounds what a server may say in all.
type meteredConn struct {
	net.Conn
	left int
}

func (c *meteredConn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errors.New("smtp: no end of answers")
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}
