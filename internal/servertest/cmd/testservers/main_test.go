//go:build darwin || linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/retort-db/retort/internal/servertest/launch"
	"github.com/retort-db/retort/internal/servertest/testenv"
)

// asMain makes the test binary be testservers, with an engine that is only a process that sleeps: what is tested here
// is that nothing is left behind, which does not depend on what the server is. Package launch tests the real ones.
const asMain = "TESTSERVERS_TEST_AS_MAIN"

// Arguments that make the test binary be the command that testservers runs: one that waits for a process of its own,
// as "go test" waits for a test, and that process, which prints what it knows and sleeps.
const (
	asCommand = "be-the-command"
	asTest    = "be-the-test"
)

func TestMain(m *testing.M) {
	kind := os.Getenv(asMain)
	switch {
	case kind == "":
		os.Exit(m.Run())
	case len(os.Args) == 2 && os.Args[1] == asCommand:
		cmd := exec.Command(os.Args[0], asTest)
		cmd.Stdout = os.Stdout
		_ = cmd.Run()
	case len(os.Args) == 2 && os.Args[1] == asTest:
		folder := folderOf(os.Getenv(testenv.URLVar(testenv.Postgres)))
		server, err := os.ReadFile(filepath.Join(folder, "pid"))
		fmt.Println(folder, strings.TrimSpace(string(server)), os.Getpid(), err)
		time.Sleep(10 * time.Minute)
	default:
		os.Exit(run(os.Args[1:], []launch.Engine{sleeper{kind: kind}}))
	}
}

// folderOf returns what a URL of a sleeper says of it: its folder.
func folderOf(url string) string {
	_, folder, _ := strings.Cut(strings.TrimSpace(url), "postgres://127.0.0.1:1")
	return folder
}

// sleeper is an engine whose server sleeps. Of kind "absent", it is not on the machine; of kind "slow", it is never
// ready; of kind "unreachable", nothing is reached.
type sleeper struct {
	launch.Postgres
	kind string
}

func (s sleeper) Find(context.Context) (launch.Programs, error) {
	if s.kind == "absent" {
		return launch.Programs{}, errors.New("no sleeper on this machine")
	}
	return launch.Programs{Server: "sleep"}, nil
}

func (s sleeper) Start(_ context.Context, programs launch.Programs, place *launch.Place) (string, *launch.Process, error) {
	process, err := place.Spawn(syscall.SIGTERM, "sh", "-c", "echo $$ > pid; exec "+programs.Server+" 600")
	return "postgres://127.0.0.1:1" + place.Folder, process, err
}

func (s sleeper) Ready(ctx context.Context, url string) error {
	switch s.kind {
	case "slow":
		fmt.Fprintln(os.Stderr, url)
		<-ctx.Done()
		return ctx.Err()
	case "unreachable":
		return errors.New("connection refused")
	}
	if folderOf(url) == "" {
		return nil // a server that the environment names
	}
	for {
		if text, err := os.ReadFile(filepath.Join(folderOf(url), "pid")); err == nil && len(text) > 0 {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
}

// testservers returns a command that runs this binary as testservers, with nothing named in the environment.
func testservers(t *testing.T, kind string, args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	t.Helper()
	cmd = exec.Command(os.Args[0], args...)
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "RETORT_TEST_") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, asMain+"="+kind)
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.WaitDelay = 10 * time.Second
	return cmd, stdout, stderr
}

func exitCodeOf(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}

// tell is a shell command that prints what asTest prints: the folder of the server, its process id and its own.
const tell = `f=/${RETORT_TEST_POSTGRES_URL#postgres://*/}; echo "$f $(cat "$f/pid") $$"; `

// told is what tell and asTest print.
type told struct {
	folder         string
	server, client int
}

func parseTold(t *testing.T, line string) told {
	t.Helper()
	var got told
	if _, err := fmt.Sscan(line, &got.folder, &got.server, &got.client); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	if got.server <= 1 || got.client <= 1 {
		t.Fatalf("processes %d and %d", got.server, got.client)
	}
	return got
}

