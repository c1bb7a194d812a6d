package cmd

import (
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/arguments"
)

// completions are the scripts that ask the program itself what may follow.
var completions = map[string]string{
	"bash": `# Load with: source <(retort completion bash)
_retort() {
  local cur=${COMP_WORDS[COMP_CWORD]} words
  words=$("${COMP_WORDS[@]:0:COMP_CWORD}" --generate-bash-completion 2>/dev/null)
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -o bashdefault -o default -F _retort retort
`,
	"zsh": `#compdef retort
# Load with: source <(retort completion zsh)
_retort() {
  local -a words_
  words_=("${(@f)$("${(@)words[1,CURRENT-1]}" --generate-bash-completion 2>/dev/null)}")
  if [[ -n "${words_[1]}" ]]; then
    compadd -- "${words_[@]%%:*}"
  else
    _files
  fi
}
compdef _retort retort
`,
	"fish": `# Load with: retort completion fish | source
function __retort_complete
  set -l words (commandline -opc)
  $words --generate-bash-completion 2>/dev/null | string replace -r ':.*' ''
end
complete -c retort -f -a '(__retort_complete)'
`,
	"powershell": `# Load with: retort completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName retort -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | ForEach-Object { $_.ToString() })
  if ($wordToComplete) { $words = $words[0..($words.Count - 2)] }
  $rest = @($words | Select-Object -Skip 1) + '--generate-bash-completion'
  & $words[0] @rest | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`,
}

func (p *program) completionCommand() *cli.Command {
	return &cli.Command{
		Name: "completion", Category: "tool", Usage: "print a script that completes commands in a shell", ArgsUsage: "bash|zsh|fish|powershell",
		Action: p.bare(arity{1, 1}, func(i *invocation) error {
			script, known := completions[i.Args().First()]
			if !known {
				return &arguments.UsageError{Command: "completion", Text: fmt.Sprintf("there is no shell %q: use bash, zsh, fish or powershell", i.Args().First())}
			}
			_, err := io.WriteString(i.Stdout, script)
			return err
		}),
	}
}
