// Command bench measures what only several processes show.
//
//	go run ./bench refresh   eight processes ask for the tokens of the same 200 mailboxes, over several
//	                         expiries, at a provider whose refresh tokens work once
//	go run ./bench rotate    10,000 tokens get a new key under 200 refreshes a second, while the process
//	                         that rotates is killed 50 times
//
// BENCH_POSTGRES holds the URL of a PostgreSQL server on which a database may be made. Figures are
// printed as `name: value`; a figure that is not as it must be ends the command with 1. The processes
// are copies of this one, each in a role.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	if role := os.Getenv(roleVariable); role != "" {
		return play(ctx, role)
	}
	server := os.Getenv("BENCH_POSTGRES")
	if server == "" || len(os.Args) != 2 {
		return errors.New("usage: BENCH_POSTGRES=postgres://… bench refresh|rotate")
	}
	switch os.Args[1] {
	case "refresh":
		return benchRefresh(ctx, out, server, refreshSize{Processes: 8, Mailboxes: 200, Expiries: 4, Life: 20})
	case "rotate":
		return benchRotate(ctx, out, server, rotateSize{Mailboxes: 10_000, Rate: 200, Kills: 50})
	}
	return fmt.Errorf("there is no bench %q", os.Args[1])
}
