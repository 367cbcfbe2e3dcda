package store

import (
	"errors"
	"fmt"

	"gorm.io/gorm"

	"postroom/problem"
)

// failed says what was being done when err came, and makes a problem of what callers tell apart.
// It is nil when err is.
func failed(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gorm.ErrRecordNotFound):
		return fmt.Errorf("%s: %w", doing, problem.Wrap(problem.NotFound, "", err))
	case errors.Is(err, gorm.ErrDuplicatedKey), errors.Is(err, gorm.ErrForeignKeyViolated):
		return fmt.Errorf("%s: %w", doing, problem.Wrap(problem.Conflict, "", err))
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// touched is failed for a write that must meet a row: none means that there is no such thing, or not
// for this user.
func touched(doing string, result *gorm.DB) error {
	if result.Error == nil && result.RowsAffected == 0 {
		return failed(doing, gorm.ErrRecordNotFound)
	}
	return failed(doing, result.Error)
}
