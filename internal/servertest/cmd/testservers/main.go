//go:build darwin || linux

// Command testservers runs a command with database servers for its tests:
//
//	testservers [-install=false] [-- command argument...]
//
// It takes the servers that RETORT_TEST_POSTGRES_URL and RETORT_TEST_MYSQL_URL name. For an engine without a URL it
// starts a private server on a free port of the loopback interface, in a temporary folder, from programs on this
// machine, which it installs where it may (apt-get as root, Homebrew). The command finds all URLs in the environment.
// Its exit code becomes that of testservers. RETORT_TEST_ENGINES limits the engines, as it does for the tests.
//
// Without a command, it prints the URLs as shell assignments and keeps the servers until it is interrupted.
//
// However testservers ends, killed outright included, its servers and their folder go with it: a second process, the
// keeper, owns them. The keeper watches a pipe from the first, and the system closes that pipe when the first dies.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/retort-db/retort/internal/servertest/launch"
	"github.com/retort-db/retort/internal/servertest/testenv"
)

func main() {
	os.Exit(run(os.Args[1:], []launch.Engine{launch.Postgres{}, launch.MySQL{}}))
}

// reachTimeout is how long a server that the environment names may take to answer. It may be starting.
const reachTimeout = time.Minute

// run is main with the engines as an argument, and returns the exit code.
func run(args []string, engines []launch.Engine) int {
	flags := flag.NewFlagSet("testservers", flag.ContinueOnError)
	install := flags.Bool("install", true, "install servers that are missing, where that is possible")
	keeper := flags.Bool("keeper", false, "be the keeper of the servers (internal)")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: testservers [-install=false] [-- command argument...]")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if *keeper {
		return keep(os.Stdin, os.Stdout, engines, flags.Args(), *install)
	}
	code, err := serve(flags.Args(), engines, *install)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testservers:", err)
		return 1
	}
	return code
}

// serve starts the servers, runs the command and stops the servers.
func serve(command []string, engines []launch.Engine, install bool) (code int, err error) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT)
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		signal.Notify(signals, syscall.SIGHUP)
	}

	urls, private, interrupt, err := named(engines, signals)
	if err != nil || interrupt != nil {
		return exitCode(interrupt), err
	}
	keeper, err := startKeeper(private, install)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, keeper.stop()) }()

	started, interrupt, err := keeper.wait(signals)
	if err != nil || interrupt != nil {
		return exitCode(interrupt), err
	}
	for engine, url := range started {
		urls[engine] = url
	}
	if len(command) == 0 {
		printURLs(os.Stdout, urls)
		<-signals
		return 0, nil
	}
	return runCommand(command, urls, keeper, signals)
}

// named returns the URLs of the servers that the environment names, which must answer, and the engines that need a
// private server. Engines that the tests are not to run on are in neither. A signal ends the wait for an answer.
func named(engines []launch.Engine, signals <-chan os.Signal) (urls map[string]string, private []launch.Engine, interrupt os.Signal, err error) {
	wanted, err := testenv.Engines()
	if err != nil {
		return nil, nil, nil, err
	}
	urls = map[string]string{}
	for _, engine := range engines {
		if !slices.Contains(wanted, engine.Name()) {
			continue
		}
		url := os.Getenv(testenv.URLVar(engine.Name()))
		if url == "" {
			private = append(private, engine)
			continue
		}
		interrupt, err := reach(engine, url, signals)
		if err != nil || interrupt != nil {
			return nil, nil, interrupt, err
		}
		urls[engine.Name()] = url
	}
	return urls, private, nil, nil
}

// reach waits for the server of a URL to answer, or for a signal.
func reach(engine launch.Engine, url string, signals <-chan os.Signal) (interrupt os.Signal, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), reachTimeout)
	defer cancel()
	variable := testenv.URLVar(engine.Name())
	notice := time.AfterFunc(2*time.Second, func() {
		fmt.Fprintf(os.Stderr, "testservers: waiting for the server of %s at %s\n", variable, testenv.Redacted(url))
	})
	defer notice.Stop()

	ready := make(chan error, 1)
	go func() { ready <- engine.Ready(ctx, url) }()
	select {
	case interrupt = <-signals:
		return interrupt, nil
	case err = <-ready:
	}
	if err != nil {
		return nil, fmt.Errorf("the server of %s does not answer at %s: %w\nStart it, or unset %s to have a private one started",
			variable, testenv.Redacted(url), err, variable)
	}
	return nil, nil
}

// printURLs writes the URLs in the form that a shell evaluates.
func printURLs(out io.Writer, urls map[string]string) {
	for _, engine := range []string{testenv.Postgres, testenv.MySQL} {
		if url, ok := urls[engine]; ok {
			fmt.Fprintf(out, "export %s='%s'\n", testenv.URLVar(engine), url)
		}
	}
}

// killAfter is how long the command has to end after a signal.
const killAfter = 10 * time.Second

// runCommand runs the command in a process group of its own, so that a signal reaches all of it: "go test" does not
// pass signals on to the tests that it runs.
func runCommand(command []string, urls map[string]string, keeper *keeperProcess, signals <-chan os.Signal) (int, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = os.Environ()
	for engine, url := range urls {
		cmd.Env = append(cmd.Env, testenv.URLVar(engine)+"="+url)
	}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	group := cmd.Process.Pid
	if err := keeper.watch(group); err != nil {
		_ = syscall.Kill(-group, syscall.SIGKILL)
		return 0, errors.Join(err, cmd.Wait())
	}

	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	var kill <-chan time.Time
	for {
		select {
		case received := <-signals:
			_ = syscall.Kill(-group, received.(syscall.Signal))
			kill = time.After(killAfter)
		case <-kill:
			_ = syscall.Kill(-group, syscall.SIGKILL)
		case err := <-done:
			if kill != nil { // what is left of an interrupted command, such as a test whose "go test" is gone
				_ = syscall.Kill(-group, syscall.SIGKILL)
			}
			return commandCode(cmd, err)
		}
	}
}

// commandCode returns the exit code of a command that has ended. That of one killed by a signal is the shell's.
func commandCode(cmd *exec.Cmd, err error) (int, error) {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, err
	}
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return exitCode(status.Signal()), nil
	}
	return status.ExitStatus(), nil
}

// exitCode returns the exit code of a shell for a process that a signal ended, and 0 for none.
func exitCode(received os.Signal) int {
	if number, ok := received.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return 0
}
