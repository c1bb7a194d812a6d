package launch

import (
	"os/exec"
	"syscall"
)

// startTied starts a command. macOS cannot signal it when this process dies.
func startTied(cmd *exec.Cmd, _ syscall.Signal) error {
	return cmd.Start()
}

// isMemory reports that macOS has no file system in memory that is ready for use.
func isMemory(string, uint64) bool {
	return false
}
