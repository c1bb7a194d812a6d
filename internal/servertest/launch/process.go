//go:build darwin || linux

package launch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A Place is the folder of one server, and the account that the server runs as.
type Place struct {
	// Folder is empty at first and belongs to the account.
	Folder  string
	account *account
}

// Path returns the path of a file in the place.
func (p *Place) Path(name string) string {
	return filepath.Join(p.Folder, name)
}

// WriteFile makes a file that the server's account may read.
func (p *Place) WriteFile(name, text string) error {
	if err := os.WriteFile(p.Path(name), []byte(text), 0o600); err != nil {
		return err
	}
	return p.account.own(p.Path(name))
}

// Run runs a program to its end. The error of one that fails holds its output.
//
// The end of the context does not cut the program short: initdb would leave shared memory behind. It takes a second.
func (p *Place) Run(ctx context.Context, program string, args ...string) error {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), startTimeout)
	defer cancel()
	cmd := exec.CommandContext(limited, program, args...)
	p.prepare(cmd)
	cmd.WaitDelay = 5 * time.Second
	output, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(program), err, tail(string(output)))
	}
	return ctx.Err()
}

// A Process is a server that runs.
type Process struct {
	cmd    *exec.Cmd
	signal syscall.Signal
	log    string
	done   chan struct{}
	status string
	killed bool // on purpose
}

// Spawn starts a server. Its output goes to a log file in the place. It is ended by the signal, and gets the same
// signal when this process dies, where the system can do that.
func (p *Place) Spawn(signal syscall.Signal, program string, args ...string) (*Process, error) {
	log, err := os.Create(p.Path("log"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()

	process := &Process{cmd: exec.Command(program, args...), signal: signal, log: log.Name(), done: make(chan struct{})}
	p.prepare(process.cmd)
	process.cmd.Stdout, process.cmd.Stderr = log, log
	if err := startTied(process.cmd, signal); err != nil {
		return nil, err
	}
	go process.wait()
	return process, nil
}

// again starts the same server once more, after it has ended. Its log goes on.
func (p *Process) again() (*Process, error) {
	log, err := os.OpenFile(p.log, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	process := &Process{cmd: exec.Command(p.cmd.Path, p.cmd.Args[1:]...), signal: p.signal, log: p.log, done: make(chan struct{})}
	process.cmd.Dir, process.cmd.Env, process.cmd.SysProcAttr = p.cmd.Dir, p.cmd.Env, p.cmd.SysProcAttr
	process.cmd.Stdout, process.cmd.Stderr = log, log
	if err := startTied(process.cmd, p.signal); err != nil {
		return nil, err
	}
	go process.wait()
	return process, nil
}

// prepare gives a program of the server its account, a folder and an environment in which nothing of the user's
// settings (PGDATA, MYSQL_HOME and the like) changes what it does.
func (p *Place) prepare(cmd *exec.Cmd) {
	cmd.Dir = p.Folder
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH") + ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
		"HOME=" + p.Folder,
		"TMPDIR=" + p.Folder,
		"LC_ALL=C",
		"TZ=UTC",
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: p.account.credential()}
}

func (p *Process) wait() {
	err := p.cmd.Wait()
	p.status = "exit status 0"
	if err != nil {
		p.status = err.Error()
	}
	close(p.done)
}

func (p *Process) exited() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// stop ends the server: by its signal, or by SIGKILL when that does not help.
func (p *Process) stop() {
	_ = p.cmd.Process.Signal(p.signal)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// logTail returns the last lines of the server's log.
func (p *Process) logTail() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return "(its log cannot be read: " + err.Error() + ")"
	}
	return tail(string(text))
}

func tail(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if skip := len(lines) - 25; skip > 0 {
		lines = append([]string{"…"}, lines[skip:]...)
	}
	return "\t" + strings.Join(lines, "\n\t")
}

// An exitError is the end of a server that should have started.
type exitError struct {
	status string
	log    string
}

func (e *exitError) Error() string {
	return "the server ended at once: " + e.status + "\n" + e.log
}

func isPortTaken(err error) bool {
	var exit *exitError
	if !errors.As(err, &exit) {
		return false
	}
	return strings.Contains(strings.ToLower(exit.log), "address already in use")
}

// freePort returns a port of the loopback interface that nobody listens on at the moment.
func freePort() (int, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("no free port on 127.0.0.1: %w", err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
