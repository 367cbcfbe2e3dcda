package server

import (
	"strconv"
	"strings"
)

// chooseEncoding is which of bodies to send to somebody who accepts this: the smallest that has the
// highest weight (RFC 9110, 12.5.3).
func chooseEncoding(accept string, bodies map[string][]byte) string {
	weights := map[string]float64{}
	for _, item := range strings.Split(accept, ",") {
		name, params, _ := strings.Cut(item, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		weight := 1.0
		if key, q, ok := strings.Cut(params, "="); ok && strings.TrimSpace(key) == "q" {
			w, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
			if err != nil {
				continue
			}
			weight = w
		}
		weights[name] = weight
	}
	weightOf := func(encoding string) float64 {
		if w, ok := weights[encoding]; ok {
			return w
		}
		return weights["*"]
	}
	best, most := "", 0.0
	for _, encoding := range []string{"br", "gzip"} {
		if _, ok := bodies[encoding]; ok && weightOf(encoding) > most {
			best, most = encoding, weightOf(encoding)
		}
	}
	if w, ok := weights["identity"]; ok && w > most {
		return ""
	}
	return best
}
