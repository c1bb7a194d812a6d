package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/cmd/internal/build"
	"github.com/retort-db/retort/cmd/internal/config"
	"github.com/retort-db/retort/cmd/internal/output"
	"github.com/retort-db/retort/cmd/internal/protocol"
)

// The exit codes.
const (
	exitDone        = 0
	exitFailed      = 1
	exitDifferences = 2
	exitDecision    = 3
	exitPolicy      = 4
	exitInterrupted = 130
)

// outcome ends a command that did its work with an exit code other than 0. The answer was printed already; Text, if there
// is any, goes to standard error.
type outcome struct {
	code int
	text string
}

// Error returns the text.
func (o *outcome) Error() string { return o.text }

// answered is an error that is part of an answer in JSON, so that it is not printed again.
type answered struct{ error }

func (a answered) Unwrap() error { return a.error }

// report prints an error for people, unless it was answered in JSON, and returns the exit code.
func report(environment Environment, err error) int {
	if err == nil || errors.Is(err, errHelp) {
		return exitDone
	}
	code := exitCode(err)
	var inAnswer answered
	if errors.As(err, &inAnswer) {
		return code
	}
	printError(environment.Stderr, err)
	return code
}

func printError(w io.Writer, err error) {
	text := strings.TrimRight(err.Error(), "\n")
	if text == "" {
		return
	}
	var compile *build.CompileError
	var ended *outcome
	if errors.As(err, &compile) || errors.As(err, &ended) {
		fmt.Fprintln(w, text) // as it is: editors and people know the compiler's form
		return
	}
	if errors.Is(err, context.Canceled) {
		text = "interrupted"
	}
	fmt.Fprintf(w, "retort: %s\n", text)
}

func exitCode(err error) int {
	var ended *outcome
	var remote *protocol.Error
	var coder cli.ExitCoder
	switch {
	case errors.As(err, &ended):
		return ended.code
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &remote) && remote.Code == protocol.Undecided:
		return exitDecision
	case errors.As(err, &remote) && remote.Code == protocol.Interrupted:
		return exitInterrupted
	case errors.As(err, &coder):
		return exitFailed // urfave/cli says 3 for an unknown command, which means something else here
	}
	return exitFailed
}

// errorCode names the kind of an error in JSON.
func errorCode(err error) string {
	var usage *arguments.UsageError
	var mistakes config.Errors
	var compile *build.CompileError
	var remote *protocol.Error
	switch {
	case errors.As(err, &usage):
		return "usage"
	case errors.As(err, &mistakes):
		return "config"
	case errors.As(err, &compile):
		return "compile"
	case errors.As(err, &remote):
		return string(remote.Code)
	}
	return string(protocol.Failed)
}

func answerError(err error) *output.Error {
	answer := &output.Error{Code: errorCode(err), Summary: strings.TrimSpace(err.Error())}
	var mistakes config.Errors
	var remote *protocol.Error
	switch {
	case errors.As(err, &mistakes):
		answer.Details = mistakes
	case errors.As(err, &remote) && len(remote.Models) > 0:
		answer.Details = remote.Models
	}
	return answer
}
