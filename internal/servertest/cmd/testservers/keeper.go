//go:build darwin || linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/retort-db/retort/internal/servertest/launch"
)

// The keeper reads lines from the first process: "group N", the process group of the command, and "stop". When its
// input ends without "stop", the first process has died, and the keeper kills that group too.
const (
	groupWord = "group "
	stopWord  = "stop"
)

// report is the one line that the keeper writes, when the servers run or could not be started.
type report struct {
	URLs  map[string]string `json:"urls,omitempty"`
	Error string            `json:"error,omitempty"`
}

// keep is the keeper: it starts the named engines, reports, and stops them when it is told to or when its input ends.
// It returns the exit code.
func keep(in io.Reader, out io.Writer, engines []launch.Engine, names []string, install bool) int {
	// A terminal's signals are for the first process, which then ends the keeper in order. They are received and
	// dropped, for the servers would inherit an ignored one, and one of them is PostgreSQL's to stop.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGPIPE)
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	go func() {
		defer cancel()
		obey(in)
	}()

	engines = slices.DeleteFunc(slices.Clone(engines), func(engine launch.Engine) bool {
		return !slices.Contains(names, engine.Name())
	})
	servers, err := launch.Start(ctx, engines, launch.Options{Install: install, Log: os.Stderr})
	if err != nil {
		_ = json.NewEncoder(out).Encode(report{Error: err.Error()})
		return 1
	}
	// A first process that is gone cannot read it; obey has noticed that too.
	_ = json.NewEncoder(out).Encode(report{URLs: servers.URLs})
	<-ctx.Done()
	if err := servers.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "testservers: stop the servers:", err)
		return 1
	}
	return 0
}

// obey reads the words of the first process until there is nothing left to do but stop.
func obey(in io.Reader) {
	group := 0
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		word := lines.Text()
		if word == stopWord {
			return
		}
		if number, ok := strings.CutPrefix(word, groupWord); ok {
			group, _ = strconv.Atoi(number)
		}
	}
	if group > 1 {
		_ = syscall.Kill(-group, syscall.SIGKILL)
	}
}

// keeperProcess is the keeper as the first process sees it. Nil is the keeper of no servers.
type keeperProcess struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	report chan report
}

// startKeeper starts this program again as the keeper of the engines' servers.
func startKeeper(engines []launch.Engine, install bool) (*keeperProcess, error) {
	if len(engines) == 0 {
		return nil, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := []string{"-keeper", "-install=" + strconv.FormatBool(install)}
	for _, engine := range engines {
		args = append(args, engine.Name())
	}
	keeper := &keeperProcess{cmd: exec.Command(self, args...), report: make(chan report, 1)}
	keeper.cmd.Stderr = os.Stderr
	keeper.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if keeper.in, err = keeper.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := keeper.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := keeper.cmd.Start(); err != nil {
		return nil, err
	}
	go keeper.read(out)
	return keeper, nil
}

func (k *keeperProcess) read(out io.Reader) {
	var line report
	if err := json.NewDecoder(out).Decode(&line); err != nil {
		line.Error = "the process that keeps the servers died before they ran"
	}
	k.report <- line
}

// wait waits for the servers, or for a signal to this process, and returns the URLs by the name of the engine.
func (k *keeperProcess) wait(signals <-chan os.Signal) (urls map[string]string, interrupt os.Signal, err error) {
	if k == nil {
		return nil, nil, nil
	}
	select {
	case interrupt = <-signals:
		return nil, interrupt, nil
	case line := <-k.report:
		if line.Error != "" {
			return nil, nil, errors.New(line.Error)
		}
		return line.URLs, nil, nil
	}
}

// watch names the process group that the keeper kills when this process dies.
func (k *keeperProcess) watch(group int) error {
	if k == nil {
		return nil
	}
	_, err := fmt.Fprintf(k.in, "%s%d\n", groupWord, group)
	return err
}

// stop has the servers stopped and waits for that. A keeper that could not start any has ended by then, and has said
// why.
func (k *keeperProcess) stop() error {
	if k == nil {
		return nil
	}
	fmt.Fprintln(k.in, stopWord)
	_ = k.in.Close()
	err := k.cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		return nil
	}
	return err
}
