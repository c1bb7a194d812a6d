package progress

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/versions"
)

// clock is a time that stands still.
type clock struct{ now time.Time }

func (c *clock) pass(d time.Duration) { c.now = c.now.Add(d) }

func display(terminal bool, width int) (*Display, *clock, *strings.Builder) {
	c := &clock{now: time.Unix(1000, 0)}
	var out strings.Builder
	return New(Options{Out: &out, Terminal: terminal, Width: func() int { return width }, Now: func() time.Time { return c.now }}), c, &out
}

func TestTerminal(t *testing.T) {
	d, clock, out := display(true, 80)
	d.Event(versions.Event{Kind: versions.EventPlan, Steps: 5})
	d.Tick() // nothing is running
	d.Event(versions.Event{Kind: versions.EventStart, Revision: "a1"})
	d.Event(versions.Event{Kind: versions.EventStatement, Revision: "a1", Step: 1, Steps: 2, SQL: "CREATE TABLE\n\tt (id int)\x1b"})
	clock.pass(1500 * time.Millisecond)
	d.Tick()
	if _, err := d.Write([]byte("by the user's code\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Write([]byte("half a line")); err != nil {
		t.Fatal(err)
	}
	d.Tick() // would run into it
	if _, err := d.Write([]byte("\n")); err != nil {
		t.Fatal(err)
	}
	d.Event(versions.Event{Kind: versions.EventStatement, Revision: "a1", Step: 2, Steps: 2, Text: "backfill users: plan = 'free' where there is none"})
	d.Event(versions.Event{Kind: versions.EventProgress, Done: 250, Total: 1000})
	clock.pass(10 * time.Second)
	d.Tick()
	d.Event(versions.Event{Kind: versions.EventDone})
	d.Tick()
	d.Close()
	got := strings.ReplaceAll(strings.ReplaceAll(out.String(), "\r\x1b[K", "<"), "\n", "|")
	want := "<[1/5] a1  step 1/2  1.5s  CREATE TABLE t (id int)" + "<by the user's code|half a line|" +
		"<[1/5] a1  step 2/2  10s  [#####               ] 250 of about 1,000 (25 %), 25/…" + "<"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPlain(t *testing.T) {
	d, clock, out := display(false, 0)
	d.Event(versions.Event{Kind: versions.EventPlan, Steps: 1})
	d.Event(versions.Event{Kind: versions.EventStart, Revision: "a1"})
	d.Event(versions.Event{Kind: versions.EventStatement, Step: 1, Steps: 2, SQL: "CREATE INDEX ix"})
	clock.pass(59 * time.Second)
	d.Tick()
	clock.pass(2 * time.Second)
	d.Tick()
	d.Tick()
	d.Event(versions.Event{Kind: versions.EventStatement, Step: 2, Steps: 2, Text: "backfill users"})
	for done := int64(0); done <= 1_200_000; done += 60_000 {
		clock.pass(time.Second)
		d.Event(versions.Event{Kind: versions.EventProgress, Done: done, Total: 1_000_000})
	}
	d.Event(versions.Event{Kind: versions.EventStatement, Step: 2, Steps: 2, Text: "import"})
	for done := range int64(40) {
		clock.pass(time.Second)
		d.Event(versions.Event{Kind: versions.EventProgress, Done: done})
	}
	d.Close()
	want := `  step 1 of 2 has been running for 1m1s
  backfill users: 120,000 of about 1,000,000 (12 %), 40,000/s
  backfill users: 240,000 of about 1,000,000 (24 %), 48,000/s
  backfill users: 300,000 of about 1,000,000 (30 %), 50,000/s
  backfill users: 420,000 of about 1,000,000 (42 %), 52,500/s
  backfill users: 540,000 of about 1,000,000 (54 %), 54,000/s
  backfill users: 600,000 of about 1,000,000 (60 %), 54,545/s
  backfill users: 720,000 of about 1,000,000 (72 %), 55,384/s
  backfill users: 840,000 of about 1,000,000 (84 %), 56,000/s
  backfill users: 900,000 of about 1,000,000 (90 %), 56,250/s
  backfill users: 1,020,000 of about 1,020,000 (100 %), 56,666/s
  import: 29
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLineOfAnyWidth(t *testing.T) {
	r := run{revision: 1, statement: versions.Event{Revision: "ä", Step: 1, Steps: 1, SQL: "SELECT 'grün'"}, since: time.Unix(0, 0)}
	for width := range 60 {
		line := r.line(time.Unix(5, 0), width)
		if n := len([]rune(line)); width > 0 && n > width {
			t.Errorf("width %d: %d characters: %q", width, n, line)
		}
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1204000: "1,204,000", -1000: "-1,000", -100: "-100"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %q, want %q", n, got, want)
		}
	}
}
