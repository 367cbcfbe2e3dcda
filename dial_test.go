package main

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"code.dny.dev/ssrf"

	"postroom/problem"
)

// The numbers are those of the project's table of threats.

func TestRow18EveryFormOfAnInternalAddressIsRefused(t *testing.T) {
	dial := guardedDial(nil)
	for _, host := range []string{
		"127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.8",
		"192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::1",
		"2001::1", "2001:db8::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "localhost",
	} {
		for _, port := range []string{"80", "143", "443", "587", "993"} {
			_, err := dial(context.Background(), "tcp", net.JoinHostPort(host, port))
			if !problem.Is(err, problem.AddressBlocked) {
				t.Errorf("%s port %s: %v", host, port, err)
			}
		}
	}
}

// A name may resolve to something else each time it is asked: what counts is the address that is
// connected to, whatever was written.
func TestRow18OddSpellingsOfLoopbackLeadNowhere(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	dial := guardedDial(nil)
	for _, host := range []string{"2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "localhost.", "[::ffff:7f00:1]", "127.0.0.1%25lo"} {
		address := host + ":" + port
		if c, err := dial(context.Background(), "tcp", address); err == nil {
			c.Close()
			t.Errorf("%s was connected to", address)
		}
	}
	open := guardedDial([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	c, err := open(context.Background(), "tcp", ln.Addr().String())
	if err != nil {
		t.Fatalf("what the operator allows is refused: %v", err)
	}
	c.Close()
	if _, err := open(context.Background(), "tcp", "10.0.0.1:993"); !errors.Is(err, ssrf.ErrProhibitedIP) {
		t.Errorf("more than was allowed: %v", err)
	}
}

// Whatever connects to the outside gets its dialler from here: sign-in services, IMAP, SMTP, Graph,
// remote images. The parts that play the other side or drive us from outside are left out.
func TestRow18NothingConnectsBesideTheGuard(t *testing.T) {
	forbidden := []string{
		"net.Dial", "net.DialTimeout", "net.DialTCP", "net.Dialer", "tls.Dial", "tls.Dialer",
		"http.Get", "http.Post", "http.Head", "http.PostForm", "http.DefaultClient", "http.DefaultTransport",
		"imapclient.DialTLS", "imapclient.DialStartTLS", "imapclient.DialInsecure", "smtp.Dial", "smtp.DialTLS", "smtp.DialStartTLS",
	}
	const ourselves = "main.go http.DefaultClient" // "postroom health" asks its own address
	seen := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (path == "simulator" || path == "lab" || path == "bench" || path == "frontend" || strings.HasPrefix(d.Name(), ".") && path != ".") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || path == "dial.go" {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		seen++
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := s.X.(*ast.Ident); ok {
					name := pkg.Name + "." + s.Sel.Name
					if slices.Contains(forbidden, name) && path+" "+name != ourselves {
						t.Errorf("%s uses %s", path, name)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil || seen < 50 {
		t.Fatalf("%d files looked at: %v", seen, err)
	}
}
