package simulator

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"
)

// controlHandler is the API by which a test or a person bends the simulator. doc.go describes it.
func (s *Simulator) controlHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /state", s.showState)
	mux.HandleFunc("GET /mailbox", s.showMailbox)
	mux.HandleFunc("GET /refreshes", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, s.Refreshes()) })
	mux.HandleFunc("POST /users", ask(func(u User) (any, error) { return s.AddUser(u) }))
	mux.HandleFunc("POST /deliver", ask(func(in delivery) (any, error) {
		uid, err := s.Deliver(in.Address, in.Folder, []byte(in.Raw), in.Flags, time.Time{})
		return map[string]uint32{"uid": uid}, err
	}))
	mux.HandleFunc("POST /remove", ask(func(in delivery) (any, error) { return nil, s.Remove(in.Address, in.Folder, in.UIDs...) }))
	mux.HandleFunc("POST /flag", ask(func(in delivery) (any, error) { return nil, s.Flag(in.Address, in.Folder, in.UID, in.Flags...) }))
	mux.HandleFunc("POST /validity", ask(func(in delivery) (any, error) { return nil, s.ChangeValidity(in.Address, in.Folder) }))
	mux.HandleFunc("POST /revoke", ask(func(in delivery) (any, error) { return nil, s.Revoke(in.Address) }))
	mux.HandleFunc("POST /expire", ask(func(in delivery) (any, error) { s.Expire(in.Address); return nil, nil }))
	mux.HandleFunc("POST /secrets", ask(func(in secretOrder) (any, error) {
		secret, err := s.AddSecret(in.App)
		return map[string]string{"secret": secret}, err
	}))
	mux.HandleFunc("POST /secrets/expire", ask(func(in secretOrder) (any, error) { return nil, s.ExpireSecrets(in.App, in.Secret) }))
	mux.HandleFunc("POST /keys/roll", ask(func(struct{}) (any, error) { return nil, s.RollKey() }))
	mux.HandleFunc("POST /faults", ask(s.setFault))
	mux.HandleFunc("DELETE /faults", func(w http.ResponseWriter, r *http.Request) {
		s.Clear(r.FormValue("scope"), Fault(r.FormValue("fault")))
		w.WriteHeader(http.StatusNoContent)
	})
	return http.NewCrossOriginProtection().Handler(mux)
}

// delivery is the body of the requests about messages.
type delivery struct {
	Address string   `json:"address"`
	Folder  string   `json:"folder"`
	Raw     string   `json:"raw"`
	Flags   []string `json:"flags"`
	UID     uint32   `json:"uid"`
	UIDs    []uint32 `json:"uids"`
}

type secretOrder struct {
	App    string `json:"app"`    // its name or id
	Secret string `json:"secret"` // "" for all
}

type faultOrder struct {
	Scope string `json:"scope"`
	Fault Fault  `json:"fault"`
	Value string `json:"value"`
	Times int    `json:"times"`
}

func (s *Simulator) setFault(in faultOrder) (any, error) {
	if in.Scope == "" || in.Fault == "" {
		return nil, errors.New("a fault needs a scope and a name")
	}
	s.SetTimes(in.Scope, in.Fault, in.Value, in.Times)
	return nil, nil
}

// ask reads a JSON body, does something with it and answers with what that gave.
func ask[In any](do func(In) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in In
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostLiteral)).Decode(&in); err != nil && r.ContentLength != 0 {
			writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		switch out, err := do(in); {
		case err != nil:
			writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		case out == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			writeJSON(w, http.StatusOK, out)
		}
	}
}

// showState tells everything but secrets.
func (s *Simulator) showState(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	var users []User
	for _, a := range s.accounts {
		u := a.User
		u.Password = ""
		users = append(users, u)
	}
	var apps []App
	for _, a := range s.apps {
		apps = append(apps, a.secretless())
	}
	tenants := slices.Clone(s.tenants)
	s.mu.Unlock()
	slices.SortFunc(users, func(a, b User) int {
		if a.Address < b.Address {
			return -1
		}
		return 1
	})
	writeJSON(w, http.StatusOK, map[string]any{
		"addresses": addresses{s.Authority(), s.IMAPAddr(), s.SMTPAddr(), s.ControlURL()},
		"tenants":   tenants,
		"apps":      apps,
		"users":     users,
		"faults":    s.faults.list(),
	})
}

func (s *Simulator) showMailbox(w http.ResponseWriter, r *http.Request) {
	box, err := s.Mailbox(r.FormValue("address"))
	if err != nil {
		writeJSON(w, http.StatusNotFound, map[string]string{"error": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, box)
}
