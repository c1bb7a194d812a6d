package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestServersDieWithTheKeeper kills the process that stops the servers. Nobody is left to remove the folder then; the
// next run does.
func TestServersDieWithTheKeeper(t *testing.T) {
	t.Parallel()
	cmd, _, stderr := testservers(t, "plain", "--", os.Args[0], asTest)
	got := startAndListen(t, cmd)
	if err := syscall.Kill(parentOf(t, got.server), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(got.client, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code is looked at below
	if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(stderr.String(), "signal: killed") {
		t.Errorf("exit code %d, message %q", code, stderr)
	}
	if err := os.RemoveAll(filepath.Dir(got.folder)); err != nil {
		t.Fatal(err)
	}
	got.nothingLeft(t)
}

func parentOf(t *testing.T, pid int) int {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	var state string
	var parent int
	if _, err := fmt.Sscan(rest, &state, &parent); err != nil || parent <= 1 {
		t.Fatalf("parent of %d in %q: %v", pid, stat, err)
	}
	return parent
}
