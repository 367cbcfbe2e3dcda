package mailbox

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

const (
	knockTime = 20 * time.Second // for one server
	mostKnock = 64 << 10         // bytes that it may say
)

// NewKnock returns the look at a provider's mail servers that a test of its settings takes: TLS, the
// greeting, and whether they take tokens in the way that the provider says. It signs nobody in.
func NewKnock(dial auth.Dialer) auth.Knock {
	return auth.Knock{
		IMAP: func(ctx context.Context, p store.Provider) (string, error) { return knockIMAP(ctx, dial, p) },
		SMTP: func(ctx context.Context, p store.Provider) (string, error) { return knockSMTP(ctx, dial, p) },
	}
}

// knockIMAP returns the server's capabilities.
func knockIMAP(ctx context.Context, dial auth.Dialer, p store.Provider) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, knockTime)
	defer cancel()
	conn, err := dialTLS(ctx, dial, p.IMAPHost, p.CAPEM)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(knockTime))
	lines, err := talkIMAP(conn)
	if err != nil {
		return "", fmt.Errorf("ask %s for its capabilities: %w", p.IMAPHost, err)
	}
	for _, line := range lines {
		if caps, ok := strings.CutPrefix(line, "* CAPABILITY "); ok {
			return caps, offers("IMAP", strings.Fields(strings.ToUpper(caps)), "AUTH="+mechanism(p.SASL), caps)
		}
	}
	return "", problem.New(problem.MailServerDown, "It does not speak IMAP as it should.").WithRaw(clip(strings.Join(lines, "\n")))
}

// talkIMAP waits for the greeting and asks for the capabilities.
func talkIMAP(conn net.Conn) (lines []string, err error) {
	in := bufio.NewScanner(io.LimitReader(conn, mostKnock))
	in.Buffer(nil, mostKnock)
	for in.Scan() {
		line := strings.TrimRight(in.Text(), "\r")
		lines = append(lines, line)
		switch {
		case len(lines) == 1 && !strings.HasPrefix(line, "* OK"):
			return nil, problem.IMAP(line)
		case len(lines) == 1:
			if _, err := io.WriteString(conn, "P1 CAPABILITY\r\n"); err != nil {
				return nil, networkError(err)
			}
		case strings.HasPrefix(line, "P1 "):
			_, _ = io.WriteString(conn, "P2 LOGOUT\r\n")
			return lines, nil
		}
	}
	if err := in.Err(); err != nil {
		return nil, networkError(err)
	}
	return nil, problem.New(problem.MailServerDown, "It closed the connection.").WithRaw(clip(strings.Join(lines, "\n")))
}

// knockSMTP returns the mechanisms that the server offers once TLS is up.
func knockSMTP(ctx context.Context, dial auth.Dialer, p store.Provider) (string, error) {
	conf, err := tlsFor(p.SMTPHost, p.CAPEM)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, knockTime)
	defer cancel()
	raw, err := dial(ctx, "tcp", p.SMTPHost)
	if err != nil {
		return "", fmt.Errorf("dial %s: %w", p.SMTPHost, networkError(err))
	}
	sub := &submission{conn: &meteredConn{Conn: raw, left: mostKnock}}
	defer sub.close()
	err = sub.do(ctx, "look at SMTP", func() (err error) {
		sub.client, err = secure(sub.conn, p.SMTPTLS, conf, knockTime)
		return err
	})
	if err != nil {
		return "", networkError(err)
	}
	_, said := sub.client.Extension("AUTH")
	_ = sub.client.Quit()
	return "AUTH " + said, offers("SMTP", strings.Fields(strings.ToUpper(said)), mechanism(p.SASL), "AUTH "+said)
}

// offers is the problem of a server that does not take tokens in the way that it should.
func offers(protocol string, offered []string, wanted, raw string) error {
	if slices.Contains(offered, wanted) {
		return nil
	}
	return problem.New(problem.ProviderConfig, "The "+protocol+" server does not offer "+strings.TrimPrefix(wanted, "AUTH=")+".").
		WithAction(problem.Operator, "Choose the mechanism that the server names in its own words, and look whether host and port are right.").
		WithRaw(clip(raw))
}