// nothingLeft fails the test unless the server, its client and their folder vanish.
func (got told) nothingLeft(t *testing.T) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		left := got.left()
		if left == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still there: %s", left)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (got told) left() string {
	for name, pid := range map[string]int{"the server": got.server, "the command": got.client} {
		if isAlive(pid) {
			return name + ", process " + strconv.Itoa(pid)
		}
	}
	if _, err := os.Stat(filepath.Dir(got.folder)); err == nil {
		return "the folder " + filepath.Dir(got.folder)
	}
	return ""
}

// isAlive reports whether a process runs. One that has ended and that nobody has waited for does not: in a container
// there may be nobody who waits for orphans.
func isAlive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return !errors.Is(err, os.ErrNotExist) || !hasProc()
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}

func hasProc() bool {
	_, err := os.Stat("/proc/self/stat")
	return err == nil
}

func TestExitCodeIsTheCommands(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]int{"exit 0": 0, "exit 7": 7, "kill -TERM $$": 143} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			cmd, stdout, stderr := testservers(t, "plain", "--", "sh", "-c", tell+script)
			if got := exitCodeOf(t, cmd); got != want {
				t.Errorf("exit code %d, want %d\n%s", got, want, stderr)
			}
			got := parseTold(t, stdout.String())
			if left := got.left(); left != "" {
				t.Errorf("when testservers has ended, this is still there: %s", left)
			}
		})
	}
}

func TestCommandThatDoesNotExist(t *testing.T) {
	t.Parallel()
	cmd, _, stderr := testservers(t, "plain", "--", "/no/such/program")
	if code := exitCodeOf(t, cmd); code != 1 || !strings.Contains(stderr.String(), "/no/such/program") {
		t.Errorf("exit code %d, message %q", code, stderr)
	}
}

func TestUnknownFlag(t *testing.T) {
	t.Parallel()
	cmd, _, stderr := testservers(t, "plain", "-x")
	if code := exitCodeOf(t, cmd); code != 2 || !strings.Contains(stderr.String(), "usage: testservers") {
		t.Errorf("exit code %d, message %q", code, stderr)
	}
}

func TestMissingEngine(t *testing.T) {
	t.Parallel()
	cmd, stdout, stderr := testservers(t, "absent", "-install=false", "--", "echo", "ran")
	if code := exitCodeOf(t, cmd); code != 1 || stdout.String() != "" {
		t.Errorf("exit code %d, output %q", code, stdout)
	}
	for _, part := range []string{"no sleeper on this machine", "Install what is missing", "export RETORT_TEST_POSTGRES_URL=", "make test-sqlite"} {
		if !strings.Contains(stderr.String(), part) {
			t.Errorf("the message lacks %q:\n%s", part, stderr)
		}
	}
}

func TestNamedServerIsUsed(t *testing.T) {
	t.Parallel()
	cmd, stdout, stderr := testservers(t, "absent", "--", "sh", "-c", "echo $RETORT_TEST_POSTGRES_URL")
	cmd.Env = append(cmd.Env, testenv.URLVar(testenv.Postgres)+"=postgres://elsewhere/x")
	if code := exitCodeOf(t, cmd); code != 0 || stdout.String() != "postgres://elsewhere/x\n" {
		t.Errorf("exit code %d, output %q, message %q", code, stdout, stderr)
	}
}

func TestNamedServerThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	cmd, _, stderr := testservers(t, "unreachable", "--", "true")
	cmd.Env = append(cmd.Env, testenv.URLVar(testenv.Postgres)+"=postgres://me:secret@elsewhere/x")
	if code := exitCodeOf(t, cmd); code != 1 || !strings.Contains(stderr.String(), "connection refused") ||
		!strings.Contains(stderr.String(), "unset RETORT_TEST_POSTGRES_URL") || strings.Contains(stderr.String(), "secret") {
		t.Errorf("exit code %d, message %q", code, stderr)
	}
}

