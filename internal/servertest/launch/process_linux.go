package launch

import (
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// starter hands commands to the one thread that starts them. Linux sends the parent-death signal when the thread
// that started a process ends, and Go may end any thread but one that a goroutine is locked to.
var starter = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for start := range work {
			start()
		}
	}()
	return work
})

// startTied starts a command that gets the signal when this process dies, however it dies.
func startTied(cmd *exec.Cmd, signal syscall.Signal) error {
	cmd.SysProcAttr.Pdeathsig = signal
	result := make(chan error)
	starter() <- func() { result <- cmd.Start() }
	return <-result
}

// isMemory reports whether a folder is on a file system in memory that has the given room.
func isMemory(folder string, room uint64) bool {
	const tmpfsMagic = 0x01021994
	var stat syscall.Statfs_t
	if err := syscall.Statfs(folder, &stat); err != nil {
		return false
	}
	return stat.Type == tmpfsMagic && stat.Bavail*uint64(stat.Bsize) >= room
}
