// Package browsertest runs a real browser, Chromium without a window, for tests of pages. It speaks the DevTools protocol over
// a pipe (https://chromedevtools.github.io/devtools-protocol/), so that no port is opened and nothing else is needed.
package browsertest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// ProgramVar is the environment variable that names the browser's program, where it is not among the usual ones. "none" leaves
// the tests out, for who has no browser and does not work on pages.
const ProgramVar = "RETORT_TEST_BROWSER"

var programs = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"}

// program finds the browser once in a process, and installs it where it is missing and that is possible.
var program = sync.OnceValues(func() (string, error) {
	if given := os.Getenv(ProgramVar); given != "" {
		return exec.LookPath(given)
	}
	if path := installed(); path != "" {
		return path, nil
	}
	if err := install(); err != nil {
		return "", fmt.Errorf("no Chromium, and it could not be installed: %w\ninstall it, or name its program with %s", err, ProgramVar)
	}
	if path := installed(); path != "" {
		return path, nil
	}
	return "", fmt.Errorf("no Chromium was found after it had been installed: name its program with %s", ProgramVar)
})

func installed() string {
	for _, name := range programs {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// install installs Chromium as the test servers are installed: with apt-get as root, elsewhere not.
func install() error {
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		return fmt.Errorf("that needs root on Debian or Ubuntu")
	}
	apt, err := exec.LookPath("apt-get")
	if err != nil {
		return err
	}
	command := exec.Command(apt, "install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", "chromium")
	command.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if out, err := command.CombinedOutput(); err == nil {
		return nil
	} else if _, updateErr := exec.Command(apt, "update", "-q", "-o", "DPkg::Lock::Timeout=300").Output(); updateErr != nil {
		return fmt.Errorf("apt-get install chromium: %w\n%s", err, lastLines(out))
	}
	command = exec.Command(apt, command.Args[1:]...)
	command.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("apt-get install chromium: %w\n%s", err, lastLines(out))
	}
	return nil
}

func lastLines(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "\n")
}

// Start starts a browser and stops it when the test ends. A test without one fails.
func Start(tb testing.TB) *Browser {
	tb.Helper()
	if os.Getenv(ProgramVar) == "none" {
		tb.Skip(ProgramVar + " is none")
	}
	path, err := program()
	if err != nil {
		tb.Fatal(err)
	}
	profile := filepath.Join(tb.TempDir(), "profile")
	// No sandbox: in containers, where tests run as root, it does not start. The pages are the tests' own. Nothing is to be
	// fetched: every host is unknown.
	command := exec.Command(path, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
		"--disable-background-networking", "--disable-component-update", "--disable-extensions", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND",
		"--user-data-dir="+profile, "--remote-debugging-pipe", "about:blank")
	fromUs, toBrowser, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	fromBrowser, toUs, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	var stderr bytes.Buffer
	command.Stderr = &stderr
	command.ExtraFiles = []*os.File{fromUs, toUs} // 3 and 4
	if err := command.Start(); err != nil {
		tb.Fatalf("start %s: %v", path, err)
	}
	fromUs.Close()
	toUs.Close()
	b := newBrowser(tb, toBrowser, fromBrowser)
	tb.Cleanup(func() {
		toBrowser.Close() // which ends it
		_ = command.Process.Kill()
		_ = command.Wait()
		fromBrowser.Close()
		<-b.ended
		if tb.Failed() && stderr.Len() > 0 {
			tb.Logf("the browser: %s", lastLines(stderr.Bytes()))
		}
	})
	return b
}
