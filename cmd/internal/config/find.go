package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Find looks for the configuration file in dir and its parents, up to the root of the Go module that dir is in. It returns
// the file, empty if there is none, and the module's root, empty outside of a module.
func Find(dir string) (file, moduleRoot string, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if file == "" {
			candidate := filepath.Join(at, FileName)
			if file, err = existing(candidate); err != nil {
				return "", "", err
			}
		}
		module, err := existing(filepath.Join(at, "go.mod"))
		if err != nil {
			return "", "", err
		}
		if module != "" {
			return file, at, nil
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	// Outside of a module only the directory itself counts: a file further up belongs to something else.
	file, err = existing(filepath.Join(dir, FileName))
	return file, "", err
}

func existing(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", err
	case info.IsDir():
		return "", fmt.Errorf("%s is a directory", path)
	}
	return path, nil
}

// Load reads the configuration of the project in dir. If file is not empty it is read, whatever is in dir; it must exist.
// The error is [Errors] if the file has mistakes.
func Load(dir, file string) (*Config, error) {
	found, root, err := Find(dir)
	if err != nil {
		return nil, err
	}
	if file == "" {
		file = found
	}
	if file == "" {
		if root == "" {
			root = dir
		}
		return Default(root), nil
	}
	file, err = filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	source, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no configuration file %s: create it with retort init, or correct --config", display(file))
	}
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return Parse(file, source)
}
