//go:build darwin || linux

package launch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// An Engine is a database product that [Start] can run.
type Engine interface {
	// Name is the engine's name in package testenv.
	Name() string
	// Product is the engine's name for people.
	Product() string
	// Find looks for the server's programs on this machine.
	Find(ctx context.Context) (Programs, error)
	// Packages returns what brings the server, for a package manager ("apt", "brew", "dnf" or "apk"). Each element is
	// one choice, the best first; a choice may be several packages.
	Packages(manager string) [][]string
	// Container returns a docker command that runs the server, and the URL it is then reached by.
	Container() (command, url string)
	// Start makes a fresh server in the place and returns its URL. It returns when the server has been started, not
	// when it answers.
	Start(ctx context.Context, programs Programs, place *Place) (url string, process *Process, err error)
	// Ready waits until the server answers.
	Ready(ctx context.Context, url string) error
}

// Programs is what [Engine.Find] found: the path of the server program, of the program that initializes a data folder
// (which may be the same) and the version of the server.
type Programs struct {
	Server  string
	Init    string
	Version string
}

// Options of [Start].
type Options struct {
	// Install allows a package manager to install what is missing.
	Install bool
	// Log receives what a person who waits wants to know.
	Log io.Writer
}

// startTimeout bounds the making of one server. Initializing one takes a second on a quick machine.
const startTimeout = 3 * time.Minute

// Servers are running servers and the folder that they live in.
type Servers struct {
	// URLs by the name of the engine.
	URLs map[string]string

	log       io.Writer
	folder    *folder
	mu        sync.Mutex
	stopping  bool
	processes []*Process
	engines   map[string]running
}

// running is a server that answered.
type running struct {
	engine  Engine
	process *Process
}

// Start runs one server of each engine in a temporary folder. The caller calls [Servers.Stop] in the end.
//
// An engine that is not on this machine and cannot be installed is an error of type [*MissingError].
func Start(ctx context.Context, engines []Engine, options Options) (*Servers, error) {
	programs, err := findOrInstall(ctx, engines, options)
	if err != nil {
		return nil, err
	}
	folder, err := newFolder()
	if err != nil {
		return nil, err
	}
	servers := &Servers{URLs: map[string]string{}, engines: map[string]running{}, log: options.Log, folder: folder}
	if err := servers.startAll(ctx, engines, programs); err != nil {
		return nil, errors.Join(err, servers.Stop())
	}
	return servers, nil
}

// Stop ends the servers and removes their folder.
func (s *Servers) Stop() error {
	s.mu.Lock()
	s.stopping = true
	processes := s.processes
	s.mu.Unlock()

	var group sync.WaitGroup
	for _, process := range processes {
		group.Go(process.stop)
	}
	group.Wait()
	return s.folder.remove()
}

func (s *Servers) startAll(ctx context.Context, engines []Engine, programs []Programs) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	failures := make([]error, len(engines))
	var group sync.WaitGroup
	for i, engine := range engines {
		group.Go(func() {
			if err := s.start(ctx, engine, programs[i]); err != nil {
				failures[i] = fmt.Errorf("start %s %s (%s): %w", engine.Product(), programs[i].Version, programs[i].Server, err)
				cancel()
			}
		})
	}
	group.Wait()
	return errors.Join(failures...)
}

// start makes one server and waits for it. Another process may take a free port before the server does, hence the
// further attempts.
func (s *Servers) start(ctx context.Context, engine Engine, programs Programs) error {
	var err error
	for attempt := range 3 {
		err = s.startOnce(ctx, engine, programs, fmt.Sprintf("%s%d", engine.Name(), attempt))
		if !isPortTaken(err) {
			return err
		}
	}
	return err
}

func (s *Servers) startOnce(ctx context.Context, engine Engine, programs Programs, name string) error {
	place, err := s.folder.place(name)
	if err != nil {
		return err
	}
	url, process, err := engine.Start(ctx, programs, place)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.processes = append(s.processes, process)
	s.mu.Unlock()

	ready, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-process.done:
			cancel()
		case <-ready.Done():
		}
	}()
	err = engine.Ready(ready, url)
	if process.exited() {
		return &exitError{status: process.status, log: process.logTail()}
	}
	if err != nil {
		return fmt.Errorf("%w\n%s", err, process.logTail())
	}

	s.mu.Lock()
	s.URLs[engine.Name()] = url
	s.engines[engine.Name()] = running{engine, process}
	s.mu.Unlock()
	go s.reportExit(engine, process)
	return nil
}

// reportExit tells of a server that ends before it is told to. The tests that need it fail anyhow; this says why.
func (s *Servers) reportExit(engine Engine, process *Process) {
	<-process.done
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopping && !process.killed {
		fmt.Fprintf(s.log, "testservers: %s ended by itself: %s\n%s\n", engine.Product(), process.status, process.logTail())
	}
}

// Kill ends the server of an engine at once and without saving, as a crash would.
func (s *Servers) Kill(name string) {
	s.mu.Lock()
	process := s.engines[name].process
	process.killed = true
	s.mu.Unlock()
	// The postmaster's own death would leave sessions at work for a while; its signal takes them along.
	process.stop()
}

// Restart starts a server again that was killed, on the same port and on what it has written, and waits until it answers.
func (s *Servers) Restart(ctx context.Context, name string) error {
	s.mu.Lock()
	was, url := s.engines[name], s.URLs[name]
	process, err := was.process.again()
	if err != nil {
		s.mu.Unlock()
		return err
	}
	s.processes = append(s.processes, process)
	s.engines[name] = running{was.engine, process}
	s.mu.Unlock()

	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	go func() {
		select {
		case <-process.done:
			cancel()
		case <-ctx.Done():
		}
	}()
	if err := was.engine.Ready(ctx, url); err != nil {
		return fmt.Errorf("%w\n%s", err, process.logTail())
	}
	go s.reportExit(was.engine, process)
	return nil
}
