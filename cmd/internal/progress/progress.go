// Package progress shows what happens during a run: on a terminal in one line that is written again and again, elsewhere
// in lines from time to time.
package progress

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/retort-db/retort/cmd/internal/output"
	"github.com/retort-db/retort/versions"
)

// Options say where and how.
type Options struct {
	Out io.Writer
	// Terminal is set if Out understands a carriage return and the code that erases a line; Width is its width then.
	Terminal bool
	Width    func() int
	Style    output.Style
	Now      func() time.Time
	// Interval is the time between two looks at the clock; 0 leaves that to calls of [Display.Tick].
	Interval time.Duration
}

// How often lines are written where there is no terminal.
const (
	plainProgress = 30 * time.Second // or ten per cent
	plainRunning  = time.Minute
)

// Display shows the events of one run at a time. It is a writer for everything else that goes to the same place.
type Display struct {
	options Options

	mutex   sync.Mutex
	run     run
	shown   bool // the line is on the screen
	partial bool // what was written last does not end its line
	stop    chan struct{}
	stopped sync.WaitGroup
}

// run is what is known of the run.
type run struct {
	revisions, revision int // of how many, which
	statement           versions.Event
	since               time.Time // of the statement; zero if none is running
	progress            versions.Event
	told                time.Time // when the last plain line was written
	toldShare           int64     // tenths that it told of
}

// New returns a display. [Display.Close] ends it.
func New(options Options) *Display {
	d := &Display{options: options, stop: make(chan struct{})}
	if options.Interval > 0 {
		d.stopped.Go(func() {
			ticker := time.NewTicker(options.Interval)
			defer ticker.Stop()
			for {
				select {
				case <-d.stop:
					return
				case <-ticker.C:
					d.Tick()
				}
			}
		})
	}
	return d
}

// Close takes the line away and ends the display.
func (d *Display) Close() {
	close(d.stop)
	d.stopped.Wait()
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.run.since = time.Time{}
	d.erase()
}

// Write passes text on, above the line.
func (d *Display) Write(text []byte) (int, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.erase()
	if len(text) > 0 {
		d.partial = text[len(text)-1] != '\n'
	}
	return d.options.Out.Write(text)
}

// Event takes note of an event.
func (d *Display) Event(event versions.Event) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	now := d.options.Now()
	switch event.Kind {
	case versions.EventPlan:
		d.run = run{revisions: event.Steps}
	case versions.EventStart:
		d.run.revision++
	case versions.EventStatement:
		d.run.statement, d.run.since, d.run.progress = event, now, versions.Event{}
		d.run.told, d.run.toldShare = now, 0
	case versions.EventProgress:
		d.run.progress = event
		if !d.options.Terminal {
			d.plainProgress(now)
		}
	case versions.EventDone:
		d.run.since = time.Time{}
		d.erase()
	}
}

// Tick looks at the clock and shows what there is to show.
func (d *Display) Tick() {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	now := d.options.Now()
	switch {
	case d.run.since.IsZero() || d.partial:
	case d.options.Terminal:
		// Nobody can write to a terminal that is gone.
		_, _ = fmt.Fprint(d.options.Out, "\r\x1b[K"+d.options.Style.Dim(d.run.line(now, d.options.Width()-1)))
		d.shown = true
	case now.Sub(d.run.told) >= plainRunning:
		d.run.told = now
		_, _ = fmt.Fprintf(d.options.Out, "  step %d of %d has been running for %s\n", d.run.statement.Step, d.run.statement.Steps, duration(now.Sub(d.run.since)))
	}
}

func (d *Display) erase() {
	if d.shown {
		_, _ = fmt.Fprint(d.options.Out, "\r\x1b[K")
		d.shown = false
	}
}

// plainProgress writes a line if ten per cent more are done, or some time has passed.
func (d *Display) plainProgress(now time.Time) {
	p := d.run.progress
	share := int64(0)
	if p.Total > 0 {
		share = min(p.Done*10/p.Total, 10)
	}
	if share <= d.run.toldShare && now.Sub(d.run.told) < plainProgress {
		return
	}
	d.run.told, d.run.toldShare = now, share
	_, _ = fmt.Fprintf(d.options.Out, "  %s: %s\n", oneLine(d.run.statement), d.run.counted(now))
}
