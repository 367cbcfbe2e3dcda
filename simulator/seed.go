package simulator

import "fmt"

// Seed fills an empty simulator with the demo: a tenant, three people and their mail. A simulator
// that has people already is left as it is.
func (s *Simulator) Seed() error {
	s.mu.Lock()
	inhabited := len(s.accounts) > 0
	s.mu.Unlock()
	if inhabited {
		return nil
	}
	if _, err := s.AddTenant(Tenant{Domain: "contoso.example", Name: "Contoso"}); err != nil {
		return err
	}
	for _, u := range []User{
		{Address: "ada@contoso.example", Name: "Ada Lovelace", Aliases: []string{"a.lovelace@contoso.example"}},
		{Address: "grace@contoso.example", Name: "Grace Hopper"},
		{Address: "linus@contoso.example", Name: "Linus Torvalds", Language: "de"},
	} {
		if _, err := s.AddUser(u); err != nil {
			return fmt.Errorf("seed: %w", err)
		}
	}
	return nil
}
