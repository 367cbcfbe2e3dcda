package server

import (
	"context"

	"postroom/problem"
	"postroom/store"
)

// Chapter is a part of the problem dictionary.
type Chapter struct {
	ID    string      `json:"id"`
	Title string      `json:"title"`
	About string      `json:"about"`
	Lines []Explained `json:"lines"`
}

// Explained is one line of the problem dictionary.
type Explained struct {
	IDs    []string    `json:"ids" doc:"Where a problem's type points to; the line's own first"`
	Says   string      `json:"says" doc:"What the other machine says"`
	Title  string      `json:"title"`
	Detail string      `json:"detail,omitempty"`
	Who    problem.Who `json:"who" enum:"you,admin,operator,wait"`
	Action string      `json:"action"`
	Where  string      `json:"where,omitempty" doc:"The way through an admin centre"`
	Run    []string    `json:"run,omitempty" doc:"Exchange Online PowerShell; {mailbox} stands for the address"`
}

// dictionary is everything that can go wrong. It is the same for everybody, signed in or not.
func dictionary(context.Context, store.User, *struct{}) ([]Chapter, error) {
	return each(problem.Dictionary(), func(c problem.Chapter) Chapter {
		return Chapter{ID: c.ID, Title: c.Title, About: c.About, Lines: each(c.Lines, explained)}
	}), nil
}

func explained(l problem.Line) Explained {
	return Explained{
		IDs: l.IDs, Says: l.Says, Title: l.Title(), Detail: l.Detail, Who: l.Mender(), Action: l.Advice(),
		Where: l.Where, Run: l.Run,
	}
}
