package mailbox

import "time"

// Timing is how often a worker looks and how long it waits. Zero fields take the value named.
type Timing struct {
	Command   time.Duration   // a server's time for a command: 60 s
	Idle      time.Duration   // IDLE is left at least so often: 9 minutes; Exchange stops pushing silently
	Sweep     time.Duration   // between two STATUS of all folders: 60 s
	Census    time.Duration   // between two full comparisons of a folder's UIDs and flags: 10 minutes
	List      time.Duration   // between two LISTs: 10 minutes
	Reconcile time.Duration   // between two looks of the manager at users and mailboxes: 30 s
	LeastWait time.Duration   // backoff after the first failure: 1 s
	MostWait  time.Duration   // backoff after many: 5 minutes
	Stable    time.Duration   // a connection that held for so long resets the backoff: 1 minute
	Resend    time.Duration   // before a mail is sent again; doubles up to 15 minutes: 5 s
	SendCheck time.Duration   // at most so long between two tries to sign in to SMTP while that is refused: 15 minutes
	Listen    time.Duration   // between two looks at the rhythm of arrivals: 1 hour
	Diary     time.Duration   // before events are written down, together: 2 s
	Drain     time.Duration   // what a submission under way may take when we are to stop: 5 s
	Checks    []time.Duration // looks into the Sent folder after a lost answer: 0, 5, 15, 60, 300 s
}

func (t Timing) orDefault() Timing {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&t.Command, time.Minute},
		{&t.Idle, 9 * time.Minute},
		{&t.Sweep, time.Minute},
		{&t.Census, 10 * time.Minute},
		{&t.List, 10 * time.Minute},
		{&t.Reconcile, 30 * time.Second},
		{&t.LeastWait, time.Second},
		{&t.MostWait, 5 * time.Minute},
		{&t.Stable, time.Minute},
		{&t.Resend, 5 * time.Second},
		{&t.SendCheck, 15 * time.Minute},
		{&t.Listen, time.Hour},
		{&t.Diary, 2 * time.Second},
		{&t.Drain, 5 * time.Second},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if t.Checks == nil {
		t.Checks = []time.Duration{0, 5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute}
	}
	return t
}
