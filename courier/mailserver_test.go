package courier

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"postroom/message"
	"postroom/store"
)

// mailServer is an SMTP server on a real socket, of which tests decide what it says.
type mailServer struct {
	t      *testing.T
	ca     string
	port   int64
	server *smtp.Server

	mu       sync.Mutex
	refuse   error         // after the final dot
	rcpt     error         // to RCPT
	hang     chan struct{} // closed when the answer to the final dot may come
	drop     bool          // the connection is closed instead of an answer
	got      []received
	arriving int // mails whose final dot has come
	password string
}

type received struct {
	from string
	to   []string
	raw  []byte
	user string
}

// newMailServer starts one with TLS from the first byte, by STARTTLS, or without.
func newMailServer(t *testing.T, how store.SenderTLS) *mailServer {
	t.Helper()
	m := &mailServer{t: t, password: "correct horse battery"}
	cert := m.certificate()
	m.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{m: m, conn: c}, nil }))
	m.server.Domain, m.server.AllowInsecureAuth, m.server.ErrorLog = "mail.test", how == store.TLSNone, log.New(io.Discard, "", 0)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	_, port, err := net.SplitHostPort(ln.Addr().String())
	check(t, err)
	m.port, err = strconv.ParseInt(port, 10, 64)
	check(t, err)
	conf := &tls.Config{Certificates: []tls.Certificate{cert}}
	switch how {
	case store.TLSImplicit:
		ln = tls.NewListener(ln, conf)
	case store.TLSStartTLS:
		m.server.TLSConfig = conf
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = m.server.Serve(ln) }()
	t.Cleanup(func() {
		m.release()
		check(t, m.server.Close())
		<-ended
	})
	return m
}

func (m *mailServer) certificate() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(m.t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	check(m.t, err)
	m.ca = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// sender is a sender that uses this server.
func (m *mailServer) sender(how store.SenderTLS, auth store.SenderAuth) store.Sender {
	return store.Sender{
		Kind: store.SenderSMTP, Address: "postroom@contoso.example", Name: "Postroom", Host: "127.0.0.1", Port: m.port,
		TLS: how, Auth: auth, Username: "postroom", CAPEM: m.ca, Language: "en",
	}
}

func (m *mailServer) set(change func(*mailServer)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(m)
}

func (m *mailServer) release() {
	m.set(func(m *mailServer) {
		if m.hang != nil {
			close(m.hang)
			m.hang = nil
		}
	})
}

func (m *mailServer) mails() []received {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]received{}, m.got...)
}

func (m *mailServer) waiting() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.arriving
}

// session is one connection.
type session struct {
	m    *mailServer
	conn *smtp.Conn
	mail received
	user string
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if password != s.m.password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "Authentication credentials invalid"}
		}
		s.user = username
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.mail = received{from: from, user: s.user}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	s.mail.to = append(s.mail.to, to)
	return s.m.rcpt
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mail.raw = raw
	s.m.mu.Lock()
	s.m.arriving++
	hang, drop, refuse := s.m.hang, s.m.drop, s.m.refuse
	s.m.mu.Unlock()
	if hang != nil {
		<-hang
	}
	if refuse != nil {
		return refuse
	}
	s.m.set(func(m *mailServer) { m.got = append(m.got, s.mail) })
	if drop {
		return s.conn.Conn().Close()
	}
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func textOf(m received) string { return message.Parse(m.raw).Text }
