"""Find, by reading, what a module does while it is imported and must not: clock, chance, environment, files, threads.

The audit hook of import_probe sees what the operating system is asked for; this sees what it cannot, above all reading of
the environment and of the clock.
"""

import ast
from collections.abc import Iterator

_FORBIDDEN_CALLS = frozenset(
    {
        *("open", "input", "print", "getenv", "getenvb", "putenv", "getcwd", "cwd", "home", "expanduser"),
        *(
            "read_text",
            "read_bytes",
            "write_text",
            "write_bytes",
            "mkdir",
            "exists",
            "is_file",
            "is_dir",
            "iterdir",
            "glob",
        ),
        *(
            "now",
            "today",
            "utcnow",
            "monotonic",
            "perf_counter",
            "time_ns",
            "token_bytes",
            "token_hex",
            "urandom",
            "uuid4",
        ),
        *(
            "Thread",
            "Timer",
            "ThreadPoolExecutor",
            "ProcessPoolExecutor",
            "Popen",
            "socket",
            "create_engine",
            "QApplication",
        ),
        *("basicConfig", "addHandler", "setlocale", "chdir", "umask", "signal"),
    }
)
_FORBIDDEN_NAMES = frozenset({"environ", "environb", "argv"})


def effects(tree: ast.Module) -> Iterator[str]:
    """Give one line for every expression that importing evaluates and that reaches into the world."""
    for node in _evaluated(tree.body):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), lineno=line) if name in _FORBIDDEN_CALLS:
                yield f"line {line} calls {name}"
            case ast.Name(id=name, lineno=line) | ast.Attribute(attr=name, lineno=line) if name in _FORBIDDEN_NAMES:
                yield f"line {line} reads {name}"
            case _:
                pass


def _evaluated(body: list[ast.stmt]) -> Iterator[ast.AST]:
    # Bodies of functions and lambdas run later; their decorators and defaults run now. So do bodies of classes.
    todo: list[ast.AST] = [statement for statement in body if not _is_main_guard(statement)]
    while todo:
        node = todo.pop()
        yield node
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                todo += [
                    *node.decorator_list,
                    *node.args.defaults,
                    *(d for d in node.args.kw_defaults if d is not None),
                ]
            case ast.Lambda():
                todo += [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
            case _:
                todo += ast.iter_child_nodes(node)


def _is_main_guard(statement: ast.stmt) -> bool:
    match statement:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
        case _:
            return False
