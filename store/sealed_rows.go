package store

import (
	"context"
	"fmt"

	"postroom/problem"
)

// SealedCount is how many values of a column one key seals.
type SealedCount struct {
	Column SealedColumn `gorm:"-"`
	KeyID  int64
	N      int64
}

// CountSealed counts every sealed value by column and key, without opening any.
func (s *Store) CountSealed(ctx context.Context) (all []SealedCount, err error) {
	for _, c := range SealedColumns() {
		var some []SealedCount
		q := fmt.Sprintf("SELECT %s AS key_id, count(*) AS n FROM %s WHERE length(%s) > 0 GROUP BY 1 ORDER BY 1", c.KeyID, c.Table, c.Column)
		if err := s.db.read.WithContext(ctx).Raw(q).Scan(&some).Error; err != nil {
			return nil, fmt.Errorf("count sealed values of %s.%s: %w", c.Table, c.Column, err)
		}
		for _, n := range some {
			n.Column = c
			all = append(all, n)
		}
	}
	return all, nil
}

// SealedRow is one sealed value with what its seal is bound to.
type SealedRow struct {
	ID         string // primary key, as text
	Row, Owner string
	Version    int64
	KeyID      int64
	Value      Sealed
}

// SealedRows returns up to limit values of a column, those after the id in the order of ids. With
// otherThan it leaves out what that key has sealed, with key what other keys have; 0 leaves out none.
func (s *Store) SealedRows(ctx context.Context, c SealedColumn, otherThan, key int64, after string, limit int) (rows []SealedRow, err error) {
	which, args := "", []any{after}
	if otherThan != 0 {
		which, args = which+" AND "+c.KeyID+" <> ?", append(args, otherThan)
	}
	if key != 0 {
		which, args = which+" AND "+c.KeyID+" = ?", append(args, key)
	}
	q := fmt.Sprintf(`SELECT CAST(%[1]s AS TEXT) AS id, %[2]s AS row, %[3]s AS owner, COALESCE(%[4]s, 0) AS version, %[5]s AS key_id, %[6]s AS value
		FROM %[7]s WHERE length(%[6]s) > 0 AND CAST(%[1]s AS TEXT) > ? %[8]s ORDER BY 1 LIMIT ?`, c.ID, c.Row, c.Owner, c.Version, c.KeyID, c.Column, c.Table, which)
	err = s.db.read.WithContext(ctx).Raw(q, append(args, limit)...).Scan(&rows).Error
	return rows, failed("read sealed values of "+c.Table+"."+c.Column, err)
}

// Reseal replaces a value by the same secret under another seal, unless somebody has replaced it since
// it was read: then it does nothing and returns false. An empty value takes it away.
func (tx *Tx) Reseal(c SealedColumn, row SealedRow, sealed Sealed) (bool, error) {
	q := fmt.Sprintf("UPDATE %s SET %s = ?, %s = ? WHERE CAST(%s AS TEXT) = ? AND %s = ?", c.Table, c.Column, c.KeyID, c.ID, c.Column)
	result := tx.db.Exec(q, []byte(sealed), sealed.keyID(), row.ID, []byte(row.Value))
	if result.Error != nil {
		return false, fmt.Errorf("reseal %s.%s: %w", c.Table, c.Column, result.Error)
	}
	return result.RowsAffected == 1, nil
}

// LoseSealed gives values up whose key is lost. A mailbox whose grant goes needs its owner, and why is
// its problem; a paused one stays paused.
func (tx *Tx) LoseSealed(c SealedColumn, rows []SealedRow, why *problem.Problem) error {
	for _, row := range rows {
		q := fmt.Sprintf("UPDATE %s SET %s = NULL, %s = 0", c.Table, c.Column, c.KeyID)
		if c.Also != "" {
			q += ", " + c.Also
		}
		if c.RowGoes {
			q = "DELETE FROM " + c.Table
		}
		result := tx.db.Exec(q+fmt.Sprintf(" WHERE CAST(%s AS TEXT) = ? AND %s = ?", c.ID, c.KeyID), row.ID, row.KeyID)
		if result.Error != nil {
			return fmt.Errorf("give up %s.%s: %w", c.Table, c.Column, result.Error)
		}
		if c.Table == "mailboxes" && c.Name == "grant" && result.RowsAffected == 1 {
			if err := tx.loseGrant(row.ID, why); err != nil {
				return err
			}
		}
	}
	return nil
}

func (tx *Tx) loseGrant(id string, why *problem.Problem) error {
	var m Mailbox
	if err := tx.db.Where("id = ?", id).Take(&m).Error; err != nil {
		return failed("read mailbox", err)
	}
	tx.mailboxChanged(m.UserID, id)
	if m.State == Paused {
		return nil
	}
	return tx.SetMailboxState(id, NeedsYou, why, 0)
}
