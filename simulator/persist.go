package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// saveDelay gathers changes before they are written.
const saveDelay = time.Second

// touch says that there is something to save.
func (s *Simulator) touch() { poke(s.dirty) }

// saveOnChange writes the state a little after each change.
func (s *Simulator) saveOnChange(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.dirty:
		}
		select {
		case <-ctx.Done():
			return nil // Run saves at its end
		case <-time.After(saveDelay):
		}
		if err := s.save(); err != nil {
			s.log.Error("save simulator state", "err", err)
		}
	}
}

// save writes the state to Options.Dir, first the mails and then, at one stroke, what names them.
func (s *Simulator) save() error {
	if s.opts.Dir == "" {
		return nil
	}
	state, mails, err := s.snapshot()
	if err != nil {
		return err
	}
	for name, raw := range mails {
		file := filepath.Join(s.opts.Dir, "mail", name)
		if _, err := os.Stat(file); err == nil {
			continue
		}
		if err := writeWhole(file, raw); err != nil {
			return fmt.Errorf("save mail: %w", err)
		}
	}
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	if err := writeWhole(filepath.Join(s.opts.Dir, "state.json"), text); err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	return s.sweep(mails)
}

// sweep removes the mails that nothing names any more.
func (s *Simulator) sweep(named map[string][]byte) error {
	files, err := os.ReadDir(filepath.Join(s.opts.Dir, "mail"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, f := range files {
		if _, ok := named[f.Name()]; !ok {
			err = errors.Join(err, os.Remove(filepath.Join(s.opts.Dir, "mail", f.Name())))
		}
	}
	return err
}

// load reads the state back. It returns where the simulator listened last.
func (s *Simulator) load() (addresses, error) {
	if s.opts.Dir == "" {
		return addresses{}, nil
	}
	if err := os.MkdirAll(filepath.Join(s.opts.Dir, "mail"), 0o700); err != nil {
		return addresses{}, err
	}
	text, err := os.ReadFile(filepath.Join(s.opts.Dir, "state.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return addresses{}, nil
	}
	if err != nil {
		return addresses{}, err
	}
	var state saved
	if err := json.Unmarshal(text, &state); err != nil {
		return addresses{}, fmt.Errorf("read state.json: %w", err)
	}
	if s.trust, err = openTrust([]byte(state.CA), state.Cert, state.CertKey); err != nil {
		return addresses{}, err
	}
	if err := s.keys.unmarshal(state.Keys); err != nil {
		return addresses{}, err
	}
	s.tenants = state.Tenants
	for _, a := range state.Apps {
		s.apps[a.ID] = a
	}
	for _, a := range state.Accounts {
		if err := s.loadAccount(a); err != nil {
			return addresses{}, fmt.Errorf("load %s: %w", a.User.Address, err)
		}
	}
	s.loadGrants(state)
	return state.Addresses, nil
}

// writeWhole replaces a file at one stroke: a crash leaves the old one or the new one.
func writeWhole(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
