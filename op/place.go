package op

import (
	"runtime"
	"strings"
)

// Place is where a step is written.
type Place struct {
	File string `json:"file,omitempty"` // as the compiler names it
	Line int    `json:"line,omitempty"`
	// Steps holds the places of a batch's operations.
	Steps []*Place `json:"steps,omitempty"`
}

// here returns the place of the nearest caller outside of this package.
func here() *Place {
	var callers [16]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers[:])])
	for {
		frame, more := frames.Next()
		if frame.Function != "" && !strings.HasPrefix(frame.Function, ownPrefix) {
			return &Place{File: frame.File, Line: frame.Line}
		}
		if !more {
			return &Place{}
		}
	}
}

const ownPrefix = "github.com/retort-db/retort/op."
