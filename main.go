// Command postroom keeps people's mailboxes connected and shows them their mail.
//
// This package wires: it reads the settings (config.go), builds the rooms from the bottom up, runs
// them in one group and stops them in reverse. `postroom serve` does that for real mailboxes;
// `postroom demo` does the same beside a simulated Microsoft 365.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"postroom/auth"
)

// version is set when a binary is built for people.
var version = "dev"

type commands struct {
	Serve   serveCommand   `cmd:"" help:"Keep mailboxes connected and serve the web app."`
	Demo    demoCommand    `cmd:"" help:"The same beside a simulated Microsoft 365, with demo people and demo mail."`
	Health  healthCommand  `cmd:"" help:"Ask the Postroom on this machine whether it can serve."`
	Secrets secretsCommand `cmd:"" help:"Look after the key ring that seals tokens and secrets."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cli := &commands{}
	k := kong.Parse(cli, kong.Name("postroom"), kong.Description("Mailboxes, connected and readable."), kong.UsageOnError())
	k.BindTo(ctx, (*context.Context)(nil))
	k.BindTo(os.Stdout, (*io.Writer)(nil))
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "postroom:", err)
		os.Exit(exitCode(err))
	}
}

// exitCode is 78 (EX_CONFIG) when the keys do not fit the database: to start again does not help.
func exitCode(err error) int {
	if trouble := (*auth.KeyTrouble)(nil); errors.As(err, &trouble) {
		return 78
	}
	return 1
}

type serveCommand struct{ Config }

// Run serves until the context ends.
func (c *serveCommand) Run(ctx context.Context, out io.Writer) error {
	if err := c.complete(); err != nil {
		return err
	}
	a, err := newApp(ctx, c.Config)
	if err != nil {
		return err
	}
	defer a.close()
	if err := a.printSetupLink(ctx, out); err != nil {
		return err
	}
	return a.run(ctx)
}

type healthCommand struct{ Config }

// Run asks /healthz; anything but 200 is an error.
func (c *healthCommand) Run(ctx context.Context) error {
	_, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("POSTROOM_LISTEN %q: %w", c.Listen, err)
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+port+"/healthz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask /healthz: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New("/healthz: " + resp.Status)
	}
	return nil
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(out io.Writer) error {
	_, err := fmt.Fprintln(out, version)
	return err
}
