package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// The role of a process and its order, for copies of this one.
const (
	roleVariable  = "POSTROOM_BENCH_ROLE"
	orderVariable = "POSTROOM_BENCH_ORDER"
)

// order is what a process is told at its start.
type order struct {
	Database string
	Dir      string
	KeyFile  string
	Users    int // simulator: how many
	Life     int // simulator: of access tokens, in seconds
	Rate     int // refresher: a second
}

// play does what a role does: it takes words on standard input and answers each with a line of JSON.
func play(ctx context.Context, role string) error {
	var o order
	if err := json.Unmarshal([]byte(os.Getenv(orderVariable)), &o); err != nil {
		return fmt.Errorf("read order: %w", err)
	}
	words := bufio.NewScanner(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	switch role {
	case "simulator":
		return playSimulator(ctx, o, words, answers)
	case "asker":
		return playAsker(ctx, o, words, answers)
	case "refresher":
		return playRefresher(ctx, o, words, answers)
	case "rotator":
		return playRotator(ctx, o, answers)
	}
	return fmt.Errorf("there is no role %q", role)
}

// process is a copy of this program in a role.
type process struct {
	cmd     *exec.Cmd
	words   io.WriteCloser
	answers *bufio.Reader
	errors  strings.Builder
}

func start(ctx context.Context, role string, o order) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	told, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.CommandContext(ctx, self)}
	p.cmd.Env = append(os.Environ(), roleVariable+"="+role, orderVariable+"="+string(told))
	p.cmd.Stderr = &p.errors
	if p.words, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.answers = bufio.NewReaderSize(out, 1<<20)
	return p, p.cmd.Start()
}

// say sends a word.
func (p *process) say(word string) error {
	_, err := io.WriteString(p.words, word+"\n")
	return err
}

// hear waits for the next answer. io.EOF means that the process has ended.
func (p *process) hear(into any) error {
	line, err := p.answers.ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(line, into)
}

// kill ends it as kill -9 does.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// end lets it finish and reports what it had to complain of.
func (p *process) end() error {
	_ = p.words.Close()
	_, _ = io.Copy(io.Discard, p.answers)
	err := p.cmd.Wait()
	if words := strings.TrimSpace(p.errors.String()); words != "" {
		err = errors.Join(err, errors.New(words))
	}
	return err
}
