package cmd

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/build"
	"github.com/retort-db/retort/cmd/internal/protocol"
)

// toolVersion is the version of the running binary, "(devel)" if it was built from a checkout.
func toolVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(devel)"
	}
	if info.Main.Path == build.Retort && info.Main.Version != "" {
		return info.Main.Version
	}
	for _, module := range info.Deps {
		if module.Path == build.Retort {
			return module.Version
		}
	}
	return "(devel)"
}

func (p *program) versionCommand() *cli.Command {
	return &cli.Command{
		Name: "version", Category: "tool", Usage: "show the version of retort",
		Flags: formatFlags(),
		Action: p.bare(arity{}, func(i *invocation) error {
			answer := map[string]any{"version": toolVersion(), "go": runtime.Version(), "protocol": protocol.Version}
			return i.answer(answer, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "retort %s (%s)\n", toolVersion(), runtime.Version())
				return err
			})
		}),
	}
}
