// Package lab drives a built Postroom from outside, for tests: it starts the binary, kills it, and
// talks to it over HTTP as a browser would. It imports nothing of Postroom, so that what it sees is
// what a stranger would see.
//
// Beside it lie the scripts of a mail world that nobody here wrote: Dovecot, Postfix and a certified
// OAuth server on loopback (README.md). The tests in this folder put the two together.
package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Build compiles the binary at the module's root into dir and returns its path. POSTROOM_BIN names
// one that is built already.
func Build(dir string) (string, error) {
	if bin := os.Getenv("POSTROOM_BIN"); bin != "" {
		return bin, nil
	}
	bin := filepath.Join(dir, "postroom")
	cmd := exec.Command("go", "build", "-o", bin, "postroom")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return bin, nil
}

// Process is a running Postroom.
type Process struct {
	URL    string  // http://localhost:port
	Output *Output // standard output and error together
	cmd    *exec.Cmd
	done   chan struct{}
	err    error
}

// Start runs `bin command` on the port and waits until it answers /healthz with 200. The process is
// killed when the test ends.
func Start(t testing.TB, bin, command, data string, port int, env ...string) *Process {
	t.Helper()
	p := &Process{URL: fmt.Sprintf("http://localhost:%d", port), Output: &Output{}, done: make(chan struct{})}
	p.cmd = exec.Command(bin, command)
	p.cmd.Stdout, p.cmd.Stderr = p.Output, p.Output
	p.cmd.Env = append(os.Environ(), append([]string{
		fmt.Sprintf("POSTROOM_LISTEN=127.0.0.1:%d", port), "POSTROOM_DATA=" + data, "POSTROOM_LOG_LEVEL=debug",
	}, env...)...)
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", bin, err)
	}
	go func() { p.err = p.cmd.Wait(); close(p.done) }()
	t.Cleanup(p.Kill)
	if err := p.waitHealthy(30 * time.Second); err != nil {
		t.Fatalf("%v\n%s", err, p.Output.String())
	}
	return p
}

// waitHealthy asks until the server answers; a process that ends first is an error.
func (p *Process) waitHealthy(most time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+"/healthz", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-p.done:
			return fmt.Errorf("postroom ended before it served: %w", p.err)
		case <-ctx.Done():
			return errors.New("postroom did not answer /healthz")
		case <-tick.C:
		}
	}
}

// FreePort returns a port of this machine that nobody listened on a moment ago.
func FreePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Kill ends the process as kill -9 does, and waits for it.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// Stop sends SIGTERM and returns how long the process took to end, and its error.
func (p *Process) Stop() (time.Duration, error) {
	start := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	<-p.done
	return time.Since(start), p.err
}

// SetupToken finds the one-time set-up link in what the first start printed.
func (p *Process) SetupToken() (string, error) {
	m := regexp.MustCompile(`/setup\?token=([\w-]+)`).FindStringSubmatch(p.Output.String())
	if m == nil {
		return "", errors.New("no set-up link was printed")
	}
	return m[1], nil
}

// Output collects what a process prints.
type Output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *Output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}
