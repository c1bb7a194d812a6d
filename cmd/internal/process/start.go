package process

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"
)

// patience is how long the user's code may initialise before the user is told what the wait is for.
const patience = 5 * time.Second

// StartError says that the driver ended while the user's packages were initialised: in an init function, or in the value of
// a package variable.
type StartError struct{ Cause error }

// Error tells where to look and what to do.
func (e *StartError) Error() string {
	return fmt.Sprintf("the packages of your models did not get through their initialisation (%v): what they printed is above; "+
		"move what needs flags, a database or the network out of init functions and package variables, "+
		"or list packages without it under \"models\" in retort.yaml", e.Cause)
}

// Unwrap returns how it ended.
func (e *StartError) Unwrap() error { return e.Cause }

// start is the time until the driver's own code runs.
type start struct {
	reached bool
	over    chan struct{}
	once    sync.Once
}

// awaitStart says what the wait is for if the driver does not start soon. A driver that is not there yet when ctx ends is
// killed: it has no work to put in order, and the user's code may have taken the signal.
func (d Driver) awaitStart(ctx context.Context, driver *os.Process) *start {
	s := &start{over: make(chan struct{})}
	go func() {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		for {
			select {
			case <-s.over:
				return
			case <-ctx.Done():
				_ = driver.Kill()
				return
			case <-timer.C:
				if d.Notice != nil {
					d.Notice("waiting for the packages of your models: an init function or a package variable has not finished")
				}
			}
		}
	}()
	return s
}

// reach notes that the driver's own code runs.
func (s *start) reach() {
	s.reached = true
	s.end()
}

func (s *start) end() { s.once.Do(func() { close(s.over) }) }