func TestEngineLeftOutIsNotStarted(t *testing.T) {
	t.Parallel()
	cmd, stdout, stderr := testservers(t, "absent", "--", "echo", "ran")
	cmd.Env = append(cmd.Env, testenv.EnginesVar+"=sqlite")
	if code := exitCodeOf(t, cmd); code != 0 || stdout.String() != "ran\n" {
		t.Errorf("exit code %d, output %q, message %q", code, stdout, stderr)
	}
}

func TestServerThatDiesIsReported(t *testing.T) {
	t.Parallel()
	cmd, _, stderr := testservers(t, "plain", "--", "sh", "-c", tell+`kill -KILL $(cat "$f/pid"); sleep 2`)
	if code := exitCodeOf(t, cmd); code != 0 || !strings.Contains(stderr.String(), "PostgreSQL ended by itself: signal: killed") {
		t.Errorf("exit code %d, message %q", code, stderr)
	}
}

// TestNothingIsLeft ends testservers in every way while its command runs.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	tests := []struct {
		signal syscall.Signal
		want   int
	}{
		{syscall.SIGINT, 130},
		{syscall.SIGTERM, 143},
		{syscall.SIGHUP, 129},
		{syscall.SIGKILL, -1},
	}
	for _, test := range tests {
		if test.signal == syscall.SIGHUP && signal.Ignored(syscall.SIGHUP) {
			continue // under nohup, testservers ignores it too
		}
		t.Run(test.signal.String(), func(t *testing.T) {
			t.Parallel()
			cmd, _, stderr := testservers(t, "plain", "--", os.Args[0], asCommand)
			got := startAndListen(t, cmd)
			if err := cmd.Process.Signal(test.signal); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // its exit code is looked at below
			if code := cmd.ProcessState.ExitCode(); code != test.want {
				t.Errorf("exit code %d, want %d\n%s", code, test.want, stderr)
			}
			got.nothingLeft(t)
		})
	}
}

// startAndListen starts a command that runs asTest, and returns what that prints.
func startAndListen(t *testing.T, cmd *exec.Cmd) told {
	t.Helper()
	return parseTold(t, startAndRead(t, cmd, &cmd.Stdout))
}

// startAndRead starts the command and returns the first line that it writes to one of its outputs.
func startAndRead(t *testing.T, cmd *exec.Cmd, output *io.Writer) string {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = reader.Close() })
	*output = writer
	if err := errors.Join(cmd.Start(), writer.Close()); err != nil {
		t.Fatal(err)
	}
	if err := reader.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil {
		t.Fatalf("no line from the command: %v", err)
	}
	return line
}

func TestInterruptWhileStarting(t *testing.T) {
	t.Parallel()
	cmd, _, _ := testservers(t, "slow", "--", "true")
	url := startAndRead(t, cmd, &cmd.Stderr)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code is looked at below
	if code := cmd.ProcessState.ExitCode(); code != 143 {
		t.Errorf("exit code %d", code)
	}
	folder := folderOf(url)
	if _, err := os.Stat(filepath.Dir(folder)); folder == "" || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder of %q is still there: %v", url, err)
	}
}

func TestInterruptWhileWaitingForANamedServer(t *testing.T) {
	t.Parallel()
	cmd, _, _ := testservers(t, "slow", "--", "true")
	cmd.Env = append(cmd.Env, testenv.URLVar(testenv.Postgres)+"=postgres://elsewhere/x")
	startAndRead(t, cmd, &cmd.Stderr) // what slow writes when it is waited for
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code is looked at below
	if code := cmd.ProcessState.ExitCode(); code != 143 {
		t.Errorf("exit code %d", code)
	}
}

func TestWithoutACommand(t *testing.T) {
	t.Parallel()
	cmd, _, stderr := testservers(t, "plain")
	if line := startAndRead(t, cmd, &cmd.Stdout); !strings.HasPrefix(line, "export RETORT_TEST_POSTGRES_URL='postgres://") {
		t.Errorf("line %q", line)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, stderr)
	}
}
