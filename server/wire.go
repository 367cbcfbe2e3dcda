package server

import (
	"strconv"

	"postroom/problem"
)

// number is an id as JSON has it: a string, for it does not fit a float64.
func number(id int64) string { return strconv.FormatInt(id, 10) }

// parseNumber reads an id that number wrote. What is none names nothing.
func parseNumber(id string) (int64, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n <= 0 || number(n) != id {
		return 0, problem.New(problem.NotFound, "")
	}
	return n, nil
}

// each is in through f, never nil, so that an empty list is [] in JSON.
func each[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = f(a)
	}
	return out
}
