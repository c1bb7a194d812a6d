// Package process runs a driver and understands its answers.
package process

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/versions"
)

// Driver is an executable that was built by package build.
type Driver struct {
	Path string
	Dir  string // working directory
	// Output gets what the user's code prints, on either stream.
	Output io.Writer
	// Notice, if set, is told what the user should know while the call waits.
	Notice func(string)
}

// Listener is told what happens during a call. Its functions may be nil.
type Listener struct {
	Event func(versions.Event)
	Text  func(string) error

	started func()
}

// CrashError says that the driver ended without an answer.
type CrashError struct{ Cause error }

// Error tells where to look.
func (e *CrashError) Error() string {
	return fmt.Sprintf("the program with your models ended without an answer (%v): what it printed is above", e.Cause)
}

// Unwrap returns how it ended.
func (e *CrashError) Unwrap() error { return e.Cause }

// Call sends a request, passes events on, and decodes the result into result. A failure that the driver reports is a
// [*protocol.Error].
//
// When ctx ends, the driver is asked to stop; it has as long as it needs to leave the database in order.
func (d Driver) Call(ctx context.Context, request protocol.Request, listener Listener, result any) error {
	request.Protocol = protocol.Version
	if here, err := os.Getwd(); err == nil {
		request.Dir = here
	}
	encoded, err := json.Marshal(request)
	if err != nil {
		return fmt.Errorf("encode the request: %w", err)
	}
	command := exec.CommandContext(ctx, d.Path)
	command.Dir = d.Dir
	command.Stdin = bytes.NewReader(encoded)
	command.Stderr = d.Output
	command.Cancel = func() error {
		err := command.Process.Signal(os.Interrupt)
		if err != nil && !errors.Is(err, os.ErrProcessDone) {
			return command.Process.Kill() // Windows has no such signal
		}
		return err
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return fmt.Errorf("start the driver: %w", err)
	}
	start := d.awaitStart(ctx, command.Process)
	listener.started = start.reach
	final, readErr := d.read(stdout, listener)
	start.end()
	if readErr != nil {
		_ = command.Process.Kill()
	}
	waitErr := command.Wait()
	switch {
	case readErr != nil:
		return readErr
	case final == nil && ctx.Err() != nil:
		return ctx.Err()
	case final == nil:
		if waitErr == nil {
			waitErr = errors.New("exit status 0")
		}
		if !start.reached {
			return &StartError{Cause: waitErr}
		}
		return &CrashError{Cause: waitErr}
	case final.Error != nil:
		return final.Error
	}
	if err := json.Unmarshal(final.Result, result); err != nil {
		return fmt.Errorf("decode the driver's answer: %w", err)
	}
	return nil
}

// read passes messages on until the stream ends, and returns the last one if it is a result or an error.
func (d Driver) read(stdout io.Reader, listener Listener) (*protocol.Message, error) {
	var final *protocol.Message
	reader := bufio.NewReaderSize(stdout, 1<<16)
	for {
		line, err := reader.ReadString('\n')
		if text, isMessage := strings.CutPrefix(line, protocol.Mark); isMessage {
			message := &protocol.Message{}
			if err := json.Unmarshal([]byte(text), message); err != nil {
				return nil, fmt.Errorf("decode a message of the driver: %w", err)
			}
			if message.Result != nil || message.Error != nil {
				final = message
			} else if err := listener.pass(message); err != nil {
				return nil, err
			}
		} else if strings.TrimRight(line, "\r\n") != "" {
			if _, err := io.WriteString(d.Output, line); err != nil {
				return nil, err
			}
		}
		if errors.Is(err, io.EOF) {
			return final, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the driver's answer: %w", err)
		}
	}
}

func (l Listener) pass(message *protocol.Message) error {
	if message.Started && l.started != nil {
		l.started()
	}
	if message.Event != nil && l.Event != nil {
		l.Event(*message.Event)
	}
	if message.Text != nil && l.Text != nil {
		return l.Text(*message.Text)
	}
	return nil
}
