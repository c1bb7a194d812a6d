// Package arguments puts a command line into the order that urfave/cli reads: global flags, the command, its flags, "--",
// the rest. As it stands, that library ignores flags after the first positional argument in silence, and takes the -1 of
// "downgrade -1" for a flag.
package arguments

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/suggest"
)

// UsageError is a command line that cannot be understood.
type UsageError struct {
	Command string // empty for the program itself
	Text    string
}

// Error names what is wrong and where to read on.
func (e *UsageError) Error() string {
	if e.Command == "" {
		return e.Text + "; see retort --help"
	}
	return fmt.Sprintf("%s: %s; see retort %s --help", e.Command, e.Text, e.Command)
}

// relative is a revision such as -1 or -2, or the range -3:current.
var relative = regexp.MustCompile(`^-\d+(:.*)?$`)

// Normalize returns the arguments, the program's name first, in the order that app needs. Flags may stand anywhere. An
// unknown command or flag is a [*UsageError] with a suggestion. "help" before a command is --help after it, and --version
// the command of that name.
func Normalize(app *cli.App, args []string) ([]string, error) {
	if len(args) == 0 || slices.Contains(args, "--generate-bash-completion") {
		return args, nil
	}
	sorted := &sorted{app: app, program: args[0]}
	if err := sorted.read(args[1:]); err != nil {
		return nil, err
	}
	return sorted.arguments(), nil
}

type sorted struct {
	app         *cli.App
	program     string
	command     *cli.Command
	global, own []string
	rest        []string
	help        bool // the word help came first
}

func (s *sorted) arguments() []string {
	out := append([]string{s.program}, s.global...)
	if s.command != nil {
		out = append(append(out, s.command.Name), s.own...)
	}
	if s.help {
		return append(out, "--help")
	}
	if len(s.rest) > 0 {
		out = append(append(out, "--"), s.rest...)
	}
	return out
}

func (s *sorted) read(args []string) error {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			s.rest = append(s.rest, args[i+1:]...)
			return nil
		case !strings.HasPrefix(arg, "-") || arg == "-" || relative.MatchString(arg):
			if err := s.word(arg); err != nil {
				return err
			}
		default:
			used, err := s.flag(args[i:])
			if err != nil {
				return err
			}
			i += used - 1
		}
	}
	return nil
}

func (s *sorted) word(arg string) error {
	if s.command != nil {
		s.rest = append(s.rest, arg)
		return nil
	}
	if arg == "help" && !s.help {
		s.help = true
		return nil
	}
	s.command = s.app.Command(arg)
	if s.command != nil {
		return nil
	}
	var names []string
	for _, command := range s.app.VisibleCommands() {
		names = append(names, command.Name)
	}
	text := fmt.Sprintf("there is no command %q", arg)
	if near := suggest.Near(arg, names); near != "" {
		text += "; did you mean " + near + "?"
	}
	return &UsageError{Text: text}
}

// flag takes one flag, with its value if that is the next argument, and returns how many arguments it took.
func (s *sorted) flag(args []string) (int, error) {
	name, _, inline := strings.Cut(strings.TrimLeft(args[0], "-"), "=")
	if version := s.app.Command("version"); args[0] == "--version" && s.command == nil && version != nil {
		s.command = version
		return 1, nil
	}
	flag, own := s.lookup(name)
	if flag == nil {
		return 0, s.unknown(args[0], name)
	}
	used := 1
	if _, boolean := flag.(*cli.BoolFlag); !boolean && !inline {
		if len(args) < 2 {
			return 0, &UsageError{Command: s.commandName(), Text: args[0] + " needs a value"}
		}
		used = 2
	}
	// Given in one piece, a value may begin with a dash.
	text := args[0]
	if used == 2 {
		text += "=" + args[1]
	}
	if own {
		s.own = append(s.own, text)
	} else {
		s.global = append(s.global, text)
	}
	return used, nil
}

func (s *sorted) lookup(name string) (flag cli.Flag, own bool) {
	if s.command != nil {
		if flag := find(s.command.Flags, name); flag != nil {
			return flag, true
		}
		if name == "help" || name == "h" {
			return cli.HelpFlag, true
		}
	}
	if name == "help" || name == "h" {
		return cli.HelpFlag, false
	}
	return find(s.app.Flags, name), false
}

func find(flags []cli.Flag, name string) cli.Flag {
	for _, flag := range flags {
		if slices.Contains(flag.Names(), name) {
			return flag
		}
	}
	return nil
}

func (s *sorted) unknown(arg, name string) error {
	var names []string
	flags := s.app.Flags
	if s.command != nil {
		flags = append(slices.Clone(s.command.Flags), flags...)
	}
	for _, flag := range flags {
		names = append(names, "--"+flag.Names()[0])
	}
	text := "there is no flag " + strings.SplitN(arg, "=", 2)[0]
	if near := suggest.Near("--"+name, names); near != "" && len(name) > 1 {
		text += "; did you mean " + near + "?"
	}
	return &UsageError{Command: s.commandName(), Text: text}
}

func (s *sorted) commandName() string {
	if s.command == nil {
		return ""
	}
	return s.command.Name
}
