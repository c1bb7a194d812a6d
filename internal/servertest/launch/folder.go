//go:build darwin || linux

package launch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

const (
	folderPrefix = "retort-test-"
	lockName     = "lock"
	// memoryRoom is what the folder must have room for to be in memory. Containers often have a /dev/shm of 64 MB.
	memoryRoom = 1 << 30
)

// A folder holds everything that the servers of one run write. Its lock file is locked as long as the run lasts, so
// that a later run can tell a folder that nobody will remove any more.
type folder struct {
	path    string
	account *account
	lock    *os.File
}

// newFolder makes a folder, in memory where that is possible, and removes those that killed runs left.
func newFolder() (*folder, error) {
	account, err := serverAccount()
	if err != nil {
		return nil, err
	}
	parent := os.TempDir()
	if isMemory("/dev/shm", memoryRoom) && syscall.Access("/dev/shm", 2) == nil {
		parent = "/dev/shm"
	}
	sweep(parent)

	path, err := os.MkdirTemp(parent, folderPrefix)
	if err != nil {
		return nil, fmt.Errorf("folder for the test servers: %w", err)
	}
	f := &folder{path: path, account: account}
	if err := f.init(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(path))
	}
	return f, nil
}

func (f *folder) init() error {
	if f.account != nil { // the servers' account has to get through it to its places
		if err := os.Chmod(f.path, 0o711); err != nil {
			return err
		}
	}
	// The file gets its name when it is locked already, so that sweep never sees it unlocked.
	lock, err := os.Create(filepath.Join(f.path, lockName+".new"))
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return errors.Join(fmt.Errorf("lock %s: %w", lock.Name(), err), lock.Close())
	}
	f.lock = lock
	return os.Rename(lock.Name(), filepath.Join(f.path, lockName))
}

// place makes the folder of one server.
func (f *folder) place(name string) (*Place, error) {
	place := &Place{Folder: filepath.Join(f.path, name), account: f.account}
	if err := os.Mkdir(place.Folder, 0o700); err != nil {
		return nil, err
	}
	return place, f.account.own(place.Folder)
}

func (f *folder) remove() error {
	return errors.Join(os.RemoveAll(f.path), f.lock.Close())
}

// sweep removes the folders of runs that ended without removing them.
func sweep(parent string) {
	locks, err := filepath.Glob(filepath.Join(parent, folderPrefix+"*", lockName))
	if err != nil {
		return
	}
	for _, name := range locks {
		lock, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			continue // another user's
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(filepath.Dir(name))
		}
		_ = lock.Close()
	}
}
