package auth

import (
	"context"
	"fmt"

	"postroom/store"
)

// Rotation is what Rotate has done.
type Rotation struct {
	Done, Total int64 // values under the primary key, of all
	Unreadable  int64 // values that do not open, and stay as they are
}

// Rotate seals anew, with the primary key, every value that another key seals, a few at a time and
// beside whoever is using them: a value that is replaced meanwhile, by a refresh or a person, stays as
// that one left it. It may be stopped at any point and begun again; what it has done is in the rows
// themselves. progress is called after each step.
func (k *Keys) Rotate(ctx context.Context, progress func(Rotation)) (Rotation, error) {
	primary := k.latest().primary
	const passes = 5 // of which the later ones find what was replaced during the earlier ones
	var r Rotation
	for range passes {
		p, err := k.pass(ctx, primary, progress)
		if err != nil {
			return Rotation{}, err
		}
		if r, err = k.rotation(ctx, primary); err != nil {
			return Rotation{}, err
		}
		if r.Unreadable = p.Unreadable; r.Done+r.Unreadable >= r.Total {
			break
		}
	}
	return r, nil
}

// pass is one walk over all columns.
type pass struct {
	Rotation
	missed int64 // replaced by somebody else before their turn came
}

func (k *Keys) pass(ctx context.Context, primary int64, progress func(Rotation)) (pass, error) {
	begun, err := k.rotation(ctx, primary)
	if err != nil {
		return pass{}, err
	}
	p := pass{Rotation: begun}
	progress(p.Rotation)
	for _, c := range store.SealedColumns() {
		err := eachSealed(ctx, k.store, c, primary, 0, func(rows []store.SealedRow) error {
			err := k.resealAll(ctx, c, rows, &p)
			progress(p.Rotation)
			return err
		})
		if err != nil {
			return pass{}, fmt.Errorf("rotate %s: %w", c.What, err)
		}
	}
	return p, nil
}

// resealed is a value with its new seal.
type resealed struct {
	row store.SealedRow
	new store.Sealed
}

func (k *Keys) resealAll(ctx context.Context, c store.SealedColumn, rows []store.SealedRow, p *pass) error {
	var pairs []resealed
	for _, row := range rows {
		plain, err := k.Open(row.Value, whereOf(c, row))
		if err != nil {
			if c.Fleeting { // worth nothing any more
				pairs = append(pairs, resealed{row, nil})
			} else {
				p.Unreadable++
			}
			continue
		}
		sealed, err := k.Seal(plain, whereOf(c, row))
		if err != nil {
			return err
		}
		pairs = append(pairs, resealed{row, sealed})
	}
	var done, missed int64
	err := k.store.Tx(ctx, func(tx *store.Tx) error {
		done, missed = 0, 0
		for _, r := range pairs {
			replaced, err := tx.Reseal(c, r.row, r.new)
			if err != nil {
				return err
			}
			if replaced {
				done++
			} else {
				missed++
			}
		}
		return nil
	})
	p.Done += done
	p.missed += missed
	return err
}

// rotation counts how far the rotation to a key has come.
func (k *Keys) rotation(ctx context.Context, primary int64) (r Rotation, err error) {
	uses, err := keysInUse(ctx, k.store)
	if err != nil {
		return r, err
	}
	for _, u := range uses {
		r.Total += u.N()
		if u.ID == primary {
			r.Done = u.N()
		}
	}
	return r, nil
}
