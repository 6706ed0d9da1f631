"""Pages generated from the tables, so that they cannot differ from what the product does."""

from amends.core.actor import Party
from amends.core.commands import inputs
from amends.core.machine import Choice, Machine, Step
from amends.core.permissions import BESIDES, NODES, commands_of_staff

HEADER = "<!-- Generated from the case table by `amends docs`; edits here are lost. -->\n"
PARTIES = {Party.BUYER: "客户", Party.MERCHANT: "商家", Party.PLATFORM: "平台", Party.CLOCK: "时钟", Party.CARRIER: "承运商", Party.PROVIDER: "支付渠道"}


def case_page(machine: Machine) -> str:
    """Diagram, one table a state, and the fields of every command, as Markdown."""
    out = [HEADER, f"# {machine.kind}\n", "```mermaid", "stateDiagram-v2", f"  [*] --> {next(iter(machine.states))}"]
    for state in machine.states.values():
        out += [f"  {state.name} --> {to}: {name}" for name, step in machine.steps[state.name].items() for to in step.targets() if to != state.name]
    out += ["```\n", "## Clocks 时钟\n", "| state | clock | when it runs out |", "| --- | --- | --- |"]
    out += [f"| {s.zh} `{s.name}` | {s.clock} | → {_to(machine.steps[s.name]['run_out'])} |" for s in machine.states.values() if s.clock]
    for state in machine.states.values():
        waits = f"等待{PARTIES[state.waits_on]}" if state.waits_on else "已结束"
        out += [f"\n## {state.zh} `{state.name}`\n", f"{state.en}. {waits}.\n", "| command | 中文 | who | to | only if | then |", "| --- | --- | --- | --- | --- | --- |"]
        out += [_row(name, step) for name, step in machine.steps[state.name].items()]
    out += ["\n## Fields of the commands\n", "| command | field | kind | required |", "| --- | --- | --- | --- |"]
    for name, command in sorted(machine.commands.items()):
        out += [f"| `{name}` | `{i.name}` {i.metadata['zh']} | {i.metadata['kind']} | {'yes' if i.metadata['required'] else ''} |" for i in inputs(command)]
    return "\n".join(out) + "\n"


def _to(step: Step) -> str:
    return _end(step.to)


def _end(to: str | Choice) -> str:
    return to if isinstance(to, str) else f"{to.yes} if {to.asks.__name__}, else {_end(to.no)}"


def _row(name: str, step: Step) -> str:
    who = "、".join(PARTIES[p] for p in step.by)
    rules = ", ".join(r.__name__ for r in step.only_if)
    return f"| `{name}` | {step.command.zh} | {who} | {_to(step)} | {rules} | {', '.join(e.__name__ for e in step.then)} |"


def permission_page(machines: tuple[Machine, ...]) -> str:
    """The permission matrix as Markdown (ST-3)."""
    out = [HEADER, "# Permissions 权限\n", "| permission | 中文 | node | party |", "| --- | --- | --- | --- |"]
    for machine in machines:
        for name, (node, parties) in commands_of_staff(machine).items():
            out.append(f"| `{machine.kind}.{name}` | {machine.commands[name].zh} | {NODES[node][0]} | {'、'.join(PARTIES[p] for p in parties)} |")
    out += [f"| `{name}` | {zh} |  |  |" for name, (zh, _) in BESIDES.items()]
    return "\n".join(out) + "\n"
