//go:build darwin || linux

package launch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/retort-db/retort/internal/servertest/testenv"
)

// errMayNotInstall is why nothing was installed: no package manager that this process may use.
var errMayNotInstall = errors.New("nothing was installed: that takes apt-get and root, or Homebrew")

// install installs engines by the machine's package manager, where this process may use it.
func install(ctx context.Context, engines []Engine, log io.Writer) error {
	root := os.Geteuid() == 0
	switch {
	case root && has("apt-get"):
		return installByApt(ctx, engines, log)
	case !root && has("brew"):
		return installByBrew(ctx, engines, log)
	}
	return errMayNotInstall
}

func installByApt(ctx context.Context, engines []Engine, log io.Writer) error {
	restore, err := forbidServices(policyFile)
	if err != nil {
		return err
	}
	defer restore()

	apt := []string{"apt-get", "-q", "-y", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=600"}
	if err := runInstaller(ctx, log, append(apt, "update")...); err != nil {
		return err
	}
	for _, engine := range engines {
		var last error
		for _, packages := range engine.Packages("apt") {
			last = runInstaller(ctx, log, slices.Concat(apt, []string{"install", "--no-install-recommends"}, packages)...)
			if last == nil {
				break
			}
		}
		if last != nil {
			return last
		}
	}
	return nil
}

func installByBrew(ctx context.Context, engines []Engine, log io.Writer) error {
	for _, engine := range engines {
		packages := engine.Packages("brew")[0]
		if err := runInstaller(ctx, log, append([]string{"brew", "install"}, packages...)...); err != nil {
			return err
		}
	}
	return nil
}

// policyFile is the program that Debian's packages ask whether they may start a service.
const policyFile = "/usr/sbin/policy-rc.d"

// forbidServices keeps packages from starting a server of their own, until restore is called. A machine that has a
// policy already keeps it.
func forbidServices(path string) (restore func(), err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if errors.Is(err, os.ErrExist) {
		return func() {}, nil
	}
	if err != nil {
		return nil, err
	}
	_, err = file.WriteString("#!/bin/sh\n# Written by Retort's testservers while it installs packages; may be deleted.\nexit 101\n")
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	return func() { _ = os.Remove(path) }, nil
}

func runInstaller(ctx context.Context, log io.Writer, command ...string) error {
	fmt.Fprintln(log, "testservers:", strings.Join(command, " "))
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "HOMEBREW_NO_AUTO_UPDATE=1")
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = 30 * time.Second
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(command, " "), err)
	}
	return nil
}

func has(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// A MissingError lists the engines that this machine lacks, and how to get each.
type MissingError struct {
	found   []lack
	install error
}

type lack struct {
	engine Engine
	err    error
}

func (e *MissingError) engines() []Engine {
	var engines []Engine
	for _, lack := range e.found {
		engines = append(engines, lack.engine)
	}
	return engines
}

func (e *MissingError) Unwrap() error {
	return e.install
}

func (e *MissingError) Error() string {
	var text strings.Builder
	for _, lack := range e.found {
		fmt.Fprintln(&text, lack.err)
	}
	if e.install != nil {
		fmt.Fprintln(&text, e.install)
	}
	fmt.Fprintf(&text, "\nInstall what is missing:\n")
	for _, line := range e.commands() {
		fmt.Fprintf(&text, "  %s\n", line)
	}
	fmt.Fprintf(&text, "or name a server, which the tests may create and drop databases on:\n")
	for _, lack := range e.found {
		command, url := lack.engine.Container()
		fmt.Fprintf(&text, "  %s\n  export %s='%s'\n", command, testenv.URLVar(lack.engine.Name()), url)
	}
	fmt.Fprintf(&text, "or test SQLite alone, which needs no server:\n  make test-sqlite")
	return text.String()
}

// commands returns the command that installs what is missing by each package manager of the machine, or by all known
// ones where it has none of them.
func (e *MissingError) commands() []string {
	managers := []struct{ name, program, command string }{
		{"apt", "apt-get", "sudo apt-get install --no-install-recommends"},
		{"brew", "brew", "brew install"},
		{"dnf", "dnf", "sudo dnf install"},
		{"apk", "apk", "sudo apk add"},
	}
	var present, all []string
	for _, manager := range managers {
		command := manager.command
		for _, lack := range e.found {
			command += " " + strings.Join(lack.engine.Packages(manager.name)[0], " ")
		}
		all = append(all, command)
		if has(manager.program) {
			present = append(present, command)
		}
	}
	if present == nil {
		return all
	}
	return present
}
