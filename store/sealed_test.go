package store

import (
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm/schema"
)

// A sealed column that rotation does not know is lost with its key.
func TestEverySealedColumnIsRegistered(t *testing.T) {
	registered := map[string]SealedColumn{}
	for _, c := range SealedColumns() {
		registered[c.Table+"."+c.Column] = c
	}
	found := 0
	for _, m := range models() {
		s, err := schema.Parse(m, &sync.Map{}, schema.NamingStrategy{})
		check(t, err)
		for _, f := range s.Fields {
			name := s.Table + "." + f.DBName
			if f.FieldType != reflect.TypeFor[Sealed]() || name == "key_checks.sealed" {
				continue
			}
			c, ok := registered[name]
			if !ok {
				t.Errorf("%s holds sealed values and is not in SealedColumns", name)
				continue
			}
			found++
			for _, column := range []string{c.KeyID, c.ID} {
				if s.LookUpField(column) == nil {
					t.Errorf("%s: there is no column %s", name, column)
				}
			}
		}
	}
	equal(t, "registered columns that a model has", found, len(registered))
}

// And a model with a sealed field that the test above does not see is one that nobody holds to it.
func TestEveryModelWithASealedFieldIsLookedAt(t *testing.T) {
	known := map[string]bool{"SealedRow": true, "Renewal": true} // what is read out of any of them, and written together
	for _, m := range models() {
		known[reflect.TypeOf(m).Elem().Name()] = true
	}
	files, err := filepath.Glob("*.go")
	check(t, err)
	seen := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, 0)
		check(t, err)
		for _, name := range sealedFields(tree) {
			seen++
			if !known[name] {
				t.Errorf("%s has a sealed field and is not in models()", name)
			}
		}
	}
	if seen < len(SealedColumns()) {
		t.Errorf("only %d sealed fields were found", seen)
	}
}

// sealedFields names the structs of a file that have a field of type Sealed, once for each.
func sealedFields(file *ast.File) (names []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if fields, ok := spec.Type.(*ast.StructType); ok {
			for _, f := range fields.Fields.List {
				if typ, ok := f.Type.(*ast.Ident); ok && typ.Name == "Sealed" {
					names = append(names, spec.Name.Name)
				}
			}
		}
		return true
	})
	return names
}

func TestSealedValuesAreCountedListedAndReplaced(t *testing.T) {
	onBoth(t, func(t *testing.T, st *Store) {
		ada, bob := newPerson(t, st, "ada"), newPerson(t, st, "bob")
		tx(t, st, func(tx *Tx) error {
			check(t, tx.SetSealedSetting("frame_key", sealed(8, "frame")))
			return tx.AddAuthorization(Authorization{StateHash: "s", UserID: ada.user.ID, ProviderID: ada.mailbox.ProviderID, Verifier: sealed(7, "v"), ExpiresAt: 1 << 60})
		})
		counts, err := st.CountSealed(t.Context())
		check(t, err)
		got := map[string]int64{}
		for _, c := range counts {
			got[fmt.Sprint(c.Column.Table, ".", c.Column.Name, " ", c.KeyID)] = c.N
		}
		want := map[string]int64{"mailboxes.grant 7": 2, "sealed_settings.value 8": 1, "authorizations.verifier 7": 1}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("counts %v, want %v", got, want)
		}
		for _, c := range SealedColumns() {
			rows, err := st.SealedRows(t.Context(), c, 9, 0, "", 10)
			check(t, err)
			if c.Table == "authorizations" {
				equal(t, "what it is bound to", fmt.Sprint(rows[0].Row, rows[0].Owner, rows[0].Version), "s|"+ada.mailbox.ProviderID+ada.user.ID+"0")
			}
			if c.Name != "grant" {
				continue
			}
			equal(t, "grants", len(rows), 2)
			replaced := func(row SealedRow, v Sealed) (done bool) {
				tx(t, st, func(tx *Tx) (err error) { done, err = tx.Reseal(c, row, v); return err })
				return done
			}
			equal(t, "replaced", replaced(rows[0], sealed(9, "new")), true)
			equal(t, "replaced what was replaced", replaced(rows[0], sealed(9, "newer")), false)
			left, err := st.SealedRows(t.Context(), c, 9, 0, "", 10)
			check(t, err)
			equal(t, "left", len(left), 1)
			under, err := st.SealedRows(t.Context(), c, 0, 9, "", 10)
			check(t, err)
			equal(t, "under the new key", len(under), 1)
			beyond, err := st.SealedRows(t.Context(), c, 0, 0, rows[0].ID, 10)
			check(t, err)
			equal(t, "after the first", beyond[0].ID, max(ada.mailbox.ID, bob.mailbox.ID))
		}
	})
}
