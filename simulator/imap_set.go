package simulator

import (
	"strconv"
	"strings"
)

// numberSet is a set of UIDs or sequence numbers, as ranges.
type numberSet [][2]uint32

// star stands for "*", the highest number there is.
const star = ^uint32(0)

// numbers reads a set such as 1:5,9,12:*.
func (p *parser) numbers() (numberSet, error) {
	var set numberSet
	for part := range strings.SplitSeq(p.word(), ",") {
		from, to, isRange := strings.Cut(part, ":")
		if !isRange {
			to = from
		}
		low, err := number(from)
		if err != nil {
			return nil, err
		}
		high, err := number(to)
		if err != nil {
			return nil, err
		}
		set = append(set, [2]uint32{low, high})
	}
	return set, nil
}

func number(text string) (uint32, error) {
	if text == "*" {
		return star, nil
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || n == 0 {
		return 0, errArgument
	}
	return uint32(n), nil
}

// resolve puts the highest number there is in the place of "*", and every range the right way
// round. So "9:*" holds the highest message even when that is 7 (RFC 3501, 6.4.8).
func (s numberSet) resolve(highest uint32) numberSet {
	resolved := make(numberSet, len(s))
	for i, r := range s {
		for j := range r {
			if r[j] == star {
				r[j] = highest
			}
		}
		if r[0] > r[1] {
			r[0], r[1] = r[1], r[0]
		}
		resolved[i] = r
	}
	return resolved
}

// has tells whether a resolved set holds n.
func (s numberSet) has(n uint32) bool {
	for _, r := range s {
		if r[0] <= n && n <= r[1] {
			return true
		}
	}
	return false
}

// formatSet writes ascending numbers as a set.
func formatSet(numbers []uint32) string {
	var out strings.Builder
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(strconv.FormatUint(uint64(numbers[i]), 10))
		if j > i {
			out.WriteByte(':')
			out.WriteString(strconv.FormatUint(uint64(numbers[j]), 10))
		}
		i = j + 1
	}
	return out.String()
}
