import type { Argument, Command, Option } from 'commander';

/** The shells whose completion is known. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/**
 * The script that completes `tenet` in a shell, made from the commands themselves. It holds every word, so that the tab key starts no
 * process.
 */
export function completionScript(shell: Shell, tenet: Command): string {
  const nodes = nodesOf(tenet, '');
  if (shell === 'bash') return bash(nodes);
  return shell === 'zsh' ? zsh(nodes) : fish(nodes);
}

/** One command with what may follow it; `path` is how it is called behind `tenet`. */
interface Node {
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly Option[];
  /** What its argument may be, where that is a choice. */
  readonly choices: readonly string[];
}

function nodesOf(command: Command, path: string): Node[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command).filter((each) => each.name() !== 'help');
  const node = {
    path,
    commands: commands.map((each) => ({ name: each.name(), description: each.description() })),
    options: help.visibleOptions(command),
    choices: command.registeredArguments.flatMap((argument: Argument) => argument.argChoices ?? []),
  };
  return [node, ...commands.flatMap((each) => nodesOf(each, path === '' ? each.name() : `${path} ${each.name()}`))];
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const flagsOf = (option: Option): string[] =>
  [option.short, option.long].filter((flag): flag is string => flag !== undefined && flag !== null);
const takesValue = (option: Option): boolean => option.required || option.optional;

/** The options that take a value, each once: behind them no command may follow. */
function valued(nodes: readonly Node[]): Option[] {
  const byFlag = new Map(
    nodes.flatMap(({ options }) => options.filter(takesValue).map((option) => [option.long ?? option.short!, option])),
  );
  return [...byFlag.values()];
}

/** The cases of a shell `case` that follow a path word by word. */
const steps = (nodes: readonly Node[]): string =>
  nodes
    .filter(({ path }) => path !== '')
    .map(({ path }) => quoted(path))
    .join('|');

function bash(nodes: readonly Node[]): string {
  const values = valued(nodes).map((option) => {
    const flags = flagsOf(option).join('|');
    return option.argChoices
      ? `    ${flags}) COMPREPLY=($(compgen -W ${quoted(option.argChoices.join(' '))} -- "$cur")); return;;`
      : `    ${flags}) return;;`;
  });
  const cases = nodes.map(({ path, commands, options, choices }) => {
    const words = [...commands.map(({ name }) => name), ...choices, ...options.flatMap(flagsOf)];
    return `    ${quoted(path)}) words=${quoted(words.join(' '))};;`;
  });
  return `# bash completion of tenet: source <(tenet completion bash)
_tenet() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path= words= word next
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next=\${path:+$path }$word
    case $next in
      ${steps(nodes)}) path=$next;;
    esac
  done
  COMPREPLY=()
  case $prev in
${values.join('\n')}
  esac
  case $path in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _tenet tenet
`;
}

function zsh(nodes: readonly Node[]): string {
  const described = (pairs: readonly (readonly [string, string])[]): string =>
    pairs.map(([word, text]) => quoted(`${word}:${text.replaceAll(':', '\\:')}`)).join(' ');
  const cases = nodes.map(({ path, commands, options, choices }) => {
    const words = [
      ...commands.map(({ name, description }) => [name, description] as const),
      ...choices.map((choice) => [choice, ''] as const),
    ];
    const flags = options.flatMap((option) => flagsOf(option).map((flag) => [flag, option.description] as const));
    return `    ${quoted(path)}) commands=(${described(words)}); options=(${described(flags)});;`;
  });
  const values = valued(nodes).map((option) => {
    const flags = flagsOf(option).join('|');
    return option.argChoices ? `    ${flags}) compadd -- ${option.argChoices.join(' ')}; return;;` : `    ${flags}) _files; return;;`;
  });
  return `#compdef tenet
# zsh completion of tenet: source <(tenet completion zsh)
_tenet() {
  local at= word next
  local -a commands options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    next="\${at:+$at }$word"
    case $next in
      ${steps(nodes)}) at=$next;;
    esac
  done
  case $words[CURRENT-1] in
${values.join('\n')}
  esac
  case $at in
${cases.join('\n')}
  esac
  (( $#commands )) && _describe command commands
  _describe -o option options
  (( $#commands )) || _files
}
compdef _tenet tenet
`;
}

function fish(nodes: readonly Node[]): string {
  const lines = nodes.flatMap(({ path, commands, options, choices }) => {
    const when = `-n 'test "$(__tenet_path)" = ${JSON.stringify(path)}'`;
    return [
      ...commands.map(({ name, description }) => `complete -c tenet -f ${when} -a ${name} -d ${fishQuoted(description)}`),
      ...choices.map((choice) => `complete -c tenet -f ${when} -a ${choice}`),
      ...options.map((option) => {
        const flags = [option.short && `-s ${option.short.slice(1)}`, option.long && `-l ${option.long.slice(2)}`]
          .filter(Boolean)
          .join(' ');
        const value = option.argChoices ? ` -x -a ${fishQuoted(option.argChoices.join(' '))}` : takesValue(option) ? ' -r' : '';
        return `complete -c tenet ${when} ${flags}${value} -d ${fishQuoted(option.description)}`;
      }),
    ];
  });
  return `# fish completion of tenet: tenet completion fish | source
function __tenet_path
  set -l at
  for word in (commandline -opc)[2..-1]
    switch (string join -- ' ' $at $word)
      case ${nodes
        .filter(({ path }) => path !== '')
        .map(({ path }) => fishQuoted(path))
        .join(' ')}
        set -a at $word
    end
  end
  string join -- ' ' $at
end
${lines.join('\n')}
`;
}

const fishQuoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
